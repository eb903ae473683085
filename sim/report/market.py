"""The figure of the market: published figures, the curves fitted to them, and how far the default one can be trusted."""

from collections.abc import Sequence
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.market import Curve, log_market
from sim.report.style import BASELINE, POLICY, look, save

if TYPE_CHECKING:
    from sim.experiments.fit_market import Figure

LOOKS = {"exponential": (POLICY, "-"), "gompertz": ("#6aa67a", "-."), "logistic": (BASELINE, "--")}
DPI = 100
"""Dots per inch of a PNG: two plots beside each other stay as wide as the page that shows them."""


def draw(
    path: Path,
    figures: "Sequence[Figure]",
    curves: Sequence[Curve],
    chosen: str,
    years: NDArray[np.float64],
    band: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Draw into a PNG or SVG, whole or not at all. years: since the reference day, shape (n,); band: of the chosen curve's index, two of (n,)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    with look(), matplotlib.rc_context({"savefig.dpi": DPI}):
        canvas, (left, right) = plt.subplots(1, 2, figsize=(9.0, 4.2))
        start = 2016.9  # 24 November 2016
        for curve in curves:
            colour, line = LOOKS[curve.kind]
            logs = np.array([log_market(curve, float(year)) for year in years])
            left.plot(start + years, np.exp(logs), color=colour, linestyle=line, label=curve.kind)
            right.plot(start + years, np.exp(logs - curve.level), color=colour, linestyle=line, label=curve.kind)
            if curve.kind == chosen:
                right.fill_between(start + years, *band, color=colour, alpha=0.18, linewidth=0, label="its 95% band")
        for one in figures:
            face = "white" if one.forecast or one.at_least else "black"
            marker = "^" if one.at_least else "o"
            left.plot(start + one.years, one.billions, marker, color="black", markerfacecolor=face, zorder=3)
            note = " at least" if one.at_least else " forecast" if one.forecast else ""
            known = not note
            left.annotate(
                f"{one.billions:,g}{note}",
                (start + one.years, one.billions),
                xytext=(8, -10) if known else (-9, 5),
                textcoords="offset points",
                ha="left" if known else "right",
                fontsize=8,
            )
        left.set_ylabel("consumer finance (billion CNY a year)")
        left.set_title("Published figures and three curves")
        left.legend(loc="lower right")
        right.axhline(1.0, color="#666666", linewidth=0.8)
        right.axvline(start, color="#666666", linewidth=0.8, linestyle=":")
        right.set_ylabel("market index (24 November 2016 = 1)")
        right.set_title("What scales the demand for credit")
        right.legend(loc="lower right")
        for axes in (left, right):
            axes.set_yscale("log")
            axes.set_xlim(2011, 2020)
            axes.set_xlabel("year")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        left.set_ylim(exp(-1.2), 12_000)
        canvas.text(
            0.01,
            0.005,
            "Internet consumer finance in China; each figure at the middle of its year. Hollow: bound or forecast. Grade C.",
            fontsize=7.5,
            color="#444444",
        )
        canvas.tight_layout(rect=(0, 0.035, 1, 1))
        try:
            save(canvas, path)
        finally:
            plt.close(canvas)
