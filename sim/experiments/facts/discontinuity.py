"""A test for a jump in the density of whole-number scores at a cutoff.

Local linear on either side, as McCrary (2008), but on the counts of the mass points themselves: scores are whole numbers, so
bins of one point are the data, and the density is read half-way between the last point below and the first above. Counts are
taken as Poisson. Weights are triangular. Bandwidth: an assumption; curvature moves both sides alike, so little of it is
left in the difference.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BANDWIDTH = 30
"""Points on either side."""
FEWEST = 30
"""Users on a side with fewer of whom the test is not made."""


class Jump(NamedTuple):
    """Density (users per point) just above and just below, the difference over its standard error, and its two-sided p."""

    above: float
    below: float
    z: float
    p: float


def _edge_weights(bandwidth: int) -> NDArray[np.float64]:
    """What each count 0.5, 1.5, ... points from the cutoff adds to the local linear estimate at the cutoff."""
    distance = np.arange(bandwidth) + 0.5
    kernel = 1.0 - distance / bandwidth
    moments = [float((kernel * distance**k).sum()) for k in range(3)]
    weights: NDArray[np.float64] = kernel * (moments[2] - moments[1] * distance)
    return weights / (moments[0] * moments[2] - moments[1] ** 2)


def density_jump(scores: NDArray[np.integer], cutoff: int, bandwidth: int = BANDWIDTH) -> Jump:
    """Test for a jump between cutoff - 1 and cutoff; all NaN where a side has too few users."""
    offset = scores.astype(np.int64) - cutoff
    above = np.bincount(offset[(offset >= 0) & (offset < bandwidth)], minlength=bandwidth)
    below = np.bincount(-1 - offset[(offset < 0) & (offset >= -bandwidth)], minlength=bandwidth)
    if min(above.sum(), below.sum()) < FEWEST:
        return Jump(*[float("nan")] * 4)
    weights = _edge_weights(bandwidth)
    high, low = float(weights @ above), float(weights @ below)
    z = (high - low) / math.sqrt(float(weights**2 @ above) + float(weights**2 @ below))
    return Jump(high, low, z, math.erfc(abs(z) / math.sqrt(2.0)))
