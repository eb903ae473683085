"""From an engine to what is kept of a cell: run it to its end, take its measures, and sketch the rest."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import FastEngine
from sim.experiments.after.last_day import last_day_measures
from sim.experiments.cell import admission_measures, days_after, group_table, money_kept, score_table, user_table
from sim.experiments.cells.job import Job
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
    """A cell whose engine has run to its end. totals: int64 (names, ticks); of_users: measures of the users on the last day;
    seconds: that it took.
    """

    job: Job
    names: tuple[str, ...]
    totals: NDArray[np.int64]
    of_users: dict[str, float]
    tables: dict[str, Table]
    seconds: float = 0.0


def run_to_end(job: Job, engine: FastEngine, pause: Callable[[int], None]) -> Ended:
    """Run a job, and take what only its users tell: as `run_cell`, without what a run alone has a use for.

    engine: fresh, of the job's scenario; pause: called now and then with the user-ticks done since the last call.
    """
    scenario = job.scenario
    users, ticks, per_day = scenario.run.users, scenario.run.ticks, ticks_per_day(scenario)
    stretch = max(1, USER_TICKS_BETWEEN_PAUSES // users)
    while engine.tick < ticks:
        before = engine.tick
        engine.run(min(stretch, ticks - before))
        pause((engine.tick - before) * users)
    names = totals_of(scenario)
    totals = engine.totals.T[[TOTALS.index(name) for name in names]]
    last = engine.columns
    histogram = score_table(last, days_after(ticks, per_day))
    tables: dict[str, Table] = {
        "groups": group_table(
            last,
            ticks / per_day,
            job.reference,
            money_kept(last, scenario, dict(zip(names, totals, strict=True)), ticks / per_day),
        ),
        "scores": {name: histogram[name] for name in ("score", "users")},
    }
    if job.users_sample:
        tables["users"] = user_table(last, job.users_sample)
    of_users = admission_measures(last, scenario) | last_day_measures(last, scenario, job.reference)
    return Ended(job, names, totals, of_users, tables)


Reduced = tuple[dict[str, float], dict[str, Table]]
"""Measures of a cell, and its sketches by name."""


def alike(one: Ended, other: Ended) -> bool:
    """Whether two cells can be reduced together: as many users and ticks, and the same totals."""
    run, its = one.job.scenario.run, other.job.scenario.run
    return (run.users, run.ticks, run.tick) == (
        its.users,
        its.ticks,
        its.tick,
    ) and one.names == other.names


def reduced(cells: Sequence[Ended]) -> list[Reduced]:
    """Measures and sketches of cells that are `alike`, to the bit as of each alone: many small ones cost little more than one."""
    scenario = cells[0].job.scenario
    per_day = ticks_per_day(scenario)
    of_names = np.stack([cell.totals for cell in cells], axis=1)
    totals = dict(zip(cells[0].names, of_names, strict=True))
    over = over_time(totals, scenario.run.users, per_day)
    day, courses = course({name: over[name] for name in kept_over_time(scenario)}, per_day)
    return [
        (
            of_run | cell.of_users,
            cell.tables | {"series": {"day": day, **{name: means[place] for name, means in courses.items()}}},
        )
        for place, (cell, of_run) in enumerate(zip(cells, of_runs(over), strict=True))
    ]


def course(over: Table, ticks_per_day: int) -> tuple[NDArray[np.float64], Table]:
    """Measures over time in at most MOST_POINTS points: days (at the end of a stretch), and the mean of each over the stretch.

    over: arrays of shape (..., ticks); the means are of shape (..., points).
    """
    ticks = next(iter(over.values())).shape[-1]
    ends = np.linspace(0, ticks, min(ticks, MOST_POINTS) + 1).round().astype(int)[1:]
    starts = np.append(0, ends[:-1])
    means = {name: np.add.reduceat(values, starts, axis=-1) / (ends - starts) for name, values in over.items()}
    return ends / ticks_per_day, means
