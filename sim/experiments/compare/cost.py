"""What a policy brings for the money it gives away: the difference in the primary measure over the difference in what is spent."""

import math
from typing import NamedTuple

from sim.experiments.compare.contrast import Values

SPENT = "incentives_spent"
"""The measure of money given (CNY/user/day)."""


class Yield(NamedTuple):
    """A ratio of two means with its 95% interval (NaN where it has none that ends)."""

    ratio: float
    low: float
    high: float


NONE = Yield(math.nan, math.nan, math.nan)


def yield_of(gained: Values, spent: Values) -> Yield:
    """Mean gain over mean spending, paired by replicate, shape (replicates,) each; NaN is left out.

    The interval is Fieller's (1954), exact where both are normal. NaN where nothing is spent on average, or where the spending
    cannot be told from none, so that any ratio is possible.
    """
    import numpy as np
    from scipy.special import stdtrit

    seen = ~np.isnan(gained + spent)
    top, bottom = gained[seen], spent[seen]
    n = top.size
    if n == 0 or bottom.mean() == 0.0:
        return NONE
    ratio = float(top.mean() / bottom.mean())
    if n < 2:
        return Yield(ratio, math.nan, math.nan)
    spread = np.cov(top, bottom) / n
    reach = float(stdtrit(n - 1, 0.975)) ** 2
    square = bottom.mean() ** 2 - reach * spread[1, 1]
    middle = top.mean() * bottom.mean() - reach * spread[0, 1]
    inside = middle**2 - square * (top.mean() ** 2 - reach * spread[0, 0])
    if square <= 0.0:
        return Yield(ratio, math.nan, math.nan)
    half = math.sqrt(max(inside, 0.0))  # below 0 by rounding alone
    return Yield(ratio, float((middle - half) / square), float((middle + half) / square))
