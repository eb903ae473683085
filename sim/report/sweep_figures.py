"""The figure of a sweep: a line with its band, a heat map, or the part of every parameter; PNG and SVG."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.sweep.influence import Influence, influences
from sim.experiments.sweep.result import SweepResult
from sim.report.kinds import FORMATS
from sim.report.length import length_of
from sim.report.plain import short
from sim.report.style import BASELINE, POLICY, look, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "sweep"
DIVERGING, SEQUENTIAL = "PuOr_r", "cividis"
"""Colour maps that the colour-blind can read: orange to purple around zero, blue to yellow for levels."""

MOST_TICKS = 8
"""Values of a heat map's axis that all get a label."""

SHADES = (0.15, 0.85)
"""Part of the diverging map in use: its ends are too dark for lines and crosses to be seen on them."""


def draw_sweep(result: SweepResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a sweep into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with look():
        figure = Figure()
        dimensions = len(result.manifest["shape"])
        if result.manifest["design"]["kind"] != "grid" or dimensions > 2:
            _influences(result, figure)
        elif dimensions == 2:
            _heat_map(result, figure)
        else:
            _line(result, figure)
        for file in files:
            save(figure, file)
    return files


def _what(result: SweepResult) -> str:
    """What is drawn, with its unit, in two lines."""
    unit = result.of(result.primary)["unit"][0]
    return f"effect on {result.primary}\n({unit})" if result.paired else f"{result.primary}\n({unit})"


def _label(result: SweepResult, dimension: tuple[int, ...] | list[int]) -> str:
    """Label of an axis: the names and units of the parameters that move along it."""
    told = []
    for k in dimension:
        unit = result.parameters[k]["unit"]
        told.append(f"{short(result.names[k])} ({unit})" if unit and unit != "kind" else short(result.names[k]))
    return ", with ".join(told)


def _caption(result: SweepResult, figure: "Figure", extra: str, height: float) -> None:
    run = result.manifest["scenarios"]["policy"]["run"]
    n = result.manifest["replicates_finished"]
    versus = f" against {short(result.manifest['scenarios']['baseline']['name'])}, paired" if result.paired else ""
    failed = f" {result.failed} cells failed." if result.failed else ""
    what = _what(result).replace("\n", " ")
    text = (
        f"{short(result.manifest['name'])}{versus}: {what}; {run['users']:,} users, {length_of(run)}, "
        f"n = {n} replicate{'s' if n > 1 else ''}.{failed}\n{extra}"
    )
    figure.text(0.01, 0.006, text, fontsize=7.5, color="#444444", ha="left", va="bottom")
    figure.tight_layout(rect=(0, 0.42 / height, 1, 1))


def _plain_log(axes: "Axes", axis: str) -> None:
    """Make an axis logarithmic, with plain labels at 1, 2 and 5 of every decade."""
    from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

    (axes.set_xscale if axis == "x" else axes.set_yscale)("log")
    line = getattr(axes, f"{axis}axis")
    line.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    line.set_major_formatter(StrMethodFormatter("{x:g}"))
    line.set_minor_locator(NullLocator())


def _line(result: SweepResult, figure: "Figure") -> None:
    """One axis of values: the effect as a line with its band, or as points with bars where the values are names."""
    axes = figure.subplots()
    estimate = result.view()
    dim = estimate.dims[0]
    x = estimate.coords[dim][1]
    effects = result.of(result.primary)
    low, high = np.asarray(effects["low"], dtype=float), np.asarray(effects["high"], dtype=float)
    if x.dtype.kind in "if":
        order = np.argsort(x)
        axes.fill_between(x[order], low[order], high[order], color=POLICY, alpha=0.2, linewidth=0)
        axes.plot(x[order], estimate.values[order], color=POLICY, linewidth=1.6, marker="o", markersize=3.5)
        if result.parameters[result.manifest["dimensions"][0][0]]["log"]:
            _plain_log(axes, "x")
        said = "Line: mean over replicates; band: 95% interval (Student's t) at each point."
    else:
        y = estimate.values
        bars = np.nan_to_num(np.array([y - low, high - y]))
        axes.errorbar(np.arange(x.size), y, yerr=bars, fmt="o", color=POLICY, ecolor=POLICY, capsize=3, linewidth=1)
        axes.set_xticks(
            np.arange(x.size),
            [short(str(v)) for v in x],
            rotation=30 if x.size > 5 else 0,
            ha="right" if x.size > 5 else "center",
        )
        said = "Points: mean over replicates; bars: 95% interval (Student's t)."
    if result.paired:
        axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(_label(result, result.manifest["dimensions"][0]))
    axes.set_ylabel(_what(result))
    axes.set_title(short(str(result.manifest["name"])))
    _caption(result, figure, said, 4.2)


def _is_even(values: NDArray[np.float64]) -> bool:
    """Whether rising values are evenly spaced."""
    steps = np.diff(values)
    return bool(steps.size == 0 or np.allclose(steps, steps.mean(), rtol=0.02))


class _Axis:
    """One axis of a heat map: where each value stands. Values that are not evenly spaced stand side by side, like names."""

    def __init__(self, values: NDArray[Any], is_log: bool) -> None:
        is_number = values.dtype.kind in "if"
        self.order = np.argsort(values) if is_number else np.arange(values.size)
        sorted_values = values[self.order]
        self.labels = [f"{v:.3g}" if is_number else str(v) for v in sorted_values]
        self.is_log = is_log and is_number and _is_even(np.log(sorted_values))
        self.is_ordered = is_number
        is_placed = self.is_log or (is_number and _is_even(sorted_values.astype(float)))
        self.centres = sorted_values.astype(float) if is_placed else np.arange(values.size, dtype=float)

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of the cells, half-way between the values."""
        at = np.log(self.centres) if self.is_log else self.centres
        half = (at[1] - at[0]) / 2 if at.size > 1 else 0.5
        found = np.append(at - half, at[-1] + half)
        return np.exp(found) if self.is_log else found

    def label(self, axes: "Axes", axis: str) -> None:
        """Scale and ticks: every value if they are few."""
        if self.is_log:
            _plain_log(axes, axis)
        if len(self.labels) <= MOST_TICKS or not self.is_ordered:
            line = getattr(axes, f"{axis}axis")
            line.set_ticks(self.centres, self.labels)
            line.set_ticks([], minor=True)


def _heat_map(result: SweepResult, figure: "Figure") -> None:
    """Two axes of values: the effect as colour, lines of equal effect where both have an order, and where it is uncertain."""
    import warnings

    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

    axes = figure.subplots()
    view, dimensions = result.view(), result.manifest["dimensions"]
    y, x = (
        _Axis(view.coords[dim][1], result.parameters[group[0]]["log"])
        for dim, group in zip(view.dims, dimensions, strict=True)
    )
    values = view.values[np.ix_(y.order, x.order)]
    seen = values[np.isfinite(values)]
    colours: dict[str, Any] = {"cmap": SEQUENTIAL}
    if result.paired:
        widest = float(np.abs(seen).max(initial=0.0)) or 1.0
        shades = colormaps[DIVERGING](np.linspace(*SHADES, 256))
        colours = {
            "cmap": LinearSegmentedColormap.from_list("sweep", shades),
            "norm": TwoSlopeNorm(0.0, -widest, widest),
        }
    mesh = axes.pcolormesh(x.edges, y.edges, values, **colours)
    figure.colorbar(mesh, ax=axes, label=_what(result).replace("\n", " "))
    axes.grid(False)
    said = "Colour: mean over replicates."
    if x.is_ordered and y.is_ordered and min(values.shape) >= 3 and seen.size == values.size and np.ptp(seen) > 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # no line crosses a flat map
            lines = axes.contour(x.centres, y.centres, values, levels=6, colors="black", linewidths=0.7)
        axes.clabel(lines, fontsize=7, fmt="%.3g")
        said += " Lines: equal values between the points."
    if result.paired:
        low, high = (result.view(figure=c).values[np.ix_(y.order, x.order)] for c in ("low", "high"))
        rows, columns = np.nonzero((low <= 0) & (high >= 0))
        axes.plot(x.centres[columns], y.centres[rows], "x", color="black", markersize=4, linestyle="none")
        said += " Crosses: the 95% interval (Student's t) covers zero."
    x.label(axes, "x")
    y.label(axes, "y")
    axes.set_ylabel(_label(result, dimensions[0]))
    axes.set_xlabel(_label(result, dimensions[1]))
    axes.set_title(short(str(result.manifest["name"])))
    _caption(result, figure, said, 4.2)


def _influences(result: SweepResult, figure: "Figure") -> None:
    """Many parameters: a panel each with all points and the mean over bins."""
    found = influences(result)
    columns = min(4, max(2, math.ceil(math.sqrt(len(found)))))
    rows = math.ceil(len(found) / columns)
    height = max(4.2, 2.0 * rows + 0.6)
    figure.set_size_inches(2.4 * columns + 0.6, height)
    panels = np.atleast_1d(figure.subplots(rows, columns, sharey=True, squeeze=False)).ravel()
    for axes, one in zip(panels, found, strict=False):
        _panel(axes, one, result.paired)
    for axes in panels[len(found) :]:
        axes.set_visible(False)
    figure.supylabel(_what(result).replace("\n", " "), fontsize=10)
    points = result.tables["points"]["point"].size
    said = f"{points} points (grey: mean over replicates). Orange: mean over the points of a bin; bars: its 95% interval (Student's t)."
    _caption(result, figure, said, height)


def _panel(axes: "Axes", one: Influence, is_paired: bool) -> None:
    """One parameter: points, and the mean over bins with its interval."""
    is_number = one.values.dtype.kind in "if"
    names = {str(name): k for k, name in enumerate(one.centres)}
    x: Any = one.values if is_number else np.array([names[str(value)] for value in one.values])
    centres: Any = one.centres if is_number else np.arange(one.centres.size)
    mean = np.array([interval.mean for interval in one.means])
    reach = np.nan_to_num(np.array([[i.mean - i.low, i.high - i.mean] for i in one.means]).T)
    axes.plot(x, one.effect, ".", color="#9a9a9a", markersize=2.5, linestyle="none")
    line = "-" if is_number else "none"
    axes.errorbar(
        centres, mean, yerr=reach, color=BASELINE, marker="o", markersize=3.5, linewidth=1.4, linestyle=line, capsize=2
    )
    if is_paired:
        axes.axhline(0.0, color="black", linewidth=0.8)
    if not is_number:
        axes.set_xticks(centres, [short(str(name)) for name in names], fontsize=7)
    elif one.log:
        _plain_log(axes, "x")
    axes.set_xlabel(f"{one.name} ({one.unit})" if one.unit and one.unit != "kind" else one.name, fontsize=8)
    axes.tick_params(labelsize=7)
