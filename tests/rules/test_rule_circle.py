"""The circle by hand-worked numbers: motivation, appeal, novelty, replies, exclusivity, tips."""

import numpy as np
import pytest

from sim.model.circle import (
    circle_rate,
    circle_today,
    circle_visited,
    exclusivity,
    feed_appeal,
    motivation_after,
    noticed_rate,
    novelty,
    reactions_per_post,
    reply_chance,
    tip_amount,
    together,
)
from sim.model.numbers import as_namespace, numbers
from sim.model.states import ONLOOKER, POSTER, SEEKER
from sim.scenario.world import CircleWorld
from tests.helpers import scenario


def test_reactions_per_post():
    assert reactions_per_post(30, 12) == 2.5
    assert reactions_per_post(30, 0) == 0.0


def test_motivation_has_a_critical_mass():
    # at 3 reactions with half at 3 the target is one half; at 1 it is 0.1; at 9 it is 0.9
    assert motivation_after(0.8, 3.0, 3.0, 1.0) == pytest.approx(0.5)
    assert motivation_after(0.8, 1.0, 3.0, 1.0) == pytest.approx(0.1)
    assert motivation_after(0.8, 9.0, 3.0, 1.0) == pytest.approx(0.9)
    assert motivation_after(0.8, 3.0, 3.0, 0.5) == pytest.approx(0.65)
    assert motivation_after(0.8, 0.0, 3.0, 1.0) == 0.0


def test_appeal_saturates_in_posts():
    assert feed_appeal(0.0, 0.005) == 0.0
    assert feed_appeal(0.005, 0.005) == 0.5
    assert feed_appeal(0.045, 0.005) == pytest.approx(0.9)


def test_novelty_fades_to_its_floor():
    assert novelty(0, 30.0, 0.4) == 1.0
    assert novelty(30, 30.0, 0.4) == pytest.approx(0.4 + 0.6 * np.exp(-1))
    assert novelty(1000, 30.0, 0.4) == pytest.approx(0.4)


def test_a_high_score_is_answered_three_to_ten_times_as_often():
    # facts.md, two-sided (Ong & Wang 2015, A): 3 to 10
    world = CircleWorld()

    def answered(score):
        return reply_chance(float(score), world.reply_low, world.reply_high, world.reply_middle, world.reply_width)

    assert 3.0 <= answered(850) / answered(550) <= 10.0
    assert answered(700) == pytest.approx((world.reply_low + world.reply_high) / 2)
    assert all(np.diff([answered(score) for score in range(350, 951)]) >= 0)


def test_a_comment_is_worth_more_the_fewer_may():
    assert exclusivity(1.0, 0.5) == 1.0
    assert exclusivity(0.0, 0.5) == 1.5
    assert exclusivity(0.4, 0.5) == pytest.approx(1.3)


def test_rates_by_role():
    pulls = (0.1 * 0.5, 0.4 * 0.5, 0.6 * 0.5 * 1.3)
    assert circle_rate(ONLOOKER, 2.0, *pulls) == pytest.approx(0.1)
    assert circle_rate(SEEKER, 2.0, *pulls) == pytest.approx(0.4)
    assert circle_rate(POSTER, 2.0, *pulls) == pytest.approx(0.78)
    assert noticed_rate(0.4, 0.25, 0.8) == pytest.approx(0.48)  # answered every fourth time, each worth 0.8 more
    assert noticed_rate(0.4, 0.0, 0.8) == pytest.approx(0.4)


def test_most_tips_are_small():
    # a uniform to the sixth power has mean one seventh: midpoints of 1,000 steps are right to 1e-5
    tips = [tip_amount((k + 0.5) / 1000, 20_000.0, 6) for k in range(1000)]
    assert np.mean(tips) == pytest.approx(20_000 / 7, abs=1.0)  # whole fen, rounded down
    assert tip_amount(0.5, 20_000.0, 1) == 10_000
    assert tip_amount(0.5, 20_000.0, 3) == 2_500
    assert min(tips) >= 0
    assert max(tips) < 20_000


def test_the_circle_of_today_by_hand():
    p = as_namespace(numbers(scenario(), 1))
    first = circle_today(p, 0, 0.123, 0, 0, 0, 0)
    assert first == (p.circle_first_motivation, 0.0, 0.0, 0.0, 1.0 + p.circle_exclusivity)
    # day 10: 20 posts with 60 reactions, 1,000 know, 100 of them may comment
    motivation, appeal, pull, attention, factor = circle_today(p, 10, 0.8, 20, 60, 1000, 100)
    assert motivation == pytest.approx(0.8 + p.motivation_step * (0.5 - 0.8))
    assert appeal == pytest.approx(0.02 / 0.025)
    assert pull == pytest.approx(appeal * (0.4 + 0.6 * np.exp(-1 / 3)))
    assert attention == pytest.approx(0.5 * p.circle_attention_pull)
    assert factor == pytest.approx(1.0 + 0.5 * 0.9)
    # a day without a post leaves motivation alone
    assert circle_today(p, 10, 0.8, 0, 0, 1000, 100)[0] == 0.8


def test_visitors_share_themselves_out_by_the_pulls_of_the_circles():
    points = (np.arange(1000) + 0.5) / 1000
    visited = [int(circle_visited(point, 0.1, 0.0, 0.3, 0.0)) for point in points]
    assert np.bincount(visited, minlength=4).tolist() == [250, 0, 750, 0]
    assert {int(circle_visited(point, 0.7, 0.0, 0.0, 0.0)) for point in points} == {0}
    assert {int(circle_visited(point, 0.0, 0.0, 0.0, 0.2)) for point in points} == {3}


def test_circles_side_by_side_never_draw_more_than_a_full_one():
    assert together(0.0, 0.3) == 0.3
    assert together(0.3, 0.0) == 0.3
    assert together(0.5, 0.5) == 0.75
    assert together(1.0, 0.4) == 1.0
