"""The law of the placebo: activity rises towards a gate that nobody responds to, by as much as selection says, and less its
placebo nothing is left.

Hoernle, Kehne, Procaccia & Gal (2022, KAIS): aligning users at the day they reach a threshold makes "phantom steering", since the
day is picked by what they did. Two cases with closed forms. (1) Activity is Poisson, independent from day to day, and a user crosses on
the first day with k or more: on that day the mean is E[a | a >= k], before it E[a | a < k], after it the plain rate, whoever is
seen. (2) Scores are last month's activity and a user crosses at G: in the month to crossing the mean is at least G / 30, however
rare that is.
"""

import numpy as np
import pytest
from scipy.stats import poisson

from sim.experiments.after.crossing import BEFORE, MONTH, Aligned, after_level, aligned, rise

RATE, USERS, DAYS = 2.0, 20_000, 400


def activity(seed=1):
    return np.random.default_rng(seed).poisson(RATE, (DAYS, USERS)).astype(np.int16)


def first_day(reached):
    """First day on which each user's entry is true, -1 never; reached: shape (days, users)."""
    return np.where(reached.any(axis=0), reached.argmax(axis=0), -1)


def test_a_spike_without_any_response_has_its_closed_form():
    done, k = activity(), 8
    curve = aligned(done, first_day(done >= k))
    values = np.arange(k)
    below = float((values * poisson.pmf(values, RATE)).sum() / poisson.cdf(k - 1, RATE))
    above = (RATE - below * poisson.cdf(k - 1, RATE)) / poisson.sf(k - 1, RATE)
    at = int(np.flatnonzero(curve.day == 0)[0])
    seen = curve.users[at]
    assert seen > 4_000
    spread = np.sqrt(RATE / seen)  # of a day's mean; crossing days spread less
    assert curve.mean[at] == pytest.approx(above, abs=4 * spread)
    assert curve.mean[:at].mean() == pytest.approx(below, abs=4 * spread / np.sqrt(BEFORE))
    later = curve.mean[at + 1 :]
    assert np.nanmean(later) == pytest.approx(RATE, abs=6 * spread / np.sqrt(later.size))
    assert rise(curve) == pytest.approx(0.0, abs=4 * np.sqrt(2) * spread / np.sqrt(MONTH) / below)


def test_a_month_that_makes_the_score_rises_towards_it():
    done = activity()
    score = np.cumsum(done, axis=0, dtype=np.int64)
    score[MONTH:] -= score[:-MONTH].copy()
    score[:BEFORE] = 0
    goal = int(poisson.isf(0.01, RATE * MONTH))
    curve = aligned(done, first_day(score >= goal))
    month = (curve.day > -MONTH) & (curve.day <= 0)
    assert curve.users[0] > 1_000
    assert curve.mean[month].mean() >= goal / MONTH
    assert goal / MONTH > 1.15 * RATE
    assert rise(curve) > 0.1  # though nobody responds to anything


def test_less_the_same_people_in_the_placebo_nothing_is_left():
    done = activity()
    crossed = first_day(done >= 8)
    policy, placebo = aligned(done, crossed), aligned(done.copy(), crossed)
    net = Aligned(policy.day, policy.users, policy.mean - placebo.mean)
    assert rise(net, policy) == 0.0
    assert after_level(net) == 0.0


def test_a_true_response_of_known_size_is_what_is_left():
    # Everybody does one thing more a day in the month before crossing: net of the placebo the rise is 1 over the level before.
    done = activity()
    crossed = first_day(done >= 8)
    more = done.copy()
    days = np.arange(DAYS)[:, None]
    more[(crossed >= 0) & (days >= crossed - MONTH) & (days < crossed)] += 1
    policy, placebo = aligned(more, crossed), aligned(done, crossed)
    net = Aligned(policy.day, policy.users, policy.mean - placebo.mean)
    early = policy.mean[(policy.day >= -2 * MONTH) & (policy.day < -MONTH)].mean()
    assert rise(net, policy) == pytest.approx(1.0 / early)
