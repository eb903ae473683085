"""Lenders by hand: instalments, arrears, what is offered under each information, and cash shared out by lot."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.lenders import (
    BARRED,
    LATE,
    MOST_LENDERS,
    SCORE,
    SHARED,
    SILO,
    TURNS,
    WAS_LATE,
    amount_asked,
    amount_offered,
    amount_taken,
    applications_made,
    instalment,
    late_charge,
    loan_after_miss,
    loan_after_payment,
    loan_taken,
    marked_late,
    next_cheapest,
    price_of,
    rate_offered,
    risk_seen,
    runs,
    times_late,
    turn_of,
    turns_served,
)
from sim.model.money import LARGEST_DEBT_FEN
from sim.scenario.finance import Lender


def world(information=SILO, **changes):
    return SimpleNamespace(
        **{
            "information": information,
            "lender_count": 2,
            "lender_cutoff": (1.0, 0.5),
            "lender_score_cutoff": (600.0, 700.0),
            "lender_price": (0.02, 0.05),
            "lender_risk_premium": (0.0, 0.0),
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
    assert late == 3 + LATE + WAS_LATE
    assert times_late(late) == 1
    assert instalment(90, late) == 60  # two of three
    assert loan_after_payment(30, late) == 1 + WAS_LATE


def test_the_third_part_missed_in_a_row_is_a_default():
    loan = 3
    for _ in range(2):
        loan = loan_after_miss(loan)
    assert instalment(90, loan) == 90
    assert loan_after_miss(loan) == BARRED
    assert times_late(BARRED) == 0  # what is written off is not late any more
    assert runs(BARRED)


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
    assert loan in (0, WAS_LATE, BARRED)
    assert paid + left == owed
    assert (left == 0) == (not runs(loan))


def test_the_charge_for_a_part_missed_is_a_share_of_one_part():
    assert late_charge(world(), 300, 900, 3) == 30
    assert late_charge(world(), 600, 900, 2 + LATE) == 30


def test_a_late_charge_stops_at_the_largest_debt():
    assert late_charge(world(), 300, LARGEST_DEBT_FEN - 12, 3) == 12
    assert late_charge(world(), 300, LARGEST_DEBT_FEN, 3) == 0


def test_no_loan_with_its_price_is_beyond_the_largest_debt():
    # so that no charge has to take anything back; the ends of the ranges that a scenario may give
    loan, price, premium, term = (
        next(bound.le for bound in Lender.model_fields[name].metadata if hasattr(bound, "le"))
        for name in ("loan", "price", "risk_premium", "term")
    )
    assert 100.0 * loan * (1.0 + (price + premium) * term) <= LARGEST_DEBT_FEN


def test_the_price_is_for_the_whole_term():
    assert [price_of(world(), lender, 10_000, rate) for lender, rate in ((0, 0.02), (1, 0.05))] == [600, 500]


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
    rate = rate_offered(p, lender, income, marked_late(loan, lender), all_owed, score)
    return amount_offered(p, lender, asked, income, loan, all_owed, late, score, rate)


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


def risk(information, lender=0, income=500_000, late_before=0, all_owed=0, score=650.0):
    return risk_seen(world(information), lender, income, late_before, all_owed, score)


def test_a_lender_remembers_an_instalment_missed_and_no_other_lender_does():
    loan = loan_taken(world(), 0, loan_after_payment(0, loan_after_miss(3)))
    assert loan == 3 + WAS_LATE
    assert times_late(loan) == 0
    assert not runs(WAS_LATE)
    assert loan_taken(world(), 0, 0) == 3
    marks = [marked_late(loan, lender) for lender in range(MOST_LENDERS)]
    assert marks == [1 << lender for lender in range(MOST_LENDERS)]
    assert marked_late(3, 5) == 0


def test_the_risk_seen_by_hand():
    assert risk(SILO) == 0.0
    assert risk(SILO, late_before=1) == 1.0
    assert risk(SILO, late_before=2) == 0.0  # late with the other
    assert risk(SHARED) == 0.0
    assert risk(SHARED, all_owed=125_000) == 0.25  # of a month of income that it allows
    assert risk(SHARED, lender=1, all_owed=125_000) == 0.5
    assert risk(SHARED, late_before=2) == 1.0
    assert [risk(SCORE, score=score) for score in (950.0, 775.0, 600.0)] == [0.0, 0.5, 1.0]
    assert risk(SCORE, late_before=2, score=950.0) == 0.0
    assert risk(SCORE, late_before=1, score=950.0) == 1.0


SEEN = {
    "income": st.integers(0, 10**7),
    "late_before": st.integers(0, 3),
    "all_owed": st.integers(0, 10**8),
    "score": st.integers(350, 950).map(float),
}


@given(information=st.sampled_from((SILO, SHARED, SCORE)), lender=st.integers(0, 1), **SEEN)
def test_risk_lies_between_none_and_the_worst_and_prices_nothing_without_a_premium(information, lender, **seen):
    assert 0.0 <= risk(information, lender, **seen) <= 1.0
    p = world(information)
    assert rate_offered(p, lender, **seen) == p.lender_price[lender]  # to the last bit
    assert rate_offered(world(information, lender_risk_premium=(0.1, 0.1)), lender, **seen) >= p.lender_price[lender]


@given(**SEEN, other=st.fixed_dictionaries({**SEEN, "late_before": st.sampled_from((0, 2))}))
def test_in_a_silo_nothing_moves_the_price_but_the_lenders_own_book(other, **seen):
    p = world(SILO, lender_risk_premium=(0.1, 0.1))
    assert rate_offered(p, 0, **other) == 0.02
    assert rate_offered(p, 0, **seen) == (0.02 + 0.1 if seen["late_before"] & 1 else 0.02)


def test_users_take_first_what_is_cheapest_to_them():
    def order(late_before, all_owed=0, score=650.0, **changes):
        p, last, places = world(**changes, lender_risk_premium=(0.1, 0.0)), -1, []
        for _ in range(2):
            last = next_cheapest(p, 0, 2, last, 500_000, late_before, all_owed, score)
            places.append(last)
        return places

    assert order(0) == [0, 1]
    assert order(1) == [1, 0]  # dear to who was late with it
    assert order(2) == [0, 1]
    assert order(0, all_owed=200_000, information=SHARED) == [1, 0]
    assert order(0, all_owed=200_000) == [0, 1]
    assert [order(0, score=score, information=SCORE) for score in (950.0, 650.0)] == [[0, 1], [1, 0]]
