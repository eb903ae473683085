"""A cell: one scenario on one seed, run to its end and reduced to tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.experiments.after.last_day import last_day_measures
from sim.model.calendar import PUBLICATION, date_of, gate_dates, make_calendar, ticks_per_day, time_of
from sim.model.credit import CLOSED
from sim.model.lenders import times_late
from sim.model.measures import of_run, over_time
from sim.model.states import ENTERED, PLANS, ROLE, ROLES
from sim.model.totals import TOTALS, totals_of
from sim.results.table import Table, stacked
from sim.scenario.schema import Scenario

BIN = 10
"""Points per bin of the score histograms."""
DISTANCE_BIN = 25
"""Points per bin of distance to the gate."""
REFERENCE_SCORE = 750
"""Score from which distance is counted where no gate names one."""


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


def reference_score(scenario: Scenario) -> int:
    """The score that distance is counted from: the gate's threshold, or 750."""
    return int(getattr(scenario.policy.gate, "threshold", REFERENCE_SCORE))


def score_table(columns: Columns, day: float) -> Table:
    """Histogram of published scores: day, score (lower edge of a bin of 10), users."""
    counts = np.bincount((columns["score"].astype(np.int64) - 350) // BIN, minlength=61)
    return {"day": np.full(counts.size, day), "score": 350 + BIN * np.arange(counts.size), "users": counts}


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


STARTS = (
    "admitted at the start",
    "1-25 points short",
    "26-50 points short",
    "51-100 points short",
    "more than 100 points short",
)


def quantiles(values: NDArray[Any], shares: tuple[float, ...]) -> list[float]:
    """As np.quantile, which takes ten times as long for the people of a small cell."""
    places = [share * (values.size - 1) for share in shares]
    around = sorted({min(int(place) + more, values.size - 1) for place in places for more in (0, 1)})
    parted = np.partition(values, around)
    low, high = ([float(parted[min(int(place) + more, values.size - 1)]) for place in places] for more in (0, 1))
    return [a + (b - a) * (place - int(place)) for a, b, place in zip(low, high, places, strict=True)]


def group_codes(columns: Columns, reference: int) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    """Kinds of groups that users fall into: the names of the groups, and the place among them of every user's."""
    income = columns["income"]
    thirds = quantiles(income, (1 / 3, 2 / 3))
    missing = reference - columns["starting_score"].astype(np.int64)
    return {
        "income": (("lowest third", "middle third", "highest third"), np.searchsorted(thirds, income)),
        "file": (("thin", "file"), columns["has_file"]),
        "role": (ROLES, columns["role"] & ROLE),
        "responsive": (("not responsive", "responsive"), columns["responsive"]),
        "start": (STARTS, np.searchsorted([0, 25, 50, 100], missing)),
    }


def credit_values(columns: Columns) -> dict[str, NDArray[np.float64]]:
    """Of every user, where credit is a business: in arrears with the credit line; in default on it; with lenders, owed to them
    (CNY), whether to any, to several, and in arrears with one.
    """
    if "missed" not in columns.names:
        return {}
    missed = columns["missed"]
    values = {"line_late": (missed > 0) & (missed < CLOSED), "line_closed": missed == CLOSED}
    owed = [columns[name] for name in columns.names if name.startswith("owed_")]
    if owed:
        loans = sum((one > 0).astype(np.int64) for one in owed)
        late = [times_late(columns[name].astype(np.int64)) > 0 for name in columns.names if name.startswith("loan_")]
        values |= {
            "owed": sum(one.astype(np.int64) for one in owed) * 0.01,
            "borrowers": loans > 0,
            "borrowers_several": loans > 1,
            "overdue": np.any(late, axis=0),
        }
    return {name: np.asarray(value, float) for name, value in values.items()}


def group_table(columns: Columns, days: float, reference: int) -> Table:
    """Per group: users, visits per user-day, mean score and its rise, debt (CNY), share admitted and knowing at the end; credit."""
    values = {
        "visits": columns["visits"] / days,
        "score": columns["score"].astype(float),
        "score_rise": columns["score"].astype(float) - columns["starting_score"],
        "debt": columns["debt"] * 0.01,
        "admitted": (columns["admitted"] & ENTERED > 0).astype(float),
        "knowing": columns["knows"].astype(float),
        **credit_values(columns),
    }
    kinds = group_codes(columns, reference)
    firsts = np.cumsum([0, *(len(names) for names, _ in kinds.values())])
    # All kinds of groups at once, users of each kind in their order, since a table is wanted of every small cell.
    codes = np.concatenate([first + codes for first, (_, codes) in zip(firsts, kinds.values(), strict=False)])
    users = np.bincount(codes, minlength=firsts[-1])
    some = users > 0
    table: Table = {
        "group": np.array([name for names, _ in kinds.values() for name in names])[some],
        "kind": np.repeat(list(kinds), np.diff(firsts))[some],
        "users": users[some],
    }
    repeated = np.empty((len(kinds), columns.users))
    for name, value in values.items():
        repeated[:] = value
        table[name] = np.bincount(codes, repeated.ravel(), minlength=firsts[-1])[some] / users[some]
    return table


def user_table(columns: Columns, sample: int) -> Table:
    """The first `sample` users (all if -1), one row each; by number, so that arms show the same people."""
    users = columns.users if sample < 0 else min(sample, columns.users)
    return {name: columns[name][:users] for name in columns.names}


def admission_measures(columns: Columns, scenario: Scenario) -> dict[str, float]:
    """Share admitted after the gate's first tick, and their mean days until then."""
    _, start, _ = gate_dates(scenario)
    since = columns["admitted_day"].astype(np.int64)
    later = since > start
    wait = float((since[later] - start).mean()) / ticks_per_day(scenario) if later.any() else float("nan")
    return {"admitted_later": float(later.mean()), "days_to_admission": wait}


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
            **admission_measures(last, scenario),
            **last_day_measures(last, scenario, reference),
        },
        scores=stacked(scores),
        plans=stacked(plans),
        groups=group_table(last, ticks / per_day, reference),
        users=user_table(last, users_sample) if users_sample else {},
        seconds=time.perf_counter() - started,
    )
