"""What a sweep will cost: cells, user-days, time and memory, told before it runs."""

import time
from dataclasses import dataclass

from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.job import Job
from sim.experiments.plan import MEMORY_PER_USER
from sim.experiments.sweep.plan import SweepPlan
from sim.scenario.schema import Scenario

PROBE_USERS = 20_000
PROBE_TICKS = 90
PROCESS_MEMORY = 300_000_000
"""Bytes that the program takes without any users."""


@dataclass(frozen=True)
class Cost:
    """cells: distinct ones; shared: how many more there would be if points shared no baseline; user_days: of the cells to be
    run; seconds: estimated; memory: bytes at the peak, estimated; workers: cells at once.
    """

    cells: int
    shared: int
    user_days: int
    seconds: float
    memory: int
    workers: int


def probe(scenario: Scenario) -> float:
    """User-days a second of one cell of the scenario on one thread, measured on a cell made small; compiles first."""
    from sim.engines.fast import prepare

    run = scenario.run
    size = {"users": min(run.users, PROBE_USERS), "ticks": min(run.ticks, PROBE_TICKS)}
    small = scenario.model_copy(update={"run": run.model_copy(update=size)})
    prepare([small])
    started = time.perf_counter()
    evaluate([Job(small, run.seed)], executor="threads", workers=1)
    return size["users"] * size["ticks"] / (time.perf_counter() - started)


def cost_of(plan: SweepPlan, workers: int | None = None) -> Cost:
    """The cost of a plan, from its cells and the rate of one of them. workers: cells at once (all processors if not given)."""
    from sim.engines.fast import default_threads

    cells = {job.key: job.scenario.run for job in plan.jobs}
    at_once = min(workers or default_threads(), len(cells))
    user_days = sum(run.users * run.ticks for run in cells.values())
    largest = max(run.users for run in cells.values())
    return Cost(
        cells=len(cells),
        shared=len(plan.jobs) - len(cells),
        user_days=user_days,
        seconds=user_days / probe(plan.points[0].policy) / at_once,
        memory=PROCESS_MEMORY + at_once * largest * MEMORY_PER_USER,
        workers=at_once,
    )
