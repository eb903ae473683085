"""Money: every flow has two ends, whole fen, never below zero, debt never above the limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.money import (
    amount_due,
    buffer_months,
    charged,
    credit_limit,
    interest,
    living_costs,
    living_shock,
    paid_in_cash,
    repayment,
    set_aside,
    shopping_part,
    statement,
)
from sim.model.numerics import standard_normal

FEN = st.integers(0, 600_000_000)
INCOME = st.integers(0, 50_000_000)
SHARE = st.floats(0, 1)
UNIFORM = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) * 2.0**-32)


@given(
    liquidity=FEN,
    used=SHARE,
    income=INCOME,
    months=st.floats(0, 12),
    living_share=st.floats(0, 2),
    living_spread=st.floats(0, 2),
    minimum=SHARE,
    rate=SHARE,
    limit_months=st.floats(0.01, 24),
    uniform=UNIFORM,
)
def test_the_books_of_a_statement_balance(
    liquidity, used, income, months, living_share, living_spread, minimum, rate, limit_months, uniform
):
    limit = credit_limit(income, limit_months)
    debt = int(used * limit)
    after, debt_after, living, added, due, paid, saved = statement(
        liquidity,
        debt,
        income,
        months,
        living_share,
        living_shock(living_spread, standard_normal(uniform)),
        minimum,
        rate,
        limit_months,
    )
    assert after == liquidity + income - living - paid - saved
    assert debt_after == debt + added - paid
    assert all(isinstance(x, int) and x >= 0 for x in (after, debt_after, living, added, due, paid, saved))
    assert debt_after <= limit
    assert paid in (0, due)
    assert due <= debt + added
    assert living <= liquidity + income
    # a bill is missed only by one who could not pay it
    if paid < due:
        assert liquidity + income - living < due
    # what stays is the buffer at most
    assert after <= int(income * months)


def test_a_statement_by_hand():
    # 1,000 CNY cash, 3,000 income, living 0.7 of it (median shock): 1,900 left; debt 2,000 + 1.5% = 2,030; bill 203;
    # 1,697 left, of which half a month's income stays: 197 saved.
    result = statement(100_000, 200_000, 300_000, 0.5, 0.7, 1.0, 0.10, 0.015, 2.0)
    assert result == (150_000, 182_700, 210_000, 3_000, 20_300, 20_300, 19_700)


def test_a_bill_beyond_cash_is_missed_whole():
    # no cash, income eaten by living costs: the bill of 203 CNY is due and nothing is paid
    after, debt, living, added, due, paid, saved = statement(0, 200_000, 300_000, 0.5, 1.0, 1.0, 0.10, 0.015, 2.0)
    assert (living, due, paid, after, saved) == (300_000, 20_300, 0, 0, 0)
    assert debt == 200_000 + added == 203_000


def test_interest_never_lifts_debt_above_the_limit():
    _, debt, _, added, _, _, _ = statement(0, 599_999, 300_000, 0.5, 2.0, 1.0, 0.10, 0.015, 2.0)
    assert (debt, added) == (600_000, 1)


def test_debt_above_a_limit_draws_no_interest_and_no_charge():
    _, debt, _, added, _, _, _ = statement(0, 700_000, 300_000, 0.5, 2.0, 1.0, 0.0, 0.015, 2.0)
    assert (debt, added) == (700_000, 0)
    assert charged(10_000, 0, 700_000, 600_000) == 0


@given(FEN, st.integers(0, 255), FEN, SHARE, INCOME, st.floats(0.01, 24))
def test_a_payment_is_passed_on_paid_or_charged(outflow, share, liquidity, used, income, months):
    limit = credit_limit(income, months)
    debt = int(used * limit)
    shopping = shopping_part(outflow, share)
    assert 0 <= shopping <= outflow
    cash = paid_in_cash(shopping, liquidity)
    credit = charged(shopping, cash, debt, limit)
    assert 0 <= cash <= liquidity
    assert credit >= 0
    assert cash + credit <= shopping
    assert debt + credit <= limit
    # credit is the last resort, and shopping is cut only when both are used up
    if credit > 0:
        assert cash == liquidity
    if cash + credit < shopping:
        assert cash == liquidity
        assert debt + credit == limit


def test_shopping_part_is_a_count_of_255ths():
    assert shopping_part(1_000, 255) == 1_000
    assert shopping_part(1_000, 0) == 0
    assert shopping_part(1_000, 51) == 200


@given(FEN, FEN, st.integers(0, 60), SHARE)
def test_early_repayment_never_exceeds_cash_or_debt(debt, liquidity, errands, share):
    repaid = repayment(debt, liquidity, errands, share)
    assert 0 <= repaid <= min(debt, liquidity)
    if errands == 0:
        assert repaid == 0


def test_early_repayment_by_hand():
    assert repayment(1_000, 2_000, 1, 0.25) == 500
    assert repayment(1_000, 2_000, 3, 0.25) == 1_000  # debt is the bound
    assert repayment(9_000, 2_000, 9, 0.25) == 2_000  # cash is the bound


def test_small_rules_by_hand():
    assert credit_limit(350_000, 2.0) == 700_000
    assert credit_limit(0, 2.0) == 1  # so that a share of it is defined
    assert amount_due(203_000, 0.10) == 20_300
    assert interest(200_000, 0.015) == 3_000
    assert set_aside(500_000, 300_000, 0.5) == 350_000
    assert set_aside(100_000, 300_000, 0.5) == 0
    assert living_costs(10**9, 300_000, 0.7, 1.0) == 210_000
    assert living_costs(1_000, 300_000, 0.7, 1.0) == 1_000  # while cash lasts


def test_buffer_grows_with_ability_to_a_year_at_most():
    assert buffer_months(0.6, 1.0, 0.0) == pytest.approx(0.6)
    assert buffer_months(0.6, 1.0, 1.0) == pytest.approx(0.6 * 2.718281828459045)
    assert buffer_months(0.6, 1.0, 5.0) == 12.0
