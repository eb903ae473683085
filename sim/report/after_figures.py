"""The figure of a study of after-effects: visits around the day of crossing, with the phantom beside them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.report.kinds import FORMATS
from sim.report.numbers import count, size
from sim.report.style import BASELINE, POLICY, look, save

if TYPE_CHECKING:
    from sim.experiments.after.study import AfterResult

WEEK = 7


def _weekly(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centred seven-day means over the last axis, NaN where a day is missing."""
    means = np.full(curve.shape, np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(curve, WEEK, axis=-1)
    means[..., WEEK // 2 : curve.shape[-1] - WEEK // 2] = windows.mean(axis=-1)
    return means


def weekly_curve(result: "AfterResult", name: str) -> NDArray[np.float64]:
    """Weekly means of one curve, shape (replicates, days)."""
    table = result.tables["crossing"]
    return _weekly(table[name].reshape(np.unique(table["replicate"]).size, -1).astype(float))


def _caption(result: "AfterResult", crossings: int, replicates: int) -> str:
    told = size(result.manifest["scenarios"]["policy"]["run"], replicates)
    band = "; band: lowest to highest replicate" if replicates > 1 else ""
    return (
        f"Visits per user and day. {told}; {count(crossings, 'crossing')}.\n"
        f"Lines: mean{band}; no 95% interval is drawn. Difference: under the gate less the same people."
    )


def draw_after(result: "AfterResult", folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw `crossing` into a folder; returns the files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    table = result.tables["crossing"]
    replicates = np.unique(table["replicate"]).size
    day = table["day"][: table["day"].size // replicates]
    seen = int(table["users"].reshape(replicates, -1)[:, 0].sum())
    written = []
    with look():
        figure = Figure()
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        for name, label, colour, line in (
            ("policy", "under the gate", POLICY, "-"),
            ("same", "the same people and days, nobody responds", BASELINE, "--"),
            ("placebo", "those who cross where nobody responds (phantom)", "#8c8c8c", ":"),
        ):
            curve = weekly_curve(result, name)
            if np.isfinite(curve).any():
                top.plot(day, curve.mean(axis=0), color=colour, linestyle=line, linewidth=1.6, label=label)
        net = weekly_curve(result, "net")
        if np.isfinite(net).any():
            bottom.plot(day, net.mean(axis=0), color=POLICY, linewidth=1.6)
            if replicates > 1:
                bottom.fill_between(day, net.min(axis=0), net.max(axis=0), color=POLICY, alpha=0.2, linewidth=0)
            low, high = top.get_ylim()
            top.set_ylim(low, high + 0.45 * (high - low))  # room for the legend
            top.legend(loc="upper left", fontsize=8)
        bottom.axhline(0.0, color="black", linewidth=0.8)
        for axes in (top, bottom):
            axes.axvline(0.0, color="#666666", linewidth=0.8, linestyle=":")
        top.set_ylabel("visits (1/user/day)")
        bottom.set_ylabel("difference\n(1/user/day)")
        bottom.set_xlabel("days from first reaching the gate's score")
        top.set_title("Visits around the day of crossing, mean of 7 days")
        figure.text(
            0.01, 0.005, _caption(result, seen, replicates), fontsize=7, color="#444444", ha="left", va="bottom"
        )
        figure.tight_layout(rect=(0, 0.06, 1, 1))
        for form in formats:
            path = folder / f"crossing.{form}"
            save(figure, path)
            written.append(path)
    return written
