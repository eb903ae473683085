"""The figure of a study of sensitivity: indices with intervals, the screening, and the effect along the inputs that matter."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.sensitivity.answer import MOST_NAMED, ranked
from sim.experiments.sensitivity.designs import SEED
from sim.experiments.sensitivity.study import SensitivityResult
from sim.experiments.view import short_names
from sim.report.kinds import FORMATS
from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import rows_of, where

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "sensitivity"
MOST_LABELLED = 8
"""Inputs of the screening that get their name in the figure."""
NEAR = 0.05
"""Heights closer than this, relative to the highest, are too close for two names."""
GREY = "#8c8c8c"
LUCK = "seed (luck)"


def draw_sensitivity(result: SensitivityResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a study into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with look():
        figure = Figure(figsize=(10.5, 7.6))
        grid = figure.add_gridspec(2, 6)
        names = _short(result)
        _indices(result, figure.add_subplot(grid[0, :3]), names)
        _screening(result, figure.add_subplot(grid[0, 3:]), names)
        first = [str(result.tables["indices"]["input"][row]) for row in ranked(result.tables["indices"])[:MOST_NAMED]]
        shared = None
        for place, name in enumerate(first):
            axes = figure.add_subplot(grid[1, 2 * place : 2 * place + 2], sharey=shared)
            _profile(result, axes, name, names[name], place == 0)
            shared = shared or axes
        figure.text(0.01, 0.006, _caption(result), fontsize=7.5, color="#444444", ha="left", va="bottom")
        figure.tight_layout(rect=(0, 0.05, 1, 1))
        for file in files:
            save(figure, file)
    return files


def _short(result: SensitivityResult) -> dict[str, str]:
    """Short names of all inputs, by path."""
    paths = [one["path"] for one in result.manifest["inputs"]]
    return dict(zip(paths, short_names(paths), strict=True)) | {SEED: LUCK}


def _what(result: SensitivityResult) -> str:
    what = f"effect on {result.manifest['primary']}" if result.manifest["paired"] else str(result.manifest["primary"])
    return f"{what}\n({result.manifest['unit']})"


def _indices(result: SensitivityResult, axes: "Axes", names: dict[str, str]) -> None:
    """A bar for each index, the input on which most hangs on top, luck at the bottom."""
    indices = result.tables["indices"]
    luck = int(np.flatnonzero(indices["input"] == SEED)[0])
    rows = [*ranked(indices), luck][::-1]
    for shift, key, colour, hatch, label in (
        (0.2, "total", POLICY, "", "in all (total index)"),
        (-0.2, "first", BASELINE, "//", "alone (first-order index)"),
    ):
        values = indices[key][rows]
        reach = np.abs(np.array([values - indices[f"{key}_low"][rows], indices[f"{key}_high"][rows] - values]))
        y = np.arange(len(rows)) + shift
        axes.barh(y, values, 0.36, color=colour, hatch=hatch, edgecolor="white", label=label)
        axes.errorbar(values, y, xerr=reach, fmt="none", ecolor="black", elinewidth=0.9, capsize=2)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [names[str(indices["input"][row])] for row in rows])
    axes.grid(False, axis="y")
    axes.set_xlabel("share of the variance")
    axes.set_title("On what it hangs")
    axes.legend(loc="lower right", fontsize=8)


def _screening(result: SensitivityResult, axes: "Axes", names: dict[str, str]) -> None:
    """Size against spread of the moves' effects; an empty panel says why, where there was no screening."""
    screening = result.tables["screening"]
    axes.set_title("Screening of all inputs (Morris)")
    if not rows_of(screening):
        axes.text(0.5, 0.5, "none asked for", transform=axes.transAxes, ha="center", color="#444444")
        axes.set_axis_off()
        return
    size, sigma = screening["mu_star"], screening["sigma"]
    luck = screening["input"] == SEED
    kept = screening["kept"] & ~luck
    for chosen, colour, marker, label in (
        (kept, POLICY, "o", "kept"),
        (~kept & ~luck, GREY, "x", "left out"),
        (luck, BASELINE, "s", LUCK),
    ):
        axes.scatter(size[chosen], sigma[chosen], color=colour, marker=marker, s=26, label=label, zorder=3)
    top = float(max(size.max(), sigma.max())) or 1.0
    axes.plot([0, top], [0, top], color=GREY, linewidth=0.8, linestyle=":")
    taken: list[tuple[float, float]] = []
    labelled = np.argsort(-size, kind="stable")[:MOST_LABELLED]
    for row in labelled[np.argsort(-sigma[labelled], kind="stable")]:  # from the top, as names give way downwards
        if not luck[row]:
            _name(axes, names[str(screening["input"][row])], (float(size[row]), float(sigma[row])), top, taken)
    unit = result.manifest["unit"]
    axes.set_xlabel(f"mu*: mean size of a whole range's effect ({unit})")
    axes.set_ylabel(f"sigma: its spread ({unit})")
    axes.legend(loc="upper left", fontsize=8)


def _name(axes: "Axes", name: str, at: tuple[float, float], top: float, taken: list[tuple[float, float]]) -> None:
    """Name a point beside it, lower where another name is there already. taken: heights and sides of the names so far."""
    is_right = at[0] > 0.6 * top
    height = at[1] / top
    while any(abs(height - other) < NEAR and side == is_right for other, side in taken):
        height -= NEAR
    taken.append((height, is_right))
    axes.annotate(
        name,
        at,
        (at[0] + (-0.015 if is_right else 0.015) * top, height * top),
        ha="right" if is_right else "left",
        va="center",
        fontsize=7.5,
    )


def _profile(result: SensitivityResult, axes: "Axes", path: str, name: str, is_first: bool) -> None:
    """Mean output in every part of an input's range, with its interval."""
    here = where(result.tables["profile"], input=path)
    one = next(one for one in result.manifest["inputs"] if one["path"] == path)
    reach = np.nan_to_num(np.array([here["mean"] - here["low"], here["high"] - here["mean"]]))
    place = np.arange(here["mean"].size)
    line = "-" if one["is_range"] else ""
    axes.errorbar(place, here["mean"], yerr=reach, color=POLICY, marker="o", linestyle=line, linewidth=1.2, capsize=3)
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xticks(place, here["value"].tolist(), fontsize=8)
    axes.margins(x=0.1)
    unit = one["unit"]
    axes.set_xlabel(f"{name} ({unit})" if unit and unit != "kind" else name)
    if is_first:
        axes.set_ylabel(f"mean {_what(result)}")
    else:
        axes.tick_params(labelleft=False)


def _caption(result: SensitivityResult) -> str:
    manifest = result.manifest
    run, keys, spread = manifest["run"], manifest["sensitivity"], manifest["spread"]
    versus = f" against {manifest['scenarios']['baseline']['name']}, paired" if manifest["paired"] else ""
    dropped = sum(manifest["dropped_blocks"].values())
    failed = f" {manifest['failed_cells']} cells failed, {dropped} blocks left out." if dropped else ""
    return (
        f"{manifest['name']}{versus}; {run['users']:,} users, {run['ticks']} {run['tick']}s; {keys['trajectories']} "
        f"trajectories, {keys['rows']} rows.{failed} Bars: 95% bootstrap intervals over blocks.\nBelow: mean over all other inputs "
        f"(as kept) and seeds, {spread['points']:.0f} worlds, with 95% t intervals. Dotted: sigma = mu*."
    )
