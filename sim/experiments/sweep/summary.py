"""What a sweep found, in a sentence or two."""

import numpy as np

from sim.experiments.sweep.result import SweepResult

MOST_NAMED = 4
"""Parameters by which a point is told in a sentence; with more, a reader looks its number up."""


def where_is(result: SweepResult, point: int) -> str:
    """A point told by its parameters, or by its number where they are many."""
    if len(result.names) > MOST_NAMED:
        return f"point {point}"
    parts = []
    for name, parameter in zip(result.names, result.parameters, strict=True):
        value = result.tables["points"][parameter["path"]][point]
        parts.append(f"{name} {value:.4g}" if isinstance(value, np.floating) else f"{name} {value}")
    return ", ".join(parts)


def sentence(result: SweepResult) -> str:
    """Where the effect on the primary measure is largest and smallest, and at how many points its sign is certain."""
    effects = result.of(result.primary)
    name, unit = result.manifest["name"], effects["unit"][0]
    estimate, low, high = (np.asarray(effects[c], dtype=float) for c in (result.estimate, "low", "high"))
    failed = f" {result.failed:,} cells failed." if result.failed else ""
    if np.isnan(estimate).all():
        lacking = " against the baseline, which may have none" if result.paired else ""
        return f"{name}: no point has a figure for {result.primary}{lacking}.{failed}"
    if not result.paired:
        what = f"{result.primary} ({unit})"
    else:
        base = result.manifest["scenarios"]["baseline"]["name"]
        what = f"the effect on {result.primary} ({unit}) against {base}"
        if not estimate[~np.isnan(estimate)].any():
            return f"{name} changes nothing: {what} is exactly zero at all {estimate.size} points.{failed}"

    def at(point: int) -> str:
        sign = "+" if result.paired else ""
        spread = "" if np.isnan(low[point]) else f"; 95% interval {low[point]:{sign}.4f} to {high[point]:{sign}.4f}"
        return f"{estimate[point]:{sign}.4f} at {where_is(result, point)}{spread}"

    top, bottom = int(np.nanargmax(estimate)), int(np.nanargmin(estimate))
    text = f"{name}: {what} goes from {at(bottom)}, to {at(top)}."
    if result.paired and not np.isnan(low).all():
        above, below = int((low > 0).sum()), int((high < 0).sum())
        text += (
            f" The 95% interval lies above zero at {above} of {estimate.size} points, below at {below}, "
            f"and covers it at {estimate.size - above - below}."
        )
    return text + failed
