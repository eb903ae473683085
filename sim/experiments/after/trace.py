"""Users followed day by day: an engine is advanced a day at a time and its columns are looked at in between."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.experiments.after.crossing import BEFORE
from sim.model.calendar import PUBLICATION, make_calendar, ticks_per_day
from sim.model.gates.ranking import last_place
from sim.model.totals import NEWLY_ADMITTED
from sim.scenario.schema import Scenario

WITHIN = 150
"""Points below the gate from which a user may come over it within a run; users farther away are not followed."""
MOST = 50_000
"""Users followed at most, the first by number (which has nothing to do with who they are)."""


@dataclass
class Trace:
    """What one world did. Days count from 0; `visits` and `plan` are shape (days, users followed).

    crossed: day of first reaching the gate's score, -1 never; visits: per day (at most 65535); plan: at the end of each day;
    of all users: columns, the state at the end; admission_score, the published score when first admitted, and published, the
    tick on which it was published (-1 never admitted), and last_place, shape (2, users), the score of the last place and the luck
    that had it then (0 at a gate that does not rank). totals: shape (ticks, totals).
    """

    users: NDArray[np.int64]
    crossed: NDArray[np.int64]
    visits: NDArray[np.uint16]
    plan: NDArray[np.uint8]
    columns: Columns
    admission_score: NDArray[np.int64]
    published: NDArray[np.int64]
    last_place: NDArray[np.float64]
    totals: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Length of the run in days."""
        return int(self.visits.shape[0])

    def usable(self, before: int = BEFORE) -> NDArray[np.int64]:
        """Places of the users followed who crossed late enough to be seen `before` days long."""
        return np.flatnonzero(self.crossed >= before)


Goals = int | NDArray[np.int64]
"""The score that a gate asks (points), of all the same or of each user, shape (users,)."""


def within_reach(columns: Columns, gate: Goals, most: int = MOST) -> NDArray[np.int64]:
    """Places of the users to follow: those who start below the gate, at most WITHIN points."""
    missing = gate - columns["starting_score"].astype(np.int64)
    return np.flatnonzero((missing > 0) & (missing <= WITHIN))[:most]


def follow(engine: Any, scenario: Scenario, seed: int, users: NDArray[np.int64], gate: Goals) -> Trace:
    """Run `engine` (fresh, of this scenario and seed) to the end, looking at `users` every day."""
    step = ticks_per_day(scenario)
    days = -(-scenario.run.ticks // step)
    visits = np.zeros((days, users.size), np.uint16)
    plan = np.zeros((days, users.size), np.uint8)
    crossed = np.full(users.size, -1, np.int64)
    before = np.zeros(users.size, np.int64)
    admission_score, published = np.full((2, scenario.run.users), -1, np.int64)
    last = np.zeros((2, scenario.run.users))
    goals = np.broadcast_to(gate, scenario.run.users)[users]
    places = scenario.policy.gate.places(scenario.run.users)
    publications = np.flatnonzero(make_calendar(scenario).flags & PUBLICATION)
    for day in range(days):
        engine.run(step)
        now = engine.columns
        made = now["visits"][users].astype(np.int64)
        visits[day] = np.minimum(made - before, 65535)
        before = made
        plan[day] = now["plan"][users]
        crossed[(crossed < 0) & (now["score"][users] >= goals)] = day
        if engine.totals[-step:, NEWLY_ADMITTED].any():
            new = np.flatnonzero((now["admitted_day"] >= 0) & (admission_score < 0))
            admission_score[new] = now["score"][new]
            past = publications[publications < engine.tick]
            published[new] = past[-1] if past.size else -1
            if places is not None:  # the ranks of this morning: scores have not moved since
                last[:, new] = np.array(last_place(seed, now["id"], now["score"], places))[:, None]
    columns = engine.snapshot()
    return Trace(users, crossed, visits, plan, columns, admission_score, published, last, engine.totals.copy())
