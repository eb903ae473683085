"""Ticks and days: how long a tick is, which tick a day of the run falls on, and how busy people are at that hour."""

from collections.abc import Sequence
from math import floor

from sim.model.rule import rule

TICKS_PER_DAY = {"day": 1, "hour": 24}
"""Ticks in a day, by the scenario's `run.tick`."""

HOURS_OF_WEEK = 168


def tick_of(day: float, per_day: int) -> int:
    """The tick nearest to a day of the run, which may have a fraction (10.83 is 20:00 of day 10)."""
    return floor(day * per_day + 0.5)


def between_ticks(day: float, per_day: int) -> bool:
    """Whether a day names a moment that no tick stands for: part of a day in a run of daily ticks."""
    return per_day == 1 and day != floor(day)


def activity_table(hours: Sequence[float], weekdays: Sequence[float], per_day: int) -> tuple[float, ...]:
    """How busy people are in each hour of a week from Monday 0:00, mean 1; with ticks of a day by the weekday alone.

    hours: 24 relative weights; weekdays: 7, Monday first.
    """
    hour_mean, weekday_mean = sum(hours) / 24.0, sum(weekdays) / 7.0
    by_hour = [hour / hour_mean if per_day > 1 else 1.0 for hour in hours]
    return tuple(hour * (weekday / weekday_mean) for weekday in weekdays for hour in by_hour)


@rule
def active_days(p, tick):
    """Length of a tick in days of usual activity: 1 for a day, about 1/24 for an hour, less at night."""
    return p.tick_days * p.activity[(tick * p.tick_hours + p.first_hour) % HOURS_OF_WEEK]
