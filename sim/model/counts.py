"""Poisson counts from one 32-bit word of luck, in single precision so that a processor counts eight users at once.

A word fixes the quantile, so counts of equal luck are coupled: when only the rate rises the count does not fall, except
that the change of method at a rate of 4 can cost one visit (about one draw in 7,000). Every
constant is typed, because mixed precision would be rounded differently by Python and by compiled code. Errors of
probability are below one in a million for rates below 4; larger rates are described at `poisson_by_normal`.
"""

import numpy as np

from sim.draws import unit
from sim.model.numerics import standard_normal
from sim.model.rule import rule, vector_rule

NORMAL_RATE = np.float32(4.0)
"""Rate from which a count is read off the normal expansion instead of summed (the sum would take longer)."""

FEW = 8
MOST_TERMS = 40
STEPS = 1024
"""The normal quantile is looked up between steps of 1/1024; in the 8 outermost on either side it is worked out."""

ONE = np.float32(1.0)
HALF = np.float32(0.5)
EIGHTH = np.float32(0.125)
UNIT = np.float32(2.0**-23)
TABLE_STEPS = np.float32(STEPS)
TAIL = np.float32(0.5 - 8 / STEPS)
THIRD = np.float32(1 / 3)
SIXTH = np.float32(1 / 6)
ONE_36TH = np.float32(1 / 36)
ONE_72ND = np.float32(1 / 72)
ONE_270TH = np.float32(1 / 270)
SEVEN_810THS = np.float32(7 / 810)
EIGHT_405THS = np.float32(8 / 405)
INVERSE = np.array([0.0] + [1.0 / k for k in range(1, MOST_TERMS + 1)], dtype=np.float32)
INVERSE.flags.writeable = False
NORMALS = np.array([standard_normal(min(max(j, 0.5), STEPS - 0.5) / STEPS) for j in range(STEPS + 1)], dtype=np.float32)
NORMALS.flags.writeable = False


@vector_rule
def unit_single(word):
    """A 32-bit word as a number strictly between 0 and 1, exact in single precision (its 23 high bits)."""
    return (np.float32(np.int32(word >> 9)) + HALF) * UNIT


@vector_rule
def exponential_of_minus(rate):
    """e**-rate for a rate from 0 to 4: Taylor series on rate/8 to the 9th power, squared three times.

    Never below 1 - rate, as the true value is not: engines tell most zeros from that alone.
    """
    y = -rate * EIGHTH
    p = ONE + y * INVERSE[9]
    p = ONE + y * INVERSE[8] * p
    p = ONE + y * INVERSE[7] * p
    p = ONE + y * INVERSE[6] * p
    p = ONE + y * INVERSE[5] * p
    p = ONE + y * INVERSE[4] * p
    p = ONE + y * INVERSE[3] * p
    p = ONE + y * HALF * p
    p = ONE + y * p
    p = p * p
    p = p * p
    return max(p * p, ONE - rate)


@vector_rule
def poisson_if_few(rate, word):
    """Count by summing probabilities, or 8 if that may not be the count: then `poisson_count` tells. For a rate below 4."""
    uniform = unit_single(word)
    term = exponential_of_minus(rate)
    total = term
    count = 0
    for k in range(1, 9):
        count += uniform >= total
        term = term * (rate * INVERSE[k])
        total = total + term
    return count


@vector_rule
def poisson_by_normal(rate, normal):
    """Count of a rate of 4 or more at a normal quantile: Giles (2016), ACM TOMS 42:1, Algorithm 955, expansion Q_N3.

    Differs from the exact count by one in at most 0.16% of draws (fewer for larger rates); the mean is right to 0.02%.
    """
    root = np.sqrt(rate)
    w2 = normal * normal
    value = rate + root * normal + (THIRD + w2 * SIXTH)
    value = value - normal * (ONE_36TH + w2 * ONE_72ND) / root
    value = value + (w2 * w2 * ONE_270TH + w2 * SEVEN_810THS - EIGHT_405THS) / rate
    return np.int32(max(value, np.float32(0.0)))


@vector_rule
def in_normal_tail(word):
    """Whether a word lies in the outermost steps, where `normal_between` is not good enough."""
    return abs(unit_single(word) - HALF) >= TAIL


@vector_rule
def normal_between(word):
    """Standard normal quantile by straight lines between 1024 steps: off by less than 0.0007 outside the tails."""
    place = unit_single(word) * TABLE_STEPS
    step = np.int32(place)
    return NORMALS[step] + (NORMALS[step + 1] - NORMALS[step]) * (place - np.float32(step))


@rule
def normal_in_tail(word):
    """Standard normal quantile of a word in the tails."""
    return np.float32(standard_normal(unit(word)))


@rule
def poisson_count(rate, word):
    """Poisson count of mean `rate` (single precision) on the luck `word`."""
    if rate >= NORMAL_RATE:
        return poisson_by_normal(rate, normal_in_tail(word) if in_normal_tail(word) else normal_between(word))
    uniform = unit_single(word)
    term = exponential_of_minus(rate)
    total = term
    count = 0
    while uniform >= total and count < MOST_TERMS:
        count += 1
        term = term * (rate * INVERSE[count])
        if total + term == total:  # beyond what single precision tells apart from certainty
            break
        total = total + term
    return count
