"""The effect of a policy: a paired difference on the same luck, with an interval over replicates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # scipy.stats takes seconds to import

from sim.model.measures import MEASURES, USER_MEASURES


@dataclass(frozen=True)
class Interval:
    """A mean with its two-sided 95% interval (NaN bounds with fewer than two replicates)."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return bool(self.low > 0 or self.high < 0)


def t_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Student's t interval of the mean of independent `values` (one per replicate; NaN left out)."""
    seen = np.asarray(values, dtype=float)
    seen = seen[~np.isnan(seen)]
    if seen.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    mean = float(seen.mean())
    if seen.size == 1:
        return Interval(mean, float("nan"), float("nan"), 1)
    half = float(stdtrit(seen.size - 1, 0.5 + level / 2) * seen.std(ddof=1) / np.sqrt(seen.size))
    return Interval(mean, mean - half, mean + half, int(seen.size))


def paired(runs: pd.DataFrame, measure: str) -> np.ndarray:
    """Policy minus baseline of one measure, replicate by replicate."""
    table = runs.pivot(index="replicate", columns="arm", values=measure)
    return np.asarray(table["policy"] - table["baseline"], dtype=float)


def effects(runs: pd.DataFrame) -> pd.DataFrame:
    """Every measure in both arms with the paired difference and its 95% interval.

    runs: one row per arm and replicate. Returns a row per measure: unit, good, policy, baseline, difference, low, high,
    relative (difference over baseline), n.
    """
    rows = []
    has_baseline = "baseline" in set(runs["arm"])
    units = (
        {m.name: (m.unit, m.good) for m in MEASURES}
        | dict.fromkeys(USER_MEASURES, ("share", 0))
        | {"days_to_admission": ("days", 0)}
    )
    for name, (unit, good) in units.items():
        policy = float(runs.loc[runs["arm"] == "policy", name].mean())
        row = {"measure": name, "unit": unit, "good": good, "policy": policy}
        if has_baseline:
            baseline = float(runs.loc[runs["arm"] == "baseline", name].mean())
            interval = t_interval(paired(runs, name))
            relative = interval.mean / baseline if baseline else float("nan")
            row |= {
                "baseline": baseline,
                "difference": interval.mean,
                "low": interval.low,
                "high": interval.high,
                "relative": relative,
                "n": interval.n,
            }
        rows.append(row)
    return pd.DataFrame(rows)
