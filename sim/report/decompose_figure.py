"""The figure of a decomposition: a waterfall from nothing to the total effect, a bar for each part."""

import math
from fractions import Fraction
from pathlib import Path

from sim.experiments.decompose.decomposition import Decomposition
from sim.experiments.decompose.rounding import decimals_for, rounded
from sim.experiments.decompose.sentence import shown
from sim.experiments.decompose.split import TOTAL
from sim.report.kinds import FORMATS
from sim.report.length import length_of
from sim.report.style import BASELINE, POLICY, look, save

UP, DOWN, WHOLE = POLICY, BASELINE, "#8c8c8c"
HATCHES = {UP: "", DOWN: "//", WHOLE: ""}
"""So that a fall is told from a rise without colour."""


def _caption(result: Decomposition) -> str:
    run, n = result.manifest["scenarios"]["policy"]["run"], len(result.splits)
    bars = "Whiskers: 95% t interval over replicates." if n > 1 else "One replicate, so no interval."
    return (
        f"{result.measure.capitalize()}, {result.unit}. {run['users']:,} users, {length_of(run)}, n = {n} replicate{'s' if n > 1 else ''}. {bars}\n"
        "Shapley values over switches, both arms on the same luck; parts sum to the total. Hatched: falls."
    )


def draw_decomposition(result: Decomposition, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw `waterfall` into a folder, unless it is there; returns the files."""
    files = [folder / f"waterfall.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    decimals = decimals_for(result.parts_mean)
    labels = rounded(result.parts_mean, decimals)
    labels[TOTAL] = sum(labels.values(), Fraction(0))
    exact = result.parts_mean | {TOTAL: result.total_mean}
    heights = {name: float(value) for name, value in exact.items()}
    names, bottom = list(heights), 0.0
    with look():
        figure = Figure()
        axes = figure.subplots()
        for place, name in enumerate(names):
            start = 0.0 if name == TOTAL else bottom
            end = start + heights[name]
            rises = heights[name] >= 0
            colour = WHOLE if name == TOTAL else UP if rises else DOWN
            axes.bar(place, heights[name], 0.6, start, color=colour, hatch=HATCHES[colour], edgecolor="white", zorder=2)
            interval = result.interval(name)
            reach = 0.0 if math.isnan(interval.low) else (interval.high - interval.low) / 2
            if reach > 0.0:
                axes.errorbar(place, end, yerr=reach, color="black", capsize=3, linewidth=1.0, zorder=3)
            axes.annotate(
                shown(exact[name], labels[name], decimals),
                (place, end + reach if rises else end - reach),
                (0, 3 if rises else -3),
                textcoords="offset points",
                ha="center",
                va="bottom" if rises else "top",
                fontsize=9,
            )
            if heights[name] == 0:  # a bar without height, over its own white edge
                axes.plot([place - 0.3, place + 0.3], [end, end], color="black", linewidth=1.6, zorder=3)
            if name != TOTAL:
                bottom = end
                axes.plot([place + 0.3, place + 0.7], [end, end], color="#666666", linewidth=0.8, zorder=1)
        axes.axhline(0.0, color="black", linewidth=0.8, zorder=1)
        axes.margins(y=0.12)
        axes.grid(False, axis="x")
        axes.set_xticks(range(len(names)), names)
        axes.set_xlabel("carried by")
        axes.set_ylabel(f"effect on {result.measure} ({result.unit})")
        scenarios = result.manifest["scenarios"]
        axes.set_title(
            f"What carries the effect: {scenarios['policy']['name']} against {scenarios['baseline']['name']}"
        )
        figure.text(0.01, 0.005, _caption(result), fontsize=7, color="#444444", ha="left", va="bottom")
        figure.tight_layout(rect=(0, 0.06, 1, 1))
        for file in files:
            save(figure, file)
    return files
