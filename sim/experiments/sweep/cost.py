"""What a sweep will cost: cells, user-days, time and memory, told before it runs."""

import time
from dataclasses import dataclass
from pathlib import Path

from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.job import Job
from sim.experiments.plan import MEMORY_PER_USER
from sim.experiments.sweep.plan import SweepPlan
from sim.scenario.schema import Scenario

PROBE_USERS = 20_000
PROBE_TICKS = 90
PROCESS_MEMORY = 300_000_000
"""Bytes that a process of the program takes without any users."""


@dataclass(frozen=True)
class Cost:
    """cells: distinct ones; shared: how many more there would be if points shared no baseline; at_hand: finished already;
    failed: of those, failed ones; user_days: of the cells to be run; seconds, memory (bytes): estimated; workers: cells at once.
    """

    cells: int
    shared: int
    at_hand: int
    failed: int
    user_days: int
    seconds: float
    memory: int
    workers: int


def probe(scenario: Scenario) -> float:
    """Seconds per user-day of one cell of the scenario on one thread, measured on a cell made small; compiles first."""
    from sim.engines.fast import prepare

    run = scenario.run
    size = {"users": min(run.users, PROBE_USERS), "ticks": min(run.ticks, PROBE_TICKS)}
    small = scenario.model_copy(update={"run": run.model_copy(update=size)})
    prepare([small])
    started = time.perf_counter()
    evaluate([Job(small, run.seed)], executor="threads", workers=1)
    return (time.perf_counter() - started) / (size["users"] * size["ticks"])


def cost_of(
    plan: SweepPlan, store: Path | None = None, workers: int | None = None, *, retry_failed: bool = False
) -> Cost:
    """The cost of a plan, from the time that its finished cells took, or else that of one cell.

    store: folder of finished cells; workers: cells at once (all processors if not given).
    """
    from sim.engines.fast import default_threads
    from sim.results.cells.reader import CellReader

    cells = {job.key: job.scenario.run for job in plan.jobs}
    known = {}
    if store is not None:
        with CellReader(store) as reader:
            known = reader.known(cells)
    done = {key: kept.seconds for key, kept in known.items() if not kept.reason}
    at_hand = done if retry_failed else known
    left = [run for key, run in cells.items() if key not in at_hand]
    user_days = sum(run.users * run.ticks for run in left)
    at_once = max(1, min(workers or default_threads(), len(left)))
    if not left:
        each = 0.0
    elif done:
        each = sum(done.values()) / sum(cells[key].users * cells[key].ticks for key in done)
    else:
        each = probe(plan.points[0].policy)
    return Cost(
        cells=len(cells),
        shared=len(plan.jobs) - len(cells),
        at_hand=len(at_hand),
        failed=len(known) - len(done),
        user_days=user_days,
        seconds=user_days * each / at_once,
        memory=at_once * (PROCESS_MEMORY + max((run.users for run in left), default=0) * MEMORY_PER_USER),
        workers=at_once,
    )
