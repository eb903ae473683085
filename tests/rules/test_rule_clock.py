"""The clock: which tick a day falls on, and how busy people are in the hours of a week."""

from datetime import datetime

import numpy as np
import pytest

from sim.model.calendar import time_of
from sim.model.clock import active_days, activity_table, between_ticks, tick_of
from sim.model.numbers import as_namespace, numbers
from tests.helpers import scenario

HOUR = {"run.tick": "hour"}
FLAT = (1.0,) * 24


@pytest.mark.parametrize(("day", "tick"), [(0, 0), (1, 24), (10.5, 252), (10.83, 260), (10.8333, 260), (0.999, 24)])
def test_a_day_falls_on_the_nearest_hour(day, tick):
    assert tick_of(day, 24) == tick


def test_with_ticks_of_a_day_only_whole_days_will_do():
    assert [between_ticks(day, 1) for day in (3, 3.0, 3.5)] == [False, False, True]
    assert not between_ticks(3.5, 24)
    assert tick_of(3, 1) == 3


def test_activity_has_mean_one_over_a_week_and_keeps_the_ratios():
    hours, weekdays = [1.0] * 12 + [3.0] * 12, [1.0] * 5 + [2.0] * 2
    table = np.array(activity_table(hours, weekdays, 24)).reshape(7, 24)
    assert table.mean() == pytest.approx(1.0)
    assert table[0, 23] / table[0, 0] == pytest.approx(3.0)
    assert table[6, 5] / table[0, 5] == pytest.approx(2.0)
    daily = np.array(activity_table(hours, weekdays, 1)).reshape(7, 24)
    assert np.ptp(daily, axis=1).max() == 0.0  # a day is a day, whatever its hours
    assert daily[:, 0] == pytest.approx(table.mean(axis=1))
    assert set(activity_table(hours, (1.0,) * 7, 1)) == {1.0}  # and exactly one if weekdays are alike


def test_a_tick_is_as_long_as_people_are_busy_in_it():
    # 1 September 2016 was a Thursday
    world = {"world.calendar.hours": (*FLAT[:-1], 25.0), "world.calendar.weekdays": (1.0, 1.0, 1.0, 8.0, 1.0, 1.0, 1.0)}
    p = as_namespace(numbers(scenario(HOUR, world), 1))
    assert active_days(p, 0) == pytest.approx(0.5 * 4.0 / 24)
    assert active_days(p, 23) == pytest.approx(12.5 * 4.0 / 24)
    assert active_days(p, 24) == pytest.approx(0.5 * 0.5 / 24)
    assert sum(active_days(p, 1000 + tick) for tick in range(168)) == pytest.approx(7.0)
    daily = as_namespace(numbers(scenario(world), 1))
    assert [active_days(daily, day) for day in range(8)] == pytest.approx([4.0] + [0.5] * 6 + [4.0])
    assert active_days(as_namespace(numbers(scenario(), 1)), 5) == 1.0


def test_hours_have_dates_with_a_time():
    assert time_of(scenario(HOUR), 260) == datetime(2016, 9, 11, 20)
    assert time_of(scenario(), 10) == datetime(2016, 9, 11)
