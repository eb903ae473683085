"""The demand for loans by hand: who goes to lenders as the market grows, how much is wanted, what is bought with it."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.draws import seed_halves
from sim.model.calendar import market_by_tick
from sim.model.liquidity import LARGEST_NEED_FEN
from sim.model.market import bought_on_credit, credit_wanted, market_index, uses_credit
from tests.helpers import MARKET, scenario

LOW, HIGH = seed_halves(7)
P = SimpleNamespace(seed_low=LOW, seed_high=HIGH)


def test_as_many_use_credit_as_the_factor_says_and_all_from_one_on():
    users = range(20_000)
    for factor in (0.0, 0.05, 0.5):
        count = sum(uses_credit(P, who, factor) for who in users)
        assert abs(count - factor * 20_000) <= 4 * (factor * (1 - factor) * 20_000) ** 0.5
    assert all(uses_credit(P, who, 1.0) for who in users)


def test_who_has_joined_stays():
    for smaller, larger in ((0.01, 0.1), (0.1, 0.9)):
        assert all(uses_credit(P, who, larger) for who in range(2_000) if uses_credit(P, who, smaller))


@pytest.mark.parametrize(("need", "factor", "wanted"), [(100, 0.2, 100), (100, 1.0, 100), (100, 2.5, 250), (0, 9.0, 0)])
def test_above_one_the_factor_scales_what_is_wanted(need, factor, wanted):
    assert credit_wanted(need, factor) == wanted


def test_no_want_overflows_a_column():
    assert credit_wanted(LARGEST_NEED_FEN, 16.0) == LARGEST_NEED_FEN


@pytest.mark.parametrize(
    ("need", "wanted", "borrowed", "bought"),
    [
        (100, 250, 0, 0),
        (100, 250, 90, 0),
        (100, 250, 180, 80),
        (100, 250, 400, 150),
        (100, 100, 200, 0),  # a smallest loan: the rest stays cash
    ],
)
def test_a_loan_covers_the_need_first_and_then_buys_what_was_wanted(need, wanted, borrowed, bought):
    assert bought_on_credit(need, wanted, borrowed) == bought


def test_the_factor_is_that_of_the_last_payday():
    from datetime import date

    factors = market_by_tick(scenario(MARKET, {"run.ticks": 70, "world.calendar.start_date": "2014-01-10"}))
    assert np.unique(factors).size == 3  # the first day, and paydays of February and March; April is 81 days away
    assert factors[0] == factors[21] == market_index(date(2014, 1, 10))
    assert factors[22] == factors[49] == market_index(date(2014, 2, 1))
    assert factors[50] == factors[69] == market_index(date(2014, 3, 1))


def test_an_hour_has_the_factor_of_its_day():
    days = {"run.ticks": 40, "world.calendar.start_date": "2014-01-10"}
    by_day, by_hour = (
        market_by_tick(scenario(MARKET, days, more)) for more in ({}, {"run.tick": "hour", "run.ticks": 960})
    )
    assert np.array_equal(np.repeat(by_day, 24), by_hour)


def test_off_the_factor_is_one():
    assert (market_by_tick(scenario({"run.ticks": 400})) == 1.0).all()
