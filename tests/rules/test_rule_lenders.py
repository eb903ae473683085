"""Lenders by hand: instalments, arrears, what is offered under each information, and cash shared out by lot."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.lenders import (
    BARRED,
    LATE,
    SCORE,
    SHARED,
    SILO,
    TURNS,
    amount_asked,
    amount_offered,
    amount_taken,
    applications_made,
    instalment,
    late_charge,
    loan_after_miss,
    loan_after_payment,
    price_of,
    turn_of,
    turns_served,
)


def world(information=SILO, **changes):
    return SimpleNamespace(
        **{
            "information": information,
            "lender_count": 2,
            "lender_cutoff": (1.0, 0.5),
            "lender_score_cutoff": (600.0, 700.0),
            "lender_price": (0.02, 0.05),
            "lender_loan": (3000.0, 1000.0),
            "lender_term": (3.0, 1.0),
            "lending_shopping": 4.0,
            "lending_smallest": 200.0,
            "lending_late_charge": 0.1,
            **changes,
        }
    )


def test_a_loan_is_repaid_in_equal_parts():
    owed, loan, paid = 100, 3, []
    while owed:
        part = instalment(owed, loan)
        owed -= part
        loan = loan_after_payment(owed, loan)
        paid.append(part)
    assert paid == [34, 33, 33]
    assert loan == 0


def test_a_part_missed_is_asked_for_with_the_next():
    late = loan_after_miss(3)
    assert late == 3 + LATE
    assert instalment(90, late) == 60  # two of three
    assert loan_after_payment(30, late) == 1


def test_the_third_part_missed_in_a_row_is_a_default():
    loan = 3
    for _ in range(2):
        loan = loan_after_miss(loan)
    assert instalment(90, loan) == 90
    assert loan_after_miss(loan) == BARRED


@given(owed=st.integers(1, 10**9), term=st.integers(1, 15), misses=st.lists(st.booleans(), min_size=60, max_size=60))
def test_no_loan_lasts_for_ever_and_none_is_paid_twice(owed, term, misses):
    left, loan, paid = owed, term, 0
    for missed in misses + [False] * term:
        if left == 0 or loan == BARRED:
            break
        part = instalment(left, loan)
        assert 0 < part <= left
        if missed:
            loan = loan_after_miss(loan)
        else:
            left -= part
            paid += part
            loan = loan_after_payment(left, loan)
    assert loan in (0, BARRED)
    assert paid + left == owed
    assert (left == 0) == (loan == 0)


def test_the_charge_for_a_part_missed_is_a_share_of_one_part():
    assert late_charge(world(), 300, 3) == 30
    assert late_charge(world(), 600, 2 + LATE) == 30


def test_the_price_is_for_the_whole_term():
    assert [price_of(world(), lender, 10_000) for lender in (0, 1)] == [600, 500]


@pytest.mark.parametrize(("need", "luck", "made"), [(1, 0.5, 1), (100, 0.5, 1), (13_000, 0.5, 2), (900_000, 0.1, 2)])
def test_the_larger_the_need_the_more_applications_but_no_more_than_lenders(need, luck, made):
    assert applications_made(world(), need, 100_000, luck) == made


def test_one_asks_for_the_need_and_takes_what_is_left_of_it():
    assert amount_asked(world(), 50_000) == 50_000
    assert amount_asked(world(), 7) == 20_000  # a smallest loan
    assert [amount_taken(world(), 30_000, left) for left in (50_000, 25_000, 5, 0, -10)] == [
        30_000,
        25_000,
        20_000,
        0,
        0,
    ]


def offered(p, lender=0, asked=100_000, income=500_000, loan=0, all_owed=0, late=0, score=650.0):
    return amount_offered(p, lender, asked, income, loan, all_owed, late, score)


def test_a_lender_offers_what_is_asked_up_to_its_largest_loan_and_the_income():
    assert offered(world()) == 100_000
    assert offered(world(), asked=900_000) == 300_000
    assert offered(world(), asked=900_000, income=106_000) == 100_000  # with the price, one month of income
    assert offered(world(), income=20_000) == 0  # less than a smallest loan


def test_nobody_lends_to_who_owes_it_or_has_defaulted_with_it():
    for information in (SILO, SHARED, SCORE):
        assert offered(world(information), loan=2) == 0
        assert offered(world(information), loan=BARRED) == 0


def test_a_lender_in_a_silo_sees_neither_debt_nor_arrears_nor_score():
    assert offered(world(), all_owed=10**9, late=1, score=350.0) == offered(world())


def test_with_shared_information_debt_elsewhere_takes_room_and_arrears_close_the_door():
    shared = world(SHARED)
    assert offered(shared) == offered(world())
    assert offered(shared, asked=900_000, income=500_000, all_owed=394_000) == 100_000
    assert offered(shared, all_owed=500_000) == 0
    assert offered(shared, late=1) == 0
    assert offered(shared, score=350.0) == offered(world())


def test_with_the_score_alone_only_the_score_counts():
    by_score = world(SCORE)
    assert offered(by_score, score=600.0, all_owed=10**9, late=1) == 100_000
    assert offered(by_score, score=599.0) == 0
    assert offered(by_score, lender=1, score=699.0) == 0


@given(
    st.integers(0, 10**6),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 1),
    st.integers(350, 950),
    st.integers(0, 1),
)
def test_shared_information_never_makes_an_offer_larger(asked, income, owed, late, score, lender):
    given = {"asked": asked, "income": income, "all_owed": owed, "late": late, "score": float(score), "lender": lender}
    assert offered(world(SHARED), **given) <= offered(world(SILO), **given)


def test_cash_goes_as_far_in_the_lot_as_whole_places_go():
    demand = [0] * TURNS
    demand[3], demand[10], demand[200] = 50, 30, 40
    assert turns_served(demand, 120) == TURNS
    assert turns_served(demand, 119) == 200
    assert turns_served(demand, 80) == 200
    assert turns_served(demand, 79) == 10
    assert turns_served(demand, 0) == 3
    assert [turn_of(luck) for luck in (1e-9, 0.5, 1.0 - 1e-9)] == [0, 128, 255]
