"""The bureau through a run: before a tick begins it notes outcomes, and once a quarter it judges its score and learns anew.

A quarter runs from one publication to the third one after (`world.bureau.months`). Both engines ask the same office, with their
users in columns.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.draws import COMPANY
from sim.model.bureau.company import company_of
from sim.model.bureau.fit import FitError
from sim.model.bureau.formula import LENGTH, published_by
from sim.model.bureau.learn import Learned, held_out, learn, own_luck
from sim.model.bureau.outcomes import ALREADY, DUE, OVERDUE, Users, bill_due, instalment_due, judged, late
from sim.model.bureau.power import Power, power
from sim.model.bureau.records import COMPANY_KEPT, Records, changing, features_kept, features_with
from sim.model.bureau.scale import Scale, anchored
from sim.model.calendar import ANSWER, BILL_DUE, PAYDAY, PUBLICATION, make_calendar
from sim.model.columns import lender_count
from sim.model.totals import BUREAU_STOCKS
from sim.scenario.schema import Scenario

MOST_RECORDS = 100_000
"""Outcomes that are used, those of the first users by number: more would not move the formula, and would take time and memory."""
SLICE = 65_536
"""Users whose features are worked out at a time."""


class Quarter(NamedTuple):
    """What came of a quarter. tick: on which it ended; outcomes, overdue: users with an outcome, and of those who fell overdue;
    score: how well the score published at its start told, on users held out; learned: what was learned from it. None: not known.
    """

    tick: int
    outcomes: int
    overdue: int
    score: Power | None
    learned: Learned | None


def millionths(share: float) -> int:
    """A share in whole millionths."""
    return round(share * 1e6)


class Office:
    """The bureau of one run. formula: float64 (LENGTH), what scores are published by; quarters: those that have ended; records:
    of the last one, if `keeps_records` was set before it ended; with `publishes` set to False it judges and learns
    while scores come from the fixed weights.
    """

    NOTHING = (0,) * len(BUREAU_STOCKS)
    """The totals before a quarter has ended."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario, self._seed = scenario, seed
        world = scenario.world.bureau
        self._lenders = range(min(world.joined, lender_count(scenario)))
        self._flags = make_calendar(scenario).flags
        self._quarters = {int(tick) for tick in np.flatnonzero(self._flags & PUBLICATION)[:: world.months]}
        reported = np.append(0, self._flags[:-1]) & (ANSWER | BILL_DUE) != 0
        self.busy: NDArray[np.bool_] = reported | (self._flags & (PAYDAY | BILL_DUE) != 0)
        self.busy[list(self._quarters)] = True
        self._opens = {tick + 1 for tick in self._quarters if tick + 1 < scenario.run.ticks}
        self.busy[list(self._opens)] = True
        self._scale: Scale | None = None
        self._outcomes: NDArray[np.uint8] | None = None
        self._kept: dict[str, NDArray[Any]] = {}
        self._score: NDArray[np.int16] = np.zeros(0, np.int16)
        self.formula: NDArray[np.float64] = np.zeros(LENGTH)
        self.quarters: list[Quarter] = []
        self.keeps_records, self.publishes = False, True
        self.records: Records | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of what it keeps of all users from one day to the next."""
        outcomes = 0 if self._outcomes is None else self._outcomes.nbytes
        return outcomes + self._score.nbytes + sum(array.nbytes for array in self._kept.values())

    def before(self, tick: int, users: Users) -> None:
        """What the bureau does before a tick begins; users: as the last tick left them. To be asked once for a tick."""
        if self._outcomes is not None and tick > 0 and self._flags[tick - 1] & (ANSWER | BILL_DUE):
            self._outcomes[late(users, self._lenders)] |= OVERDUE
        if tick in self._quarters and self._outcomes is not None:
            self._close(tick, users)
        if tick in self._opens:  # the day after, so that the score just published is the one to be judged
            self._open(users)
        if self._outcomes is not None and self._flags[tick] & PAYDAY:
            self._outcomes[instalment_due(users, self._lenders)] |= DUE
        if self._outcomes is not None and self._flags[tick] & BILL_DUE:
            self._outcomes[bill_due(users)] |= DUE

    @property
    def gini(self) -> float | None:
        """Gini of the score published at the last quarter's start; None if not known."""
        score = self.quarters[-1].score if self.quarters else None
        return None if score is None else score.gini

    def totals(self) -> tuple[int, ...]:
        """The last quarter in whole numbers, as `BUREAU_STOCKS` names them; zeros before the first has ended."""
        if not self.quarters:
            return self.NOTHING
        last = self.quarters[-1]
        powers = (last.score, None if last.learned is None else last.learned.power)
        told = [(0, 0) if one is None else (millionths(one.auc), millionths(one.ks)) for one in powers]
        return (last.outcomes, last.overdue, *told[0], *told[1])

    def _limit(self, users: Users) -> NDArray[Any]:
        """Credit limit of every user (fen)."""
        if self._scenario.switches.credit_line:
            return users["limit"]
        months = self._scenario.world.money.limit_months
        return np.asarray(np.maximum((users["income"] * months).astype(np.int64), 1))

    def _known(self, users: Users) -> dict[str, NDArray[Any]]:
        """The features that move, of all users, as of now; with the sign of their company where social data hold one."""
        known = changing(users, self._limit(users))
        tells = self._scenario.world.bureau.social_tells
        if tells > 0.0:
            ability = np.asarray(users["true_ability"], np.float64)
            found = company_of(ability, tells, own_luck(users["id"], self._seed, COMPANY))
            known[COMPANY_KEPT.name] = found.astype(np.float32)
        return known

    def _open(self, users: Users) -> None:
        """Keep what is known when a quarter begins."""
        self._outcomes = np.where(late(users, self._lenders), ALREADY, 0).astype(np.uint8)
        # Half precision, one part in 2,000, is as fine as any feature is told apart, and halves what is kept of a user.
        self._kept = {
            name: values.astype(np.float16) if values.dtype == np.float32 else values
            for name, values in self._known(users).items()
        }
        self._score = np.array(users["score"])

    def _close(self, tick: int, users: Users) -> None:
        """Judge the score of the quarter that ends, and learn from it."""
        assert self._outcomes is not None
        chosen = np.flatnonzero(judged(self._outcomes))
        counts = int(chosen.size), int(np.count_nonzero(self._outcomes[chosen] & OVERDUE))
        chosen = chosen[np.argsort(users["id"][chosen], kind="stable")][:MOST_RECORDS]
        values = features_with(users, self._kept, chosen)
        overdue = self._outcomes[chosen] & OVERDUE != 0
        records = Records(users["id"][chosen].astype(np.int64), values, overdue, features_kept(self._kept))
        aside = held_out(records.users, self._seed)
        known = all(0 < overdue[part].sum() < part.sum() for part in (aside, ~aside))
        score = power(self._score[chosen][aside], overdue[aside]) if known else None
        learned = self._learned(records) if known else None
        self.quarters.append(Quarter(tick, *counts, score, learned))
        self.records = records if self.keeps_records else None
        if learned is not None and self.publishes:
            world = self._scenario.world.bureau
            if self._scale is None or world.anchor == "quarterly":
                self._scale = anchored(
                    self._log_odds(learned, users), world.anchored_share, points_to_double=world.points_to_double
                )
            self.formula[:] = published_by(learned, self._scale)

    def _learned(self, records: Records) -> Learned | None:
        """What is learned from the records; None if the search for it fails."""
        try:
            return learn(records, self._scenario.world.bureau.features, self._seed)
        except FitError:
            return None

    def _log_odds(self, learned: Learned, users: Users) -> NDArray[np.float64]:
        """Log odds of paying of all users as they are now."""
        now = self._known(users)
        found = np.empty(users.users)
        for first in range(0, users.users, SLICE):
            part = np.arange(first, min(first + SLICE, users.users))
            found[part] = learned.log_odds_of_paying(features_with(users, now, part))
        return found
