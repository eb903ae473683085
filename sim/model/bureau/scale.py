"""From the odds of paying to the published scale, 350 to 950, and back.

The scorecard's usual form: so many points double the odds (Siddiqi 2006, Credit Risk Scorecards). The range is the published
one (chinainternetwatch.com, B).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.score import HIGHEST, LOWEST

POINTS_TO_DOUBLE = 50.0
"""Points that double the odds of paying: 45 to 56 by a lender's scorecard of 2019 (odds ratios 2.0 and 2.5 between score
bands about 45 and 74 points apart, if scores are Normal with mean 682 and standard deviation 37), D from C.
"""
SHARE = 0.01
"""Share of the population at `MARK` or more: a prior between two lender traces, C."""
MARK = 750


class Scale(NamedTuple):
    """Points = offset + points_to_double / ln 2 * log odds of paying."""

    offset: float
    points_to_double: float

    def published(self, log_odds_of_paying: NDArray[Any]) -> NDArray[np.int16]:
        """Whole points within 350 and 950, shape as given; never falls as the odds rise."""
        points = self.offset + self.points_to_double / np.log(2.0) * np.asarray(log_odds_of_paying, float)
        return np.asarray(np.floor(np.clip(points + 0.5, LOWEST, HIGHEST)), np.int16)

    def log_odds(self, score: NDArray[Any]) -> NDArray[np.float64]:
        """Log odds of paying that a score stands for: right to half a point, except at the ends of the range."""
        return np.asarray((np.asarray(score, float) - self.offset) * (np.log(2.0) / self.points_to_double))


def anchored(
    log_odds_of_paying: NDArray[Any],
    share: float = SHARE,
    mark: int = MARK,
    points_to_double: float = POINTS_TO_DOUBLE,
) -> Scale:
    """The scale on which a share of these users, shape (n,), stands at `mark` points or more.

    Users with equal odds stay together: if they do not all fit in, none of them does. A scale anchored once and kept lets
    scores rise together; one anchored again each quarter makes a score relative, so that one user's rise is another's fall.
    """
    odds = np.sort(np.asarray(log_odds_of_paying, float))[::-1]
    faults = []
    if not odds.size or not np.isfinite(odds).all():
        faults.append("log odds of at least one user, all finite, are needed")
    if not 0.0 <= share <= 1.0:
        faults.append(f"share {share}; 0 to 1 is allowed")
    if not LOWEST < mark <= HIGHEST:
        faults.append(f"mark {mark}; {LOWEST + 1} to {HIGHEST} is allowed")
    if not points_to_double > 0.0:
        faults.append(f"points_to_double {points_to_double}; a number above 0 is needed")
    if faults:
        raise ValueError("; ".join(faults))
    per_unit = points_to_double / np.log(2.0)
    places = int(share * odds.size + 1e-9)
    while 0 < places < odds.size and odds[places] == odds[places - 1]:
        places = int(np.searchsorted(-odds, -odds[places - 1]))  # the first of those with equal odds
    margin = 1.0 / per_unit
    above = odds[places - 1] if places > 0 else odds[0] + 2.0 * margin
    below = odds[places] if places < odds.size else odds[-1] - 2.0 * margin
    cut = (above + below) / 2.0  # midway, so that rounding cannot move anybody across
    return Scale(float(mark - 0.5 - per_unit * cut), points_to_double)
