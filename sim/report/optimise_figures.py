"""The figure of a search: the policies tried, the finalists as the search saw them, and where fresh seeds put them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.optimise.study import OptimiseResult
from sim.report.kinds import FORMATS
from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import rows_of, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "pareto"
GREY, PALE = "#8c8c8c", "#bdbdbd"
CLOSE = 0.05
"""Points closer than this, relative to the axes, share a place for their numbers."""
MARKERS = "os^Dvp*hX<"
"""A marker for every family."""


def draw_optimise(result: OptimiseResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a search into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with look():
        figure = Figure(figsize=(8.4, 6.4))
        axes = figure.subplots()
        if len(result.manifest["objectives"]) > 1:
            _plane(result, axes)
        else:
            _line(result, axes)
        axes.set_title(str(result.manifest["name"]))
        names = [f"{k + 1}: {name}" for k, name in enumerate(_names(result))]
        figure.text(0.01, 0.006, "\n".join([*names, _caption(result)]), fontsize=7.5, color="#444444", va="bottom")
        figure.tight_layout(rect=(0, 0.02 * (len(names) + 3), 1, 1))
        for file in files:
            save(figure, file)
    return files


def _names(result: OptimiseResult) -> list[str]:
    return list(dict.fromkeys(result.tables["finalists"]["policy"].tolist()))


def _label(result: OptimiseResult, objective: int) -> str:
    one = result.manifest["objectives"][objective]
    sign = "" if one["want"] == "more" else "less "
    return f"gain: {sign}{one['name']} ({one['unit']})"


def _trials(result: OptimiseResult, axes: "Axes", x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """The policies tried, a marker a family; those that break a guardrail are pale and empty."""
    trials = result.tables["trials"]
    for place, family in enumerate(result.manifest["families"]):
        for feasible in (False, True):
            here = (trials["family"] == family) & (trials["feasible"] == feasible) & ~np.isnan(y)
            if not here.any():
                continue
            axes.scatter(
                *(x[here], y[here]),
                s=22,
                marker=MARKERS[place % len(MARKERS)],
                facecolors=GREY if feasible else "none",
                edgecolors=GREY if feasible else PALE,
                linewidths=0.8,
                label=family if feasible else f"{family}, breaks a guardrail",
                zorder=2,
            )


def _finalist(result: OptimiseResult, axis: int) -> dict[str, NDArray[Any]]:
    return where(result.tables["finalists"], objective=result.manifest["objectives"][axis]["name"])


def _plane(result: OptimiseResult, axes: "Axes") -> None:
    """Two objectives: a plane, up and to the right is better."""
    trials = result.tables["trials"]
    gains = [np.asarray(trials[f"gain: {one['name']}"], float) for one in result.manifest["objectives"][:2]]
    _trials(result, axes, *gains)
    front = trials["undominated"]
    order = np.argsort(gains[0][front])
    axes.plot(gains[0][front][order], gains[1][front][order], color=GREY, linewidth=0.9, linestyle=":", zorder=1)
    one, other = _finalist(result, 0), _finalist(result, 1)
    for k in range(rows_of(one)):
        start, end = (one["search"][k], other["search"][k]), (one["confirmed"][k], other["confirmed"][k])
        axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": BASELINE, "linewidth": 1.2}, zorder=3)
        beside = [j for j in range(k) if _near(axes, end, (one["confirmed"][j], other["confirmed"][j]))]
        axes.annotate(  # numbers of points beside one another stand in a row
            *(str(k + 1), end, (7 + 11 * len(beside), 6)),
            textcoords="offset points",
            fontsize=10,
            weight="bold",
            zorder=5,
        )
    axes.scatter(
        one["search"], other["search"], s=40, facecolors="none", edgecolors=BASELINE, label="in the search", zorder=3
    )
    bars = [np.nan_to_num(np.array([t["confirmed"] - t["low"], t["high"] - t["confirmed"]])) for t in (one, other)]
    axes.errorbar(
        *(one["confirmed"], other["confirmed"]),
        xerr=bars[0],
        yerr=bars[1],
        fmt="o",
        color=POLICY,
        capsize=3,
        label="on fresh seeds",
        zorder=4,
    )
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(_label(result, 0))
    axes.set_ylabel(_label(result, 1))
    axes.legend(fontsize=8)


def _near(axes: "Axes", one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two points are so close that their numbers would overlap."""
    places = axes.transAxes.inverted().transform(axes.transData.transform([one, other]))
    return bool(np.abs(places[0] - places[1]).max() < CLOSE)


def _line(result: OptimiseResult, axes: "Axes") -> None:
    """One objective: the trials in the order in which they were tried, then the finalists."""
    gains = np.asarray(result.tables["trials"][f"gain: {result.manifest['objectives'][0]['name']}"], float)
    _trials(result, axes, np.arange(gains.size, dtype=float), gains)
    found = _finalist(result, 0)
    place = gains.size * 1.05 + np.arange(rows_of(found)) * max(gains.size / 15, 1.0)
    axes.scatter(place, found["search"], s=40, facecolors="none", edgecolors=BASELINE, label="in the search", zorder=3)
    bars = np.nan_to_num(np.array([found["confirmed"] - found["low"], found["high"] - found["confirmed"]]))
    axes.errorbar(place, found["confirmed"], yerr=bars, fmt="o", color=POLICY, capsize=3, label="on fresh seeds")
    for k, at in enumerate(place):
        axes.annotate(str(k + 1), (at, found["confirmed"][k]), (6, 4), textcoords="offset points", weight="bold")
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel("policies in the order in which they were tried, then the finalists")
    axes.set_ylabel(_label(result, 0))
    axes.legend(fontsize=8)


def _caption(result: OptimiseResult) -> str:
    manifest = result.manifest
    run, keys = manifest["run"], manifest["search"]
    worlds = (
        f"{keys['over_worlds']} of {len(manifest['worlds'])} worlds" if len(manifest["worlds"]) > 1 else "one world"
    )
    dotted = " Dotted: undominated trials." if len(manifest["objectives"]) > 1 else ""
    return (
        f"Against {manifest['baseline']}, paired; {worlds}; {run['users']:,} users, {run['ticks']} {run['tick']}s;\ntrials on "
        f"{keys['replicates']} seeds, bars: 95% t intervals on {keys['confirm']} fresh seeds.{dotted}"
    )
