"""Targets 4a, 4b, 4c and 4e: several lenders, with and without a bureau, and the limits of the credit line."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.facts.row import Effort, Finding, of_seeds
from sim.model.calendar import ANSWER, make_calendar
from sim.model.lenders import times_late
from sim.model.totals import TOTALS, of_lenders
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

WARM_UP_DAYS = 180
"""Days left out, in which the first loans are taken."""
STRATA = 10
"""Bands of need within which borrowers of one and of several lenders are compared."""


class Month(NamedTuple):
    """The borrowers of one month: to how many lenders each owes, whether late with one, and the need over the months before
    (months of income), shape (borrowers,).
    """

    loans: NDArray[np.int64]
    late: NDArray[np.bool_]
    need: NDArray[np.float64]


def odds_ratio(months: list[Month]) -> float:
    """Odds of being late with several lenders over those with one, within bands of need: Mantel & Haenszel 1959."""
    top = bottom = 0.0
    for month in months:
        edges = np.quantile(month.need, np.linspace(0.0, 1.0, STRATA + 1)[1:-1])
        band = np.searchsorted(edges, month.need)
        for number in range(STRATA):
            here = band == number
            several, late = month.loans[here] > 1, month.late[here]
            if here.any():
                top += np.sum(several & late) * np.sum(~several & ~late) / here.sum()
                bottom += np.sum(several & ~late) * np.sum(~several & late) / here.sum()
    return float(top / bottom) if bottom > 0.0 else float("nan")


def share_late(months: list[Month], fewest: int, most: int) -> float:
    """Share of borrowers of so many lenders who are late with one."""
    late = np.concatenate([month.late[(month.loans >= fewest) & (month.loans <= most)] for month in months])
    return float(late.mean()) if late.size else float("nan")


def rise_per_lender(months: list[Month]) -> float:
    """Relative rise of the share late with every further lender from the second on: least squares in logs, by borrowers."""
    loans = np.concatenate([month.loans for month in months])
    late = np.concatenate([month.late for month in months])
    counts = [number for number in range(2, int(loans.max(initial=0)) + 1) if late[loans == number].any()]
    if len(counts) < 2:
        return float("nan")
    weights = [np.sqrt((loans == number).sum()) for number in counts]
    shares = [np.log(late[loans == number].mean()) for number in counts]
    slope, _ = np.polyfit(counts, shares, 1, w=weights)
    return float(np.expm1(slope))


def elasticity(flow: NDArray[np.float64], limit: NDArray[np.float64]) -> float:
    """Least-squares slope of log limit on log payment flow, over users who have both."""
    some = (flow > 0.0) & (limit > 0.0)
    slope, _ = np.polyfit(np.log(flow[some]), np.log(limit[some]), 1)
    return float(slope)


class World(NamedTuple):
    """What a run of one information regime leaves.

    several, late: shares of borrowers; defaults: per loan made; approved: share of applications; approvals: how many; mean_loan: CNY; elasticity: of limits.
    """

    months: list[Month]
    several: float
    late: float
    defaults: float
    approved: float
    approvals: float
    mean_loan: float
    elasticity: float


def observed(scenario: Scenario, seed: int, threads: int, start: DayZero) -> World:
    """Run a scenario to its end, looking at the users on the day after each payday."""
    engine = FastEngine(scenario, seed, threads, start)
    answers = np.flatnonzero(make_calendar(scenario).flags & ANSWER)
    need = np.zeros(scenario.run.users)
    months = []
    for tick in answers:
        engine.run(int(tick) - engine.tick)
        # A need of half a year ago counts half as much as one of today's.
        need = need * 0.5 ** (1.0 / 6.0) + engine.columns["need"] / np.maximum(engine.columns["income"], 1)
        engine.run(1)
        if tick >= WARM_UP_DAYS:
            months.append(_month(engine, need))
    engine.run(scenario.run.ticks - engine.tick)
    after = {name: engine.totals[WARM_UP_DAYS:, k].sum() for k, name in enumerate(TOTALS)}
    columns = engine.columns
    return World(
        months,
        float(np.mean(np.concatenate([month.loans for month in months]) > 1)),
        share_late(months, 1, 99),
        float(after["loan_defaults"] / after["loans"]),
        float(after["approvals"] / after["applications"]),
        float(after["approvals"]),
        float(sum(after[name] for name in of_lenders("lent")) * 0.01 / after["loans"]),
        elasticity(columns["recent_spend"].astype(float), columns["limit"].astype(float)),
    )


def _month(engine: Any, need: NDArray[np.float64]) -> Month:
    columns = engine.columns
    names = [name for name in columns.names if name.startswith("owed_")]
    loans = sum((columns[name] > 0).astype(np.int64) for name in names)
    late = np.any([times_late(columns[name.replace("owed", "loan")].astype(np.int64)) > 0 for name in names], axis=0)
    borrowers = loans > 0
    return Month(loans[borrowers], late[borrowers], need[borrowers])


def _regime(name: str, users: int, capital: float | None) -> Scenario:
    """A shipped scenario with so many users; capital: of every lender (CNY per user), the scenario's own if not given."""
    data = load_shipped(name, [f"run.users={users}"]).model_dump(mode="json")
    for lender in data["world"]["lending"]["lenders"]:
        lender["capital"] = lender["capital"] if capital is None else capital
    return Scenario.model_validate(data)


def measured(seed: int, users: int, threads: int, capital: float | None = None) -> dict[str, float]:
    """Every figure of one seed, by the row's name."""
    silo, shared = (_regime(name, users, capital) for name in ("silo.yaml", "shared_bureau.yaml"))
    start = DayZero(silo, seed, threads)
    alone, together = (observed(one, seed, threads, start) for one in (silo, shared))
    return {
        "4a raw": share_late(alone.months, 2, 99) / share_late(alone.months, 1, 1),
        "4a per lender": rise_per_lender(alone.months),
        "4a odds ratio": odds_ratio(alone.months),
        "4b several": alone.several,
        "4c arrears": together.late - alone.late,
        "4c defaults": together.defaults - alone.defaults,
        "4c approvals": together.approvals / alone.approvals - 1.0,
        "4c approval share": together.approved - alone.approved,
        "4c mean loan": together.mean_loan / alone.mean_loan - 1.0,
        "4e elasticity": alone.elasticity,
    }


def check(effort: Effort) -> dict[str, Finding]:
    """Three seeds of 60,000 users at scale 1."""
    users = effort.users(60_000)
    found = [measured(seed, users, effort.threads) for seed in effort.seeds(3)]
    return {name: of_seeds([one[name] for one in found]) for name in found[0]}
