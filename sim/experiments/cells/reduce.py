"""From an engine to what is kept of a cell: run it to its end, take its measures, and sketch the rest."""

from collections.abc import Callable

import numpy as np

from sim.engines.fast import FastEngine
from sim.experiments.after.last_day import last_day_measures
from sim.experiments.cell import admission_measures, days_after, group_table, money_kept, score_table, user_table
from sim.experiments.cells.job import Job
from sim.model.calendar import ticks_per_day
from sim.model.measures import of_run, over_time
from sim.model.totals import TOTALS, totals_of
from sim.results.table import Table

OVER_TIME = ("visits", "visits_rival", "knowing", "viewers", "admitted", "posts", "debt")
"""Measures whose course is kept."""
MOST_POINTS = 60
"""Points of a course that are kept: means of stretches as equal as can be."""
USER_TICKS_BETWEEN_PAUSES = 4_000_000


def measured(job: Job, engine: FastEngine, pause: Callable[[int], None]) -> tuple[dict[str, float], dict[str, Table]]:
    """Measures of a job, and its sketches by name: as `run_cell` gives them, without what a run alone has a use for.

    engine: fresh, of the job's scenario; pause: called now and then with the user-ticks done since the last call.
    """
    scenario = job.scenario
    users, ticks, per_day = scenario.run.users, scenario.run.ticks, ticks_per_day(scenario)
    stretch = max(1, USER_TICKS_BETWEEN_PAUSES // users)
    while engine.tick < ticks:
        before = engine.tick
        engine.run(min(stretch, ticks - before))
        pause((engine.tick - before) * users)
    totals = {name: engine.totals[:, TOTALS.index(name)] for name in totals_of(scenario)}
    over = over_time(totals, users, per_day)
    last = engine.columns
    measures = {
        **of_run(over),
        **admission_measures(last, scenario),
        **last_day_measures(last, scenario, job.reference),
    }
    histogram = score_table(last, days_after(ticks, per_day))
    tables: dict[str, Table] = {
        "groups": group_table(
            last, ticks / per_day, job.reference, money_kept(last, scenario, totals, ticks / per_day)
        ),
        "scores": {name: histogram[name] for name in ("score", "users")},
        "series": course({name: over[name] for name in OVER_TIME}, per_day),
    }
    if job.users_sample:
        tables["users"] = user_table(last, job.users_sample)
    return measures, tables


def course(over: Table, ticks_per_day: int) -> Table:
    """Measures over time in at most MOST_POINTS rows: day (at the end of a stretch) and the mean of each over the stretch."""
    ticks = len(next(iter(over.values())))
    ends = np.linspace(0, ticks, min(ticks, MOST_POINTS) + 1).round().astype(int)[1:]
    starts = np.append(0, ends[:-1])
    means = {name: np.add.reduceat(values, starts) / (ends - starts) for name, values in over.items()}
    return {"day": ends / ticks_per_day, **means}
