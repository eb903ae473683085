"""The manipulation test: does the density of scores jump at a cutoff? By local polynomials, from the rddensity package.

McCrary (2008, Journal of Econometrics 142) asked it of running variables; Cattaneo, Jansson & Ma (2020, JASA 115) estimate the
density on either side by local polynomials of the distribution function, with bias-corrected, jackknifed standard errors and a bandwidth picked from
the data.

**Scores are whole numbers**, and the test is for a density. Two things follow. The cutoff given to the package lies half-way between
the last score below the gate and the first at it, so that neither side owns the mass at the cutoff. And the package's
adjustment for mass points is on: the distribution function is taken at the distinct scores, and a bandwidth holds more than
twenty of them on a side. No noise is added to the scores: the answer would then depend on one more seed.
Size and power are measured by simulation in `tests/known/test_known_manipulation.py`.

`sim.experiments.facts.discontinuity` is a quicker test of the same kind with a fixed bandwidth, for hundreds of seeds.
"""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.results.store import ResultError

FEWEST = 50
"""Users on a side with fewer of whom the test is not made."""
DUMMIES = (-60, -30, 30, 60)
"""Points from the gate at which nothing should be found."""


class Manipulation(NamedTuple):
    """The test at a cutoff. t: difference of the densities over its standard error; p: two-sided; bandwidth_below, bandwidth_above:
    points; below, above: users within them. All NaN where a side has too few users.
    """

    t: float
    p: float
    bandwidth_below: float
    bandwidth_above: float
    below: float
    above: float


NOT_MADE = Manipulation(*[float("nan")] * 6)


def manipulation_test(scores: NDArray[np.integer], cutoff: int) -> Manipulation:
    """Test whole-number scores for a jump between cutoff - 1 and cutoff. Raises ResultError where rddensity is missing."""
    try:
        from rddensity import rddensity
    except ImportError:
        raise ResultError(
            "the density test needs rddensity; install it with: pip install 'scoregate[density]'"
        ) from None
    if min((scores < cutoff).sum(), (scores >= cutoff).sum()) < FEWEST:
        return NOT_MADE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of mass points, which are known and adjusted for
        try:
            found = rddensity(X=scores.astype(float), c=cutoff - 0.5)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):  # too few distinct scores on a side
            return NOT_MADE
    return Manipulation(
        *(float(found.test["t_jk"]), float(found.test["p_jk"])),
        *(float(found.h["left"]), float(found.h["right"])),
        *(float(found.n["eff_left"]), float(found.n["eff_right"])),
    )
