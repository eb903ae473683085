"""Known answers of credit: no shocks, no need, no arrears; what a bureau can only lower; a default that ends in a book."""

import numpy as np
import pytest

from sim.model.credit import CLOSED
from sim.model.totals import of_lenders
from tests.helpers import (
    BUSY,
    ENGINES,
    FINANCE,
    HARD_TIMES,
    LINE,
    NONE,
    different_totals,
    finished,
    information,
    lenders,
    scenario,
    total,
)

NO_SHOCKS = {"world.liquidity.loss_chance": 0.0, "world.money.living_spread": 0.0}
HALF_A_YEAR = {**NONE, "run.ticks": 190}
SIZES = {"fast": {"run.users": 3_000}, "readable": {"run.users": 40, "run.ticks": 70}}


@pytest.mark.parametrize("engine", ENGINES)
def test_without_shocks_nobody_is_in_need_and_no_loan_is_late(engine):
    # costs are 70% of an income that always comes; so nobody borrows (with loans, the test below)
    calm = scenario(BUSY, HALF_A_YEAR, lenders(1), NO_SHOCKS, SIZES[engine])
    run = finished(calm, engine=engine)
    for name in ("in_need", "loans", "late_instalments", "loan_defaults", "borrowers", "unmet_fen"):
        assert total(run, name).sum() == 0, name
    # and what makes the difference is the shocks
    shaken = finished(scenario(BUSY, HALF_A_YEAR, lenders(1), HARD_TIMES, SIZES[engine]), engine=engine)
    for name in ("in_need", "loans", "late_instalments", "borrowers", "unmet_fen"):
        assert total(shaken, name).sum() > 0, name


FORESEEN = {
    **lenders(1, capital=5_000.0, term=1),
    "world.money.living_spread": 0.0,
    "world.money.limit_months": 0.1,
    "world.money.buffer_median": 0.05,
    "world.money.buffer_spread": 0.0,
    "world.liquidity.loss_chance": 0.6,
    "world.liquidity.kept_share": 0.6,
    "world.lending.smallest": 1.0,
}
"""Costs of 70% of income; of which some months bring 60%: a tenth is borrowed and due with the next pay. No credit line."""


@pytest.mark.parametrize("engine", ENGINES)
def test_loans_that_the_next_pay_covers_are_repaid_on_time(engine):
    """Loans are made, and none is late, where pay is back before a loan is due.

    Without any shock the model knows no such loans: costs below income leave nobody in need (the test above), costs above it
    leave nothing to repay with. So income fails here for a single month at a time. The platform's line is left out: with its
    bills to pay as well, an instalment might be missed for them.
    """
    run = finished(
        scenario(BUSY, HALF_A_YEAR, FORESEEN, {"world.liquidity.recovery_chance": 1.0}, SIZES[engine]), engine=engine
    )
    assert total(run, "loans").sum() > 10
    assert total(run, "lender_1_repaid_fen").sum() > 0
    for name in ("late_instalments", "loan_defaults", "late_1", "late_2"):
        assert total(run, name).sum() == 0, name
    # and where lost pay stays away for longer some are late
    lasting = scenario(BUSY, HALF_A_YEAR, FORESEEN, {"world.liquidity.recovery_chance": 0.25}, SIZES[engine])
    assert total(finished(lasting, engine=engine), "late_instalments").sum() > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_one_lender_makes_no_multiple_borrowers(engine):
    run = finished(
        scenario(BUSY, HALF_A_YEAR, lenders(1, capital=5_000.0), HARD_TIMES, SIZES[engine]),
        engine=engine,
    )
    assert total(run, "borrowers").max() > 0
    assert total(run, "borrowers_2").sum() == 0


@pytest.mark.parametrize("seed", range(6))
def test_shared_information_never_raises_multiple_borrowing(seed):
    # plenty of capital: with little, what one is refused goes to another
    world = (BUSY, HALF_A_YEAR, HARD_TIMES, lenders(4, capital=5_000.0), {"run.users": 1_500})
    silo, shared = (finished(scenario(*world, information(kind)), seed) for kind in ("silo", "shared"))
    assert total(shared, "borrowers_2").sum() < total(silo, "borrowers_2").sum()
    assert total(shared, "approvals").sum() < total(silo, "approvals").sum()


def test_lenders_without_capital_lend_nothing():
    run = finished(scenario(BUSY, HALF_A_YEAR, HARD_TIMES, lenders(4, capital=0.0), {"run.users": 1_500}))
    assert total(run, "applications").sum() > 0
    for name in ("approvals", "loans", "borrowers", *of_lenders("lent")):
        assert total(run, name).sum() == 0, name


def test_scarce_capital_is_lent_out_almost_whole():
    # all of it but what the next place in the lot would have asked for: 1,500 users in 256 places
    run = finished(scenario(BUSY, HALF_A_YEAR, HARD_TIMES, lenders(1, capital=3.0), {"run.users": 1_500}))
    first_answer = 1
    assert total(run, "lender_1_cash_fen")[first_answer] < 0.5 * 3.0 * 100 * 1_500
    assert total(run, "lender_1_cash_fen").min() >= 0


def test_lenders_switched_off_change_nothing_that_the_line_does():
    line = scenario(BUSY, HALF_A_YEAR, LINE, HARD_TIMES, {"run.users": 1_500})
    idle = scenario(BUSY, HALF_A_YEAR, FINANCE, HARD_TIMES, lenders(3, capital=0.0), {"run.users": 1_500})
    # lenders who lend nothing are applied to in vain, and own their capital
    assert different_totals(finished(line), finished(idle)) <= {"applications", *of_lenders("cash"), "unmet_fen"}
    # the living costs that stay unmet are the same, found out a day later
    assert total(finished(line), "unmet_fen").sum() > 0


def test_a_default_closes_the_line_and_empties_the_account():
    run = finished(scenario(BUSY, HALF_A_YEAR, LINE, HARD_TIMES, {"run.users": 3_000}))
    closed = run.columns["missed"] == CLOSED
    assert closed.sum() == total(run, "line_defaults").sum() > 20
    assert run.columns["debt"][closed].max() == 0
    assert run.columns["limit"][closed].max() == 0
    assert total(run, "written_off_fen").sum() > 0


def test_arrears_lower_the_record():
    run = finished(scenario(BUSY, HALF_A_YEAR, LINE, HARD_TIMES, {"run.users": 3_000}))
    columns = run.columns
    closed, never = columns["missed"] == CLOSED, (columns["missed"] == 0) & (columns["debt"] > 0)
    assert np.mean(columns["record"][closed]) < 0.5 * np.mean(columns["record"][never])


def test_the_elasticity_of_limits_is_an_outcome_of_floor_and_slope():
    # with no floor the limit is in proportion to the flow (but for steps of 100 CNY); with no slope it does not answer
    def slope(floor, flow):
        line = {"limit_floor": floor, "limit_flow": flow, "limit_most": 1_000_000.0}
        changes = {f"policy.credit.{name}": value for name, value in line.items()} | {"run.users": 3_000}
        columns = finished(scenario(NONE, LINE, changes, {"run.ticks": 1})).columns
        seen = columns["recent_spend"] > 10.0
        return np.polyfit(np.log(columns["recent_spend"][seen]), np.log(columns["limit"][seen]), 1)[0]

    assert 0.95 < slope(0.0, 5.0) < 1.05
    assert slope(500.0, 0.0) == pytest.approx(0.0, abs=1e-9)
    assert 0.2 < slope(500.0, 0.4) < 0.8
