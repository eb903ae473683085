"""The stopping problem of a user who strives for a gate under a noisy score, solved before the run by backward induction.

Each publication the user, who takes the published score at its word, either goes on or stops for good. Going on costs
`cost` and moves the score by `pace` until the next publication; stopping costs nothing. Either way the next published score
adds a standard normal. All in units of its noise and of the prize: a period in which the score is at the gate is worth 1,
and a period from now a `factor`. With x points missing and n publications left,

    rest(n, x) = factor * E[at the gate(x') + rest(n - 1, x')]                                            x' = x - noise
    gain(n, x) = rest(n, x - pace) - rest(n, x) - cost + factor * E[max(gain(n - 1, x'), 0)]              x' = x - pace - noise

where gain is the value of going on less that of stopping, so a user goes on where it is above 0. rest has the closed form
sum over k of factor**k * P(normal <= -x / sqrt(k)), as the noise adds up (Puterman 1994, Markov Decision Processes, ch. 4,
for the induction). The expectation is exact for a gain that is linear between points of the grid.

Only elementwise arithmetic in a fixed order, so that every machine gets the same bits.
"""

from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sim.model.numerics import exponential, normal_cdf
from sim.model.rule import rule

Array = NDArray[np.float64]

STEP = 0.25
"""Grid of the points missing, and of the pace, in standard deviations of the noise."""
NEAREST = -8.0
POINTS = 161
"""From 8 standard deviations inside the gate to 32 short of it."""
PACES = 17
"""Paces 0 to 4 in steps of STEP."""
COSTS = 24
HIGHEST_COST = 12.0
"""No prize is worth more than the 1 / (1 - factor) periods that can follow: 11.6 at the default impatience."""
PUBLICATIONS = 36
"""Most publications left that are told apart: at the default impatience, what lies beyond is worth 4%."""
REACH = 24
"""Steps of noise to either side: 6 standard deviations."""


@rule
def cost_at(number):
    """Cost (prizes of a period) of a grid point: closer together where cheap, where what is worth doing changes."""
    share = number / (COSTS - 1)
    return HIGHEST_COST * share * share * share * share


def rest_value(factor: float, publications: int, points: Array) -> Array:
    """rest(n, x) for n = 0 to `publications` (rows) at the given x: expected discounted periods at the gate."""
    values = np.zeros((publications + 1, points.size))
    weight = 1.0
    for k in range(1, publications + 1):
        weight = weight * factor
        root = sqrt(k)
        values[k] = values[k - 1] + weight * np.array([normal_cdf(-x / root) for x in points.tolist()])
    return values


def _normal_of_a_tent(offset: float) -> float:
    """Mean of a tent (1 at `offset`, 0 a STEP to either side) under a standard normal."""

    def loss(z: float) -> float:
        return float(z * normal_cdf(z) + exponential(-0.5 * z * z) / 2.5066282746310002)

    return (loss(offset + STEP) - 2.0 * loss(offset) + loss(offset - STEP)) / STEP


@lru_cache(maxsize=8)
def solve(factor: float) -> tuple[Array, Array]:
    """rest, shape (PUBLICATIONS + 1, PACES - 1 + POINTS), its first x a whole pace range nearer than NEAREST; and gain,
    shape (PUBLICATIONS, COSTS, PACES, POINTS) for n = 1 and up.
    """
    shifts = PACES - 1
    points: Array = NEAREST + STEP * (np.arange(shifts + POINTS, dtype=np.float64) - shifts)
    rest = rest_value(factor, PUBLICATIONS, points)
    costs = np.array([cost_at(number) for number in range(COSTS)])[:, None]
    tents = [_normal_of_a_tent(STEP * k) for k in range(-REACH, REACH + 1)]
    gains = np.zeros((PUBLICATIONS, COSTS, PACES, POINTS))
    # What is hoped for, of one pace: nothing beyond the near end, as much as there beyond the far one.
    hopes = np.zeros((COSTS, shifts + REACH + POINTS + REACH))
    for n in range(1, PUBLICATIONS + 1):
        for pace in range(PACES):
            ahead = rest[n, shifts - pace : shifts - pace + POINTS] - rest[n, shifts:] - costs
            if n > 1:
                hopes[:, shifts + REACH : shifts + REACH + POINTS] = np.maximum(gains[n - 2, :, pace], 0.0)
                hopes[:, shifts + REACH + POINTS :] = hopes[:, shifts + REACH + POINTS - 1, None]
                hoped = np.zeros((COSTS, POINTS))
                for k, tent in enumerate(tents):
                    first = shifts - pace + k
                    hoped += tent * hopes[:, first : first + POINTS]
                ahead = ahead + factor * hoped
            gains[n - 1, :, pace] = ahead
    rest.setflags(write=False)
    gains.setflags(write=False)
    return rest, gains
