"""Ticks of an hour and of a day tell the same story: the same in the mean, and closer the slower things move."""

import numpy as np
import pytest

from sim.engines.fast import FastEngine
from sim.model.measures import over_time
from sim.model.totals import TOTALS
from tests.helpers import BUSY, ENGINES, NONE, OPEN, finished, scenario, total

PER_DAY = {"day": 1, "hour": 24}


def by_tick(tick, days, *changes):
    return finished(scenario(*changes, {"run.tick": tick, "run.ticks": days * PER_DAY[tick]}))


def spread(scale, tick, contact_rate=0.8):
    """Share that knows when word of mouth has run for 2 / scale days, all rates times `scale`."""
    world = {
        **OPEN,
        "policy.circle.opens": 0,
        "policy.campaign.days": 100,
        "switches.circle": False,
        "world.awareness.campaign_rate": 0.2 * scale,
        "world.awareness.contact_rate": contact_rate * scale,
        "world.population.past_months": 0,
        "run.users": 300_000,
    }
    run = by_tick(tick, round(2 / scale), world)
    return total(run, "knowing")[-1] / 300_000


def test_hours_and_days_converge_in_the_first_order_as_rates_shrink():
    # A share of 300,000 has a standard error of 0.0009, a difference of two 0.0013, with early luck below 0.003. The
    # differences are 0.120, 0.067 and 0.034, so that the slope has a standard error below 0.06.
    scales = np.array([1.0, 0.5, 0.25])
    errors = [abs(spread(scale, "hour") - spread(scale, "day")) for scale in scales]
    assert errors[0] > 0.08
    slope = np.polyfit(np.log(scales), np.log(errors), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.2)


SCALES = (1.0, 0.5, 0.25, 0.125)


def feedback(scale, tick):
    """Visits by habit and to the circle (totals of the run) where visits feed habit, and posts and reactions each other, for
    6 / scale days with all rates times `scale`: in its own time it is one and the same run, cut into finer steps.
    """
    world = {
        **OPEN,
        "policy.circle.opens": 0,
        "switches.awareness": False,
        "world.population.past_months": 0,
        "world.population.visits_median": 4.0 * scale,
        "world.population.payments_mean": 0.4 * scale,
        "world.usage.check_rate": 0.03 * scale,
        "world.circle.post_rate": 4.0 * scale,
        "world.circle.half_posts": 0.04 * scale,
        "world.circle.motivation_days": 1.0 / scale,
        "world.circle.onlooker_visits": 1.0,
        "world.circle.seeker_visits": 1.0,
        "world.usage.habit_weight": 0.8,
        "world.circle.novelty_days": 3.0 / scale,
        "world.usage.habit_days": 3.0 / scale,
        "run.users": 20_000,
    }
    days = round(6 / scale)
    run = by_tick(tick, days, world)
    return {name: float(total(run, name).sum()) for name in ("visits_habit", "visits_circle")}


@pytest.fixture(scope="module")
def steps():
    """`feedback` at every scale, by the hour and by the day."""
    return {(scale, tick): feedback(scale, tick) for scale in SCALES for tick in PER_DAY}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["visits_habit", "visits_circle"])
def test_visits_and_the_circle_converge_in_the_first_order_too(name, steps):
    # Relative differences are 0.087, 0.046, 0.022, 0.009 (habit) and 0.185, 0.067, 0.027, 0.016 (circle). Counts of 800,000
    # and 300,000 give them standard errors of 0.0016 and 0.0026, most of a slope's 0.1; the slopes are 1.08 and 1.20.
    errors = [steps[scale, "hour"][name] / steps[scale, "day"][name] - 1.0 for scale in SCALES]
    assert errors[0] > 0.05
    assert errors == sorted(errors, reverse=True)
    assert np.polyfit(np.log(SCALES), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.35)


def test_without_word_of_mouth_hours_and_days_agree_whatever_the_rate():
    # a constant hazard makes the same chance in a day as in 24 hours: five standard errors of a difference
    assert abs(spread(1.0, "hour", 0.0) - spread(1.0, "day", 0.0)) < 5 * 0.0013


def test_visits_payments_and_habit_are_the_same_per_day():
    world = {**NONE, "run.users": 20_000}
    hours, days = by_tick("hour", 10, world), by_tick("day", 10, world)
    for name in ("visits_habit", "visits_payment", "visits_score", "visits_rival", "outflow_fen"):
        one, other = (float(total(run, name).sum()) for run in (hours, days))
        if name != "outflow_fen":  # Poisson counts: five standard errors
            assert abs(one - other) < 5 * np.sqrt(one + other), name
        assert one == pytest.approx(other, rel=0.05), name
    assert hours.columns["habit"].mean() == pytest.approx(days.columns["habit"].mean(), rel=0.01)
    series = [
        over_time({n: run.totals[:, k] for k, n in enumerate(TOTALS)}, 20_000, PER_DAY[tick])
        for run, tick in ((hours, "hour"), (days, "day"))
    ]
    for name in ("visits", "visits_rival", "spending", "outflow"):
        assert series[0][name].mean() == pytest.approx(series[1][name].mean(), rel=0.05), name
    # users with a visit in the last 24 hours, at midnight
    assert series[0]["daily_active"][23::24].mean() == pytest.approx(series[1]["daily_active"].mean(), rel=0.02)


def test_visits_follow_the_hours_and_weekdays_and_not_where_these_are_flat():
    world = {**NONE, "run.users": 20_000}
    per_hour = total(by_tick("hour", 7, world), "visits_habit").reshape(7, 24).sum(0)
    expected = np.array(scenario().world.calendar.hours)
    assert per_hour / per_hour.mean() == pytest.approx(expected / expected.mean(), abs=0.05)
    flat = total(by_tick("hour", 7, world, {"world.calendar.hours": (1.0,) * 24}), "visits_habit").reshape(7, 24).sum(0)
    assert flat / flat.mean() == pytest.approx(np.ones(24), abs=0.05)
    week = {"world.calendar.weekdays": (1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0)}
    per_day = total(by_tick("day", 14, world, week), "visits_habit")
    weekend = np.array([False, False, True, True, False, False, False] * 2)  # day 0 is a Thursday
    assert per_day[weekend].mean() / per_day[~weekend].mean() == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_comes_once_a_month_or_a_week_does_so_in_hours_too(engine):
    users = {"fast": 2_000, "readable": 40}[engine]
    world = {**BUSY, "run.users": users, "run.tick": "hour", "run.ticks": 9 * 24, "policy.circle.opens": 0}
    made = ENGINES[engine](scenario(world), 3)
    made.run(9 * 24)
    billed = np.flatnonzero(total(made, "income_fen"))
    assert billed.tolist() == [0]  # 1 September, at midnight
    scores = total(made, "score_points")
    assert np.flatnonzero(np.diff(scores)).tolist() == [5 * 24 - 1]  # 6 September, at midnight


def test_plans_change_at_reviews_alone():
    # nobody learns after the first hour, so each user reviews in one hour of the week, and on the publication of day 5
    world = {
        **BUSY,
        "run.users": 2_000,
        "run.tick": "hour",
        "run.ticks": 5 * 24,
        "policy.circle.opens": 0,
        "switches.awareness": False,
    }
    engine = FastEngine(scenario(world), 3)
    engine.run(1)
    before, changes = engine.snapshot()["plan"], np.zeros(2_000, int)
    for _ in range(5 * 24 - 1):
        engine.run(1)
        now = engine.snapshot()["plan"]
        changes += now != before
        before = now
    assert changes.max() == 1
