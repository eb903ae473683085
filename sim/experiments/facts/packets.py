"""Target 5a: red packets of four Spring Festivals, whose volume grew ever more slowly, with adoption carried on between them."""

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.facts.row import Effort, Finding, missing, of_seeds
from sim.model.totals import TOTALS
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

SCENARIO = "spring_festival.yaml"
YEARS = ("2015", "2016", "2017")
NAMES = (*(f"5a growth {year}" for year in YEARS), "5a falling")


def volumes(scenario: Scenario, seed: int, threads: int) -> NDArray[np.float64]:
    """Packets opened per user in each campaign, from its first day to the next one's, shape (campaigns,)."""
    engine = FastEngine(scenario, seed, threads, DayZero(scenario, seed, threads))
    engine.run(scenario.run.ticks)
    incentive = scenario.policy.incentive
    starts = np.arange(incentive.start, scenario.run.ticks, incentive.every or scenario.run.ticks)
    opened = engine.totals[:, TOTALS.index("packets_opened")]
    return np.asarray(np.add.reduceat(opened, starts) / scenario.run.users, dtype=float)


def growth(seen: NDArray[np.float64]) -> dict[str, float]:
    """The rows of one seed, from the volumes of its campaigns: factors from year to year, and the largest factor over the one before."""
    factors = seen[1:] / seen[:-1]
    return {**dict(zip(NAMES, factors.tolist(), strict=False)), NAMES[-1]: float((factors[1:] / factors[:-1]).max())}


def check(effort: Effort) -> dict[str, Finding]:
    """Three seeds of 30,000 users at scale 1."""
    scenario = load_shipped(SCENARIO, [f"run.users={effort.users(30_000)}"])
    seen = [volumes(scenario, seed, effort.threads) for seed in effort.seeds(3)]
    if any((one == 0.0).any() for one in seen):
        return {name: missing("no packet was opened in one of the years; give more users") for name in NAMES}
    found = [growth(one) for one in seen]
    note = f"packets a user: {', '.join(f'{volume:.3g}' for volume in np.mean(seen, axis=0))}"
    return {name: of_seeds([one[name] for one in found], note) for name in NAMES}
