"""Ranks at a gate that admits so many and no more: the score of the last place, and who of that very score has one."""

import numpy as np
from numpy.typing import NDArray

from sim.draws import GATE, philox, seed_halves, unit

NOBODY = 1.0e6
"""A score of the last place that none reaches."""
EVERYBODY = 0.0
"""A score of the last place that all exceed: with places for all nobody need fear for one."""


def last_place(seed: int, ids: NDArray[np.int32], scores: NDArray[np.int16], places: int) -> tuple[float, float]:
    """Score of the last of `places` places when users are ranked by score (points), and the standing luck below which users
    of that score have a place.

    seed: of the run's luck; ids, scores: shape (users,), in any order. Exactly `places` users are above the score, or at it
    with a lower standing luck, unless two at the margin share all 32 bits of their luck: then neither has a place.
    """
    if places <= 0:
        return NOBODY, 0.0
    if places >= scores.size:
        return EVERYBODY, 1.0
    counts = np.bincount(scores)
    at_or_above = np.cumsum(counts[::-1])[::-1]
    score = int(np.flatnonzero(at_or_above >= places)[-1])
    left = places - int(at_or_above[score] - counts[score])
    if left == counts[score]:
        return float(score), 1.0
    tied = ids[scores == score].astype(np.int64)
    words, _, _, _ = philox(tied, 0, 0, GATE, *seed_halves(seed))
    return float(score), float(np.partition(unit(words), left)[left])
