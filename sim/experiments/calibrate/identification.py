"""How well a fit knows its parameters: intervals, and the directions in which the targets say nothing.

Places are in the unit cube: 0 and 1 are the ends of a parameter's range. A direction is *flat* where its 95% interval would be
as wide as the range, so that the targets say no more than the range did. Flat directions are those of small singular value of
the Jacobian of the moments, weighted by the targets' errors. Simulated slopes are noisy, and noise looks like slope: the
squares of the singular values are therefore taken from products of *different* seeds' Jacobians, in which noise has mean zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiments.calibrate.simulator import Values

QUANTILE = 1.96
FLAT = (2 * QUANTILE) ** 2
"""Information (inverse variance, per squared range) at or below which a direction is flat."""
ONE_SIDED = 1.645
UNIFORM_KURTOSIS_LESS_ONE = 0.8
NAMED = 0.1
"""A parameter is not identified where at least this part of it (squared loading) lies along flat directions."""


@dataclass(frozen=True)
class Knowledge:
    """What is known of parameters. place, low, high: estimate and 95% interval in the unit cube; covariance: of the estimate;
    directions: a column each, the best known first; information: of each (inverse variance per squared range); flat: which of
    them are; unknown: which parameters are not identified (their interval is their range).
    """

    place: Values
    low: Values
    high: Values
    covariance: Values
    directions: Values
    information: Values
    flat: NDArray[np.bool_]
    unknown: NDArray[np.bool_]


def information_of(jacobians: Values) -> Values:
    """Information matrix J'J from weighted Jacobians (seeds, moments, parameters), without the bias that noise in J brings."""
    seeds, mean = len(jacobians), jacobians.mean(axis=0)
    if seeds == 1:
        return np.asarray(mean.T @ mean)
    own = np.einsum("smk,sml->kl", jacobians, jacobians)
    return np.asarray((seeds**2 * mean.T @ mean - own) / (seeds * (seeds - 1)))


def ordered(information: Values) -> tuple[Values, Values]:
    """Eigenvalues and eigenvectors (columns) of an information matrix, the largest first."""
    values, vectors = np.linalg.eigh(information)
    return values[::-1], vectors[:, ::-1]


def unknown_of(directions: Values, flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Parameters that lie along flat directions."""
    return np.asarray((directions[:, flat] ** 2).sum(axis=1) >= NAMED)


def knowledge(place: Values, jacobians: Values, simulated: Values, covariance: Values) -> Knowledge:
    """Intervals of a least-squares fit by the sandwich formula (Gourieroux & Monfort 1996), over the fitted moments.

    jacobians: (seeds, moments, parameters); simulated: moments at the estimate (seeds, moments); covariance: of the targets'
    errors. The variance has three parts: the targets' errors; the simulations' luck, from the spread between seeds; and along
    flat directions, of which nothing is known, the variance of a uniform draw from the range. Quantiles are Student's t with
    Welch's degrees of freedom, as the second part is estimated from a few seeds.
    """
    from scipy.stats import t

    seeds, weights = len(simulated), 1.0 / np.sqrt(np.diag(covariance))
    weighted = jacobians * weights[None, :, None]
    information, directions = ordered(information_of(weighted))
    flat = information <= FLAT
    known = directions[:, ~flat]
    inverse = known / information[~flat] @ known.T
    reach = inverse @ weighted.mean(axis=0).T * weights  # how estimates answer to moments, shape (parameters, moments)
    from_targets = reach @ covariance @ reach.T
    luck = np.cov(simulated, rowvar=False).reshape(covariance.shape) / seeds if seeds > 1 else np.zeros_like(covariance)
    from_luck = reach @ luck @ reach.T
    from_range = directions[:, flat] @ directions[:, flat].T / 12.0
    whole = from_targets + from_luck + from_range
    variance, lucky = np.diag(whole), np.diag(from_luck)
    share = np.maximum(lucky / variance, 1e-3)  # below that Student's t is the Normal
    half = t.ppf(0.975, max(seeds - 1, 1) / share**2) * np.sqrt(variance)
    unknown = unknown_of(directions, flat)
    low = np.where(unknown, 0.0, np.clip(place - half, 0.0, 1.0))
    high = np.where(unknown, 1.0, np.clip(place + half, 0.0, 1.0))
    return Knowledge(place, low, high, whole, directions, information, flat, unknown)


def knowledge_of_draws(draws: Values, weights: Values) -> Knowledge:
    """The same from weighted draws of a posterior, shape (draws, parameters): its mean, 2.5% and 97.5% quantiles, directions.

    A few draws can lie close together by luck. So a direction counts as known only where the upper 95% bound of its variance
    does: variance * (1 + 1.645 sqrt(0.8 / n)), as for a uniform distribution (kurtosis 1.8), with n = 1 / sum of squared weights.
    """
    place = weights @ draws
    effective = 1.0 / float(weights @ weights)
    covariance = (draws - place).T * weights @ (draws - place) / max(1.0 - 1.0 / effective, 1e-12)
    variances, vectors = np.linalg.eigh(covariance)
    highest = variances * (1.0 + ONE_SIDED * np.sqrt(UNIFORM_KURTOSIS_LESS_ONE / effective))
    information = 1.0 / np.maximum(highest, 1e-12)
    flat = information <= FLAT
    unknown = unknown_of(vectors, flat)
    ends = []
    for share in (0.025, 0.975):
        columns = []
        for column in draws.T:
            order = np.argsort(column, kind="stable")
            columns.append(float(np.interp(share, np.cumsum(weights[order]) - 0.5 * weights[order], column[order])))
        ends.append(np.array(columns))
    low, high = np.where(unknown, 0.0, ends[0]), np.where(unknown, 1.0, ends[1])
    return Knowledge(place, low, high, covariance, vectors, information, flat, unknown)
