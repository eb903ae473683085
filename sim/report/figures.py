"""Figures of a run, from its stored tables: PNG and SVG."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.clock import TICKS_PER_DAY
from sim.model.measures import CHANNELS
from sim.model.states import PLANS
from sim.report.kinds import FORMATS
from sim.report.style import BASELINE, PLAN_COLOURS, PLAN_HATCHES, POLICY, RC
from sim.results.table import rows_of, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.experiments.run import Result


def _arms(result: "Result") -> list[tuple[str, str, str, str]]:
    """Arm, name, colour, line style, of the arms there are."""
    scenarios = result.manifest["scenarios"]
    looks = (("policy", POLICY, "-"), ("baseline", BASELINE, "--"))
    return [(arm, scenarios[arm]["name"], colour, line) for arm, colour, line in looks if arm in scenarios]


def _per_day(result: "Result") -> int:
    """Ticks in a day of the run."""
    return TICKS_PER_DAY[result.manifest["scenarios"]["policy"]["run"].get("tick", "day")]


def _caption(figure: "Figure", result: "Result", extra: str) -> None:
    run = result.manifest["scenarios"]["policy"]["run"]
    n = result.manifest["replicates_finished"]
    text = f"{run['users']:,} users, {run['ticks'] / _per_day(result):g} days, {n} replicate{'s' if n > 1 else ''}. {extra}"
    figure.text(0.01, 0.005, text, fontsize=7.5, color="#444444", ha="left", va="bottom")
    figure.tight_layout(rect=(0, 0.035, 1, 1))


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


def _by_replicate(result: "Result", arm: str, measure: str) -> NDArray[np.float64]:
    """A measure over time, shape (replicates, ticks)."""
    table = where(result.tables["ticks"], arm=arm)
    order = np.lexsort((table["day"], table["replicate"]))
    replicates = np.unique(table["replicate"]).size
    return np.asarray(table[measure][order], dtype=float).reshape(replicates, -1)


def _bands(axes: "Axes", values: NDArray[np.float64], per_day: int, colour: str, line: str, label: str) -> None:
    days = np.arange(values.shape[1]) / per_day
    axes.plot(days, values.mean(axis=0), color=colour, linestyle=line, linewidth=1.6, label=label)
    if values.shape[0] > 1:
        axes.fill_between(days, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, linewidth=0)


def _last_week(values: NDArray[np.float64], per_day: int) -> NDArray[np.float64]:
    """Mean of the last seven days at each tick (NaN before there are so many), shape as given."""
    means, ticks = np.full(values.shape, np.nan), 7 * per_day
    if values.shape[1] >= ticks:
        means[:, ticks - 1 :] = np.lib.stride_tricks.sliding_window_view(values, ticks, axis=1).mean(axis=2)
    return means


def visits(result: "Result", figure: "Figure") -> None:
    """Visits per user and day over time in both worlds, seven-day means, bands over replicates."""
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    per_day = _per_day(result)
    means = {arm: _last_week(_by_replicate(result, arm, "visits"), per_day) for arm, *_ in _arms(result)}
    for arm, name, colour, line in _arms(result):
        _bands(top, means[arm], per_day, colour, line, name)
    top.set_ylabel("visits (1/user/day)")
    top.set_title("Visits to the platform, mean of the last 7 days")
    top.legend(loc="best")
    _gate_line(top, result)
    if result.paired:
        _bands(bottom, means["policy"] - means["baseline"], per_day, POLICY, "-", "difference")
        bottom.axhline(0.0, color="black", linewidth=0.8)
        bottom.set_ylabel("difference")
    bottom.set_xlabel("day of the run")
    _caption(figure, result, "Line: mean; band: lowest and highest replicate.")


def channels(result: "Result", figure: "Figure") -> None:
    """The paired difference in visits by channel, with 95% intervals."""
    axes = figure.subplots()
    names = ["visits", *(f"visits_{channel}" for channel in CHANNELS)]
    labels = ["all", *CHANNELS]
    intervals = [result.effects[name].interval for name in names]
    means = np.array([i.mean for i in intervals])
    reach = np.array([[i.mean - i.low, i.high - i.mean] if i.n > 1 else [0.0, 0.0] for i in intervals]).T
    y = np.arange(len(names))[::-1]
    axes.barh(y, means, color=[POLICY, *["#9fb8d1"] * len(CHANNELS)], edgecolor="#1f4e79", height=0.6)
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
    scenarios = result.manifest["scenarios"]
    axes.set_title(f"Change in visits by channel: {scenarios['policy']['name']} less {scenarios['baseline']['name']}")
    _caption(figure, result, "Bars: paired mean on the same luck; whiskers: 95% t interval over replicates.")


def scores(result: "Result", figure: "Figure") -> None:
    """Score distribution on day 0 and at the end, with the gate."""
    axes = figure.subplots()
    table = result.tables["scores"]
    policy = result.manifest["scenarios"]["policy"]
    last = table["day"].max()
    for arm, day, label, colour, line in (
        ("policy", 0, "day 0", "#8c8c8c", "-"),
        ("baseline", last, f"day {last:.4g}, baseline", BASELINE, "--"),
        ("policy", last, f"day {last:.4g}", POLICY, "-"),
    ):
        chosen = where(table, arm=arm, day=day)
        if not rows_of(chosen):
            continue
        edges, place = np.unique(chosen["score"], return_inverse=True)
        users = np.bincount(place, weights=chosen["users"])
        axes.stairs(
            100 * users / users.sum(),
            np.append(edges, edges[-1] + 10),
            color=colour,
            linestyle=line,
            linewidth=1.5,
            label=label,
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
    _caption(figure, result, "Mean over replicates.")


def plans(result: "Result", figure: "Figure") -> None:
    """Share of responsive users who know on each plan, by distance to the gate."""
    axes = figure.subplots()
    table = where(result.tables["plans"], arm="policy") if rows_of(result.tables["plans"]) else {}
    near = np.abs(table["distance"] - 50) <= 150 if table else np.zeros(0, bool)
    if not near.any():
        axes.text(0.5, 0.5, "nobody responsive knew of a gate", ha="center", va="center", transform=axes.transAxes)
    else:
        distance, plan, users = (table[name][near] for name in ("distance", "plan", "users"))
        bins, place = np.unique(distance, return_inverse=True)
        everybody = np.bincount(place, weights=users)
        below = np.zeros(bins.size)
        for kind in PLANS[1:]:
            share = 100 * np.bincount(place, weights=users * (plan == kind)) / everybody
            axes.bar(
                bins + 12.5,
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
    _caption(figure, result, "All publication days together; the rest of each bin rests.")


def awareness(result: "Result", figure: "Figure") -> None:
    """Knowing and admitted shares over time."""
    left, right = figure.subplots(1, 2)
    for axes, measure, title in ((left, "knowing", "Know of the circle"), (right, "admitted", "Admitted by the gate")):
        for arm, name, colour, line in _arms(result):
            _bands(axes, 100 * _by_replicate(result, arm, measure), _per_day(result), colour, line, name)
        axes.set_title(title)
        axes.set_xlabel("day of the run")
        axes.set_ylabel("users (%)")
        axes.set_ylim(bottom=0)
        _gate_line(axes, result)
    left.legend(loc="lower right")
    _caption(figure, result, "Line: mean; band: lowest and highest replicate.")


KINDS: dict[str, Callable[["Result", "Figure"], None]] = {
    "visits": visits,
    "channels": channels,
    "scores": scores,
    "plans": plans,
    "awareness": awareness,
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
    rc: Any = RC
    with matplotlib.rc_context(rc):
        for kind in wanted:
            if kind == "channels" and not result.paired:
                continue
            figure = Figure()
            KINDS[kind](result, figure)
            for form in formats:
                path = folder / f"{kind}.{form}"
                metadata = {"Date": None} if form == "svg" else {"Software": "scoregate"}
                figure.savefig(path, metadata=metadata)
                written.append(path)
    return written
