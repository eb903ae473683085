"""Whether those just below a gate give up the platform."""

import numpy as np
from numpy.typing import NDArray

SHORT = 25
"""Points that "just short" means: 1 to this many."""
QUIET_DAYS = 30


def quiet_share(
    last_visit_day: NDArray[np.integer], starting_score: NDArray[np.integer], gate: int, days: int
) -> float:
    """Of users who started 1-25 points short of the gate, the share without a visit in the last 30 days.

    days: length of the run. NaN for a run no longer than that, or if nobody started there.
    """
    missing = gate - starting_score.astype(np.int64)
    short = (missing >= 1) & (missing <= SHORT)
    if days <= QUIET_DAYS or not short.any():
        return float("nan")
    return float((last_visit_day[short].astype(np.int64) < days - QUIET_DAYS).mean())
