"""Activity aligned at the day on which users first reach the gate's score, and what is left without the phantom.

Aligning by an event that depends on the outcome makes activity rise towards it even if nobody responds: those who happened
to spend more are those who cross ("phantom steering", Hoernle, Kehne, Procaccia & Gal 2022, KAIS, A). So the same people are
looked at in the placebo, where the gate is there and nobody responds to it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BEFORE = AFTER = 60
MONTH = 30


class Aligned(NamedTuple):
    """Mean activity by days from crossing, -BEFORE to AFTER: day, users seen, mean (arrays of one length)."""

    day: NDArray[np.int64]
    users: NDArray[np.int64]
    mean: NDArray[np.float64]


def aligned(
    activity: NDArray[np.integer], crossed: NDArray[np.integer], before: int = BEFORE, after: int = AFTER
) -> Aligned:
    """Mean activity per user-day around each user's crossing.

    activity: shape (days, users); crossed: day of crossing, -1 never. Only users with the whole time before crossing inside
    the run count, so that the rise is not one of who is seen; after crossing the mean is of those seen that long (NaN: nobody).
    """
    days = activity.shape[0]
    chosen = np.flatnonzero(crossed >= before)
    at = crossed[chosen].astype(np.int64)
    offsets = np.arange(-before, after + 1)
    users = np.zeros(offsets.size, np.int64)
    mean = np.full(offsets.size, np.nan)
    for k, offset in enumerate(offsets):
        inside = at + offset < days
        users[k] = int(inside.sum())
        if users[k]:
            mean[k] = float(activity[at[inside] + offset, chosen[inside]].mean())
    return Aligned(offsets, users, mean)


def rise(curve: Aligned, base: Aligned | None = None) -> float:
    """Mean of the last MONTH days before crossing over that of the MONTH before them, less 1 (NaN if nobody crossed).

    base: the curve whose first month the rise is a share of, if not the curve's own (a curve of differences has none).
    """
    early = (curve.day >= -2 * MONTH) & (curve.day < -MONTH)
    late = (curve.day >= -MONTH) & (curve.day < 0)
    below = float((curve if base is None else base).mean[early].mean())
    return (float(curve.mean[late].mean()) - float(curve.mean[early].mean())) / below if below else float("nan")


def after_level(curve: Aligned) -> float:
    """Mean of the MONTH days from crossing on, of the days on which somebody was seen (NaN if there are none)."""
    chosen = (curve.day >= 0) & (curve.day < MONTH) & ~np.isnan(curve.mean)
    return float(curve.mean[chosen].mean()) if chosen.any() else float("nan")
