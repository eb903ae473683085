"""A contrast: the mean of paired differences with its spread, and the interval and tests that follow from these."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """Mean of `n` paired differences; spread: standard deviation of one, known with `freedom` degrees of freedom.

    same: whether there are differences and all are exactly zero. NaN where there are too few to tell.
    """

    mean: float
    spread: float
    n: int
    freedom: int
    same: bool

    def half(self, level: float = 0.95) -> float:
        """Half the width of Student's t interval (NaN with fewer than two differences)."""
        from scipy.special import stdtrit

        if self.freedom < 1:
            return math.nan
        return float(stdtrit(self.freedom, 0.5 + level / 2) * self.spread / np.sqrt(self.n))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Student's t interval."""
        half = self.half(level)
        return self.mean - half, self.mean + half

    def p_value(self) -> float:
        """Two-sided p-value of no difference (NaN with fewer than two differences that are not all zero)."""
        if self.same:
            return 1.0
        return 2.0 * self._tail(abs(self.mean))

    def p_equivalent(self, margin: float) -> float:
        """P-value of a difference as large as `margin` on either side, by two one-sided tests; 0 where all are exactly zero."""
        if self.same:
            return 0.0
        return max(self._tail(margin - self.mean), self._tail(margin + self.mean))

    def _tail(self, distance: float) -> float:
        """Chance of a mean this far out on one side."""
        from scipy.special import stdtr

        if self.freedom < 1 or math.isnan(self.spread):
            return math.nan
        if self.spread == 0.0:
            return 0.0 if distance > 0 else 1.0
        return float(stdtr(self.freedom, -distance / (self.spread / math.sqrt(self.n))))


def contrast(differences: Values, first: int | None = None) -> Contrast:
    """The contrast of paired differences, shape (replicates,); NaN is left out.

    first: the spread is that of the first so many replicates, which decided how many there are (see `two_stage`).
    """
    seen = ~np.isnan(differences)
    kept = differences[seen]
    for_spread = kept if first is None else differences[:first][seen[:first]]
    mean = float(kept.mean()) if kept.size else math.nan
    spread = float(for_spread.std(ddof=1)) if for_spread.size > 1 else math.nan
    return Contrast(mean, spread, kept.size, max(for_spread.size - 1, 0), bool(kept.size) and not kept.any())


def pairing_gain(policy: Values, baseline: Values) -> float:
    """Variance of the difference had the two been run apart, over that of the paired difference, shape (replicates,) each.

    NaN with fewer than two pairs, infinite where the paired difference never varies though the values do.
    """
    seen = ~np.isnan(policy - baseline)
    if seen.sum() < 2:
        return math.nan
    apart = float(policy[seen].var(ddof=1) + baseline[seen].var(ddof=1))
    paired = float((policy - baseline)[seen].var(ddof=1))
    if paired == 0.0:
        return math.inf if apart > 0.0 else math.nan
    return apart / paired
