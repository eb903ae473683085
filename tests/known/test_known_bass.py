"""Awareness on a complete graph against Bass's curve (Bass 1969): F(t) = (1 - e**-(p+q)t) / (1 + (q/p) e**-(p+q)t).

On a complete graph everybody's contacts are everybody, so the model's hazard is Bass's. Two differences remain, and both give
the tolerances below: users are n and not infinitely many, and the share that knows is looked at once a day.
"""

import numpy as np
import pytest

from tests.helpers import finished, scenario, total

USERS = 2_000
DAYS = 150
OPENS = 5


def world(p, q):
    return scenario(
        {
            "policy.gate": {"kind": "open"},
            "policy.circle.opens": OPENS,
            "policy.campaign.days": 7300,
            "world.contacts.kind": "complete",
            "world.awareness.campaign_rate": p,
            "world.awareness.contact_rate": q,
            "world.awareness.circle_rate": 0.0,
            "run.users": USERS,
            "run.ticks": OPENS + DAYS,
        }
    )


def bass(t, p, q):
    decay = np.exp(-(p + q) * t)
    return (1 - decay) / (1 + q / p * decay)


def daily(p, q):
    """Expected share that knows after 1, 2, ... days with a daily look, and the standard deviation for n users.

    Each day everybody who does not know learns with chance h = 1 - e**-(p + q F). Variance by propagating the binomial
    variance of a day through the slope of the recursion (the delta method, right to order 1/n).
    """
    share, variance, shares, spreads = 0.0, 0.0, [], []
    for _ in range(DAYS):
        stay = np.exp(-(p + q * share))
        slope = stay * (1 + q * (1 - share))
        variance = slope**2 * variance + (1 - share) * stay * (1 - stay) / USERS
        share = 1 - (1 - share) * stay
        shares.append(share)
        spreads.append(np.sqrt(variance))
    return np.array(shares), np.array(spreads)


RATES = [(0.01, 0.13), (0.005, 0.05), (0.02, 0.02), (0.03, 0.0)]


@pytest.mark.parametrize(("p", "q"), RATES)
def test_learning_follows_the_daily_recursion(p, q):
    # Four standard deviations at 150 days that hang together: a true model fails with chance below 1%. One run sees a q
    # wrong by a quarter (5 sd at q/p = 13); the mean of 16 runs below sees one wrong by a tenth (10 sd).
    known = total(finished(world(p, q), seed=17), "knowing")[OPENS:] / USERS
    shares, spreads = daily(p, q)
    assert (np.abs(known - shares) <= 4 * spreads + 1 / USERS).all()
    assert 4 * spreads.max() < 0.12


@pytest.mark.parametrize(("p", "q"), RATES)
def test_learning_follows_the_curve_of_bass(p, q):
    # The curve runs in continuous time. Looking once a day can only lag behind it, and by at most the part (p + q) / 2 of
    # the time gone by, since ln(1 + x) > x (1 - x / 2): so the run lies between the curve and the curve of the earlier time.
    days = np.arange(1, DAYS + 1)
    known = total(finished(world(p, q), seed=17), "knowing")[OPENS:] / USERS
    shares, spreads = daily(p, q)
    early, late = bass(days * (1 - (p + q) / 2), p, q), bass(days, p, q)
    assert (shares <= late + 1e-12).all()
    assert (shares >= early - 1e-12).all()
    assert (known <= late + 4 * spreads + 1 / USERS).all()
    assert (known >= early - 4 * spreads - 1 / USERS).all()


def test_the_mean_of_many_runs_is_the_recursion():
    # 16 seeds: a band four times as narrow; the mean of a nonlinear recursion is off by order 1/n = 0.0005 besides
    p, q = 0.01, 0.13
    shares, spreads = daily(p, q)
    known = np.mean(
        [total(finished(world(p, q), seed=seed), "knowing")[OPENS:] / USERS for seed in range(100, 116)], axis=0
    )
    assert (np.abs(known - shares) <= 4 * spreads / np.sqrt(16) + 0.003).all()


def test_without_word_of_mouth_nothing_accelerates():
    # target 5c: q = 0 is a straight decay of those who do not know, fastest at the start
    learned = total(finished(world(0.03, 0.0), seed=17), "learned")[OPENS:]
    tens = learned[:50].reshape(5, 10).sum(1)
    assert (np.diff(tens) < 0).all()
    with_mouth = total(finished(world(0.01, 0.13), seed=17), "learned")[OPENS:]
    tens = with_mouth[:20].reshape(2, 10).sum(1)
    assert tens[1] > 1.5 * tens[0]


def test_the_inflection_is_where_bass_has_it():
    # fastest learning at ln(q/p) / (p + q) = 18.3 days, with (1 - p/q) / 2 of users knowing = 46%
    p, q = 0.01, 0.13
    known = np.mean(
        [total(finished(world(p, q), seed=seed), "knowing")[OPENS:] / USERS for seed in range(100, 116)], axis=0
    )
    day = np.interp((1 - p / q) / 2, known, np.arange(1, DAYS + 1))
    _, spreads = daily(p, q)
    lag = day * (p + q) / 2
    pace = (q + p) ** 2 / (4 * q)  # share a day at the inflection
    noise = 4 * spreads[18] / np.sqrt(16) / pace
    assert np.log(q / p) / (p + q) - noise <= day <= np.log(q / p) / (p + q) + lag + noise
