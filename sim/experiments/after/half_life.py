"""Half-life of an effect once its cause is gone, from the paired difference day by day."""

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.float64]
WEEK = 7
CLEAR = 2.0
"""Standard errors, over the days of the level, that an effect must measure before it is said to halve: noise has no half-life."""


def smoothed(series: Days, reach: int = WEEK // 2) -> Days:
    """Centred means of 2 * reach + 1 days, fewer towards either end so that the middle stays in the middle; shape as given."""
    series = np.asarray(series, dtype=float)
    sums = np.concatenate([[0.0], np.cumsum(series)])
    day = np.arange(series.size)
    room = np.minimum(np.minimum(day, series.size - 1 - day), reach)
    means: Days = (sums[day + room + 1] - sums[day - room]) / (2 * room + 1)
    return means


def noise_of_a_day(days: Days) -> float:
    """Standard deviation of a day around a course that bends little within three days: by second differences, so that an effect
    that grows or fades is not taken for noise. 0 of fewer than three days.
    """
    return float(np.sqrt(np.mean(np.diff(days, 2) ** 2) / 6.0)) if days.size > 2 else 0.0


def half_life(difference: Days, end: int, start: int | None = None) -> float:
    """Days from `end` until the difference has halved.

    difference: policy less baseline, one value a day, on the same luck; end: first day without the gate; start: its first whole
    day, a week before the end or earlier if not given. The level is the mean of the gate's last week, the course after it is
    smoothed over a week (days after the end only, so that the gate itself is not smeared over its end) and read linearly
    between days. 0 if it is gone at once; NaN if there is no end in the series, no clear effect to halve (a level below CLEAR
    standard errors, by the noise of the days with the gate or of those after, whichever is larger), or it has not halved by
    the last day.
    """
    first = end - WEEK if start is None else max(start, end - WEEK)
    if not 0 <= first < end < len(difference):
        return float("nan")
    held, later = (np.asarray(part, dtype=float) for part in (difference[first:end], difference[end:]))
    level = float(held.mean())
    noise = max(noise_of_a_day(held), noise_of_a_day(later)) / np.sqrt(held.size)
    if level == 0.0 or np.isnan(level) or abs(level) < CLEAR * noise:
        return float("nan")
    share = smoothed(later) / level
    halved = np.flatnonzero(share <= 0.5)
    if not halved.size:
        return float("nan")
    day = int(halved[0])
    if day == 0:
        return 0.0
    before, after = float(share[day - 1]), float(share[day])
    return day - 1 + (before - 0.5) / (before - after)
