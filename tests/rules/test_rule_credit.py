"""The credit line by hand: limits by payment flow, a month's bill, arrears and default."""

from types import SimpleNamespace

import pytest

from sim.model.credit import CLOSED, bill_paid, bill_settled, held_back, limit_reviewed, line_target, minimum_due
from sim.model.money import LARGEST_DEBT_FEN

P = SimpleNamespace(
    credit_limit_floor=500.0,
    credit_limit_flow=0.4,
    credit_limit_most=50_000.0,
    credit_from_score=0,
    credit_score_slope=0.5,
    credit_score_middle=620.0,
    credit_kept_months=0.25,
    credit_late_fee=0.05,
    money_minimum_payment=0.10,
    money_interest=0.015,
)
BY_SCORE = SimpleNamespace(**{**vars(P), "credit_from_score": 1})


@pytest.mark.parametrize(
    ("spend", "limit"),
    [
        (0.0, 50_000),  # the floor
        (50.0, 110_000),  # 500 + 0.4 x 1,500 a month
        (50.9, 110_000),  # whole steps of 100 CNY
        (1e6, 5_000_000),  # the ceiling
    ],
)
def test_the_limit_rises_with_the_payment_flow_from_floor_to_ceiling(spend, limit):
    assert line_target(P, spend, 800.0) == limit


@pytest.mark.parametrize(("score", "limit"), [(620.0, 110_000), (720.0, 160_000), (520.0, 50_000), (350.0, 0)])
def test_by_switch_the_score_scales_the_limit(score, limit):
    assert line_target(BY_SCORE, 50.0, score) == limit


@pytest.mark.parametrize(
    ("limit", "target", "missed", "after"),
    [
        (100_000, 80_000, 0, 80_000),  # down at once
        (100_000, 300_000, 0, 120_000),  # up by a fifth
        (10_000, 300_000, 0, 20_000),  # but by a step at least
        (0, 300_000, 0, 10_000),
        (100_000, 110_000, 0, 110_000),
        (100_000, 300_000, 1, 100_000),  # not up in arrears
        (100_000, 300_000, CLOSED, 0),
    ],
)
def test_the_limit_is_reviewed_step_by_step(limit, target, missed, after):
    assert limit_reviewed(limit, target, missed, 0.2) == after


def test_a_missed_minimum_is_asked_for_again_with_the_next():
    assert [minimum_due(1000, 0.1, missed) for missed in (0, 1, 2)] == [100, 200, 300]
    assert minimum_due(1000, 0.6, 2) == 1000  # never more than all


@pytest.mark.parametrize(("cash", "paid"), [(99, 0), (100, 100), (599, 100), (700, 200), (5000, 1000)])
def test_a_bill_is_paid_as_far_as_cash_beyond_what_is_kept_goes(cash, paid):
    assert bill_paid(cash, 1000, 100, 500) == paid


def test_the_minimum_of_an_open_bill_is_held_back_from_shopping():
    assert [held_back(1000, 0.1, missed) for missed in (0, 2)] == [100, 300]
    assert held_back(0, 0.1, CLOSED) == 0


def test_a_bill_paid_in_full_bears_no_interest():
    # income 100,000: 25,000 kept back
    assert bill_settled(P, 40_000, 100_000, 12_000, 10_000, 0) == (10_000, 0, 0, 0, 0)


def test_what_is_left_of_a_bill_bears_interest_purchases_since_do_not():
    # 30,000 - 25,000 paid of 10,000; 1.5% on the rest
    assert bill_settled(P, 30_000, 100_000, 12_000, 10_000, 1) == (5_000, 75, 0, 0, 0)


def test_a_missed_bill_costs_a_fee_and_the_third_in_a_row_the_line():
    # nothing paid: interest 1.5% of 10,000; fee 5% of the minimum, which grows by what was missed
    assert bill_settled(P, 0, 100_000, 12_000, 10_000, 0) == (0, 150, 50, 0, 1)
    assert bill_settled(P, 0, 100_000, 12_000, 10_000, 1) == (0, 150, 100, 0, 2)
    # in default all is written off: debt, interest and fee
    assert bill_settled(P, 0, 100_000, 12_000, 10_000, 2) == (0, 150, 150, 12_300, CLOSED)


def test_interest_and_fee_stop_at_the_largest_debt():
    # 1.5% of 10,000 is 150, the fee 5% of 1,000 is 50: of both only what is missing to the ceiling, interest first
    for missing, added, fee in ((200, 150, 50), (180, 150, 30), (150, 150, 0), (70, 70, 0), (0, 0, 0)):
        debt = LARGEST_DEBT_FEN - missing
        assert bill_settled(P, 0, 100_000, debt, 10_000, 0) == (0, added, fee, 0, 1)
    # and in default what was really charged is written off
    assert bill_settled(P, 0, 100_000, LARGEST_DEBT_FEN - 70, 10_000, 2) == (0, 70, 0, LARGEST_DEBT_FEN, CLOSED)


def test_what_was_repaid_early_is_not_billed_again():
    assert bill_settled(P, 100_000, 100_000, 4_000, 10_000, 0) == (4_000, 0, 0, 0, 0)
