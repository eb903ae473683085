"""The fast engine: columns, rules compiled to machine code, a team of threads, blocks that stay in cache."""

import os
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.layout import ANSWERS, BLOCK, RUN, STOP, TODAY, Desks, new_team
from sim.engines.machine_code import Wanted, addresses, as_function, rule_address
from sim.engines.order import (
    ALWAYS,
    APART,
    BLOCK_PHASES,
    LESSON,
    LESSON_LEARNED,
    NO_GATE_AHEAD,
)
from sim.engines.priors import first_lessons
from sim.model.calendar import GATE_AHEAD, PUBLICATION, RANKING, make_calendar
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import MOST_RULES, rules_of
from sim.model.circle import reply_chance
from sim.model.columns import further_groups, groups_of
from sim.model.contacts import Contacts, assemble, complete, nobody
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.lenders import MOST_LENDERS, TURNS
from sim.model.numbers import as_record, lenders_capital, numbers
from sim.model.score import HIGHEST, LOWEST
from sim.model.totals import CASH_AT_LENDER, COUNT
from sim.scenario.schema import Scenario

Array = NDArray[Any]


def default_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _flags(scenario: Scenario) -> NDArray[np.int64]:
    """What happens on every tick: the calendar's flags and the engine's own."""
    flags = make_calendar(scenario).flags.astype(np.int64)
    flags |= ALWAYS | np.where(flags & GATE_AHEAD, 0, NO_GATE_AHEAD)
    if scenario.world.population.learned_share > 0.0:
        flags |= LESSON | np.where(flags & PUBLICATION, LESSON_LEARNED, 0)
    return flags


def _phases(scenario: Scenario) -> list[tuple[int, str]]:
    """Phases that a run of the scenario comes to, with their days: the others need not be compiled."""
    occurring = int(np.bitwise_or.reduce(_flags(scenario)))
    # A place apart must be taken, so that the others keep theirs: by the first phase where its own is never called.
    apart = [(when, name if when & occurring else APART[0][1]) for when, name in APART]
    return [*apart, *((when, name) for when, name in BLOCK_PHASES if when & occurring)]


ON_DAY_ZERO = ("people_phase", "publication_phase", "relationships_phase", "count_far_phase", "name_far_phase")


def prepare(scenarios: Iterable[Scenario]) -> None:
    """Compile all that runs of these scenarios need, in one go, unless it is there already."""
    wanted = []
    for scenario in scenarios:
        numbers_type = as_record(numbers(scenario, 0)).dtype
        names = {*ON_DAY_ZERO, *(name for _, name in _phases(scenario))}
        if len(rules_of(scenario)) > 1:
            names.add("assign_rules_phase")
        wanted += [Wanted("phase", name, numbers_type) for name in sorted(names)]
        wanted += [Wanted("team", name, numbers_type) for name in ("run_ticks", "sweep")]
        wanted += [Wanted.rule("plan_value", rule.value) for rule, _ in rules_of(scenario)]
        wanted.append(Wanted.rule("admission", scenario.policy.gate.admission))
    addresses([w for w in wanted if w.ours])


class Team:
    """Threads that run one function of machine code together, on the same desks, numbers and day."""

    def __init__(self, desks: Desks, params: Array, today: Array) -> None:
        self._desks, self._params, self._today = desks, params, today
        self.reached = 0

    def phase_address(self, name: str) -> int:
        """Address of a phase for these numbers."""
        return addresses([Wanted("phase", name, self._params.dtype)])[0]

    def run(self, name: str, run: Array, team: NDArray[np.int64]) -> int:
        """Run `run_ticks` or `sweep`; returns the least that a thread returned, kept in `reached`.

        Ctrl-C stops after the tick at hand: even one thread is not this one, which waits for signals.
        """
        function = as_function(addresses([Wanted("team", name, self._params.dtype)])[0])
        run["team"], run["threads"] = team.ctypes.data, len(self._desks.records)
        given = (self._params.ctypes.data, self._today.ctypes.data, run.ctypes.data)
        desks = [self._desks.records[me : me + 1].ctypes.data for me in range(len(self._desks.records))]
        with ThreadPoolExecutor(len(desks)) as pool:
            futures: list[Future[int]] = [pool.submit(function, desk, *given, me) for me, desk in enumerate(desks)]
            try:
                self.reached = min(future.result() for future in futures)
            except BaseException:
                team[STOP] = 1
                self.reached = min(future.result() for future in futures)
                raise
        return self.reached

    def sweep(self, name: str) -> None:
        """One phase for all users."""
        run, address = np.zeros(1, RUN), np.array([self.phase_address(name)], np.int64)
        run["addresses"] = address.ctypes.data
        self.run("sweep", run, new_team())


def make_contacts(scenario: Scenario, seed: int, threads: int = 1) -> Contacts:
    """The contact graph of a scenario's users, by number of the user."""
    users, world = scenario.run.users, scenario.world.contacts
    if world.kind == "none":
        return nobody(users)
    if world.kind == "complete":
        return complete(users)
    counts = np.zeros(users, np.int32)
    _sweep_apart(scenario, seed, threads, "count_far_phase", far_counts=counts)
    starts = np.cumsum(counts, dtype=np.int64) - counts
    sources, targets = np.empty((2, int(counts.sum())), np.int32)
    far = {"far_counts": counts, "far_starts": starts, "sources": sources, "targets": targets}
    _sweep_apart(scenario, seed, threads, "name_far_phase", **far)
    return assemble(users, world.group_size, sources, targets)


def _sweep_apart(scenario: Scenario, seed: int, threads: int, name: str, **arrays: Array) -> None:
    """One phase for all users that concerns no column."""
    users = scenario.run.users
    columns = (np.zeros((0, users), np.float32),) * 4
    desks = _desks(threads, columns, nobody(0), besides=arrays)
    Team(desks, as_record(numbers(scenario, seed)), np.zeros(1, TODAY)).sweep(name)


def _further(scenario: Scenario, columns: Columns) -> dict[str, Array]:
    """The columns that only some worlds have, by the name of their group."""
    return dict(zip(further_groups(scenario), columns.arrays[4:], strict=True))


def _desks(threads: int, columns: tuple[Array, ...], contacts: Contacts, **more: Any) -> Desks:
    """Desks for work on day 0, which has no totals and no circle."""
    no_totals, no_answers = np.zeros((1, COUNT), np.int64), np.zeros(ANSWERS, np.float32)
    return Desks(threads, columns, contacts.starts, contacts.others, no_totals, no_answers, **more)


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
        prepare([scenario])
        self.contacts = make_contacts(scenario, seed, threads)
        self.columns = Columns(users, groups_of(scenario))
        self.columns["id"][:] = np.arange(users, dtype=np.int32)
        today = np.zeros(1, TODAY)
        besides = _further(scenario, self.columns)
        desks = _desks(threads, self.columns.arrays, self.contacts, besides=besides)
        team = Team(desks, as_record(numbers(scenario, seed)), today)
        team.sweep("people_phase")
        # The first scores: a round without contacts, then relationships from those, then the scores of day 0.
        today["round"] = 1
        team.sweep("publication_phase")
        team.sweep("relationships_phase")
        today["round"] = 2
        team.sweep("publication_phase")
        self.columns["starting_score"][:] = self.columns["score"]
        if scenario.world.population.learned_share > 0.0:
            first_lessons(self.columns, scenario)


class FastEngine:
    """One replicate of one scenario.

    scenario: what to run; seed: of this replicate; threads: how many share each tick; day_zero: people and contacts, if at
    hand (copied, not changed). `columns` is the state, `totals` int64 (ticks so far, len(TOTALS)).
    """

    def __init__(self, scenario: Scenario, seed: int, threads: int = 1, day_zero: DayZero | None = None) -> None:
        prepare([scenario])
        start = day_zero if day_zero is not None else DayZero(scenario, seed, threads)
        self.scenario = scenario
        self._seed = seed
        self.threads = max(1, min(threads, (start.columns.users + BLOCK - 1) // BLOCK))
        self.contacts = start.contacts
        self.columns = start.columns.copy() if day_zero is not None else start.columns
        self.tick = 0
        self._params = as_record(numbers(scenario, seed))
        self._today = np.zeros(1, TODAY)
        self._today["cutoff"] = NOBODY
        self._calendar = np.array(make_calendar(scenario), np.int64)
        self._calendar[0] = _flags(scenario)
        self._result = np.zeros((scenario.run.ticks + 1, COUNT), np.int64)
        deciding = rules_of(scenario)
        self._plan_values = np.array([rule_address("plan_value", rule.value) for rule, _ in deciding], np.int64)
        self._tables = [prepared(rule, scenario) for rule, _ in deciding]
        self._places = np.array([table.ctypes.data for table in self._tables], np.int64)
        rules = (
            rule_address("admission", scenario.policy.gate.admission),
            self._plan_values.ctypes.data,
            self._places.ctypes.data,
        )
        arrays, contacts = self.columns.arrays, self.contacts
        for lender, capital in enumerate(lenders_capital(scenario)):
            self._result[0, CASH_AT_LENDER + lender] = capital
        self._demand, self._served = np.zeros((MOST_LENDERS, TURNS), np.int64), np.zeros(MOST_LENDERS, np.int64)
        cuts = np.ones(MOST_RULES)
        cuts[: len(deciding)] = [below for _, below in deciding]
        self._desks = Desks(
            self.threads,
            arrays,
            contacts.starts,
            contacts.others,
            self._result,
            reply_chances(self._params),
            rules,
            {"cuts": cuts, "demand": self._demand, "served": self._served} | _further(scenario, self.columns),
        )
        self._team = Team(self._desks, self._params, self._today)
        if len(deciding) > 1:
            self._team.sweep("assign_rules_phase")
        phases = _phases(scenario)
        self._when = np.array([when for when, _ in phases], np.int64)
        self._addresses = np.array([self._team.phase_address(name) for _, name in phases], np.int64)

    @property
    def totals(self) -> NDArray[np.int64]:
        """Totals of the ticks run so far, shape (ticks, len(TOTALS))."""
        return self._result[1 : self.tick + 1]

    def run(self, ticks: int) -> None:
        """Advance by `ticks` (at most to the end). Ctrl-C stops after the tick at hand and leaves a whole state."""
        last = min(self.tick + ticks, self.scenario.run.ticks)
        while self.tick < last:
            if self._calendar[0, self.tick] & RANKING:
                self._rank()
            rankings = np.flatnonzero(self._calendar[0, self.tick + 1 : last] & RANKING)
            stop = self.tick + 1 + int(rankings[0]) if rankings.size else last
            self._run_to(stop)
            if self.tick < stop:
                return

    def _rank(self) -> None:
        """Work out the last place at a gate that ranks, from the scores as they stand."""
        places = self.scenario.policy.gate.places(self.columns.users)
        cutoff, tie = last_place(self._seed, self.columns["id"], self.columns["score"], places or 0)
        self._today["cutoff"], self._today["tie"] = cutoff, tie

    def _run_to(self, last: int) -> None:
        """Advance to tick `last` in machine code."""
        stretch = np.zeros(1, RUN)
        stretch["first_tick"], stretch["last_tick"], stretch["ticks"] = self.tick, last, self.scenario.run.ticks
        stretch["phases"], stretch["totals_width"] = self._when.size, self._desks.totals.shape[1]
        for field, array in (
            ("calendar", self._calendar),
            ("addresses", self._addresses),
            ("when", self._when),
            ("result", self._result),
            ("partial", self._desks.totals),
        ):
            stretch[field] = array.ctypes.data
        try:
            self.tick = self._team.run("run_ticks", stretch, new_team())
        except BaseException:
            self.tick = self._team.reached
            raise

    def snapshot(self) -> Columns:
        """The state now (a copy)."""
        return self.columns.copy()


def simulate(scenario: Scenario, seed: int, **options: Any) -> FastEngine:
    """Run a scenario to its end on one seed."""
    engine = FastEngine(scenario, seed, **options)
    engine.run(scenario.run.ticks)
    return engine
