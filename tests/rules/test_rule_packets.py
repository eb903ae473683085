"""Red packets by hand: how many fall due, how far the budget goes, who is given one, who opens, what is passed on."""

from collections import Counter
from math import exp
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.draws import seed_halves
from sim.model.packets import (
    due_on_day,
    is_given,
    opening_chance,
    opens,
    packet_worth,
    packets_afforded,
    packets_planned,
    passing_order,
    piece,
    place_in_order,
    shuffled,
)


def world(seed=1, **changes):
    low, high = seed_halves(seed)
    return SimpleNamespace(
        **{
            "seed_low": low,
            "seed_high": high,
            "incentive_sent": 0.01,
            "incentive_sent_again": 0.1,
            "incentive_start": 14,
            "incentive_days": 3,
            "incentive_every": 10,
            "incentive_split": 3,
            "incentive_passed_on": 0.5,
            "packets_smallest_fen": 10,
            "packets_opening_new": 0.3,
            "packets_opening_used": 0.8,
            "packets_responsive_factor": 1.5,
            "packets_tiredness": 0.5,
            "packets_rest_days": 3.0,
            "packets_payments": 0.3,
            **changes,
        }
    )


def test_a_steady_stream_falls_due_in_whole_packets():
    assert [due_on_day(2.5, since) for since in range(4)] == [2, 3, 2, 3]
    assert sum(due_on_day(0.3, since) for since in range(10)) == 3
    assert due_on_day(0.0, 5) == 0


@pytest.mark.parametrize(
    ("day", "planned"),
    [(13, (0, 0)), (14, (10, 100)), (16, (10, 100)), (17, (0, 0)), (23, (0, 0)), (24, (10, 100)), (27, (0, 0))],
)
def test_packets_are_planned_within_the_campaigns_alone(day, planned):
    assert packets_planned(world(), 1_000, day) == planned


@pytest.mark.parametrize(
    ("planned", "budget", "given_out"), [(5, 1_000, 5), (5, 999, 5), (5, 800, 4), (5, 801, 5), (5, 0, 0)]
)
def test_a_budget_pays_for_so_many_and_the_last_may_hold_less(planned, budget, given_out):
    assert packets_afforded(planned, budget, 200) == given_out
    worths = [packet_worth(place, budget, 200) for place in range(given_out)]
    assert all(0 < worth <= 200 for worth in worths)
    assert sum(worths) == min(planned * 200, budget)


@given(planned=st.integers(0, 500), budget=st.integers(0, 10**6), amount=st.integers(1, 10**5))
def test_no_budget_is_exceeded_by_a_fen_or_left_while_packets_are_wanted(planned, budget, amount):
    count = packets_afforded(planned, budget, amount)
    spent = sum(packet_worth(place, budget, amount) for place in range(count))
    assert spent == min(planned * amount, budget)


def test_the_first_places_are_for_anybody_and_the_next_for_openers():
    assert [is_given(place, 2, 1, False) for place in range(4)] == [True, True, False, False]
    assert [is_given(place, 2, 1, True) for place in range(4)] == [True, True, True, False]


@given(users=st.integers(1, 400), tick=st.integers(0, 7_000), seed=st.integers(0, 2**63 - 1))
def test_every_user_has_a_place_of_the_own(users, tick, seed):
    factor, shift = shuffled(world(seed), tick, users)
    assert sorted(place_in_order(who, factor, shift, users) for who in range(users)) == list(range(users))


def test_every_user_is_as_likely_as_any_other_to_be_first():
    days, users = 12_000, 12
    first = Counter()
    for tick in range(days):
        factor, shift = shuffled(world(), tick, users)
        first.update(who for who in range(users) if place_in_order(who, factor, shift, users) == 0)
    # 1,000 expected, sd 30: five of them at most, so that a fair order fails once in 140,000 runs
    assert all(abs(count - 1_000) < 150 for count in first.values())
    assert len(first) == users


def test_who_has_opened_before_opens_more_readily_once_rested():
    p = world()
    assert opening_chance(p, False, False, 0.0) == 0.3
    assert opening_chance(p, True, False, 0.0) == pytest.approx(0.45)
    assert opening_chance(p, False, True, 0.0) == pytest.approx(0.4)
    assert opening_chance(p, False, True, 3.0) == pytest.approx(0.8 * (1.0 - 0.5 * exp(-1.0)))
    assert opening_chance(p, False, True, 100.0) == pytest.approx(0.8)
    assert opening_chance(p, True, True, 100.0) == 1.0


def test_as_many_open_and_pay_as_the_chances_say():
    p, users = world(), 20_000
    taken = [opens(p, 5, who, False, False, 0.0) for who in range(users)]
    opened, paying = (sum(one[k] for one in taken) for k in (0, 1))
    assert abs(opened - 0.3 * users) < 4 * (0.3 * 0.7 * users) ** 0.5
    assert abs(paying - 0.3 * opened) < 4 * (0.3 * 0.7 * opened) ** 0.5
    assert all(pays <= does for does, pays in taken)


def test_nobody_opens_or_pays_where_the_chances_are_nothing():
    assert not any(opens(world(packets_opening_new=0.0), 5, who, True, False, 0.0)[0] for who in range(500))
    assert not any(opens(world(packets_payments=0.0), 5, who, True, False, 0.0)[1] for who in range(500))


@pytest.mark.parametrize(
    ("fen", "contacts", "each"),
    [
        (200, 10, 33),  # 100 fen among three, the odd fen kept
        (200, 2, 50),
        (200, 0, 0),
        (60, 10, 10),
        (59, 10, 0),  # 9 fen each would be less than the smallest packet
    ],
)
def test_what_is_passed_on_is_shared_equally_until_too_small(fen, contacts, each):
    assert piece(world(), fen, contacts) == each


@given(fen=st.integers(1, 10**6), contacts=st.integers(0, 50), part=st.floats(0.0, 1.0), split=st.integers(1, 30))
def test_nobody_passes_on_more_than_was_opened(fen, contacts, part, split):
    p = world(incentive_passed_on=part, incentive_split=split)
    assert piece(p, fen, contacts) * min(split, contacts) <= fen


def test_contacts_are_in_an_order_of_the_day_and_never_equal():
    orders = {tick: sorted(range(50), key=lambda whom, t=tick: passing_order(world(), t, 7, whom)) for tick in (1, 2)}
    assert orders[1] != orders[2]
    assert len({passing_order(world(), 1, 7, whom) for whom in range(50)}) == 50
