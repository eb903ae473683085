"""Targets 2a and 5c: the viewer curve of the campus circle, and the same without word of mouth, which must fail to speed up."""

from datetime import datetime, time
from functools import cache
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.facts.row import Effort, Finding, missing, of_shares
from sim.experiments.facts.targets import viewer_points
from sim.model.calendar import ticks_per_day
from sim.model.totals import TOTALS, totals_of
from sim.scenario.load import load_shipped
from sim.scenario.reader import ScenarioError
from sim.scenario.schema import Scenario

SCENARIO = "campus_2016.yaml"
CAMPUS = "circle_1_viewers"
"""Viewers of the campus circle, which the published counts are of; the white-collar circle is the second."""
MORNING, EVENING = (point.time for point in viewer_points()[-2:])
ALONE = "world.awareness.contact_rate=0"
RATES, STEPS = (1e-3, 1.0), 9
"""Rates of the campaign (1/day) between which the refit looks, and halvings of that interval on a log scale: to 1.4%."""


class Curves(NamedTuple):
    """Viewers as a share of users, shape (seeds, ticks to EVENING), and the hours from the start at which each tick ends.

    fitted: as the scenario is; alone: without word of mouth; refitted: that with the campaign's rate set so that as many have
    viewed by EVENING; rate: that rate (1/day).
    """

    hours: NDArray[np.float64]
    fitted: NDArray[np.float64]
    alone: NDArray[np.float64]
    refitted: NDArray[np.float64]
    rate: float


def ticks_to(scenario: Scenario, moment: str) -> int:
    """Ticks from the start of the run to a date and time."""
    start = datetime.combine(scenario.world.calendar.start_date, time())
    days = (datetime.fromisoformat(moment) - start).total_seconds() / 86_400
    return round(days * ticks_per_day(scenario))


def unavailable() -> str:
    """Why the curve cannot be had; empty if it can."""
    try:
        scenario = load_shipped(SCENARIO)
    except ScenarioError as error:
        return f"{SCENARIO} cannot be read ({error.faults[0].message})"
    if CAMPUS not in totals_of(scenario):
        return f"{SCENARIO} has no campus circle of its own"
    if ticks_per_day(scenario) < 24 or scenario.run.ticks < ticks_to(scenario, EVENING):
        return f"{SCENARIO} does not run hour by hour to {EVENING}"
    return ""


def _share(scenario: Scenario, seed: int, threads: int, start: DayZero) -> NDArray[np.float64]:
    engine = FastEngine(scenario, seed, threads, start)
    engine.run(ticks_to(scenario, EVENING))
    return engine.totals[:, TOTALS.index(CAMPUS)] / scenario.run.users


@cache
def curves(effort: Effort) -> Curves:
    """The three curves: three seeds of 60,000 users at scale 1; the refit on the first seed."""
    size = f"run.users={effort.users(60_000)}"
    scenario, alone = load_shipped(SCENARIO, [size]), load_shipped(SCENARIO, [size, ALONE])
    people = {seed: DayZero(scenario, seed, effort.threads) for seed in effort.seeds(3)}

    def many(given: Scenario) -> NDArray[np.float64]:
        return np.array([_share(given, seed, effort.threads, start) for seed, start in people.items()])

    fitted, without = many(scenario), many(alone)
    seed, start = next(iter(people.items()))
    low, high = (log(rate) for rate in RATES)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        again = load_shipped(SCENARIO, [size, ALONE, f"world.awareness.campaign_rate={exp(middle)!r}"])
        if _share(again, seed, effort.threads, start)[-1] < fitted[0, -1]:
            low = middle
        else:
            high = middle
    rate = exp(0.5 * (low + high))
    refitted = many(load_shipped(SCENARIO, [size, ALONE, f"world.awareness.campaign_rate={rate!r}"]))
    hours = (np.arange(fitted.shape[1]) + 1) * 24.0 / ticks_per_day(scenario)
    return Curves(hours, fitted, without, refitted, rate)


def check(effort: Effort) -> dict[str, Finding]:
    """Ratios and reach of the three curves."""
    names = ("2a ratio", "2a reach", "5c ratio", "5c ratio refitted")
    reason = unavailable()
    if reason:
        return {name: missing(reason) for name in names}
    found = curves(effort)
    before = ticks_to(load_shipped(SCENARIO), MORNING) - 1

    def ratio(curve: NDArray[np.float64], note: str = "") -> Finding:
        seen = curve[curve[:, -1] > 0]
        return of_shares(seen[:, before] / seen[:, -1], note) if seen.size else missing("nobody viewed the circle")

    return {
        "2a ratio": ratio(found.fitted),
        "2a reach": of_shares(found.fitted[:, -1]),
        "5c ratio": ratio(found.alone, f"reach {found.alone[:, -1].mean():.2%}"),
        "5c ratio refitted": ratio(
            found.refitted, f"campaign rate {found.rate:.3g}/day, reach {found.refitted[:, -1].mean():.2%}"
        ),
    }
