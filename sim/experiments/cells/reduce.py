"""From an engine to what is kept of a cell: run it to its end, take its measures, and sketch the rest."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.fast import FastEngine
from sim.experiments.after.last_day import last_day_measures
from sim.experiments.cell import BIN_STARTS, score_counts, user_table
from sim.experiments.cells.job import Job
from sim.experiments.groups import Kept, group_tables, money_kept
from sim.model.calendar import ticks_per_day
from sim.model.measures import of_runs, over_time
from sim.model.totals import TOTALS, of_circles, totals_of
from sim.results.table import Table
from sim.scenario.schema import Scenario

OVER_TIME = ("visits", "visits_rival", "knowing", "viewers", "admitted", "posts", "debt")
"""Measures whose course is kept of every scenario."""
MOST_POINTS = 120
"""Points of a course that are kept: means of stretches as equal as can be."""
USER_TICKS_BETWEEN_PAUSES = 4_000_000


def kept_over_time(scenario: Scenario) -> tuple[str, ...]:
    """Measures of a scenario whose course is kept: of several circles, each one's viewers too."""
    return OVER_TIME + (of_circles("viewers", scenario.circles) if scenario.circles > 1 else ())


class Ended(NamedTuple):
    """A cell whose engine has run to its end. totals: int64 (names, ticks); last: its users on the last day; kept: of
    `money_kept`; seconds: that it took.
    """

    job: Job
    names: tuple[str, ...]
    totals: NDArray[np.int64]
    last: Columns
    kept: Kept
    seconds: float = 0.0


def run_to_end(job: Job, engine: FastEngine, pause: Callable[[int], None]) -> Ended:
    """Run a job to its end.

    engine: fresh, of the job's scenario; pause: called now and then with the user-ticks done since the last call.
    """
    scenario = job.scenario
    users, ticks = scenario.run.users, scenario.run.ticks
    stretch = max(1, USER_TICKS_BETWEEN_PAUSES // users)
    while engine.tick < ticks:
        before = engine.tick
        engine.run(min(stretch, ticks - before))
        pause((engine.tick - before) * users)
    names = totals_of(scenario)
    totals = engine.totals.T[_places(names)]
    days = ticks / ticks_per_day(scenario)
    kept = money_kept(engine.columns, scenario, dict(zip(names, totals, strict=True)), days)
    return Ended(job, names, totals, engine.columns, kept)


@lru_cache(64)
def _places(names: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([TOTALS.index(name) for name in names])


Reduced = tuple[dict[str, float], dict[str, Table]]
"""Measures of a cell, and its sketches by name."""


def alike(one: Ended, other: Ended) -> bool:
    """Whether two cells can be reduced together: as many users and ticks, and the same totals and columns."""
    run, its = one.job.scenario.run, other.job.scenario.run
    return (run.users, run.ticks, run.tick, one.names, one.last.names) == (
        *(its.users, its.ticks, its.tick, other.names, other.last.names),
    )


def reduced(cells: Sequence[Ended]) -> list[Reduced]:
    """Measures and sketches of cells that are `alike`, to the bit as of each alone: many small ones cost little more than one."""
    scenarios = [cell.job.scenario for cell in cells]
    references = [cell.job.reference for cell in cells]
    last = [cell.last for cell in cells]
    run, per_day = scenarios[0].run, ticks_per_day(scenarios[0])
    of_names = np.stack([cell.totals for cell in cells], axis=1)
    over = over_time(dict(zip(cells[0].names, of_names, strict=True)), run.users, per_day)
    day, courses = course({name: over[name] for name in kept_over_time(scenarios[0])}, per_day)
    groups = group_tables(last, run.ticks / per_day, references, [cell.kept for cell in cells])
    found: list[Reduced] = []
    for place, (of_run, of_users, counts) in enumerate(
        zip(of_runs(over), last_day_measures(last, scenarios, references), score_counts(last), strict=True)
    ):
        tables: dict[str, Table] = {"groups": groups[place], "scores": {"score": BIN_STARTS, "users": counts}}
        if cells[place].job.users_sample:
            tables["users"] = user_table(last[place], cells[place].job.users_sample)
        tables["series"] = {"day": day, **{name: means[place] for name, means in courses.items()}}
        found.append((of_run | of_users, tables))
    return found


def course(over: Table, ticks_per_day: int) -> tuple[NDArray[np.float64], Table]:
    """Measures over time in at most MOST_POINTS points: days (at the end of a stretch), and the mean of each over the stretch.

    over: arrays of shape (..., ticks); the means are of shape (..., points).
    """
    ticks = next(iter(over.values())).shape[-1]
    ends = np.linspace(0, ticks, min(ticks, MOST_POINTS) + 1).round().astype(int)[1:]
    starts = np.append(0, ends[:-1])
    means = {name: np.add.reduceat(values, starts, axis=-1) / (ends - starts) for name, values in over.items()}
    return ends / ticks_per_day, means
