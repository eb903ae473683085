"""Figures of a run, from its stored tables: PNG and SVG."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.summary import channels_shown
from sim.report.kinds import FORMATS, PAIRED
from sim.report.plain import short
from sim.report.series import (
    arms,
    by_replicate,
    group_effects,
    last_week,
    per_day,
    plan_shares,
    score_days,
    score_shares,
)
from sim.report.style import BASELINE, PLAN_COLOURS, PLAN_HATCHES, POLICY, look, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.experiments.run import Result

LONGEST_BESIDE = 45
"""Letters of two names that there is room for beside a title."""
BAND = "Line: mean; band: lowest to highest replicate; no 95% interval is drawn."


def _arms(result: "Result") -> list[tuple[str, str, str, str]]:
    """Arm, name, colour, line style, of the arms there are."""
    looks = {"policy": (POLICY, "-"), "baseline": (BASELINE, "--")}
    return [(arm, short(name), *looks[arm]) for arm, name in arms(result)]


def _caption(figure: "Figure", result: "Result", extra: str) -> None:
    run = result.manifest["scenarios"]["policy"]["run"]
    n = result.manifest["replicates_finished"]
    text = f"{run['users']:,} users, {run['ticks'] / per_day(result):g} days, n = {n} replicate{'s' if n > 1 else ''}.\n{extra}"
    figure.text(0.01, 0.005, text, fontsize=7.5, color="#444444", ha="left", va="bottom")
    figure.tight_layout(rect=(0, 0.06, 1, 1))


def _gate_line(axes: "Axes", result: "Result") -> None:
    policy = result.manifest["scenarios"]["policy"]["policy"]
    if policy["gate"]["kind"] != "none":
        opens = policy["circle"]["opens"]
        axes.axvline(opens, color="#666666", linewidth=0.8, linestyle=":")
        axes.annotate(
            "circle opens",
            (opens, 1.0),
            xycoords=("data", "axes fraction"),
            fontsize=8,
            xytext=(3, -10),
            textcoords="offset points",
            color="#444444",
        )


def _bands(axes: "Axes", values: NDArray[np.float64], ticks_per_day: int, colour: str, line: str, label: str) -> None:
    days = np.arange(values.shape[1]) / ticks_per_day
    axes.plot(days, values.mean(axis=0), color=colour, linestyle=line, linewidth=1.6, label=label)
    if values.shape[0] > 1:
        axes.fill_between(days, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, linewidth=0)


def visits(result: "Result", figure: "Figure") -> None:
    """Visits per user and day over time in both worlds, seven-day means, bands over replicates."""
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    ticks = per_day(result)
    means = {arm: last_week(by_replicate(result, arm, "visits"), ticks) for arm, *_ in _arms(result)}
    for arm, name, colour, line in _arms(result):
        _bands(top, means[arm], ticks, colour, line, name)
    top.set_ylabel("visits (1/user/day)")
    top.set_title("Visits to the platform, mean of the last 7 days")
    top.legend(loc="best")
    _gate_line(top, result)
    if result.paired:
        _bands(bottom, means["policy"] - means["baseline"], ticks, POLICY, "-", "difference")
        bottom.axhline(0.0, color="black", linewidth=0.8)
        bottom.set_ylabel("difference\n(1/user/day)")
    bottom.set_xlabel("day of the run")
    _caption(figure, result, f"Visits per user and day. {BAND}")


def channels(result: "Result", figure: "Figure") -> None:
    """The paired difference in visits by channel, with 95% intervals."""
    axes = figure.subplots()
    shown = channels_shown(result.effects)
    names = ["visits", *(f"visits_{channel}" for channel in shown)]
    labels = ["all", *shown]
    intervals = [result.effects[name].interval for name in names]
    means = np.array([i.mean for i in intervals])
    reach = np.array([[i.mean - i.low, i.high - i.mean] if i.n > 1 else [0.0, 0.0] for i in intervals]).T
    y = np.arange(len(names))[::-1]
    axes.barh(y, means, color=[POLICY, *["#9fb8d1"] * len(shown)], edgecolor="#1f4e79", height=0.6)
    axes.errorbar(means, y, xerr=reach, fmt="none", ecolor="black", capsize=3, linewidth=1)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(y, labels)
    spread = max(float(np.nanmax(np.abs(means)) + np.nanmax(np.abs(reach))), 1e-9)
    for place, value in zip(y, means, strict=True):
        axes.annotate(
            f"{value:+.4f}",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_xlim(-1.1 * spread, 1.1 * spread)
    axes.set_xlabel("difference in visits (1/user/day)")
    called = {arm: short(name) for arm, name in arms(result)}
    what = f"{called['policy']} less {called['baseline']}"
    gap = " " if len(what) <= LONGEST_BESIDE else "\n"
    axes.set_title(f"Change in visits by channel:{gap}{what}")
    _caption(figure, result, "Visits per user and day. Bars: paired mean on the same luck; whiskers: 95% t interval.")


def scores(result: "Result", figure: "Figure") -> None:
    """Score distribution on day 0 and at the end, with the gate."""
    axes = figure.subplots()
    policy = result.manifest["scenarios"]["policy"]
    last = score_days(result)[-1]
    names = {arm: short(name) for arm, name in arms(result)}
    for arm, day, label, colour, line in (  # the dashed line last, so that it shows on the other
        ("policy", 0, "day 0", "#8c8c8c", "-"),
        ("policy", last, f"day {last:.4g}, {names['policy']}", POLICY, "-"),
        ("baseline", last, f"day {last:.4g}, {names.get('baseline', '')}", BASELINE, "--"),
    ):
        edges, share = score_shares(result, arm, day)
        if edges.size:
            axes.stairs(
                share, np.append(edges, edges[-1] + 10), color=colour, linestyle=line, linewidth=1.5, label=label
            )
    threshold = policy["policy"]["gate"].get("threshold")
    if threshold is not None:
        axes.axvline(threshold, color="black", linewidth=1)
        axes.annotate(
            f"gate {threshold}",
            (threshold, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -12),
            textcoords="offset points",
            fontsize=9,
        )
    axes.set_xlim(420, 860)
    axes.set_xlabel("published score (points)")
    axes.set_ylabel("users (% per 10 points)")
    axes.set_title("Score distribution")
    axes.legend(loc="upper left")
    _caption(figure, result, "Share of users in bins of 10 points, mean over replicates; no interval is shown.")


def plans(result: "Result", figure: "Figure") -> None:
    """Share of responsive users who know on each plan, by distance to the gate."""
    axes = figure.subplots()
    found = plan_shares(result)
    if found is None:
        axes.text(0.5, 0.5, "nobody responsive knew of a gate", ha="center", va="center", transform=axes.transAxes)
    else:
        below = np.zeros(found.distance.size)
        for kind, share in found.shares.items():
            axes.bar(
                found.distance + 12.5,
                share,
                bottom=below,
                width=22,
                color=PLAN_COLOURS[kind],
                edgecolor="#333333",
                linewidth=0.5,
                hatch=PLAN_HATCHES[kind],
                label=kind,
            )
            below += share
        axes.axvline(0.0, color="black", linewidth=1)
        axes.set_ylim(0.0, 1.12 * max(float(below.max()), 0.1))
        if not below.any():
            axes.text(0.5, 0.5, "nobody made an effort", ha="center", va="center", transform=axes.transAxes)
        axes.annotate(
            "the gate",
            (0, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(5, -11),
            textcoords="offset points",
            fontsize=9,
        )
        axes.invert_xaxis()
        axes.legend(title="plan")
    axes.set_xlabel("points missing to the gate (bins of 25; left: far below, right: above)")
    axes.set_ylabel("responsive users who know (%)")
    axes.set_title("Who makes an effort: plans by distance to the gate")
    _caption(
        figure,
        result,
        "Share of responsive users who know, all publications together; the others rest; no interval is shown.",
    )


def awareness(result: "Result", figure: "Figure") -> None:
    """Knowing and admitted shares over time."""
    left, right = figure.subplots(1, 2)
    for axes, measure, title in ((left, "knowing", "Know of the circle"), (right, "admitted", "Admitted by the gate")):
        for arm, name, colour, line in _arms(result):
            _bands(axes, 100 * by_replicate(result, arm, measure), per_day(result), colour, line, name)
        axes.set_title(title)
        axes.set_xlabel("day of the run")
        axes.set_ylabel("users (%)")
        axes.set_ylim(bottom=0)
        _gate_line(axes, result)
    left.legend(loc="lower right")
    _caption(figure, result, f"Shares of all users. {BAND}")


GROUP_COLOURS = ("#1f4e79", "#c77c11", "#4f7f5c", "#8c8c8c", "#7a4f8a")
"""A colour for each kind of group, in order."""


def groups(result: "Result", figure: "Figure") -> None:
    """The paired difference in visits of every group, with its 95% interval."""
    found = group_effects(result)
    figure.set_size_inches(7.2, 1.4 + 0.24 * len(found))
    axes = figure.subplots()
    kinds = list(dict.fromkeys(one.kind for one in found))
    for place, one in enumerate(found):
        colour = GROUP_COLOURS[kinds.index(one.kind) % len(GROUP_COLOURS)]
        if one.interval.n > 1:
            axes.plot([one.interval.low, one.interval.high], [place, place], color=colour, linewidth=1.6)
        axes.plot(one.interval.mean, place, "o", color=colour, markersize=4.5)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(found)), [f"{one.kind}: {one.group}" for one in found], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("difference in visits (1/user of the group/day)")
    axes.set_title("Whose visits change")
    _caption(figure, result, "Dots: paired mean on the same luck; bars: 95% t interval, each alone.")


KINDS: dict[str, Callable[["Result", "Figure"], None]] = {
    "visits": visits,
    "channels": channels,
    "scores": scores,
    "plans": plans,
    "awareness": awareness,
    "groups": groups,
}
"""Figures of a run by name."""


def draw(
    result: "Result", folder: Path, kinds: tuple[str, ...] | None = None, formats: tuple[str, ...] = FORMATS
) -> list[Path]:
    """Draw figures of a run into a folder; returns the files. A figure that needs a baseline is left out without one."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    written = []
    folder.mkdir(parents=True, exist_ok=True)
    wanted: Any = kinds if kinds is not None else tuple(KINDS)
    with look():
        for kind in wanted:
            if kind in PAIRED and not result.paired:
                continue
            figure = Figure()
            KINDS[kind](result, figure)
            for form in formats:
                path = folder / f"{kind}.{form}"
                save(figure, path)
                written.append(path)
    return written
