"""The fast engine: columns, rules compiled by numba, a team of threads, blocks that stay in cache."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.compiled import ADMISSION, PLAN_VALUE, phase_address, rule_address
from sim.engines.day_zero import assign_rules, count_far, name_far, people_phase, sweep
from sim.engines.kernels import (
    ALWAYS,
    BLOCK_PHASES,
    LESSON,
    LESSON_LEARNED,
    NO_GATE_AHEAD,
    circle_phase,
    publication_phase,
    relationships_phase,
    tell_phase,
)
from sim.engines.lessons import first_lessons
from sim.engines.memory import ANSWERS, BLOCK, TODAY, Desks
from sim.engines.team import STOP, new_team
from sim.engines.ticks import FIRST_OF_BLOCK, run_ticks
from sim.engines.warm import compile_all
from sim.model.calendar import GATE_AHEAD, PUBLICATION, RANKING, make_calendar
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import rules_of
from sim.model.circle import reply_chance
from sim.model.columns import groups_of
from sim.model.contacts import Contacts, assemble, complete, nobody
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.numbers import as_record, numbers
from sim.model.score import HIGHEST, LOWEST
from sim.model.totals import COUNT
from sim.scenario.schema import Scenario


def default_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def make_contacts(scenario: Scenario, seed: int) -> Contacts:
    """The contact graph of a scenario's users, by number of the user."""
    users, world = scenario.run.users, scenario.world.contacts
    if world.kind == "none":
        return nobody(users)
    if world.kind == "complete":
        return complete(users)
    params = as_record(numbers(scenario, seed))
    counts = np.empty(users, np.int32)
    count_far(users, params, counts)
    sources = np.empty(int(counts.sum()), np.int32)
    targets = np.empty_like(sources)
    name_far(users, params, counts, sources, targets)
    return assemble(users, world.group_size, sources, targets)


def reply_chances(params: NDArray[np.void]) -> NDArray[np.float32]:
    """Chance that a comment is answered, by the score of who made it: worked out once, looked up by all."""
    p = params[0]
    low, high = float(p["circle_reply_low"]), float(p["circle_reply_high"])
    middle, width = float(p["circle_reply_middle"]), float(p["circle_reply_width"])
    scores = range(LOWEST, HIGHEST + 1)
    return np.array([reply_chance(float(score), low, high, middle, width) for score in scores], np.float32)


class DayZero:
    """People and contacts on day 0: the same for every policy on the same world and seed."""

    def __init__(self, scenario: Scenario, seed: int, threads: int = 1) -> None:
        users = scenario.run.users
        params = as_record(numbers(scenario, seed))
        compile_all(params)
        self.contacts = make_contacts(scenario, seed)
        self.columns = Columns(users, groups_of(scenario))
        self.columns["id"][:] = np.arange(users, dtype=np.int32)
        no_totals = np.zeros((1, COUNT), np.int64)
        desks = Desks(
            threads,
            self.columns.arrays,
            self.contacts.starts,
            self.contacts.others,
            no_totals,
            np.zeros(ANSWERS, np.float32),
        )
        today = np.zeros(1, TODAY)

        def everybody(phase: Callable[..., int]) -> None:
            address, team = phase_address(phase, params), new_team()
            for future in [
                pool.submit(sweep, address, desks.records, params, today, team, me) for me in range(threads)
            ]:
                future.result()

        with ThreadPoolExecutor(threads) as pool:
            everybody(people_phase)
            # The first scores: a round without contacts, then relationships from those, then the scores of day 0.
            today["round"] = 1
            everybody(publication_phase)
            everybody(relationships_phase)
            today["round"] = 2
            everybody(publication_phase)
        self.columns["starting_score"][:] = self.columns["score"]
        if scenario.world.population.learned_share > 0.0:
            first_lessons(self.columns, scenario)


class FastEngine:
    """One replicate of one scenario.

    scenario: what to run; seed: of this replicate; threads: how many share each tick; day_zero: people and contacts, if at
    hand (copied, not changed). `columns` is the state, `totals` int64 (ticks so far, len(TOTALS)).
    """

    def __init__(self, scenario: Scenario, seed: int, threads: int = 1, day_zero: DayZero | None = None) -> None:
        start = day_zero if day_zero is not None else DayZero(scenario, seed, threads)
        self.scenario = scenario
        self._seed = seed
        self.threads = max(1, min(threads, (start.columns.users + BLOCK - 1) // BLOCK))
        self.contacts = start.contacts
        self.columns = start.columns.copy() if day_zero is not None else start.columns
        self.tick = 0
        self._params = as_record(numbers(scenario, seed))
        compile_all(self._params)
        self._today = np.zeros(1, TODAY)
        self._today["cutoff"] = NOBODY
        calendar = make_calendar(scenario)
        self._calendar = np.array(calendar, np.int64)
        self._calendar[0] |= ALWAYS | np.where(calendar.flags & GATE_AHEAD, 0, NO_GATE_AHEAD)
        if scenario.world.population.learned_share > 0.0:
            self._calendar[0] |= LESSON | np.where(calendar.flags & PUBLICATION, LESSON_LEARNED, 0)
        self._result = np.zeros((scenario.run.ticks + 1, COUNT), np.int64)
        deciding = rules_of(scenario)
        if len(deciding) > 1:
            cuts = np.array([below for _, below in deciding])
            assign_rules(self._params, self.columns["id"], cuts, self.columns["belief"])
        self._plan_values = np.array([rule_address(rule.value, PLAN_VALUE) for rule, _ in deciding], np.int64)
        self._tables = [prepared(rule, scenario) for rule, _ in deciding]
        self._places = np.array([table.ctypes.data for table in self._tables], np.int64)
        rules = (
            rule_address(scenario.policy.gate.admission, ADMISSION),
            self._plan_values.ctypes.data,
            self._places.ctypes.data,
        )
        arrays, contacts = self.columns.arrays, self.contacts
        self._desks = Desks(
            self.threads, arrays, contacts.starts, contacts.others, self._result, reply_chances(self._params), rules
        )
        self._when = np.array([ALWAYS] * FIRST_OF_BLOCK + [when for when, _ in BLOCK_PHASES], np.int64)
        phases = (circle_phase, relationships_phase, tell_phase, *(phase for _, phase in BLOCK_PHASES))
        self._addresses = np.array([phase_address(phase, self._params) for phase in phases], np.int64)

    @property
    def totals(self) -> NDArray[np.int64]:
        """Totals of the ticks run so far, shape (ticks, len(TOTALS))."""
        return self._result[1 : self.tick + 1]

    def run(self, ticks: int, run_in: Callable[..., "Future[int]"] | None = None) -> None:
        """Advance by `ticks` (at most to the end). Ctrl-C stops after the tick at hand and leaves a whole state."""
        last = min(self.tick + ticks, self.scenario.run.ticks)
        while self.tick < last:
            if self._calendar[0, self.tick] & RANKING:
                self._rank()
            rankings = np.flatnonzero(self._calendar[0, self.tick + 1 : last] & RANKING)
            stop = self.tick + 1 + int(rankings[0]) if rankings.size else last
            self._run_to(stop, run_in)
            if self.tick < stop:
                return

    def _rank(self) -> None:
        """Work out the last place at a gate that ranks, from the scores as they stand."""
        places = self.scenario.policy.gate.places(self.columns.users)
        cutoff, tie = last_place(self._seed, self.columns["id"], self.columns["score"], places or 0)
        self._today["cutoff"], self._today["tie"] = cutoff, tie

    def _run_to(self, last: int, run_in: Callable[..., "Future[int]"] | None) -> None:
        """Advance to tick `last` in compiled code."""
        team = new_team()
        arguments: tuple[Any, ...] = (
            self._desks.records,
            self._params,
            self._today,
            self._calendar,
            self._addresses,
            self._when,
            self.tick,
            last,
            self._result,
            self._desks.totals,
            team,
            self.threads,
        )
        if self.threads == 1 and run_in is None:
            self.tick = run_ticks(*arguments, 0)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            futures: list[Future[int]] = [pool.submit(partial(run_ticks, *arguments, me)) for me in range(self.threads)]
            try:
                reached = [future.result() for future in futures]
            except BaseException:
                team[STOP] = 1
                reached = [future.result() for future in futures]
                self.tick = min(reached)
                raise
        self.tick = min(reached)

    def snapshot(self) -> Columns:
        """The state now (a copy)."""
        return self.columns.copy()


def simulate(scenario: Scenario, seed: int, **options: Any) -> FastEngine:
    """Run a scenario to its end on one seed."""
    engine = FastEngine(scenario, seed, **options)
    engine.run(scenario.run.ticks)
    return engine
