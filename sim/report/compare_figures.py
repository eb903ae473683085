"""Figures of a comparison: policies with their intervals, world by world; and whose visits each policy changes."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.compare.answer import scope
from sim.experiments.compare.verdict import BETTER, EQUIVALENT, HIGHER, LOWER, UNDECIDED, WORSE
from sim.report.kinds import FORMATS
from sim.report.length import length_of
from sim.report.plain import short
from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import Table, rows_of, where
from sim.scenario.comparison import ALL_WORLDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.experiments.compare.compare import ComparisonResult

GREY = "#7a7a7a"
LOOKS = {
    BETTER: (POLICY, "^", POLICY),
    HIGHER: (POLICY, "^", POLICY),
    WORSE: (BASELINE, "v", BASELINE),
    LOWER: (BASELINE, "v", BASELINE),
    EQUIVALENT: (GREY, "s", GREY),
    UNDECIDED: (GREY, "o", "white"),
}
"""Colour, marker and filling by verdict: the shape says as much as the colour."""
MOST_PANELS = 6
KINDS = (("income", "income"), ("file", "credit file"), ("role", "role in the circle"), ("start", "score at the start"))
DOTS = (("#1f4e79", "o"), ("#c77c11", "s"), ("#6aa67a", "^"), ("#8c8c8c", "D"), ("#000000", "x"))
"""Colour and marker of the groups of a kind, in order."""


FAR = 2.0
"""A policy this many times farther from zero than every other one is pointed at, so that the others can be told apart."""


def _in_view(table: Table) -> tuple[float, float]:
    """Limits of an axis that shows zero and every interval of a table, those of one policy far out left aside."""
    table = {name: column[np.isfinite(table["difference"])] for name, column in table.items()}
    if not rows_of(table):
        return -1.0, 1.0
    low = np.fmin(table["low"], table["difference"])
    high = np.fmax(table["high"], table["difference"])
    reach = {name: float(np.nanmax(np.fmax(-low, high)[table["policy"] == name])) for name in set(table["policy"])}
    farthest, *others = sorted(reach, key=lambda name: -reach[name])
    keep = np.ones(low.size, bool)
    if others and reach[others[0]] > 0 and reach[farthest] > FAR * reach[others[0]]:
        keep = table["policy"] != farthest
    left, right = min(0.0, float(np.nanmin(low[keep]))), max(0.0, float(np.nanmax(high[keep])))
    room = 0.1 * (right - left) or 1.0
    return left - room, right + room


def _point_at(axes: "Axes", difference: float, place: float, colour: str, told: str = "") -> None:
    """An arrow at the edge of the view to what lies beyond it, with what is told of that."""
    left, right = axes.get_xlim()
    is_left = difference < left
    axes.annotate(
        told,
        (left if is_left else right, place),
        xytext=(12 if is_left else -12, 0),
        textcoords="offset points",
        ha="left" if is_left else "right",
        va="center",
        fontsize=7.5,
        color=colour,
        arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 0},
    )


def forest(result: "ComparisonResult", figure: "Figure") -> None:
    """The primary difference of every policy with its interval, a panel per world and one for all together."""
    told = result.manifest
    effects = where(result.tables["effects"], measure=told["primary"])
    worlds = list(dict.fromkeys(map(str, effects["world"])))
    if len(worlds) > MOST_PANELS:
        worlds = [*worlds[: MOST_PANELS - 1], ALL_WORLDS]
    panels = worlds[-1:] + worlds[:-1]
    policies = told["policies"][1:]
    figure.set_size_inches(2.2 + 2.4 * len(panels), 1.7 + 0.3 * len(policies))
    many = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    order = _by_difference(result)
    for axes, world in zip(many, panels, strict=True):
        here = where(effects, world=world)
        margin = here["margin"]
        margin = margin[margin > 0]
        if margin.size:
            axes.axvspan(-margin.mean(), margin.mean(), color="#ececec", linewidth=0, zorder=0)
        axes.axvline(0.0, color="black", linewidth=0.8)
        axes.set_xlim(*_in_view(here))
        for place, policy in enumerate(order):
            row = {name: column[0] for name, column in where(here, policy=policy).items()}
            colour, marker, filling = LOOKS[str(row["verdict"])]
            if math.isnan(row["difference"]):
                continue  # every replicate failed
            if not axes.get_xlim()[0] <= row["difference"] <= axes.get_xlim()[1]:
                _point_at(axes, float(row["difference"]), place, colour, f"{row['difference']:+.3g}")
                continue
            if not math.isnan(row["low"]):
                axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
            axes.plot(row["difference"], place, marker, color=colour, markerfacecolor=filling, markersize=6)
        axes.set_title(short(world))
        axes.grid(axis="y", visible=False)
        axes.locator_params(axis="x", nbins=4)
        axes.tick_params(axis="x", labelsize=8)
    many[0].set_yticks(range(len(order)), [short(name) for name in order])
    many[0].invert_yaxis()
    figure.supxlabel(
        f"difference in {told['primary']} to {told['baseline']} ({effects['unit'][0]})", fontsize=10, y=0.075
    )
    figure.legend(handles=_legend(set(map(str, effects["verdict"]))), loc="upper right", ncols=4, fontsize=8)
    band = "" if told["margin"] is None else f" Grey band: margin of {told['margin']}."
    _caption(
        figure,
        result,
        f"{told['primary']} ({effects['unit'][0]}). Bars: 95% t interval of the paired difference.{band}",
        top=0.93,
    )


def _by_difference(result: "ComparisonResult") -> list[str]:
    """Policies but the baseline, the greatest difference over all worlds first."""
    here = where(result.tables["effects"], measure=result.manifest["primary"], world=scope(result))
    order = np.argsort(-np.nan_to_num(here["difference"], nan=-np.inf), kind="stable")
    return [str(policy) for policy in here["policy"][order]]


def _legend(verdicts: set[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=colour, marker=marker, markerfacecolor=filling, linewidth=2, label=verdict)
        for verdict, (colour, marker, filling) in LOOKS.items()
        if verdict in verdicts
    ]


def groups(result: "ComparisonResult", figure: "Figure") -> None:
    """Change in visits by group, a panel per kind of group, over all worlds."""
    table = where(result.tables["groups"], measure="visits", world=scope(result))
    order = _by_difference(result)
    figure.set_size_inches(11.0, 2.5 + 0.42 * len(order))
    many = figure.subplots(1, len(KINDS), sharey=True, squeeze=False)[0]
    for axes, (kind, title) in zip(many, KINDS, strict=True):
        _dots(axes, where(table, kind=kind) if rows_of(table) else {}, order)
        axes.set_title(title)
    many[0].set_yticks(range(len(order)), [short(name) for name in order])
    many[0].invert_yaxis()
    figure.supxlabel(
        f"difference in visits to {result.manifest['baseline']} (1/user of the group/day)", fontsize=10, y=0.05
    )
    worlds = len(result.manifest["worlds"])
    over = f" Mean over {worlds} worlds." if worlds > 1 else ""
    _caption(
        figure,
        result,
        f"Visits per user of the group and day. Bars: 95% t interval of the paired difference, each alone; arrows: beyond the axis.{over}",
        top=1.0,
    )


def _dots(axes: "Axes", table: dict[str, Any], order: list[str]) -> None:
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", labelsize=8)
    if not rows_of(table):
        axes.text(0.5, 0.5, "nobody of these groups", ha="center", va="center", transform=axes.transAxes)
        return
    axes.set_xlim(*_in_view(table))
    names = list(dict.fromkeys(map(str, table["group"])))
    for number, (name, (colour, marker)) in enumerate(zip(names, DOTS, strict=False)):
        mine = where(table, group=name)
        places = np.array([order.index(str(policy)) for policy in mine["policy"]])
        places = places + 0.14 * (number - (len(names) - 1) / 2)
        spread = np.nan_to_num(mine["high"] - mine["difference"])
        left, right = axes.get_xlim()
        for difference, place in zip(mine["difference"], places, strict=True):
            if not left <= difference <= right:
                _point_at(axes, float(difference), place, colour)
        axes.errorbar(
            mine["difference"], places, xerr=spread, fmt=marker, color=colour, markersize=4, elinewidth=1.2, label=name
        )
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.09), fontsize=7.5, ncols=1, borderpad=0)


def _caption(figure: "Figure", result: "ComparisonResult", extra: str, top: float) -> None:
    told = result.manifest
    run = told["run"]
    n = told["replicates"]
    text = (
        f"{run['users']:,} users, {length_of(run)}, n = {n} replicate{'s' if n > 1 else ''} on the same seeds. {extra}"
    )
    figure.text(0.01, 0.01, text, fontsize=7.5, color="#444444", ha="left", va="bottom")
    figure.tight_layout(rect=(0, 0.06, 1, top))


KINDS_OF_FIGURE = {"forest": forest, "groups": groups}
"""Figures of a comparison by name."""


def draw_comparison(
    result: "ComparisonResult",
    folder: Path,
    formats: tuple[str, ...] = FORMATS,
    kinds: tuple[str, ...] = tuple(KINDS_OF_FIGURE),
) -> list[Path]:
    """Draw figures of a comparison into a folder, unless they are there; returns the files."""
    files = [folder / f"{kind}.{form}" for kind in kinds for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with look():
        for kind in kinds:
            figure = Figure()
            KINDS_OF_FIGURE[kind](result, figure)
            for form in formats:
                save(figure, folder / f"{kind}.{form}")
    return files
