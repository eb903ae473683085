"""Targets 1, 2b, 2c and two-sided: what can be read off the people on day 0."""

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.fast import DayZero
from sim.experiments.facts.row import Effort, Finding, missing, of_seeds, of_shares
from sim.model.circle import reply_chance
from sim.model.states import SEEKER
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

APPLY_MIDDLE, APPLY_WIDTH = 650.0, 15.0
"""Who applies for credit: a logistic in the score. An assumption, since the traces are of applicants selected upwards."""
ROLE = 3
"""The bits of the column `role` that say what a user is."""


SHARES = ("1 share 750", "2b above 10", "2b above 30", "2b above 50", "2b below 5")
"""Rows that are shares of users."""


def applicant_edges(score: NDArray[np.float64]) -> list[float]:
    """Scores below which 20, 40, 60 and 80% of applicants lie."""
    ordered = np.sort(score)
    weight = 1.0 / (1.0 + np.exp(-(ordered - APPLY_MIDDLE) / APPLY_WIDTH))
    place = np.cumsum(weight) / weight.sum()
    return [float(ordered[np.searchsorted(place, share)]) for share in (0.2, 0.4, 0.6, 0.8)]


def answers_ratio(columns: Columns, scenario: Scenario) -> float:
    """Chance that a comment is answered: seekers at 750 or more over seekers below 600."""
    circle = scenario.world.circle
    score = columns["score"][(columns["role"] & ROLE) == SEEKER].astype(int)
    by_score = {
        int(s): reply_chance(float(s), circle.reply_low, circle.reply_high, circle.reply_middle, circle.reply_width)
        for s in np.unique(score)
    }
    chance = np.array([by_score[int(s)] for s in score])
    return float(chance[score >= 750].mean() / chance[score < 600].mean())


def measured(columns: Columns, scenario: Scenario) -> dict[str, float]:
    """Every figure of one set of people, by the row's name."""
    score = columns["score"].astype(float)
    rival = columns["rival_rate"]
    visits = columns["base_visits"].astype(float) + columns["payment_rate"] + scenario.world.usage.check_rate
    outflow = columns["payment_rate"].astype(float) * columns["ticket"] * 0.01 * 365
    shopping = outflow * columns["shopping_share"] / 255
    edges = dict(zip(("20%", "40%", "60%", "80%"), applicant_edges(score), strict=True))
    return {
        **{f"1 edge {name}": edge for name, edge in edges.items()},
        "1 share 750": float((score >= 750).mean()),
        **{f"2b above {opens}": float((rival > opens).mean()) for opens in (10, 30, 50)},
        "2b below 5": float((rival < 5).mean()),
        "2b platform": float(visits.mean()),
        "2b medians": float(np.median(rival) / np.median(visits)),
        **{f"2c outflow {share:.0%}": float(np.quantile(outflow, share)) for share in (0.90, 0.99)},
        **{f"2c shopping {share:.0%}": float(np.quantile(shopping, share)) for share in (0.94, 0.99)},
        "two-sided response": answers_ratio(columns, scenario),
    }


def check(effort: Effort) -> dict[str, Finding]:
    """Three sets of 200,000 people at scale 1."""
    scenario = load_shipped("gate_750.yaml", [f"run.users={max(2000, effort.users(200_000))}"])
    found = [measured(DayZero(scenario, seed, effort.threads).columns, scenario) for seed in effort.seeds(3)]
    findings = {name: (of_shares if name in SHARES else of_seeds)([one[name] for one in found]) for name in found[0]}
    return findings | {
        "two-sided flat": missing("visits to the circle name no poster, so they are flat by construction: no test")
    }
