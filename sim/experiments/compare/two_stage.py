"""Stein's two-stage rule: how many replicates make an interval as narrow as wanted, without spoiling its coverage.

The spread of a first stage of fixed size decides the number of replicates, and stays the spread of the interval in the end. For normal
differences mean and spread are independent, also when the widest of several contrasts decides for all, so that the interval
covers at exactly its level (Stein 1945, Annals of Mathematical Statistics 16).
"""

import math
from collections.abc import Iterable

FAR = 1e9
"""Spreads in a width beyond which no number of replicates will do, so that the answer stays a number."""


def replicates_needed(spread: float, first: int, width: float, level: float = 0.95) -> int:
    """Replicates that make an interval at most `width` wide, of differences with this spread in a first stage of `first`.

    `first` itself where the spread or the width is not known.
    """
    from scipy.special import stdtrit

    if math.isnan(spread) or not width > 0.0:
        return first
    quantile = float(stdtrit(first - 1, 0.5 + level / 2))
    return max(first, math.ceil(min(2.0 * quantile * spread / width, FAR) ** 2))


def most_needed(contrasts: Iterable[tuple[float, int, float]], first: int) -> int:
    """Replicates that every contrast needs: (spread, replicates it was seen in, width wanted) of each."""
    return max((replicates_needed(spread, max(seen, 2), width) for spread, seen, width in contrasts), default=first)
