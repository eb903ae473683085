"""Which parameters move the effect: its mean over bins of each parameter, and rank correlations."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.effect import Interval, t_interval
from sim.experiments.sweep.result import SweepResult

MOST_BINS = 8
POINTS_PER_BIN = 8


@dataclass(frozen=True)
class Influence:
    """One parameter's part in a figure of all points.

    name, path, unit, log: of the parameter (log: spread evenly in the logarithm); values, effect: of every point in which there is a figure; centres: of the bins, or
    their labels; means: of the effect over the points of each bin, with a 95% interval over points; correlation: Spearman's
    rank correlation over points with a 95% interval (NaN for names, which have no order).
    """

    name: str
    path: str
    unit: str
    log: bool
    values: NDArray[np.generic]
    effect: NDArray[np.float64]
    centres: NDArray[np.generic]
    means: tuple[Interval, ...]
    correlation: Interval


def influences(result: SweepResult, measure: str | None = None) -> list[Influence]:
    """The influence of every parameter on the effect on a measure (the primary one if not given), in the file's order."""
    effects = result.of(result.primary if measure is None else measure)
    effect = np.asarray(effects[result.estimate], dtype=float)
    seen = ~np.isnan(effect)
    found = []
    for name, parameter in zip(result.names, result.parameters, strict=True):
        values = result.tables["points"][parameter["path"]][seen]
        centres, bins = _bins(values, bool(parameter["numeric"]))
        means = tuple(t_interval(effect[seen][bins == k]) for k in range(len(centres)))
        correlation = rank_correlation(values, effect[seen]) if parameter["numeric"] else _none(values.size)
        found.append(
            Influence(
                name=name,
                path=parameter["path"],
                unit=parameter["unit"],
                log=parameter["log"],
                values=values,
                effect=effect[seen],
                centres=centres,
                means=means,
                correlation=correlation,
            )
        )
    return found


def _bins(values: NDArray[np.generic], is_numeric: bool) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Centres of bins and the bin of every value: a bin a value where there are few, else as many values in each."""
    unique, place = np.unique(values, return_inverse=True)
    if not is_numeric or unique.size <= MOST_BINS:
        return unique, place.astype(np.int64)
    count = int(np.clip(values.size // POINTS_PER_BIN, 2, MOST_BINS))
    numbers = values.astype(float)
    edges = np.quantile(numbers, np.linspace(0, 1, count + 1)[1:-1])
    bins = np.searchsorted(edges, numbers, side="right")
    return np.array([numbers[bins == k].mean() for k in range(count)]), bins.astype(np.int64)


def _none(n: int) -> Interval:
    return Interval(math.nan, math.nan, math.nan, n)


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Ranks from 1, of equal values their mean (scipy.stats has this, and takes seconds to import)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks


def rank_correlation(one: NDArray[np.generic], other: NDArray[np.float64]) -> Interval:
    """Spearman's rank correlation with a 95% interval by Fisher's z, variance 1.06 / (n - 3) (Fieller, Hartley & Pearson 1957).

    NaN where either does not vary.
    """
    n = one.size
    if n < 4 or np.unique(one).size < 2 or np.unique(other).size < 2:
        return _none(n)
    rho = float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])
    if abs(rho) > 1.0 - 1e-12:
        return Interval(rho, rho, rho, n)
    half = 1.959964 * math.sqrt(1.06 / (n - 3))
    return Interval(rho, math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half), n)
