"""The mean-field limit: paths of many interacting users come as near to a deterministic recursion as the number of users says.

Kurtz (1970, Journal of Applied Probability 7; 1971, the central limit theorem) and, for games, Benaim & Weibull (2003,
Econometrica 71): with N users who act on shares, the distance of the path from the recursion is of order 1/sqrt(N) over any
finite time, and N times its variance goes to that of a linear recursion. Here: learning on a complete graph, where the share
that knows moves by F' = 1 - (1 - F) e**-(p + q F) a day, with and without word of mouth.

200 seeds of each size: a log variance has standard error sqrt(2/199) = 0.10, so the slope over sizes 50, 200, 800 has
0.10 / (sqrt(2) log 4) = 0.051; 0.16 is allowed, three of them. A variance is right to 10%; 40% is allowed, four of them, from
200 users on. With 50 users and word of mouth the variance late on the path is twice that of the limit: with one or two who
know in the first days, it matters for weeks when the first one learned.
"""

from functools import cache

import numpy as np
import pytest

from sim.engines.fast import FastEngine
from sim.model.totals import TOTALS
from tests.helpers import scenario

OPENS, DAYS, SEEDS = 1, 30, 200
SIZES = (50, 200, 800)
RATES = [(0.02, 0.2), (0.05, 0.0)]


@cache
def paths(p, q, users, seeds=SEEDS):
    """Share that knows, shape (seeds, days)."""
    given = scenario(
        {
            "policy.gate": {"kind": "open"},
            "policy.circle.opens": OPENS,
            "policy.campaign.days": 7300,
            "world.contacts.kind": "complete",
            "world.awareness.campaign_rate": p,
            "world.awareness.contact_rate": q,
            "world.awareness.circle_rate": 0.0,
            "world.population.past_months": 1,
            "run.users": users,
            "run.ticks": OPENS + DAYS,
        }
    )
    found = []
    for seed in range(seeds):
        engine = FastEngine(given, seed, 1)
        engine.run(OPENS + DAYS)
        found.append(engine.totals[OPENS:, TOTALS.index("knowing")] / users)
    return np.array(found)


def recursion(p, q):
    """The deterministic path, and the limit of N times the variance (the delta method day by day)."""
    share, variance, shares, variances = 0.0, 0.0, [], []
    for _ in range(DAYS):
        stay = np.exp(-(p + q * share))
        slope = stay * (1 + q * (1 - share))
        variance = slope**2 * variance + (1 - share) * stay * (1 - stay)
        share = 1 - (1 - share) * stay
        shares.append(share)
        variances.append(variance)
    return np.array(shares), np.array(variances)


@pytest.mark.slow
@pytest.mark.parametrize(("p", "q"), RATES)
def test_the_variance_of_the_path_falls_as_one_over_the_number_of_users(p, q):
    logs = [np.log(paths(p, q, users)[:, 14].var(ddof=1)) for users in SIZES]
    slope = np.polyfit(np.log(SIZES), logs, 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.16)


@pytest.mark.slow
@pytest.mark.parametrize(("p", "q"), RATES)
def test_scaled_up_it_is_that_of_the_limit(p, q):
    _, limit = recursion(p, q)
    for users in SIZES[1:]:
        ratio = users * paths(p, q, users).var(axis=0, ddof=1)[[4, 14, 24]] / limit[[4, 14, 24]]
        assert (np.abs(ratio - 1) < 0.4).all(), (users, ratio)


@pytest.mark.slow
@pytest.mark.parametrize(("p", "q"), RATES)
def test_the_path_comes_to_the_recursion(p, q):
    exact, limit = recursion(p, q)
    away = [np.abs(paths(p, q, users) - exact).max(axis=1).mean() for users in SIZES]
    assert (
        away[0] > 1.6 * away[1] > 2.56 * away[2]
    )  # four times the users, half the distance; 1.6 leaves 200 seeds room
    # The mean of 200 paths of 800 users: four standard errors, and a bias of order 1/N.
    mean = paths(p, q, SIZES[-1]).mean(axis=0)
    assert (np.abs(mean - exact) <= 4 * np.sqrt(limit / SIZES[-1] / SEEDS) + 1.5 / SIZES[-1]).all()


def test_without_a_campaign_and_without_anybody_who_knows_nothing_moves():
    assert recursion(0.0, 0.5)[0].max() == 0.0
    assert paths(0.0, 0.5, 50, seeds=3).max() == 0.0
