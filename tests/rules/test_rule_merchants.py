"""Merchants and perks by hand-worked numbers, and the effects that must vanish."""

import numba
import numpy as np
import pytest

from sim.draws import MERCHANT, philox
from sim.engines.compiled import use_rules
from sim.model.merchants import Merchants, expected_joins, joining_hazard, joins, perks_on_offer
from sim.scenario.finance import MerchantsWorld
from tests.helpers import scenario

WORLD = MerchantsWorld()
POTENTIAL, HALF_OFFER = WORLD.potential, WORLD.half_offer


def hazard(gini=0.40, reach=0.58):
    return joining_hazard(
        gini, reach, WORLD.joins_per_month, WORLD.first, POTENTIAL, WORLD.usual_gini, WORLD.usual_reach
    )


def words(n, seed=7):
    return [philox(0, 0, tick, MERCHANT, seed, 0)[0] for tick in range(n)]


def test_the_pace_of_2016_where_power_and_reach_are_those_of_2016():
    assert hazard() * (POTENTIAL - 130) == pytest.approx(20.0)
    # a month: 4870 * (1 - e**-0.0041068) = 19.96
    assert expected_joins(130, POTENTIAL, hazard(), 1.0) == pytest.approx(19.959, abs=0.001)


def test_power_and_reach_act_in_proportion_and_nobody_joins_without():
    assert hazard(gini=0.2) == pytest.approx(hazard() / 2)
    assert hazard(reach=0.29) == pytest.approx(hazard() / 2)
    for none in (hazard(gini=0.0), hazard(gini=-0.1), hazard(reach=0.0)):
        assert expected_joins(130, POTENTIAL, none, 3.0) == 0.0
        assert joins(130, POTENTIAL, 0.0, words(1)[0]) == 0


def test_two_half_steps_make_a_whole_one_and_all_join_in_the_end():
    h = 0.3
    half = 130 + expected_joins(130, POTENTIAL, h, 1.5)
    whole = 130 + expected_joins(130, POTENTIAL, h, 3.0)
    assert half + expected_joins(half, POTENTIAL, h, 1.5) == pytest.approx(whole)
    assert 130 + expected_joins(130, POTENTIAL, h, 120.0) == pytest.approx(POTENTIAL)
    assert expected_joins(POTENTIAL + 5, POTENTIAL, h, 3.0) == 0.0


def test_joins_have_the_mean_and_variance_of_a_poisson_count_and_never_exceed_those_left():
    # 4,000 counts of mean 60: mean within 4 standard errors of .122, variance (60, standard error 1.35) likewise
    drawn = np.array([joins(130, POTENTIAL, 60.0, word) for word in words(4_000)])
    assert abs(drawn.mean() - 60.0) < 4 * np.sqrt(60 / 4_000) + 0.02
    assert abs(drawn.var() - 60.0) < 4 * 60 * np.sqrt(2 / 4_000) + 0.5
    assert max(joins(POTENTIAL - 3, POTENTIAL, 60.0, word) for word in words(50)) == 3


def test_perks_on_offer_start_at_one_and_saturate():
    assert perks_on_offer(130, 130, HALF_OFFER) == pytest.approx(1.0)
    assert perks_on_offer(400, 130, 400.0) == pytest.approx(0.5 * 530 / 130)
    assert perks_on_offer(0, 130, HALF_OFFER) == 0.0
    grown = [perks_on_offer(m, 130, HALF_OFFER) for m in (130, 260, 520, 1040, 10_000)]
    assert (np.diff(grown) > 0).all()
    assert grown[-1] < 530 / 130


def test_the_rules_give_the_same_bits_compiled():
    use_rules()

    @numba.njit
    def compiled(merchants, gini, reach, months, word):
        h = joining_hazard(gini, reach, 20.0, 130, 5000, 0.4, 0.58)
        expected = expected_joins(merchants, 5000, h, months)
        return (
            expected,
            joins(merchants, 5000, expected, word),
            perks_on_offer(merchants, 130, 400.0),
        )

    for word in words(50):
        merchants = 130 + word % 3_000
        case = (merchants, 0.3 + (word % 7) / 20, 0.6, 3.0, word)
        assert compiled(*case) == compiled.py_func(*case)


def test_merchants_of_a_run_join_by_the_luck_of_its_seed():
    given = scenario({"switches.merchants": True})
    one, same, other = (Merchants(given, seed) for seed in (5, 5, 6))
    for merchants in (one, same, other):
        for tick in (96, 186, 276, 366):
            merchants.join(tick, 0.40, 0.58, 3)
    assert one.count == same.count != other.count
    # 12 months at 20 a month, hardly fewer as fewer are left: 130 + 4870 * (1 - e**-0.0493) = 364, standard deviation 15
    assert abs(one.count - 364) < 4 * 15.3
    assert one.offer == pytest.approx(one.count / (one.count + 400.0) * 530.0 / 130.0)


def test_merchants_take_the_usual_gini_until_it_is_known_and_leave_a_score_that_tells_nothing_alone():
    given = scenario({"switches.merchants": True})
    unknown, usual, nothing = (Merchants(given, 5) for _ in range(3))
    for merchants, gini in ((unknown, None), (usual, 0.40), (nothing, -0.1)):
        merchants.join(96, gini, 0.58, 3)
    assert unknown.count == usual.count > nothing.count == 130
    assert nothing.offer == 1.0
