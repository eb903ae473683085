"""How the admitted came over the gate: at once, by effort, by drift, or by the luck of one published score.

Paired with the placebo, the same world in which nobody responds. Who is admitted later under the rule but never there made
it by effort. Who is admitted later there needed none: by drift if the score without its noise was over the gate on the day,
by luck if only the noise was.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.draws import SCORE, luck, seed_halves
from sim.model.numerics import standard_normal

Users = NDArray[np.integer]


class Ways(NamedTuple):
    """Shares of all users. Effort is counted under the rule, drift and luck in the placebo (NaN where no score decides)."""

    at_once: float
    effort: float
    drift: float
    luck: float


def without_noise(score: int, who: int, tick: int, seed: int, noise: float) -> float:
    """The score (points) before its noise, off by at most half a point: the noise is addressed, so it can be taken off again."""
    low, high = seed_halves(seed)
    uniform, _, _, _ = luck(low, high, SCORE, tick, who, 0)
    return score - noise * float(standard_normal(uniform))


def ways(
    admitted: Users, admitted_placebo: Users, start: int, score_placebo: NDArray[np.float64] | None, gate: int
) -> Ways:
    """Sort the users by how they were admitted.

    admitted, admitted_placebo: day of first admission per user (-1 never); start: the gate's first day; score_placebo: per user,
    the score without noise on the day of admission in the placebo (read only for users admitted later there), None at a
    gate that is not a threshold on the score; gate: its score.
    """
    count = admitted.size
    by_effort = (admitted >= 0) & (admitted_placebo < 0)  # on the first day too, where the gate was announced before
    later = admitted_placebo > start
    at_once = float(((admitted >= 0) & (admitted <= start) & ~by_effort).sum()) / count
    if score_placebo is None:
        return Ways(at_once, float(by_effort.sum()) / count, float("nan"), float("nan"))
    drift = later & (score_placebo >= gate - 0.5)  # a published score is rounded to the nearest point
    return Ways(
        at_once,
        float(by_effort.sum()) / count,
        float(drift.sum()) / count,
        float((later & ~drift).sum()) / count,
    )
