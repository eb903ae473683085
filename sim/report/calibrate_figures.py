"""The figure of a calibration: intervals of the parameters within their ranges, and the gap of every target."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.calibrate.identification import QUANTILE
from sim.experiments.calibrate.study import CalibrationResult
from sim.experiments.view import short_names
from sim.report.kinds import FORMATS
from sim.report.sensitivity import rows
from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "calibration"
GREY = "#8c8c8c"
MOST_LABELLED = 30
"""Moments that get their name at the axis; of more only the targets do."""


def draw_calibration(result: CalibrationResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a calibration into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    targets = rows(result.tables["targets"])
    shown = min(len(targets), MOST_LABELLED)
    height = 2.2 + 0.28 * max(len(result.manifest["fit"]), shown, 4)
    with look():
        figure = Figure(figsize=(10.5, height))
        left, right = figure.subplots(1, 2)
        _parameters(result.tables["parameters"], left)
        _targets(targets, right)
        figure.text(0.01, 0.01, _caption(result), fontsize=7.5, color="#444444", ha="left", va="bottom")
        figure.tight_layout(rect=(0, 0.2 / height, 1, 1))
        for file in files:
            save(figure, file)
    return files


def _share(table: Table, column: str) -> Any:
    """Where values lie within their ranges, from 0 to 1."""
    low, high, value = table["from"], table["to"], table[column]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (np.log(value) - np.log(low)) / (np.log(high) - np.log(low))
    return np.where(table["log"], logs, (value - low) / (high - low))


def _parameters(table: Table, axes: "Axes") -> None:
    """A bar per parameter: its interval within its range; open where it is not identified."""
    names = short_names(table["parameter"].tolist())
    places, known = np.arange(len(names))[::-1], table["identified"]
    middle, low, high = (_share(table, column) for column in ("estimate", "low", "high"))
    axes.hlines(places, 0, 1, color="#d9d9d9", linewidth=7)
    axes.hlines(places[known], low[known], high[known], color=POLICY, linewidth=7, alpha=0.45)
    axes.plot(middle[known], places[known], "o", color=POLICY, markersize=6)
    for row, place in enumerate(places):
        text = f"{table['estimate'][row]:.3g} ({table['low'][row]:.3g} to {table['high'][row]:.3g})"
        axes.text(0.5, place + 0.2, text if known[row] else "not identified", ha="center", va="bottom", fontsize=8)
        axes.text(0.0, place - 0.2, f"{table['from'][row]:g}", ha="left", va="top", fontsize=7, color="#444444")
        axes.text(1.0, place - 0.2, f"{table['to'][row]:g}", ha="right", va="top", fontsize=7, color="#444444")
    units = [f"{name}\n({unit})" if unit else name for name, unit in zip(names, table["unit"].tolist(), strict=True)]
    axes.set_yticks(places, units)
    axes.set_ylim(-0.7, len(names) - 0.3)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([])
    axes.grid(False)
    axes.set_xlabel("range searched (grey) and 95% interval")
    axes.set_title("Parameters")


def _targets(targets: list[dict[str, Any]], axes: "Axes") -> None:
    """A point per moment: the model's gap from the observed value, in standard errors."""
    places = np.arange(len(targets))[::-1]
    axes.axvspan(-QUANTILE, QUANTILE, color="#efefef", zorder=0)
    axes.axvline(0.0, color="black", linewidth=0.8)
    held = np.array([row["held_out"] for row in targets])
    gaps = np.array([np.nan if row["gap"] is None else row["gap"] for row in targets])
    for chosen, colour, marker, label in ((~held, POLICY, "o", "fitted"), (held, BASELINE, "s", "held out")):
        if chosen.any():
            axes.plot(gaps[chosen], places[chosen], marker, color=colour, markersize=5, label=label)
    reach = 1.15 * max(3.0, float(np.nanmax(np.abs(gaps), initial=0.0)))
    axes.set_xlim(-reach, reach)
    if len(targets) <= MOST_LABELLED:
        axes.set_yticks(places, [_label(row) for row in targets], fontsize=8)
    else:
        first = [k for k, row in enumerate(targets) if k == 0 or row["target"] != targets[k - 1]["target"]]
        axes.set_yticks(places[first], [targets[k]["target"] for k in first], fontsize=8)
    axes.set_ylim(-0.7, len(targets) - 0.3)
    axes.set_xlabel("model less observed, in standard errors\n(grey: 1.96)")
    axes.set_title("Targets, on fresh seeds")
    axes.legend(loc="upper right", fontsize=8)


def _label(row: dict[str, Any]) -> str:
    return (
        row["target"]
        if row["moment"] == "whole run" or row["target"].endswith(row["moment"])
        else f"{row['target']}, {row['moment']}"
    )


def _caption(result: CalibrationResult) -> str:
    manifest = result.manifest
    run, keys = manifest["run"], manifest["calibrate"]
    method = "simulated method of moments" if keys["method"] == "smm" else "ABC-SMC"
    return (
        f"{manifest['name']}: {method}; {run['users']:,} users, {run['ticks']} {run['tick']}s, {manifest['points_run']:,} points, "
        f"{keys['replicates']} seeds each; targets on {keys['confirm']} fresh seeds."
    )
