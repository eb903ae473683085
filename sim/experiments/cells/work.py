"""The work: jobs run one after another where this is called, in a thread, a worker process or on another machine."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock

from sim.engines.code import code_hash
from sim.engines.fast import DayZero, FastEngine
from sim.experiments.cells.job import Job
from sim.experiments.cells.reduce import Ended, alike, reduced, run_to_end
from sim.results.cells.outcome import Outcome, Packed, pack
from sim.scenario.schema import Scenario

Asked = Callable[[], bool]
"""Says whether cells are to be given up at their next pause."""


class OtherCode(Exception):
    """A worker that has another version of the model than the one who gave it work."""


class GivenUp(Exception):
    """A cell was asked to stop."""


def outcome_of(job: Job, *, threads: int = 1, limit: float | None = None, given_up: Asked | None = None) -> Outcome:
    """Run a job. An exception becomes the reason of a failed outcome; raises GivenUp where that was asked for.

    threads: of the engine; limit: seconds that it may take.
    """
    return outcomes_of([job], threads=threads, limit=limit, given_up=given_up)[0]


def outcomes_of(
    jobs: Sequence[Job], *, threads: int = 1, limit: float | None = None, given_up: Asked | None = None
) -> list[Outcome]:
    """Run jobs one after another, each as `outcome_of`; neighbours share their people where they are the same, and the work
    on their totals.
    """
    shared = _SharedPeople()
    outcomes: list[Outcome] = []
    waiting: list[Ended] = []
    for job, following in zip(jobs, [*jobs[1:], None], strict=False):
        ended = _contained(job, partial(shared.of, job, following, threads), threads, limit, given_up)
        if waiting and (isinstance(ended, Outcome) or not alike(waiting[0], ended) or _many(waiting)):
            outcomes += _reduced(waiting)
            waiting = []
        if isinstance(ended, Outcome):
            outcomes.append(ended)
        else:
            waiting.append(ended)
    return outcomes + _reduced(waiting)


MOST_TICKS_TOGETHER = 20_000
"""Ticks in all whose totals (about a kilobyte each) are held back to be reduced together."""
MOST_USERS_TOGETHER = 50_000
"""Users in all whose last state (about a hundred bytes each) is."""


def _many(waiting: Sequence[Ended]) -> bool:
    run = waiting[0].job.scenario.run
    return len(waiting) * run.ticks >= MOST_TICKS_TOGETHER or len(waiting) * run.users >= MOST_USERS_TOGETHER


def _reduced(cells: Sequence[Ended]) -> list[Outcome]:
    """Outcomes of cells alike; what goes wrong with them together is the fault of those with which it goes wrong alone."""
    if not cells:
        return []
    started = time.perf_counter()
    try:
        found = reduced(cells)
    except Exception as error:
        if len(cells) > 1:
            return [outcome for cell in cells for outcome in _reduced([cell])]
        return [Outcome(cells[0].job.key, one_line(error), cells[0].seconds)]
    each = (time.perf_counter() - started) / len(cells)
    return [
        Outcome(cell.job.key, "", cell.seconds + each, measures, tables)
        for cell, (measures, tables) in zip(cells, found, strict=True)
    ]


def packed_outcomes(
    jobs: Sequence[Job], code: str, threads: int = 1, limit: float | None = None, given_up: Asked | None = None
) -> list[Packed]:
    """As `outcomes_of`, as bytes. Raises OtherCode where results here would not be those of `code`."""
    if code != code_hash():
        raise OtherCode(f"a worker has other code of the model ({code_hash()}, not {code})")
    known = [_with_known_scenario(job) for job in jobs]
    return [_packed(outcome) for outcome in outcomes_of(known, threads=threads, limit=limit, given_up=given_up)]


MOST_SCENARIOS = 64
_scenarios: OrderedDict[str, Scenario] = OrderedDict()
_scenarios_lock = Lock()


def _with_known_scenario(job: Job) -> Job:
    """The job with the very scenario of an earlier one that says the same, so that what was worked out of it is found again."""
    with _scenarios_lock:
        scenario = _scenarios.setdefault(job.scenario_hash, job.scenario)
        _scenarios.move_to_end(job.scenario_hash)
        if len(_scenarios) > MOST_SCENARIOS:
            _scenarios.popitem(last=False)
    return job if scenario is job.scenario else replace(job, scenario=scenario)


def _packed(outcome: Outcome) -> Packed:
    try:
        return pack(outcome)
    except TypeError as error:  # of a table that a gate or rule from outside added
        return pack(Outcome(outcome.key, one_line(error), outcome.seconds))


class _SharedPeople:
    """People and contacts on day 0, kept only while the next job has the same: they are as large as the engine's own."""

    def __init__(self) -> None:
        self._kept: DayZero | None = None

    def of(self, job: Job, following: Job | None, threads: int) -> DayZero | None:
        """The people of a job, if they are at hand or the following job has the same; else None."""
        at_hand, self._kept = self._kept, None
        if following is not None and following.people == job.people:
            self._kept = at_hand = at_hand or DayZero(job.scenario, job.seed, threads)
        return at_hand


def _contained(
    job: Job, people: Callable[[], DayZero | None], threads: int, limit: float | None, given_up: Asked | None
) -> Ended | Outcome:
    """A job run to its end, or the outcome of one that failed."""
    started = time.perf_counter()
    try:
        engine = FastEngine(job.scenario, job.seed, threads, people())
        ended = run_to_end(job, engine, _pause(started, limit, given_up))
        return ended._replace(seconds=time.perf_counter() - started)
    except GivenUp:
        raise
    except Exception as error:  # whatever it is, it is the cell's, and the others go on
        return Outcome(job.key, one_line(error), time.perf_counter() - started)


def too_long(limit: float) -> str:
    """Reason of a cell that took longer than its time limit (s)."""
    return f"took longer than {limit:g} s"


def _pause(started: float, limit: float | None, given_up: Asked | None) -> Callable[[int], None]:
    """Something for an engine's pauses, which ends a cell that is to be given up or has taken too long."""

    def pause(_: int) -> None:
        if given_up is not None and given_up():
            raise GivenUp
        if limit is not None and time.perf_counter() - started > limit:
            raise TimeoutError(too_long(limit))

    return pause


def one_line(error: Exception) -> str:
    """What went wrong, as the reason of a cell."""
    text = " ".join(str(error).split())
    if isinstance(error, TimeoutError):
        return text
    if isinstance(error, MemoryError):
        return "not enough memory"
    return f"{type(error).__name__}: {text}"[:300]
