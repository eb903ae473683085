"""Laws of the market, on both engines: off or at 1 it changes no bit; as it grows, more people borrow, and then more each."""

import numpy as np
import pytest
from pydantic import ValidationError

from sim.model.totals import of_lenders
from tests.helpers import (
    BUSY,
    ENGINES,
    HARD_TIMES,
    LENDERS,
    MARKET,
    different_columns,
    different_totals,
    finished,
    lenders,
    scenario,
    total,
)

USERS = {"fast": 2_500, "readable": 120}
both = pytest.mark.parametrize("engine", ENGINES)
RICH = lenders(4, capital=20_000.0)


def run(engine, *changes):
    return finished(scenario(BUSY, HARD_TIMES, RICH, {"run.users": USERS[engine]}, *changes), engine=engine)


def lent(made):
    return sum(int(total(made, name).sum()) for name in of_lenders("lent"))


@both
def test_an_index_of_one_changes_no_bit(engine):
    # the one payday of this run is the day of reference
    day = {"world.calendar.start_date": "2016-11-24", "world.calendar.statement_day": 24, "run.ticks": 29}
    on, off = run(engine, MARKET, RICH, day), run(engine, day)
    assert lent(off) > 0
    assert different_totals(on, off) == set()
    assert different_columns(on, off) == set()


@both
def test_another_index_changes_some(engine):
    day = {"world.calendar.start_date": "2014-11-24", "world.calendar.statement_day": 24, "run.ticks": 29}
    assert different_totals(run(engine, MARKET, RICH, day), run(engine, day))


@both
@pytest.mark.parametrize("curve", ["exponential", "gompertz", "logistic"])
def test_off_the_curve_changes_no_bit(engine, curve):
    other = {"world.market.curve": curve, "world.market.growth": 1.2}
    assert different_totals(run(engine, other), run(engine)) == set()


@both
def test_debt_rises_with_the_market(engine):
    years = [
        lent(run(engine, MARKET, RICH, {"world.calendar.start_date": f"{year}-02-10"}))
        for year in (2012, 2014, 2016, 2018)
    ]
    assert (np.diff(years) > 0).all()
    assert years[0] < 0.1 * years[2]


def test_in_the_small_market_as_many_of_those_in_need_apply_as_the_index_says():
    day = {"world.calendar.start_date": "2014-11-24", "world.calendar.statement_day": 24, "run.ticks": 2}
    one_each = {"world.lending.shopping": 0.0, "run.users": 20_000}
    on, off = (finished(scenario(BUSY, HARD_TIMES, RICH, day, one_each, more)) for more in (MARKET, LENDERS))
    applied, all_in_need = (int(total(made, "applications").sum()) for made in (on, off))
    index = float(np.exp(-1.07614 * 731 / 365.25))  # 731 days before the day of reference
    assert all_in_need > 5_000
    assert abs(applied - index * all_in_need) < 4 * (index * (1 - index) * all_in_need) ** 0.5


def test_a_market_without_lenders_is_refused():
    with pytest.raises(ValidationError, match=r"nobody lends; set switches\.lenders to true"):
        scenario({"switches.market": True})
