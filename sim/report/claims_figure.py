"""The figure of a study of claims: each claim's difference with its interval, and where the values tried would put it."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.claims.answer import rows_of_claims
from sim.experiments.claims.judge import FAILS, HOLDS, UNDECIDED
from sim.experiments.claims.study import ClaimsResult
from sim.report.kinds import FORMATS
from sim.report.numbers import change
from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import where

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "claims"
GREY = "#7a7a7a"
LOOKS = {HOLDS: (POLICY, "o", POLICY), FAILS: (BASELINE, "X", BASELINE), UNDECIDED: (GREY, "o", "white")}
"""Colour, marker and filling by verdict: the shape says as much as the colour."""
WIDE = 46
"""Letters of a claim in a line."""


def draw_claims(result: ClaimsResult, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw the figure of a study into a folder, unless it is there; returns the files."""
    files = [folder / f"{NAME}.{form}" for form in formats]
    if all(file.is_file() for file in files):
        return files
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    rows = rows_of_claims(result)
    with look():
        figure = Figure(figsize=(9.6, 1.5 + 0.62 * len(rows)))
        _claims(result, rows, figure.add_subplot())
        run = result.manifest["run"]
        figure.text(
            0.01,
            0.006,
            f"{run['users']:,} users, n = {result.manifest['replicates_finished']} replicates on the same luck; whiskers: 95% t "
            "interval of the paired difference.\nBars: the same with one assumption at another value. Each row is scaled "
            "by its own largest difference; the number is the difference.",
            fontsize=7.5,
            color="#444444",
            ha="left",
            va="bottom",
        )
        figure.tight_layout(rect=(0, 0.6 / (1.5 + 0.62 * len(rows)), 1, 1))
        for file in files:
            save(figure, file)
    return files


def _claims(result: ClaimsResult, rows: list[dict[str, Any]], axes: "Axes") -> None:
    places = np.arange(len(rows))[::-1]
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    for row, place in zip(rows, places, strict=True):
        tried = where(result.tables["trials"], claim=row["claim"])
        reach = np.concatenate([np.abs(tried[name]) for name in ("difference", "low", "high")])
        scale = float(np.nanmax(reach)) if np.isfinite(reach).any() and np.nanmax(reach) > 0 else 1.0
        others = tried["path"] != ""
        axes.plot(
            tried["difference"][others] / scale, np.full(others.sum(), place), "|", color=GREY, markersize=9, alpha=0.8
        )
        colour, marker, filling = LOOKS[row["verdict"]]
        axes.plot([row["low"] / scale, row["high"] / scale], [place, place], color=colour, linewidth=1.6)
        axes.plot(row["difference"] / scale, place, marker, color=colour, markerfacecolor=filling, markersize=7)
        sign = {"rises": "\u2192", "falls": "\u2190", "unchanged": "="}[row["says"]]
        axes.text(
            *(1.08, place),
            f"claimed {sign}  {row['verdict']}\n{row['measure']} {change(row['difference'], row['unit'])}"
            + (f"\n{row['group']}" if row["group"] else ""),
            fontsize=7.5,
            va="center",
            color=colour,
        )
    axes.set_yticks(places, ["\n".join(textwrap.wrap(row["text"], WIDE)) for row in rows], fontsize=8)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("difference over the largest in its row")
    axes.set_title("Claims: what the model says")
    axes.grid(axis="y", visible=False)
