"""Whether those just below a gate give up the platform."""

import numpy as np
from numpy.typing import NDArray

SHORT = 25
"""Points that "just short" means: 1 to this many."""
QUIET_DAYS = 30


def quiet_share(
    last_visit: NDArray[np.integer], starting_score: NDArray[np.integer], gate: int, ticks: int, per_day: int = 1
) -> float:
    """Of users who started 1-25 points short of the gate, the share without a visit in the last 30 days.

    last_visit: tick of each user's last visit; ticks: length of the run; per_day: ticks in a day. NaN for a run no longer
    than 30 days, or if nobody started there.
    """
    missing = gate - starting_score.astype(np.int64)
    short = (missing >= 1) & (missing <= SHORT)
    if ticks <= QUIET_DAYS * per_day or not short.any():
        return float("nan")
    return float((last_visit[short].astype(np.int64) < ticks - QUIET_DAYS * per_day).mean())
