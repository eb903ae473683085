"""Poisson counts from one word of luck, in single precision so that a processor counts eight users at once.

A word fixes the quantile, so counts of equal luck are coupled: when only the rate rises the count does not fall, except
that the change of method at a rate of 4 can cost one visit (about one draw in 7,000). Every
constant is typed, because mixed precision would be rounded differently by Python and by compiled code. Errors of
probability are below one in a million for rates below 4; larger rates are described at `poisson_by_normal`.
"""

import numpy as np

from sim.model.numerics import exponential, standard_normal
from sim.model.rule import rule, vector_rule

NORMAL_RATE = np.float32(4.0)
"""Rate from which a count is read off the normal expansion instead of summed (the sum would take longer)."""

FEW = 6
"""Visits that `poisson_if_few` does not tell from more."""
MOST_TERMS = 40
STEPS = 2048
TAIL_STEPS = 4
"""The normal quantile is looked up in 2048 cells of equal probability; in the 4 outermost on either side it is worked out."""
CELL_SHIFT = 21
"""A word's high 11 bits are its cell."""

ONE = np.float32(1.0)
HALF = np.float32(0.5)
EIGHTH = np.float32(0.125)
UNIT = np.float32(2.0**-23)
THIRD = np.float32(1 / 3)
SIXTH = np.float32(1 / 6)
ONE_36TH = np.float32(1 / 36)
ONE_72ND = np.float32(1 / 72)
ONE_270TH = np.float32(1 / 270)
SEVEN_810THS = np.float32(7 / 810)
EIGHT_405THS = np.float32(8 / 405)
# (e**-y - 1) / y on [0, 0.5]: interpolated at Chebyshev points, so that 1 + y times it is right to 1.5e-7.
E1 = np.float32(-0.9999999301757165)
E2 = np.float32(0.4999929620759703)
E3 = np.float32(-0.16655271141217032)
E4 = np.float32(0.04101571168871646)
E5 = np.float32(-0.006785358895613816)
INVERSE = np.array([0.0] + [1.0 / k for k in range(1, MOST_TERMS + 1)], dtype=np.float32)
INVERSE.flags.writeable = False


def _cell_means() -> list[float]:
    """Mean of a standard normal in each cell: the difference of densities at its ends over its probability."""
    ends = [standard_normal(j / STEPS) for j in range(1, STEPS)]
    root = 0.3989422804014327  # 1 / sqrt(2 pi)
    density = [0.0, *(root * exponential(-0.5 * z * z) for z in ends), 0.0]
    return [(density[j] - density[j + 1]) * STEPS for j in range(STEPS)]


NORMALS = np.array(_cell_means(), dtype=np.float32)
NORMALS.flags.writeable = False


@vector_rule
def unit_single(word):
    """A 32-bit word as a number strictly between 0 and 1, exact in single precision (its 23 high bits)."""
    return (np.float32(np.int32(word >> 9)) + HALF) * UNIT


@vector_rule
def exponential_of_minus(rate):
    """e**-rate for a rate from 0 to 4: a polynomial in rate/8, squared three times.

    Never below 1 - rate, as the true value is not: engines tell most zeros from that alone.
    """
    y = rate * EIGHTH
    p = ONE + y * (E1 + y * (E2 + y * (E3 + y * (E4 + y * E5))))
    p = p * p
    p = p * p
    return max(p * p, ONE - rate)


@vector_rule
def poisson_if_few(rate, word):
    """Count by summing probabilities, or `FEW` if it may be more: then `poisson_count` tells. For a rate below 4."""
    uniform = unit_single(word)
    term = exponential_of_minus(rate)
    total = term
    count = 0
    for k in range(1, FEW + 1):
        count += uniform >= total
        term = term * (rate * INVERSE[k])
        total = total + term
    return count


@vector_rule
def poisson_by_normal(rate, normal):
    """Count of a rate of 4 or more at a normal quantile: Giles (2016), ACM TOMS 42:1, Algorithm 955, expansion Q_N3.

    Differs from the exact count by one, up or down, in 0.2% of draws at rate 4, 0.4% at 40 and 2% at 1000 (cells of the
    quantile); the mean is right to 0.02%.
    """
    root = np.sqrt(rate)
    inverse = ONE / root
    w2 = normal * normal
    value = rate + root * normal + (THIRD + w2 * SIXTH)
    value = value - normal * (ONE_36TH + w2 * ONE_72ND) * inverse
    value = value + (w2 * (w2 * ONE_270TH + SEVEN_810THS) - EIGHT_405THS) * (inverse * inverse)
    return np.int32(max(value, np.float32(0.0)))


@vector_rule
def in_normal_tail(word):
    """Whether a word lies in the outermost cells, where `normal_between` is not good enough."""
    cell = word >> CELL_SHIFT
    return (cell < TAIL_STEPS) | (cell >= STEPS - TAIL_STEPS)


@vector_rule
def normal_between(word):
    """Standard normal quantile of a word, to its cell: the cell's mean, so that mean and variance stay right."""
    return NORMALS[np.uint32(word >> CELL_SHIFT)]


@rule
def normal_in_tail(word):
    """Standard normal quantile of a word in the tails."""
    return np.float32(standard_normal(np.float64(unit_single(word))))


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
