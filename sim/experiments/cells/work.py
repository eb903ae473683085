"""The work of a cell: run it to its end on one thread and reduce it to what is kept."""

import time
from collections.abc import Sequence

import numpy as np

from sim.engines.fast import DayZero, FastEngine
from sim.engines.people import same_people
from sim.experiments.after.last_day import last_day_measures
from sim.experiments.cell import admission_measures, days_after, group_table, score_table
from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import Outcome
from sim.model.calendar import ticks_per_day
from sim.model.measures import of_run, over_time
from sim.model.totals import TOTALS
from sim.results.table import Table

OVER_TIME = ("visits", "visits_rival", "knowing", "admitted", "posts", "debt")
"""Measures whose course is kept."""
MOST_POINTS = 60
"""Points of a course that are kept: means of stretches as equal as can be."""


def outcome_of(job: Job, people: DayZero | None = None) -> Outcome:
    """Run a job. people: those of its world and seed, if at hand."""
    started = time.perf_counter()
    scenario = job.scenario
    engine = FastEngine(scenario, job.seed, 1, people)
    engine.run(scenario.run.ticks)
    totals = {name: engine.totals[:, k] for k, name in enumerate(TOTALS)}
    per_day = ticks_per_day(scenario)
    over = over_time(totals, scenario.run.users, per_day)
    last = engine.columns
    measures = {
        **of_run(over),
        **admission_measures(last, scenario),
        **last_day_measures(last, scenario, job.reference),
    }
    histogram = score_table(last, days_after(scenario.run.ticks, per_day))
    tables: dict[str, Table] = {
        "groups": group_table(last, scenario.run.ticks / per_day, job.reference),
        "scores": {name: histogram[name] for name in ("score", "users")},
        "series": course({name: over[name] for name in OVER_TIME}, per_day),
    }
    return Outcome(job.key, "", time.perf_counter() - started, measures, tables)


def course(over: Table, ticks_per_day: int) -> Table:
    """Measures over time in at most MOST_POINTS rows: day (at the end of a stretch) and the mean of each over the stretch."""
    ticks = len(next(iter(over.values())))
    ends = np.linspace(0, ticks, min(ticks, MOST_POINTS) + 1).round().astype(int)[1:]
    starts = np.append(0, ends[:-1])
    widths = ends - starts
    means = {name: np.add.reduceat(values, starts) / widths for name, values in over.items()}
    return {"day": ends / ticks_per_day, **means}


def outcomes_of(jobs: Sequence[Job]) -> list[Outcome]:
    """Run jobs one after the other; those with the same people, in a row, share them."""
    found: list[Outcome] = []
    people: DayZero | None = None
    before: Job | None = None
    for place, job in enumerate(jobs):
        if before is None or job.seed != before.seed or not same_people(job.scenario, before.scenario):
            following = jobs[place + 1] if place + 1 < len(jobs) else None
            shared = (
                following is not None and following.seed == job.seed and same_people(job.scenario, following.scenario)
            )
            people = DayZero(job.scenario, job.seed, 1) if shared else None
        before = job
        found.append(outcome_of(job, people))
    return found
