"""Mechanism 6, usage: visits per day to the platform by channel, visits to the rival, and the slow habit.

The headline measure. In single precision (every constant typed), so that a processor works on eight users at once. Counts are Poisson around heterogeneous rates (opens: Tencent Penguin 2016, B; payments and outflow: Alipay bill 2016, B).
"""

import numpy as np

from sim.model.rule import vector_rule

ONE = np.float32(1.0)
CNY = np.float32(0.01)
MOST_DISPLACED = np.float32(0.9)


@vector_rule
def expected_visits(base_visits, payment_rate, check_rate):
    """Visits per day that a user makes with no circle and no effort: the level at which habit neither grows nor fades."""
    return base_visits + payment_rate + check_rate


@vector_rule
def habit_rate(base_visits, habit, expected, weight):
    """Habit visits per day: base, moved by `weight` times the ratio of the habit stock to its usual level."""
    return base_visits * (ONE - weight + weight * (habit / expected))


@vector_rule
def habit_after(habit, visits, tick_days, step):
    """Habit stock (visits/day) after a tick: `step` of the way to the visits just made."""
    return habit + step * (visits / tick_days - habit)


@vector_rule
def spend_after(recent_spend, outflow, tick_days, step):
    """Recent spend (CNY/day) after a tick in which `outflow` fen left: an average that forgets `step` of itself."""
    return recent_spend + step * (outflow * CNY / tick_days - recent_spend)


@vector_rule
def payments_rate(payment_rate, spending, boost):
    """Payments per day; a user on the spending plan makes `boost` times as many again."""
    return payment_rate * (ONE + boost) if spending else payment_rate


@vector_rule
def checks_rate(check_rate, striving, striving_factor, publication_factor):
    """Score checks per day: more while striving and on a publication day."""
    return check_rate * (striving_factor if striving else ONE) * publication_factor


@vector_rule
def displacement(circle_rate, circle_minutes, attention_minutes):
    """Share of the attention that the rival had which the circle takes (0 to 0.9): minutes there over the daily budget."""
    return min(circle_rate * circle_minutes / attention_minutes, MOST_DISPLACED)
