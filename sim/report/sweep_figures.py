"""The figure of a sweep: a line with its band, a heat map, or the part of every parameter; PNG and SVG."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.sweep.influence import Influence, influences
from sim.experiments.sweep.result import SweepResult
from sim.report.kinds import FORMATS
from sim.report.style import BASELINE, POLICY, RC

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "sweep"
DIVERGING, SEQUENTIAL = "PuOr_r", "cividis"
"""Colour maps that the colour-blind can read: orange to purple around zero, blue to yellow for levels."""

FEWEST_FOR_LOG = 20.0
"""Ratio of largest to smallest value from which an axis is logarithmic."""


def draw_sweep(result: SweepResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a sweep into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    rc: Any = RC
    with matplotlib.rc_context(rc):
        figure = Figure()
        dimensions = len(result.manifest["shape"])
        if result.manifest["design"]["kind"] != "grid" or dimensions > 2:
            _influences(result, figure)
        elif dimensions == 2:
            _heat_map(result, figure)
        else:
            _line(result, figure)
        for file in files:
            figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else {"Software": "scoregate"})
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
        told.append(f"{result.names[k]} ({unit})" if unit and unit != "kind" else result.names[k])
    return ", with ".join(told)


def _caption(result: SweepResult, figure: "Figure", extra: str, height: float) -> None:
    run = result.manifest["scenarios"]["policy"]["run"]
    n = result.manifest["replicates_finished"]
    versus = f" against {result.manifest['scenarios']['baseline']['name']}, paired" if result.paired else ""
    failed = f" {result.failed} cells failed." if result.failed else ""
    text = (
        f"{result.manifest['name']}{versus}; {run['users']:,} users, {run['ticks']} {run['tick']}s, "
        f"{n} replicate{'s' if n > 1 else ''}.{failed}\n{extra}"
    )
    figure.text(0.01, 0.006, text, fontsize=7.5, color="#444444", ha="left", va="bottom")
    figure.tight_layout(rect=(0, 0.42 / height, 1, 1))


def _is_wide(values: NDArray[Any]) -> bool:
    """Whether values are best told on a logarithmic axis: above zero, and evenly spread there rather than in themselves."""
    return bool(values.dtype.kind in "if" and values.min() > 0 and values.max() / values.min() >= FEWEST_FOR_LOG)


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
        if _is_wide(x):
            axes.set_xscale("log")
        said = "Line: mean over replicates; band: 95% interval (Student's t) at each point."
    else:
        y = estimate.values
        bars = np.nan_to_num(np.array([y - low, high - y]))
        axes.errorbar(np.arange(x.size), y, yerr=bars, fmt="o", color=POLICY, ecolor=POLICY, capsize=3, linewidth=1)
        axes.set_xticks(
            np.arange(x.size),
            [str(v) for v in x],
            rotation=30 if x.size > 5 else 0,
            ha="right" if x.size > 5 else "center",
        )
        said = "Points: mean over replicates; bars: 95% interval (Student's t)."
    if result.paired:
        axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(_label(result, result.manifest["dimensions"][0]))
    axes.set_ylabel(_what(result))
    axes.set_title(str(result.manifest["name"]))
    _caption(result, figure, said, 4.2)


def _edges(values: NDArray[np.float64], is_log: bool) -> NDArray[np.float64]:
    """Edges of the cells around values in rising order, half-way between them."""
    at = np.log(values) if is_log else values
    if at.size == 1:
        found = np.array([at[0] - 0.5, at[0] + 0.5])
    else:
        middle = (at[1:] + at[:-1]) / 2
        found = np.concatenate([[2 * at[0] - middle[0]], middle, [2 * at[-1] - middle[-1]]])
    return np.exp(found) if is_log else found


def _heat_map(result: SweepResult, figure: "Figure") -> None:
    """Two axes of values: the effect as colour, lines of equal effect where both are numbers, and where it is uncertain."""
    import warnings

    from matplotlib.colors import TwoSlopeNorm

    axes = figure.subplots()
    view = result.view()
    values, at = view.values, []
    for axis, dim in enumerate(view.dims):
        coordinate = view.coords[dim][1]
        is_number = coordinate.dtype.kind in "if"
        order = np.argsort(coordinate) if is_number else np.arange(coordinate.size)
        values = values.take(order, axis)
        place = coordinate[order].astype(float) if is_number else np.arange(coordinate.size, dtype=float)
        at.append((place, is_number and _is_wide(place), is_number, order, coordinate))
    (y, y_log, y_number, y_order, y_names), (x, x_log, x_number, x_order, x_names) = at
    widest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    colours: dict[str, Any] = {"cmap": SEQUENTIAL}
    if result.paired:
        colours = {"cmap": DIVERGING, "norm": TwoSlopeNorm(0.0, -(widest or 1.0), widest or 1.0)}
    mesh = axes.pcolormesh(_edges(x, x_log), _edges(y, y_log), values, **colours)
    figure.colorbar(mesh, ax=axes, label=_what(result).replace("\n", " "))
    axes.grid(False)
    said = "Colour: mean over replicates."
    if x_number and y_number and min(values.shape) >= 3 and np.isfinite(values).all() and np.ptp(values) > 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # no line crosses a flat map
            lines = axes.contour(x, y, values, levels=6, colors="black", linewidths=0.7)
        axes.clabel(lines, fontsize=7, fmt="%.3g")
        said += " Lines: equal values between the points."
    if result.paired:
        low, high = (result.view(figure=c).values[np.ix_(y_order, x_order)] for c in ("low", "high"))
        rows, columns = np.nonzero((low <= 0) & (high >= 0))
        axes.plot(x[columns], y[rows], "x", color="black", markersize=4, linestyle="none")
        said += " Crosses: the 95% interval (Student's t) covers zero."
    for line, place, is_log, is_number, names, scale in (
        (axes.xaxis, x, x_log, x_number, x_names, axes.set_xscale),
        (axes.yaxis, y, y_log, y_number, y_names, axes.set_yscale),
    ):
        if is_log:
            scale("log")
        if not is_number:
            line.set_ticks(place, [str(v) for v in names])
        elif place.size <= 8:
            line.set_ticks(place, [f"{v:g}" for v in place], minor=False)
            line.set_ticks([], minor=True)
    axes.set_ylabel(_label(result, result.manifest["dimensions"][0]))
    axes.set_xlabel(_label(result, result.manifest["dimensions"][1]))
    axes.set_title(str(result.manifest["name"]))
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
        axes.set_xticks(centres, list(names), fontsize=7)
    elif _is_wide(one.values):
        axes.set_xscale("log")
    axes.set_xlabel(f"{one.name} ({one.unit})" if one.unit and one.unit != "kind" else one.name, fontsize=8)
    axes.tick_params(labelsize=7)
