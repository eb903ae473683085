"""The parts of the after-effect measures on inputs made by hand."""

import numpy as np
import pytest

from sim.draws import SCORE, luck, seed_halves
from sim.experiments.after.admission import opens_to, ways, without_noise
from sim.experiments.after.bunching import excess_share, share_above, smooth_share_above
from sim.experiments.after.churn import halved_share, quiet_share
from sim.experiments.after.crossing import Aligned, after_level, aligned, rise
from sim.experiments.after.half_life import half_life, noise_of_a_day, smoothed
from sim.model.score import published_score
from sim.scenario.policy import Policy


@pytest.mark.parametrize("days", [5.0, 20.0, 45.0])
def test_half_life_of_an_exponential_is_its_own(days):
    day = np.arange(400)
    series = np.where(day < 100, 0.3, 0.3 * 2.0 ** (-(day - 100) / days))
    # a mean of seven days lifts a convex curve by (log 2 / days)^2 * 4 / 2, which delays its half by that times days / log 2
    late = 2.0 * np.log(2.0) / days
    assert half_life(series, 100) == pytest.approx(days + late, abs=0.05)
    assert half_life(-series, 100) == half_life(series, 100)


def test_the_level_is_that_of_the_days_with_the_gate():
    # four days at 1 after none: at 1, not at 4/7, it is one half two days after the end
    series = np.array([0.0] * 20 + [1.0] * 4 + [1.0, 0.75, 0.5, 0.25] + [0.0] * 12)
    assert half_life(series, 24, 20) == pytest.approx(2.0, abs=0.1)
    assert half_life(series, 24) > half_life(series, 24, 20)


def test_an_effect_that_grows_until_its_end_is_no_noise():
    # three days that nearly treble, as in November 2016; most of the level is left on the first day without, nothing on the second
    series = np.array([0.0] * 24 + [0.0096, 0.0319, 0.0819] + [0.0381] + [0.0007] * 40)
    level = series[24:27].mean()
    shares = series[27] / level, series[27:30].mean() / level
    assert half_life(series, 27, 24) == pytest.approx((shares[0] - 0.5) / (shares[0] - shares[1]))


@pytest.mark.parametrize("held", [3, 7])
def test_noise_alone_seldom_has_a_half_life(held):
    # a level beyond two standard errors by luck: in one series of twenty, here of 2,000, within three standard errors of 0.005
    series = np.random.default_rng(4).standard_normal((2_000, 80))
    found = np.array([half_life(one, 40, 40 - held) for one in series])
    assert np.isfinite(found).mean() < 0.046 + 3 * 0.005


def test_noise_of_a_day_is_told_from_a_trend():
    steady = 0.1 * np.random.default_rng(4).standard_normal(2_000)
    assert noise_of_a_day(steady) == pytest.approx(0.1, rel=0.05)
    assert noise_of_a_day(steady + np.arange(2_000)) == pytest.approx(0.1, rel=0.05)
    assert noise_of_a_day(np.array([1.0, 5.0])) == 0.0


def test_half_life_of_what_is_gone_at_once_is_nothing():
    assert half_life(np.array([1.0] * 20 + [0.0] * 20), 20) == 0.0


def test_a_straight_fall_is_read_between_days():
    # from 1.0 on the last day of the gate's week down by 0.1 a day: one half at day 5
    series = np.concatenate([np.ones(10), 1.0 - 0.1 * np.arange(20)])
    assert half_life(series, 10) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("series", "end"),
    [
        (np.zeros(50), 20),  # no effect
        (np.ones(50), 20),  # does not fade
        (np.ones(50), 50),  # no end within the run
        (np.ones(50), 1_000_000),
        (np.ones(50), 3),  # no week to take the level from
    ],
)
def test_half_life_has_no_value_where_there_is_none(series, end):
    assert np.isnan(half_life(series, end))


def test_smoothing_leaves_a_line_alone_up_to_its_ends():
    line = 3.0 - 0.5 * np.arange(20)
    assert smoothed(line) == pytest.approx(line)
    assert smoothed(np.array([0.0, 3.0, 0.0]), 1) == pytest.approx([0.0, 1.0, 0.0])


def test_curves_are_aligned_at_each_users_own_crossing():
    # user 0 crosses on day 3, user 1 on day 5, user 2 never, user 3 too early to be seen two days before
    activity = np.zeros((8, 4), np.uint16)
    activity[3, 0], activity[5, 1], activity[2, 0], activity[:, 2], activity[:, 3] = 10, 20, 4, 99, 99
    curve = aligned(activity, np.array([3, 5, -1, 1]), before=2, after=3)
    assert curve.day.tolist() == [-2, -1, 0, 1, 2, 3]
    assert curve.users.tolist() == [2, 2, 2, 2, 2, 1]
    assert curve.mean.tolist() == [0.0, 2.0, 15.0, 0.0, 0.0, 0.0]


def test_nobody_crossing_is_no_curve():
    curve = aligned(np.ones((100, 3), np.uint16), np.full(3, -1))
    assert (curve.users == 0).all()
    assert np.isnan(curve.mean).all()
    assert np.isnan(rise(curve))
    assert np.isnan(after_level(curve))


def test_rise_is_of_the_last_month_over_the_one_before():
    day = np.arange(-60, 61)
    mean = np.where(day < -30, 2.0, np.where(day < 0, 2.5, 4.0))
    curve = Aligned(day, np.ones(121, np.int64), mean)
    assert rise(curve) == pytest.approx(0.25)
    assert rise(Aligned(day, curve.users, np.full(121, 2.0))) == 0.0
    assert after_level(curve) == pytest.approx(4.0)
    assert rise(Aligned(day, curve.users, mean - 2.0), curve) == pytest.approx(0.25)


def test_bunching_counts_users_moved_over_the_gate():
    # 20 a point everywhere; 30 of those within ten points below are moved just above: (200 + 30) / 400 against one half
    scores = np.repeat(np.arange(690, 810), 20)
    assert excess_share(scores, 750) == pytest.approx(0.0, abs=1e-9)
    moved = scores.copy()
    moved[np.flatnonzero((scores >= 740) & (scores < 750))[:30]] = 752
    assert share_above(moved, 750) == pytest.approx(230 / 400)
    assert excess_share(moved, 750) == pytest.approx(30 / 400)


def test_a_sloping_histogram_does_not_bunch():
    scores = np.repeat(np.arange(690, 810), 300 - 2 * np.arange(120))
    assert share_above(scores, 750) < 0.5
    assert smooth_share_above(scores, 750) == pytest.approx(share_above(scores, 750), abs=1e-9)
    assert np.isnan(excess_share(np.array([750, 749]), 750))
    assert np.isnan(share_above(np.array([300]), 750))


def test_churn_is_of_those_who_started_just_short():
    starting = np.array([725, 749, 740, 750, 724])
    last = np.array([69, 70, 99, 0, 0])  # of a run of 100 days: the first alone is away for 30 days or more
    assert quiet_share(last, starting, 750, 100) == pytest.approx(1 / 3)
    assert np.isnan(quiet_share(last, starting, 750, 30))
    assert np.isnan(quiet_share(last, np.full(5, 400), 750, 100))


def test_halving_is_against_a_users_own_visits_before_the_gate():
    starting = np.array([740, 740, 740, 740, 760])
    visits = np.zeros((70, 5), np.uint16)
    visits[:10] = [4, 4, 4, 0, 4]  # ten days before the gate
    visits[40:] = [2, 1, 0, 0, 0]  # half as many, fewer, none; nothing to halve; above the gate
    assert halved_share(visits, starting, 750, 10) == pytest.approx(2 / 3)
    assert halved_share(np.full((70, 5), 3), starting, 750, 10) == 0.0
    for start in (6, 41):  # less than a week before, less than 30 days after
        assert np.isnan(halved_share(visits, starting, 750, start))
    assert np.isnan(halved_share(visits, np.full(5, 760), 750, 10))


def test_noise_is_taken_off_a_published_score():
    low, high = seed_halves(7)
    for who in range(200):
        uniform, _, _, _ = luck(low, high, SCORE, 35, who, 0)
        raw = 700.0 + 0.37 * who
        published = published_score(raw, 6.0, uniform)
        assert abs(without_noise(published, who, 35, 7, 6.0) - raw) <= 0.5 + 1e-9


def test_every_way_over_the_gate_is_told_from_the_others():
    #                  at once, effort, drift, luck, never, effort of one admitted in the placebo too
    admitted = np.array([14, 66, 66, 96, -1, 35])
    placebo = np.array([14, -1, 66, 96, -1, 96])
    is_drift = np.array([False, False, True, False, False, True])
    found = ways(admitted, placebo, 14, is_drift)
    assert found.at_once == pytest.approx(1 / 6)
    assert found.effort == pytest.approx(1 / 6)
    assert found.drift == pytest.approx(2 / 6)
    assert found.luck == pytest.approx(1 / 6)
    assert ways(placebo, placebo, 14, is_drift).effort == 0.0
    # an effort made between announcement and start shows on the first day
    assert ways(np.array([14, 14]), np.array([14, -1]), 14, is_drift[:2])[:2] == (0.5, 0.5)


NO_RANKS = (0.0, 0.0)


@pytest.mark.parametrize(
    ("settings", "score", "others", "opens"),
    [
        # score on day 0, days since the gate's start, standing luck, last place
        ({"kind": "threshold", "threshold": 700}, 699.5, (600, 30.0, 0.5, NO_RANKS), True),  # published as 700
        ({"kind": "threshold", "threshold": 700}, 699.4, (600, 30.0, 0.5, NO_RANKS), False),
        ({"kind": "soft", "lowest": 700, "surest": 800}, 750.0, (600, 30.0, 0.49, NO_RANKS), True),  # chance one half
        ({"kind": "soft", "lowest": 700, "surest": 800}, 750.0, (600, 30.0, 0.5, NO_RANKS), False),
        ({"kind": "tiers"}, 750.0, (600, 30.0, 0.5, NO_RANKS), True),
        ({"kind": "tiers"}, 749.0, (600, 30.0, 0.5, NO_RANKS), False),  # the highest level decides
        ({"kind": "stretch", "points": 30}, 630.0, (600, 30.0, 0.5, NO_RANKS), True),
        ({"kind": "stretch", "points": 30}, 630.0, (601, 30.0, 0.5, NO_RANKS), False),
        ({"kind": "rising", "threshold": 700, "rise": 30.0}, 710.0, (600, 10.0, 0.5, NO_RANKS), True),
        ({"kind": "rising", "threshold": 700, "rise": 30.0}, 710.0, (600, 11.0, 0.5, NO_RANKS), False),
        ({"kind": "top_share", "share": 0.1}, 701.0, (600, 30.0, 0.9, (700.0, 0.3)), True),
        ({"kind": "top_share", "share": 0.1}, 700.0, (600, 30.0, 0.29, (700.0, 0.3)), True),
        ({"kind": "top_share", "share": 0.1}, 700.0, (600, 30.0, 0.3, (700.0, 0.3)), False),
    ],
)
def test_whether_a_gate_opens_to_a_score_by_hand(settings, score, others, opens):
    gate = Policy.model_validate({"gate": settings}).gate
    assert opens_to(gate, score, *others) == opens
