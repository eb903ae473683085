"""One user followed tick by tick in one world."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engines.fast import FastEngine
from sim.model.calendar import Calendar, make_calendar, ticks_per_day
from sim.scenario.schema import Scenario

Row = dict[str, Any]
"""The columns of one user by name: whole numbers as int, the others in single precision."""


@dataclass
class Life:
    """One user in one world, from day 0 to the last tick replayed.

    rows: the user before the first tick and after each, so that `rows[t]` is before tick t and `rows[t + 1]` after it;
    todays: per tick, what all users saw of the circle and the gate; formulas: per tick, by what the bureau published; contacts:
    how many the user has.
    """

    scenario: Scenario
    seed: int
    user: int
    contacts: int
    calendar: Calendar
    rows: list[Row] = field(default_factory=list)
    todays: list[dict[str, float | int]] = field(default_factory=list)
    formulas: list[tuple[float, ...]] = field(default_factory=list)

    @property
    def ticks(self) -> int:
        """Ticks replayed."""
        return len(self.todays)

    @property
    def now(self) -> Row:
        """The user after the last tick replayed."""
        return self.rows[-1]

    def day_of(self, tick: int) -> int:
        """The day of the run in which a tick lies."""
        return tick // ticks_per_day(self.scenario)


def _row(engine: FastEngine, user: int) -> Row:
    values = {name: engine.columns[name][user] for name in engine.columns.names}
    return {name: value.item() if isinstance(value, np.integer) else value for name, value in values.items()}


def follow(engine: FastEngine, seed: int, users: Sequence[int], ticks: int) -> list[Life]:
    """Run a fresh engine for some ticks and write down what becomes of some users, a life each."""
    starts, calendar = engine.contacts.starts, make_calendar(engine.scenario)
    lives = [Life(engine.scenario, seed, user, int(starts[user + 1] - starts[user]), calendar) for user in users]
    for life in lives:
        life.rows.append(_row(engine, life.user))
    for _ in range(ticks):
        engine.run(1)
        today, formula = engine.today, tuple(engine.flywheel.formula.tolist())
        for life in lives:
            life.rows.append(_row(engine, life.user))
            life.todays.append(today)
            life.formulas.append(formula)
    return lives
