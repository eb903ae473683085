"""Visits against the Poisson law: users of equal rates, counted one by one."""

import numpy as np
import pytest
from scipy import stats

from tests.helpers import finished, scenario, total

USERS = 40_000


def world(**changes):
    """Everybody the same, no habit, no debts, no bill and no publication in the first three days."""
    population = "world.population."
    spreads = ("income", "outflow", "shopping", "payments", "visits", "rival")
    return scenario(
        {f"{population}{name}_spread": 0.0 for name in spreads},
        {
            "policy.gate": {"kind": "none"},
            "world.calendar.start_date": "2016-09-02",
            "switches.habit": False,
            "run.users": USERS,
            "run.ticks": 1,
        },
        changes,
    )


def law_of(counts, mean):
    """p-value of the chi-square test of counts against Poisson counts of that mean, cells of 20 or more expected."""
    cells = np.arange(stats.poisson.ppf(20 / USERS, mean), stats.poisson.ppf(1 - 20 / USERS, mean))
    edges = stats.poisson.cdf(cells, mean)
    expected = USERS * np.diff(edges, prepend=0.0, append=1.0)
    seen = np.histogram(counts, bins=[-0.5, *(cells + 0.5), np.inf])[0]
    return stats.chisquare(seen, expected).pvalue


def check(counts, mean):
    # n = 40,000: mean to 4.5 sd = 2.3% at rate 1, variance likewise (sd of a Poisson variance: mean**2 (2 + 1/mean) / n);
    # chi-square rejects at one in 10,000 and sees a mean wrong by 4% with certainty at rate 1.4.
    assert abs(counts.mean() - mean) < 4.5 * np.sqrt(mean / USERS)
    assert abs(counts.var() - mean) < 4.5 * np.sqrt((2 * mean**2 + mean) / USERS)
    assert law_of(counts, mean) > 1e-4


@pytest.mark.parametrize("median", [0.05, 0.5, 1.0, 2.9, 3.4, 6.0, 17.6, 45.0])
def test_visits_of_equal_users_are_poisson(median):
    # habit + 0.38 payments + 0.03 score checks; one draw each, so the sum is Poisson of the summed rate
    run = finished(world(**{"world.population.visits_median": median}), seed=23)
    assert np.unique(run.columns["base_visits"]).size == 1
    check(run.columns["visits"], median + 0.38 + 0.03)


def test_three_days_are_three_independent_draws():
    run = finished(world(**{"run.ticks": 3}), seed=23)
    check(run.columns["visits"], 3 * (1.0 + 0.38 + 0.03))


@pytest.mark.parametrize(
    ("name", "each"), [("visits_habit", 1.0), ("visits_payment", 0.38), ("visits_score", 0.03), ("visits_rival", 17.6)]
)
def test_each_channel_has_its_rate_and_spread(name, each):
    # totals of 3 days of 40,000 users, 12 seeds: a sum of Poisson counts is Poisson; the index of dispersion is chi-square
    # of 35 degrees over 35, within 4.5 of its sd (0.24) of 1; the normal expansion of large rates is right to 0.02%
    values = np.concatenate([total(finished(world(**{"run.ticks": 3}), seed=seed), name) for seed in range(12)])
    mean = USERS * each
    assert abs(values.mean() - mean) < 4.5 * np.sqrt(mean / values.size) + 2e-4 * mean
    assert abs(values.var(ddof=1) / mean - 1) < 4.5 * np.sqrt(2 / (values.size - 1))


def test_no_visits_hang_together():
    # channels of one user use different words: over users, actives are those with no count at all in any channel
    run = finished(world(), seed=23)
    share = 1 - np.exp(-1.41)
    assert abs(total(run, "active")[0] / USERS - share) < 4.5 * np.sqrt(share * (1 - share) / USERS)


def test_circle_visits_are_poisson_of_the_circles_rate():
    # a lively circle of one role: 40,000 onlookers who all know, pull from the day's own totals
    lively = {
        "policy.gate": {"kind": "open"},
        "policy.circle.opens": 0,
        "switches.awareness": False,
        "switches.attention": False,
        "world.population.poster_share": 0.1,
        "world.population.seeker_share": 0.0,
        "world.circle.onlooker_visits": 1.5,
        "world.circle.poster_visits": 1.5,
        "world.circle.attention_pull": 0.0,
        "world.circle.novelty_floor": 1.0,
        "run.ticks": 3,
    }
    run = finished(world(**lively), seed=23)
    posts = total(run, "posts")
    for day in (1, 2):
        appeal = posts[day - 1] / USERS / (posts[day - 1] / USERS + 0.005)
        mean = USERS * 1.5 * appeal
        assert abs(total(run, "visits_circle")[day] - mean) < 4.5 * np.sqrt(mean)
