"""A quarter's score: learned on some users, judged on the others."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import HELD_OUT, UNIT, philox, seed_halves
from sim.model.bureau.fit import STRENGTH, Logistic, fit_logistic
from sim.model.bureau.power import Power, power
from sim.model.bureau.records import Records, places_of

HELD_OUT_SHARE = 0.3
"""Share of users kept for judging; assumption."""


@dataclass(frozen=True)
class Learned:
    """A score learned from a set of features.

    feature_set: one of `SETS`; places: of its features among those of the records; formula: fitted to the users not held
    out; power: out of sample, on the users held out.
    """

    feature_set: str
    places: list[int]
    formula: Logistic
    power: Power

    def log_odds_of_paying(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log odds of paying, shape (n,), of users with all features of the records, (n, k)."""
        return -self.formula.log_odds(values[:, self.places])


def held_out(users: NDArray[np.int64], seed: int, share: float = HELD_OUT_SHARE) -> NDArray[np.bool_]:
    """Whether each user, shape (n,), is kept for judging: by the user's own luck, the same in every quarter.

    Nobody who is judged ever teaches, so records of several quarters can be fitted together.
    """
    return np.asarray(own_luck(users, seed, HELD_OUT) < share)


def own_luck(users: NDArray[Any], seed: int, stream: int) -> NDArray[np.float64]:
    """The first uniform of each user, shape (n,), on a stream in which time plays no part: what `luck` gives one by one."""
    who = np.asarray(users, np.uint64)
    nothing = np.zeros_like(who)
    low, high = seed_halves(seed)
    word, *_ = philox(
        who, nothing, nothing, nothing + np.uint64(stream), nothing + np.uint64(low), nothing + np.uint64(high)
    )
    return np.asarray((word + 0.5) * UNIT)


def learn(
    records: Records,
    feature_set: str,
    seed: int,
    held_out_share: float = HELD_OUT_SHARE,
    strength: float = STRENGTH,
) -> Learned:
    """Fit a set of features on the users not held out and judge it on the others.

    ValueError (`FitError` of the fit) if either part lacks users who pay or users who fall overdue.
    """
    places = places_of(feature_set, records.features)
    judged = held_out(records.users, seed, held_out_share)
    teachers, others = records.of(~judged), records.of(judged)
    formula = fit_logistic(teachers.values[:, places], teachers.overdue, strength)
    return Learned(feature_set, places, formula, power(-formula.log_odds(others.values[:, places]), others.overdue))
