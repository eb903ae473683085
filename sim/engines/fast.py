"""The fast engine: columns, rules compiled to machine code, a team of threads, blocks that stay in cache."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.blueprint import blueprint_of, prepare
from sim.engines.columns import Columns
from sim.engines.crew import Crew
from sim.engines.layout import BLOCK, RUN, TODAY, Desks, new_team
from sim.engines.people import DayZero, further
from sim.model import totals as n
from sim.model.calendar import RANKING
from sim.model.columns import further_groups, groups_of
from sim.model.flywheel import Flywheel
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.lenders import MOST_LENDERS, TURNS
from sim.model.numbers import lenders_capital
from sim.model.states import MOST_GROUPS, NEVER
from sim.model.totals import CASH_AT_LENDER, COUNT
from sim.scenario.schema import Scenario

__all__ = ["DayZero", "FastEngine", "default_threads", "prepare", "simulate"]


def default_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


class FastEngine:
    """One replicate of one scenario.

    scenario: what to run; seed: of this replicate; threads: how many share each tick; day_zero: people and contacts, if at
    hand (copied, not changed). `columns` is the state, `totals` int64 (ticks so far, len(TOTALS)); `flywheel`: the
    bureau and merchants.
    """

    def __init__(self, scenario: Scenario, seed: int, threads: int = 1, day_zero: DayZero | None = None) -> None:
        start = day_zero if day_zero is not None else DayZero(scenario, seed, threads)
        self.scenario = scenario
        self._seed = seed
        self.threads = max(1, min(threads, (start.columns.users + BLOCK - 1) // BLOCK))
        self.contacts = start.contacts
        people = start.columns.copy() if day_zero is not None else start.columns
        self.columns = people.extended(groups_of(scenario))
        if scenario.gives_packets:
            self.columns["opened_day"][:] = NEVER
        self.tick = 0
        self._blueprint = blueprint = blueprint_of(scenario)
        self._today = np.zeros(1, TODAY)
        self._today["budget"] = blueprint.numbers(seed)["incentive_budget_fen"]
        self._today["cutoff"], self._today["offer"] = NOBODY, 1.0
        self._result = np.zeros((scenario.run.ticks + 1, COUNT), np.int64)
        rules = (blueprint.admission, blueprint.plan_values.ctypes.data, blueprint.places.ctypes.data)
        for lender, capital in enumerate(lenders_capital(scenario)):
            self._result[0, CASH_AT_LENDER + lender] = capital
        self.flywheel = Flywheel(scenario, seed)
        self._demand, self._served = np.zeros((MOST_LENDERS, TURNS), np.int64), np.zeros(MOST_LENDERS, np.int64)
        self._desks = Desks(
            self.threads,
            self.columns.arrays,
            self.contacts.starts,
            self.contacts.others,
            self._result,
            blueprint.answers,
            rules,
            {"cuts": blueprint.cuts, "demand": self._demand, "served": self._served}
            | {"market": blueprint.market, "formula": self.flywheel.formula}
            | {"feeds": np.zeros(3 * MOST_GROUPS), "purses": np.zeros(2 * MOST_GROUPS, np.int64)}
            | further(further_groups(scenario), self.columns),
        )
        self._crew = Crew(blueprint, self._desks, blueprint.numbers(seed), self._today)
        if blueprint.mixes:
            self._crew.sweep("assign_rules_phase")

    @property
    def totals(self) -> NDArray[np.int64]:
        """Totals of the ticks run so far, shape (ticks, len(TOTALS))."""
        return self._result[1 : self.tick + 1]

    @property
    def today(self) -> dict[str, float | int]:
        """The last tick run as users saw it: the circle, and the last place at a gate that ranks; names as in `TODAY`."""
        return {name: self._today[name][0].item() for name in TODAY.names or ()}

    def run(self, ticks: int) -> None:
        """Advance by `ticks` (at most to the end). Ctrl-C stops after the tick at hand and leaves a whole state."""
        last = min(self.tick + ticks, self.scenario.run.ticks)
        ranking = self._blueprint.calendar[0] & RANKING != 0
        pauses = ranking | self.flywheel.busy
        while self.tick < last:
            if ranking[self.tick]:
                self._rank()
            if self.flywheel.busy[self.tick]:
                self._turn()
            ahead = np.flatnonzero(pauses[self.tick + 1 : last])
            stop = self.tick + 1 + int(ahead[0]) if ahead.size else last
            self._run_to(stop)
            if self.tick < stop:
                return

    def _rank(self) -> None:
        """Work out the last place at a gate that ranks, from the scores as they stand."""
        places = self.scenario.policy.gate.places(self.columns.users)
        cutoff, tie = last_place(self._seed, self.columns["id"], self.columns["score"], places or 0)
        self._today["cutoff"], self._today["tie"] = cutoff, tie

    def _turn(self) -> None:
        """The flywheel before the tick at hand."""
        reach = int(self._result[self.tick, n.ACTIVE_30]) / self.columns.users
        self.flywheel.before(self.tick, lambda: self.columns, reach)
        self._today["offer"] = self.flywheel.offer

    def _run_to(self, last: int) -> None:
        """Advance to tick `last` in machine code."""
        stretch = np.zeros(1, RUN)
        stretch["first_tick"], stretch["last_tick"], stretch["ticks"] = self.tick, last, self.scenario.run.ticks
        blueprint = self._blueprint
        stretch["phases"], stretch["totals_width"] = blueprint.when.size, self._desks.totals.shape[1]
        for field, array in (
            ("calendar", blueprint.calendar),
            ("addresses", blueprint.addresses),
            ("when", blueprint.when),
            ("result", self._result),
            ("partial", self._desks.totals),
        ):
            stretch[field] = array.ctypes.data
        first = self.tick
        try:
            self.tick = self._crew.run("run_ticks", stretch, new_team())
        except BaseException:
            self.tick = self._crew.reached
            raise
        finally:
            if self.flywheel.moves:
                self._result[first + 1 : self.tick + 1, n.OUTCOMES : n.AFTER_FLYWHEEL] = self.flywheel.totals()

    def snapshot(self) -> Columns:
        """The state now (a copy)."""
        return self.columns.copy()


def simulate(scenario: Scenario, seed: int, **options: Any) -> FastEngine:
    """Run a scenario to its end on one seed."""
    engine = FastEngine(scenario, seed, **options)
    engine.run(scenario.run.ticks)
    return engine
