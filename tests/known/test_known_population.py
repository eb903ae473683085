"""The people of day 0 against what was measured: score (target 1), opens (target 2b), spending (target 2c).

200,000 users: a share near one half is right to 0.0011 (one sd), a quantile far better than the tolerances, which are those
of the facts (facts.md) and not of chance.
"""

import numpy as np
import pytest

from sim.engines.fast import DayZero
from tests.helpers import scenario


@pytest.fixture(scope="module")
def people():
    return DayZero(scenario({"run.users": 200_000}), 20161124, threads=2).columns


def test_scores_are_those_of_the_prior(people):
    # target 1: mean 600-640, sd 35-55, about 1% at 750 or more
    score = people["score"].astype(float)
    assert 600 <= score.mean() <= 640
    assert 35 <= score.std() <= 55
    assert 0.005 <= (score >= 750).mean() <= 0.02


def test_applicants_have_the_lenders_quintiles(people):
    # target 1: edges of equal-frequency bins of an online lender's applicants, +-15 points; who applies is a selection
    # towards high scores (a logistic at 650 with width 15, the model's own assumption)
    score = np.sort(people["score"].astype(float))
    weight = 1 / (1 + np.exp(-(score - 650) / 15))
    place = np.cumsum(weight) / weight.sum()
    edges = [score[np.searchsorted(place, share)] for share in (0.2, 0.4, 0.6, 0.8)]
    assert edges == pytest.approx([652, 671, 690, 715], abs=15)


@pytest.mark.parametrize(("opens", "share"), [(10, 0.61), (30, 0.36), (50, 0.21)])
def test_opens_of_the_rival(people, opens, share):
    # target 2b: Tencent Penguin 2016
    assert (people["rival_rate"] > opens).mean() == pytest.approx(share, abs=0.07)


def test_few_open_the_rival_rarely(people):
    assert (people["rival_rate"] < 5).mean() == pytest.approx(0.11, abs=0.07)


def test_opens_of_the_platform(people):
    # target 2b: free in 0.5-3 a day, floor 0.38 payments; rival to platform by medians at least 5
    world = scenario().world
    visits = people["base_visits"].astype(float) + people["payment_rate"] + world.usage.check_rate
    assert 0.5 <= visits.mean() <= 3.0
    assert visits.mean() >= 0.38
    assert np.median(people["rival_rate"]) / np.median(visits) >= 5


def test_payments_are_those_of_450_million_users(people):
    # 170M a day over 450M users = 0.38; lognormal of sigma 1: sd of the mean 0.38 sqrt(e - 1) / sqrt(n) = 0.0011
    assert people["payment_rate"].astype(float).mean() == pytest.approx(0.38, abs=5 * 0.0011)


@pytest.mark.parametrize(("yuan", "beats"), [(100_000, 0.90), (530_000, 0.99)])
def test_outflow_of_the_2016_bill(people, yuan, beats):
    # target 2c: quantiles +-15%
    outflow = people["payment_rate"].astype(float) * people["ticket"] * 0.01 * 365
    assert np.quantile(outflow, beats) == pytest.approx(yuan, rel=0.15)


@pytest.mark.parametrize(("yuan", "beats"), [(20_000, 0.94), (60_000, 0.99)])
def test_shopping_of_the_2016_bill(people, yuan, beats):
    outflow = people["payment_rate"].astype(float) * people["ticket"] * 0.01 * 365
    shopping = outflow * people["shopping_share"] / 255
    assert np.quantile(shopping, beats) == pytest.approx(yuan, rel=0.15)


@pytest.mark.parametrize(
    ("column", "path"),
    [("has_file", "file_share"), ("responsive", "responsive_share"), ("belief", "folk_share")],
)
def test_shares_are_those_asked_for(people, column, path):
    share = getattr(scenario().world.population, path)
    assert abs(people[column].mean() - share) < 4.5 * np.sqrt(share * (1 - share) / people.users)


@pytest.mark.parametrize(("flag", "path"), [(1, "car_share"), (2, "house_share"), (4, "fund_share")])
def test_assets_are_those_asked_for(people, flag, path):
    share = getattr(scenario().world.population, path)
    owned = (people["owned"] & flag) > 0
    # wealth is shared in groups of six: an asset's intra-group correlation is below 0.3 x 0.5**2 = 0.075, which swells
    # the variance of a mean by at most 1 + 5 x 0.075
    assert abs(owned.mean() - share) < 4.5 * np.sqrt(1.4 * share * (1 - share) / people.users)
    assert ((people["declared"] & ~people["owned"]) == 0).all()
    declared = ((people["declared"] & flag) > 0)[owned].mean()
    assert declared == pytest.approx(scenario().world.population.declared_share, abs=4.5 * np.sqrt(0.13 / owned.sum()))


def test_roles_are_those_asked_for(people):
    population = scenario().world.population
    shares = np.bincount(people["role"], minlength=3) / people.users
    posters, seekers = population.poster_share, population.seeker_share
    expected = np.array([1 - posters - seekers, posters, seekers])
    assert (np.abs(shares - expected) < 4.5 * np.sqrt(expected * (1 - expected) / people.users)).all()


def test_true_ability_is_standard_and_seen_in_the_ability_score(people):
    ability = people["true_ability"].astype(float)
    assert abs(ability.mean()) < 0.02
    assert ability.std() == pytest.approx(1.0, abs=0.02)
    income = np.log(people["income"].astype(float))
    assert np.corrcoef(ability, income)[0, 1] == pytest.approx(0.5, abs=0.02)  # the loading of income in true ability
    seen = people["ability_base"].astype(float)
    logit = np.log(seen / (1 - seen))
    # the bureau sees 0.7 of income, 0.3 of true ability, and noise that keeps the variance at 1
    assert logit.std() == pytest.approx(scenario().world.score.ability_spread, rel=0.01)
    assert np.corrcoef(logit, income)[0, 1] == pytest.approx(0.7 + 0.3 * 0.5, abs=0.01)
    assert np.corrcoef(logit, ability)[0, 1] == pytest.approx(0.3 + 0.7 * 0.5, abs=0.01)


def test_close_contacts_have_income_in_common(people):
    # homophily: the correlation of log income inside a group is the share of variance in common
    income = np.log(people["income"][: 6 * (people.users // 6)].astype(float)).reshape(-1, 6)
    pairs = np.corrcoef(income[:, 0], income[:, 1])[0, 1]
    assert pairs == pytest.approx(scenario().world.population.homophily, abs=4.5 / np.sqrt(income.shape[0]))
    strangers = np.corrcoef(income[:-1, 0], income[1:, 1])[0, 1]
    assert abs(strangers) < 4.5 / np.sqrt(income.shape[0])
