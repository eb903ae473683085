"""What drawing at random says: BCa intervals of paired differences, and the chance that a policy is the best."""

import math
import warnings

import numpy as np
from numpy.typing import NDArray

from sim.experiments.compare.contrast import Values

RESAMPLES = 9_999
FEWEST = 5
"""Replicates below which the bootstrap says nothing."""
AT_ONCE = 4_000_000
"""Most resampled numbers held at once."""


def level_for(n: int, level: float = 0.95) -> float:
    """Level at which a bootstrap percentile interval of `n` normal values is as wide as Student's t at `level`.

    A bootstrap distribution is too narrow by the factor sqrt((n - 1) / n), and has normal tails: Hesterberg 2015, The American
    Statistician 69(4), "expanded percentile".
    """
    from scipy.special import ndtr, stdtrit

    return float(2.0 * ndtr(math.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.5 + level / 2)) - 1.0)


def bca_intervals(differences: Values, seed: int) -> Values:
    """BCa bootstrap intervals (95%, widened for few replicates) of means, shape (rows, 2), of paired differences, (rows, replicates).

    Rows do not depend on one another. NaN is left out; a row with fewer than five differences has no interval, one that
    never varies has its value as both bounds.
    """
    found = np.full((len(differences), 2), np.nan)
    seen = ~np.isnan(differences)
    varies = np.array(
        [np.ptp(row[s]) > 0 if s.any() else False for row, s in zip(differences, seen, strict=True)], bool
    )
    constant = seen.any(axis=1) & ~varies
    found[constant] = np.nanmax(differences[constant], axis=1, keepdims=True) if constant.any() else np.nan
    counts = np.where(varies, seen.sum(axis=1), 0)
    for n in np.unique(counts[counts >= FEWEST]):
        rows = np.flatnonzero(counts == n)
        kept = differences[rows][seen[rows]].reshape(rows.size, n)
        found[rows] = _of_full(kept, seed)
    return found


def _mean_in_order(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The mean along an axis, added up one after the other: numpy's own order depends on the shape, and with it the last bit."""
    whole = np.moveaxis(values, axis, 0)
    total = whole[0].copy()
    for part in whole[1:]:
        total = total + part
    return np.asarray(total / len(whole))


def _of_full(differences: Values, seed: int) -> Values:
    """As `bca_intervals`, of rows that vary and miss nothing."""
    from scipy.stats import bootstrap

    rows, n = differences.shape
    share = max(1, AT_ONCE // (RESAMPLES * n))
    parts = []
    for start in range(0, rows, share):
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # a row whose resamples are nearly all alike has no interval, and says so as NaN
            made = bootstrap(
                (differences[start : start + share],),
                _mean_in_order,
                axis=-1,
                n_resamples=RESAMPLES,
                confidence_level=level_for(n),
                method="BCa",
                vectorized=True,
                random_state=np.random.default_rng(seed),  # anew, so that a row's interval does not depend on its place
            )
        low, high = made.confidence_interval
        parts.append(np.column_stack([low, high]))
    return np.concatenate(parts)


def chances_of_best(values: Values, seed: int) -> NDArray[np.float64]:
    """Chance that each policy's mean is the greatest, shape (policies,), of values (policies, replicates) on the same luck.

    Means are drawn from the multivariate t distribution about those found, with the covariance of the replicates, so that of two
    policies the chance is that of Student's t for their paired difference: resampling three replicates would be certain far
    too often. Ties are shared; a replicate in which a policy has no value is left out for all. NaN with fewer than two replicates.
    Source: Gelman et al. 2013, Bayesian Data Analysis, section 3.6 (posterior of a multivariate normal mean).
    """
    kept = np.ascontiguousarray(values[:, ~np.isnan(values).any(axis=0)])
    policies, n = kept.shape
    if n < 2:
        return np.full(policies, np.nan)
    luck = np.random.default_rng(seed)
    weights = luck.standard_normal((RESAMPLES, n)) / np.sqrt(n * luck.chisquare(n - 1, RESAMPLES))[:, np.newaxis]
    means = np.stack(
        [row.mean() + weights @ (row - row.mean()) for row in kept]
    )  # row by row, so that equal rows tie exactly
    best = means == means.max(axis=0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1), dtype=float)
