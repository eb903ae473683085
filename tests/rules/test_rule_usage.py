"""Usage by hand-worked numbers: habit, payments, score checks and what the circle takes from the rival."""

import pytest

from sim.model.usage import (
    checks_rate,
    displacement,
    expected_visits,
    habit_after,
    habit_rate,
    payments_rate,
    spend_after,
)


def test_habit_neither_grows_nor_fades_at_its_usual_level():
    expected = expected_visits(1.0, 0.4, 0.03)
    assert expected == pytest.approx(1.43)
    assert habit_rate(1.0, expected, expected, 0.3) == pytest.approx(1.0)
    assert habit_after(expected, expected, 1.0, 0.02) == pytest.approx(expected)


def test_habit_follows_visits_slowly():
    assert habit_after(1.0, 6.0, 1.0, 0.02) == pytest.approx(1.1)
    assert habit_after(1.0, 6.0, 2.0, 0.02) == pytest.approx(1.04)  # six visits in two days are three a day
    assert habit_after(1.0, 6.0, 1.0, 0.0) == 1.0


def test_a_habit_twice_the_usual_adds_its_weight():
    assert habit_rate(2.0, 3.0, 1.5, 0.3) == pytest.approx(2.6)
    assert habit_rate(2.0, 0.0, 1.5, 0.3) == pytest.approx(1.4)
    assert habit_rate(2.0, 99.0, 1.5, 0.0) == 2.0


def test_recent_spend_forgets():
    # 5,000 fen are 50 CNY; a tenth of the way from 10 to 50
    assert spend_after(10.0, 5_000, 1.0, 0.1) == pytest.approx(14.0)
    assert spend_after(10.0, 0, 1.0, 0.1) == pytest.approx(9.0)
    assert spend_after(10.0, 5_000, 2.0, 0.1) == pytest.approx(11.5)


def test_spending_and_striving_raise_their_own_rates():
    assert payments_rate(0.4, False, 1.0) == 0.4
    assert payments_rate(0.4, True, 1.0) == 0.8
    assert checks_rate(0.03, False, 6.0, 1.0) == 0.03
    assert checks_rate(0.03, True, 6.0, 1.0) == pytest.approx(0.18)
    assert checks_rate(0.03, True, 6.0, 3.0) == pytest.approx(0.54)


def test_the_circle_takes_minutes_from_the_rival():
    assert displacement(0.0, 3.0, 90.0) == 0.0
    assert displacement(3.0, 3.0, 90.0) == pytest.approx(0.1)
    assert displacement(100.0, 3.0, 90.0) == pytest.approx(0.9)  # never all of it
