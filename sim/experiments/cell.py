"""A cell: one scenario on one seed, run to its end and reduced to tables."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns, SideBySide
from sim.experiments.after.last_day import last_day_measures
from sim.experiments.goal import reference_score
from sim.experiments.groups import group_table, money_kept
from sim.model.calendar import PUBLICATION, date_of, make_calendar, ticks_per_day, time_of
from sim.model.measures import of_run, over_time
from sim.model.score import HIGHEST, LOWEST
from sim.model.states import PLANS
from sim.model.totals import TOTALS, totals_of
from sim.results.table import Table, stacked
from sim.scenario.schema import Scenario

BIN = 10
"""Points per bin of the score histograms."""
BINS = (HIGHEST - LOWEST) // BIN + 1
BIN_STARTS = LOWEST + BIN * np.arange(BINS)
DISTANCE_BIN = 25
"""Points per bin of distance to the gate."""


@dataclass
class Cell:
    """Tables of one run of one arm: ticks (a row a tick), measures (of the run), scores, plans, groups, users."""

    ticks: Table
    measures: dict[str, float]
    scores: Table
    plans: Table
    groups: Table
    users: Table
    seconds: float


def score_table(columns: Columns, day: float) -> Table:
    """Histogram of published scores: day, score (lower edge of a bin of 10), users."""
    (counts,) = score_counts([columns])
    return {"day": np.full(BINS, day), "score": BIN_STARTS, "users": counts}


def score_counts(populations: Sequence[Columns]) -> NDArray[np.int64]:
    """Users by bin of their published score, shape (populations, BINS), of populations of as many users each."""
    bins = (SideBySide(populations)["score"].astype(np.int64) - LOWEST) // BIN
    places = bins + BINS * np.arange(len(populations))[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=BINS * len(populations)).reshape(-1, BINS)


def plan_table(columns: Columns, day: float, reference: int) -> Table:
    """Responsive users who know, by distance to the gate and plan; distance 0 stands for 1 to 25 points missing."""
    chosen = (columns["responsive"] == 1) & (columns["knows"] == 1)
    missing = reference - columns["score"][chosen].astype(np.int64)
    place = (missing - 1) // DISTANCE_BIN
    first = int(place.min()) if place.size else 0
    counts = np.bincount((place - first) * len(PLANS) + columns["plan"][chosen])
    kept = np.flatnonzero(counts)
    return {
        "day": np.full(kept.size, day),
        "distance": (kept // len(PLANS) + first) * DISTANCE_BIN,
        "plan": np.array(PLANS)[kept % len(PLANS)],
        "users": counts[kept],
    }


def user_table(columns: Columns, sample: int) -> Table:
    """The first `sample` users (all if -1), one row each; by number, so that arms show the same people."""
    users = columns.users if sample < 0 else min(sample, columns.users)
    return {name: columns[name][:users] for name in columns.names}


def days_after(tick: int, per_day: int) -> float:
    """Days that have passed before a tick: a whole number with ticks of a day."""
    return tick if per_day == 1 else round(tick / per_day, 4)


def days_and_dates(scenario: Scenario) -> Table:
    """Columns day and date of every tick; with ticks of an hour, days have fractions and dates a time."""
    ticks, per_day = range(scenario.run.ticks), ticks_per_day(scenario)
    days = np.array([days_after(tick, per_day) for tick in ticks])
    if per_day == 1:
        return {"day": days, "date": np.array([date_of(scenario, tick) for tick in ticks], "datetime64[D]")}
    return {"day": days, "date": np.array([time_of(scenario, tick) for tick in ticks], "datetime64[s]")}


def run_cell(
    scenario: Scenario,
    engine: Any,
    *,
    users_sample: int = 0,
    reference: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Cell:
    """Run `engine` (fresh, of this scenario) to the end and reduce it to tables.

    users_sample: how many users to keep whole (-1 all, 0 none); reference: score that distances count from;
    progress: called with user-ticks done since the last call.
    """
    started = time.perf_counter()
    ticks, users, per_day = scenario.run.ticks, scenario.run.users, ticks_per_day(scenario)
    reference = reference_score(scenario) if reference is None else reference
    calendar = make_calendar(scenario)
    stops = [int(t) + 1 for t in np.flatnonzero(calendar.flags & PUBLICATION)]
    chunk = max(1, min(ticks, 4_000_000 // users))
    first = engine.snapshot()
    scores, plans = [score_table(first, 0)], []
    while engine.tick < ticks:
        before = engine.tick
        following = next((stop for stop in stops if stop > before), ticks)
        engine.run(min(following, ticks, before + chunk) - before)
        if progress is not None:
            progress((engine.tick - before) * users)
        if engine.tick in stops or engine.tick == ticks:
            now = engine.snapshot()
            day = days_after(engine.tick, per_day)
            scores.append(score_table(now, day))
            plans.append(plan_table(now, day, reference))
    totals = {name: engine.totals[:, TOTALS.index(name)] for name in totals_of(scenario)}
    series = over_time(totals, users, per_day)
    table: Table = days_and_dates(scenario) | series | {f"n_{k}": v for k, v in totals.items()}
    last = engine.snapshot()
    return Cell(
        ticks=table,
        measures={
            **of_run(series),
            **last_day_measures([last], [scenario], [reference])[0],
        },
        scores=stacked(scores),
        plans=stacked(plans),
        groups=group_table(last, ticks / per_day, reference, money_kept(last, scenario, totals, ticks / per_day)),
        users=user_table(last, users_sample) if users_sample else {},
        seconds=time.perf_counter() - started,
    )
