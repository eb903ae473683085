"""Logistic regression with a ridge penalty, by Newton's method within a trust region.

A step costs one pass over the standardised features, block by block, which gives loss, gradient and Gram matrix: a million
users with 12 features take about a second. Source of the method: Conn, Gould & Toint 2000, Trust-Region Methods (`trust-exact`
of scipy).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRENGTH = 1.0
"""Ridge penalty: one observation's weight for each standardised coefficient, a Normal prior of standard deviation 1.

It hardly matters beyond a few hundred overdue users, and keeps coefficients finite where a feature tells all.
"""
BLOCK = 2048
"""Rows at a time: so few that they stay in cache, and that a library of linear algebra does not start threads for them, which costs
six times what the work does.
"""
DIGITS = 9
"""Digits kept of what is learned: libraries of linear algebra add up in different orders, which must not show in a score."""
GRADIENT = 1e-7
MOST_STEPS = 100

Floats = NDArray[np.float64]


class FitError(ValueError):
    """A fit that cannot be made, with what it would need."""


@dataclass(frozen=True)
class Logistic:
    """A fitted formula: log odds of falling overdue = intercept + sum of slope * value.

    slopes: shape (k,), per unit of a feature; fill: (k,), what stands for a missing value (the mean of those who have it);
    missing: (k,), what is added where the value is missing. steps: Newton steps that the fit took.
    """

    intercept: float
    slopes: Floats
    fill: Floats
    missing: Floats
    steps: int

    def log_odds(self, values: NDArray[Any]) -> Floats:
        """Log odds of falling overdue, shape (n,), of features of shape (n, k), NaN where missing.

        Added up feature by feature, so that every machine and number of threads gives the same bits.
        """
        total = np.full(len(values), self.intercept)
        for place in range(self.slopes.size):
            value = np.asarray(values[:, place], float)
            absent = np.isnan(value)
            total += self.slopes[place] * np.where(absent, self.fill[place], value)
            if self.missing[place] != 0.0:
                total += np.where(absent, self.missing[place], 0.0)
        return total


def fit_logistic(values: NDArray[Any], overdue: NDArray[np.bool_], strength: float = STRENGTH) -> Logistic:
    """Fit by maximum likelihood less strength / 2 times the sum of squared standardised coefficients.

    values: (n, k), NaN where missing; overdue: (n,). A missing value is set to the mean and told apart by an indicator, one
    for all features that are missing in the same rows. The intercept is not penalised. FitError if everybody or nobody is
    overdue, a value is infinite, or the search does not converge.
    """
    from scipy.optimize import minimize

    values, overdue = np.asarray(values), np.asarray(overdue, bool)
    _check(values, overdue, strength)
    middle, spread = _standards(values)
    design, owners = _design(values, middle, spread)
    ridge = np.append(np.full(len(design) - 1, strength / len(values)), 0.0)

    seen: dict[bytes, tuple[float, Floats, Floats]] = {}

    def at(point: Floats) -> tuple[float, Floats, Floats]:
        key = point.tobytes()
        if key not in seen:
            seen.clear()  # only the last point is asked for again
            seen[key] = _loss(point, design, overdue, ridge)
        return seen[key]

    share = float(overdue.mean())
    start = np.append(np.zeros(ridge.size - 1), np.log(share / (1.0 - share)))
    found = minimize(
        lambda point: at(point)[0],
        start,
        method="trust-exact",
        jac=lambda point: at(point)[1],
        hess=lambda point: at(point)[2],
        options={"gtol": GRADIENT, "maxiter": MOST_STEPS},
    )
    _, gradient, hessian = at(found.x)
    if float(np.linalg.norm(gradient)) > GRADIENT:
        raise FitError(f"the fit stopped after {found.nit} steps without converging: {found.message}")
    point = found.x - np.linalg.solve(hessian, gradient)  # a last step, to the precision of the numbers
    k = values.shape[1]
    slopes = point[:k] / spread
    missing = np.zeros(k)
    missing[owners] = point[k:-1]
    fill = _rounded(middle)
    slopes = _rounded(slopes)
    intercept = float(_rounded(np.array([point[-1] - slopes @ fill]))[0])
    return Logistic(intercept, slopes, fill, _rounded(missing), int(found.nit) + 1)


def _check(values: NDArray[Any], overdue: NDArray[np.bool_], strength: float) -> None:
    """FitError unless there is something to learn from."""
    faults = []
    if values.ndim != 2 or overdue.shape != (len(values),):
        faults.append(
            f"features of shape {values.shape} and {overdue.shape} outcomes; n rows and n outcomes are needed"
        )
    if overdue.all() or not overdue.any():
        faults.append(
            f"{int(overdue.sum())} of {overdue.size} users overdue; a fit needs some who are and some who are not"
        )
    if np.isinf(values).any():
        faults.append("a feature is infinite; give NaN where a value is missing")
    if not strength > 0.0:
        faults.append(f"strength {strength}; a number above 0 is needed")
    if faults:
        raise FitError("; ".join(faults))


def _standards(values: NDArray[Any]) -> tuple[Floats, Floats]:
    """Mean and standard deviation (1 if constant or never there) of each feature over the rows that have it."""
    middle, spread = np.zeros(values.shape[1]), np.ones(values.shape[1])
    for place in range(values.shape[1]):
        column = np.asarray(values[:, place], float)
        there = column[~np.isnan(column)]
        if there.size:
            middle[place], around = there.mean(), there.std()
            if around > 1e-9 * max(abs(middle[place]), 1.0):
                spread[place] = around
    return middle, spread


def _design(values: NDArray[Any], middle: Floats, spread: Floats) -> tuple[Floats, list[int]]:
    """A row per coefficient, shape (k + patterns + 1, n): standardised features, an indicator for each pattern of missing
    values, ones; and the first feature that has each pattern.
    """
    n, k = values.shape
    owners: list[int] = []
    patterns: list[Floats] = []
    design = np.ones((k + 1, n))
    for place in range(k):
        row = design[place]
        np.subtract(values[:, place], middle[place], out=row)
        row /= spread[place]
        absent = np.isnan(row)
        if absent.any():
            row[absent] = 0.0
            if not any(np.array_equal(absent, other) for other in patterns):
                owners.append(place)
                patterns.append(absent.astype(float))
    return np.vstack([design[:k], *patterns, design[k:]]) if patterns else design, owners


def _loss(point: Floats, design: Floats, overdue: NDArray[np.bool_], ridge: Floats) -> tuple[float, Floats, Floats]:
    """Mean loss with its penalty, gradient and Hessian at a point (standardised coefficients, indicators, intercept)."""
    size, n = design.shape
    loss, gradient, gram = 0.0, np.zeros(size), np.zeros((size, size))
    for first in range(0, n, BLOCK):
        rows, hit = design[:, first : first + BLOCK], overdue[first : first + BLOCK]
        log_odds = point @ rows
        small = np.exp(-np.abs(log_odds))
        chance = np.where(log_odds > 0.0, 1.0, small) / (1.0 + small)
        loss += float((np.maximum(log_odds, 0.0) + np.log1p(small) - log_odds * hit).sum())
        gradient += rows @ (chance - hit)
        gram += (rows * (chance * (1.0 - chance))) @ rows.T
    return (
        loss / n + 0.5 * float(ridge @ point**2),
        gradient / n + ridge * point,
        gram / n + np.diag(ridge),
    )


def _rounded(numbers: Floats) -> Floats:
    """Numbers to `DIGITS` significant digits."""
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers])
