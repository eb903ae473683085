"""Whether those just below a gate give up the platform: whether they have gone quiet, or come half as often as before.

No mechanism makes anybody leave, and a user who opens the app once a day is not silent for a month by chance, so the share
of the quiet is 0 for most scenarios. Coming less than half as often is within the model's reach.
"""

import numpy as np
from numpy.typing import NDArray

SHORT = 25
"""Points that "just short" means: 1 to this many."""
QUIET_DAYS = 30
FEWEST_DAYS = 7
"""Days before a gate from which a user's usual visits are read, at least."""


def just_short(starting_score: NDArray[np.integer], gate: int | NDArray[np.integer]) -> NDArray[np.bool_]:
    """Who started 1-25 points short of the gate."""
    missing = gate - starting_score.astype(np.int64)
    return (missing >= 1) & (missing <= SHORT)


def halved_share(visits: NDArray[np.integer], starting_score: NDArray[np.integer], gate: int, start: int) -> float:
    """Of users who started 1-25 points short, the share whose visits a day in the last 30 days are below half of what they
    were in the 30 days before the gate.

    visits: shape (days, users); start: first day with the gate. Fewer days before it will do, a week at least; who made no
    visit then is left out. NaN for a run with less than a week before the gate or without 30 days after its start.
    """
    days, first = visits.shape[0], max(start - QUIET_DAYS, 0)
    if start - first < FEWEST_DAYS or days - QUIET_DAYS < start:
        return float("nan")
    short = visits[:, just_short(starting_score, gate)].astype(np.int64)
    before, after = short[first:start].sum(axis=0), short[days - QUIET_DAYS :].sum(axis=0)
    seen = before > 0
    if not seen.any():
        return float("nan")
    # 2 * after / 30 < before / days before, in whole numbers
    return float((2 * after[seen] * (start - first) < before[seen] * QUIET_DAYS).mean())


def quiet_share(
    last_visit: NDArray[np.integer], starting_score: NDArray[np.integer], gate: int, ticks: int, per_day: int = 1
) -> float:
    """Of users who started 1-25 points short of the gate, the share without a visit in the last 30 days.

    last_visit: tick of each user's last visit; ticks: length of the run; per_day: ticks in a day. NaN for a run no longer
    than 30 days, or if nobody started there.
    """
    return float(quiet_shares(last_visit[np.newaxis], starting_score[np.newaxis], np.array([gate]), ticks, per_day)[0])


def quiet_shares(
    last_visit: NDArray[np.integer],
    starting_score: NDArray[np.integer],
    gates: NDArray[np.integer],
    ticks: int,
    per_day: int = 1,
) -> NDArray[np.float64]:
    """As `quiet_share`, of each of several populations, shape (populations, users). gates: of each population."""
    if ticks <= QUIET_DAYS * per_day:
        return np.full(gates.size, np.nan)
    short = just_short(starting_score, gates[:, np.newaxis])
    quiet = short & (last_visit.astype(np.int64) < ticks - QUIET_DAYS * per_day)
    with np.errstate(invalid="ignore"):
        return np.asarray(quiet.sum(axis=-1) / short.sum(axis=-1))
