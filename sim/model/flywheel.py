"""The flywheel of mechanism 9 through a run: the bureau learns from outcomes, and merchants join the better its score tells.

Engines ask it before a tick begins, like a gate that ranks: it reads the users as the last tick left them, and moves what all see
of the day, the formula of scores and the worth of perks.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.model.bureau.formula import LENGTH
from sim.model.bureau.office import Office
from sim.model.bureau.outcomes import Users
from sim.model.calendar import PUBLICATION, make_calendar
from sim.model.merchants import Merchants
from sim.scenario.schema import Scenario


class Flywheel:
    """The flywheel of one run; it stands still where neither bureau nor merchants are switched on.

    office: the bureau; merchants: those who ask for the score; None where switched off. busy: bool (ticks), before which it has
    something to do; formula: float64 (LENGTH), what scores are published by.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        switches = scenario.switches
        self.office = Office(scenario, seed) if switches.bureau else None
        self.merchants = Merchants(scenario, seed) if switches.merchants else None
        self.moves = switches.bureau or switches.merchants
        self._months, self._seen = scenario.world.bureau.months, -1
        self._ends = np.zeros(scenario.run.ticks, bool)
        if self.moves:
            published = np.flatnonzero(make_calendar(scenario).flags & PUBLICATION)
            self._ends[published[self._months :: self._months]] = True
        self.busy: NDArray[np.bool_] = self._ends if switches.merchants else np.zeros_like(self._ends)
        self.formula: NDArray[np.float64] = np.zeros(LENGTH)
        if self.office is not None:
            self.busy = self.busy | self.office.busy
            self.formula = self.office.formula

    def before(self, tick: int, users: Callable[[], Users], reach: float) -> None:
        """What happens before a tick begins, once. users: gives them as the last tick left them; reach: share of users active in
        the last 30 days, who have the score at hand.
        """
        if not self.busy[tick] or tick <= self._seen:
            return
        self._seen = tick
        if self.office is not None and self.office.busy[tick]:
            self.office.before(tick, users())
        if self.merchants is not None and self._ends[tick]:
            self.merchants.join(tick, None if self.office is None else self.office.gini, reach, self._months)

    @property
    def offer(self) -> float:
        """Factor on the worth of a high score's perks: 1 where no merchants join."""
        return 1.0 if self.merchants is None else self.merchants.offer

    def totals(self) -> tuple[int, ...]:
        """Where it stands, in whole numbers, from the total `OUTCOMES` to `MERCHANTS`."""
        learned = Office.NOTHING if self.office is None else self.office.totals()
        return (*learned, 0 if self.merchants is None else self.merchants.count)
