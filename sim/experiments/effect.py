"""The effect of a policy: a paired difference on the same luck, with an interval over replicates."""

from dataclasses import dataclass
from importlib import import_module
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.measures import MEASURES, USER_MEASURES
from sim.results.table import Table


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


def intervals_ahead() -> None:
    """Begin to load, beside what else goes on, what intervals need: it takes half a second, which the last cell need not wait for."""
    Thread(target=import_module, args=("scipy.special",), daemon=True).start()


def t_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Student's t interval of the mean of independent `values` (one per replicate; NaN left out)."""
    from scipy.special import stdtrit  # scipy.stats takes seconds to import

    seen = np.asarray(values, dtype=float)
    seen = seen[~np.isnan(seen)]
    if seen.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    mean = float(seen.mean())
    if seen.size == 1:
        return Interval(mean, float("nan"), float("nan"), 1)
    half = float(stdtrit(seen.size - 1, 0.5 + level / 2) * seen.std(ddof=1) / np.sqrt(seen.size))
    return Interval(mean, mean - half, mean + half, int(seen.size))


def share_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Student's t interval of the mean of shares (0 to 1, one per replicate; NaN left out), worked out on the logit so that
    it stays between 0 and 1: standard error by the delta method, `error / (mean * (1 - mean))`.

    A mean of exactly 0 or 1 (every replicate alike) is its own interval.
    """
    from scipy.special import expit, logit

    plain = t_interval(values, level)
    if np.isnan(plain.low) or not 0.0 < plain.mean < 1.0:
        return plain
    half = (plain.high - plain.low) / 2.0 / (plain.mean * (1.0 - plain.mean))
    low, high = (float(expit(logit(plain.mean) + side * half)) for side in (-1.0, 1.0))
    return Interval(plain.mean, low, high, plain.n)


@dataclass(frozen=True)
class Effect:
    """One measure in both arms. good: 1 if more is better, -1 if less is, 0 if neither; interval: of the paired difference."""

    measure: str
    unit: str
    good: int
    policy: float
    baseline: float
    interval: Interval

    @property
    def relative(self) -> float:
        """The difference over the baseline (NaN over zero)."""
        return self.interval.mean / self.baseline if self.baseline else float("nan")

    def as_row(self, is_paired: bool) -> dict[str, Any]:
        """As a row of a table; without the comparison where there is none."""
        row = {"measure": self.measure, "unit": self.unit, "good": self.good, "policy": self.policy}
        if not is_paired:
            return row
        interval = self.interval
        return row | {
            "baseline": self.baseline,
            "difference": interval.mean,
            "low": interval.low,
            "high": interval.high,
            "relative": self.relative,
            "n": interval.n,
        }


def of_arm(runs: Table, arm: str, measure: str) -> NDArray[np.float64]:
    """One measure of one arm, a value per replicate in order."""
    chosen = runs["arm"] == arm
    order = np.argsort(runs["replicate"][chosen], kind="stable")
    return np.asarray(runs[measure][chosen][order], dtype=float)


def paired(runs: Table, measure: str) -> NDArray[np.float64]:
    """Policy minus baseline of one measure, replicate by replicate."""
    return of_arm(runs, "policy", measure) - of_arm(runs, "baseline", measure)


def _mean(values: NDArray[np.float64]) -> float:
    seen = values[~np.isnan(values)]
    return float(seen.mean()) if seen.size else float("nan")


def effects(runs: Table) -> dict[str, Effect]:
    """Every measure of these runs in both arms with the paired difference and its 95% interval (NaN without a baseline), by name.

    runs: one row per arm and replicate.
    """
    has_baseline = bool((runs["arm"] == "baseline").any())
    units = {m.name: (m.unit, m.good) for m in MEASURES} | {n: (m.unit, m.good) for n, m in USER_MEASURES.items()}
    nothing = np.zeros(0)
    found = {}
    for name, (unit, good) in units.items():
        if name not in runs:
            continue
        baseline = of_arm(runs, "baseline", name) if has_baseline else nothing
        interval = t_interval(paired(runs, name) if has_baseline else nothing)
        found[name] = Effect(name, unit, good, _mean(of_arm(runs, "policy", name)), _mean(baseline), interval)
    return found
