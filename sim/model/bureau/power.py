"""How well a score tells who falls overdue: AUC with its interval, KS and Gini. A higher score promises to pay.

AUC is the chance that a user who pays scores higher than one who falls overdue, equal scores counting half (Mann & Whitney
1947); its interval is that of DeLong, DeLong & Clarke-Pearson 1988 (Biometrics 44), by ranks after Sun & Xu 2014.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.numerics import standard_normal

Z_95 = float(standard_normal(0.975))


class Power(NamedTuple):
    """How a score fares on users whose outcome is known.

    auc: 0.5 tells nothing, 1 all; low, high: its 95% interval; ks: largest gap between the shares of payers and of overdue
    users below a score; gini: 2 auc - 1; users, overdue: how many there are and fell overdue.
    """

    auc: float
    low: float
    high: float
    ks: float
    gini: float
    users: int
    overdue: int


class Difference(NamedTuple):
    """Difference of two AUCs on the same users, with its 95% interval."""

    value: float
    low: float
    high: float


def power(score: NDArray[Any], overdue: NDArray[np.bool_]) -> Power:
    """AUC, KS and Gini of a score, shape (n,), against the outcome, shape (n,). ValueError if all or none are overdue.

    The interval is taken on the logit of the AUC, so that it stays within 0 and 1; it has no width where the score tells
    the two apart without error.
    """
    below, above, gap = _placements(score, overdue)
    value, error = float(below.mean()), float(np.sqrt(_variance(below) + _variance(above)))
    low = high = value
    if 0.0 < value < 1.0:
        middle, reach = np.log(value / (1.0 - value)), Z_95 * error / (value * (1.0 - value))
        low, high = (float(1.0 / (1.0 + np.exp(-(middle + side * reach)))) for side in (-1, 1))
    return Power(value, low, high, gap, 2.0 * value - 1.0, below.size + above.size, above.size)


def auc_difference(one: NDArray[Any], other: NDArray[Any], overdue: NDArray[np.bool_]) -> Difference:
    """AUC of `one` less that of `other`, two scores (n,) of the same users, with what they share taken into account."""
    below, above, _ = _placements(one, overdue)
    below_other, above_other, _ = _placements(other, overdue)
    value = float(below.mean() - below_other.mean())
    reach = Z_95 * float(np.sqrt(_variance(below - below_other) + _variance(above - above_other)))
    return Difference(value, value - reach, value + reach)


def _variance(placements: NDArray[np.float64]) -> float:
    """Variance of the mean of one side's placements; 0 for a single user, of whose like nothing is known."""
    return float(placements.var(ddof=1) / placements.size) if placements.size > 1 else 0.0


def _placements(
    score: NDArray[Any], overdue: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """For each payer the share of overdue users below, for each overdue user the share of payers above (equals count half), and
    KS. The mean of either is the AUC, exact to rounding.
    """
    score, overdue = np.asarray(score), np.asarray(overdue, bool)
    _check(score, overdue)
    order = np.argsort(score, kind="stable")
    ranked, hit = score[order], overdue[order]
    # Runs of equal scores: where each begins and, one further, ends.
    begins = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    ends = np.append(begins[1:], ranked.size)
    run = np.repeat(np.arange(begins.size), ends - begins)
    late = np.append(0, np.cumsum(hit))
    payers = np.arange(ranked.size + 1) - late
    late_below = (late[begins] + late[ends]) / (2.0 * late[-1])
    payers_above = 1.0 - (payers[begins] + payers[ends]) / (2.0 * payers[-1])
    below, above = np.empty(ranked.size), np.empty(ranked.size)
    below[order], above[order] = late_below[run], payers_above[run]
    gap = np.abs(late[ends] / late[-1] - payers[ends] / payers[-1]).max()
    return below[~overdue], above[overdue], float(gap)


def _check(score: NDArray[Any], overdue: NDArray[np.bool_]) -> None:
    """ValueError unless there are users who pay, users who are overdue, and a score for everyone."""
    faults = []
    if score.ndim != 1 or overdue.shape != score.shape:
        faults.append(f"scores of shape {score.shape} and outcomes of shape {overdue.shape}; n of either are needed")
    if not overdue.any() or overdue.all():
        faults.append(
            f"{int(overdue.sum())} of {overdue.size} users overdue; accuracy needs some who are and some who are not"
        )
    if np.isnan(score).any():
        faults.append("a score is NaN; every user needs one")
    if faults:
        raise ValueError("; ".join(faults))
