"""How the admitted came over the gate: at once, by effort, by drift, or by the luck of one published score.

Paired with the placebo, the same world in which nobody responds. Who is admitted later under the rule but never there made
it by effort. Who is admitted later there needed none: by drift if the gate would have opened on that day to the score
without its noise as well, by luck if only the noise opened it. At a gate that admits by chance the user's own luck there is
drawn once and stands, so it is a trait like any other, and the question is the same; at one that ranks, the last place is
the one of that day.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.draws import SCORE, luck, seed_halves
from sim.model.numerics import standard_normal
from sim.scenario.gate import GateSettings

Users = NDArray[np.integer]


class Ways(NamedTuple):
    """Shares of all users. Effort is counted under the rule, drift and luck in the placebo."""

    at_once: float
    effort: float
    drift: float
    luck: float


def without_noise(score: int, who: int, tick: int, seed: int, noise: float) -> float:
    """The score (points) before its noise, off by at most half a point: the noise is addressed, so it can be taken off again."""
    low, high = seed_halves(seed)
    uniform, _, _, _ = luck(low, high, SCORE, tick, who, 0)
    return score - noise * float(standard_normal(uniform))


def opens_to(
    gate: GateSettings, score: float, starting_score: int, days: float, standing: float, last: tuple[float, float]
) -> bool:
    """Whether all that a gate covers is open to a user with this score (points, published as the nearest whole one).

    days: since the gate's first day; standing: the user's own luck at the gate (0 to 1); last: score of the last place and
    the luck that has it, at a gate that ranks (not read at another). Of a gate on the score: nobody is invited or pays.
    """
    published = float(np.floor(score + 0.5))
    return all(
        standing < gate.admission(published, float(starting_score), days, 0.0, 0.0, *last, *level.numbers)
        for level in gate.levels()
    )


def ways(admitted: Users, admitted_placebo: Users, start: int, is_drift: NDArray[np.bool_]) -> Ways:
    """Sort the users by how they were admitted.

    admitted, admitted_placebo: tick of first admission per user (-1 never); start: the gate's first tick; is_drift: per user,
    whether the gate opens to the score without its noise on the tick of admission in the placebo (read only for users
    admitted later there).
    """
    count = admitted.size
    by_effort = (admitted >= 0) & (admitted_placebo < 0)  # on the first day too, where the gate was announced before
    later = admitted_placebo > start
    at_once = float(((admitted >= 0) & (admitted <= start) & ~by_effort).sum()) / count
    drift = later & is_drift
    return Ways(
        at_once,
        float(by_effort.sum()) / count,
        float(drift.sum()) / count,
        float((later & ~drift).sum()) / count,
    )
