"""Decision rules one by one on hand-worked numbers; who follows which; what is learned from a publication."""

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.choice import decision_rule, rule_names
from sim.model.choice.forward_looking import net_present_value
from sim.model.choice.goal_gradient import share_ahead
from sim.model.choice.mixture import belief_in, rule_in, rules_of, with_rule
from sim.model.choice.prospect import OUT_OF_THE_RUNNING, Prospect
from sim.model.experience import after_publication, learns_from
from sim.model.numerics import normal_cdf
from sim.model.outlook import believed_score, best_conceivable_score
from sim.model.states import CAR, FUND, HOUSE, LEARNED, REPAY, REST, SPEND, UPLOAD
from tests.helpers import OUTLOOK, scenario

PROSPECT = Prospect(
    plan=SPEND,
    days_to_admission=40.0,
    days_to_end=1e6,
    prize_per_day=2.0,
    cost_per_day=1.0,
    cost_at_once=0.0,
    discount=0.003,
    days_to_start=0.0,
    days_to_publication=10.0,
    publication_interval=30.0,
    publications=2.0,
    points_missing=10.0,
    points_missing_at_start=40.0,
    missing_at_rest=8.0,
    points_gained=9.0,
    days_since_admission=-1.0,
)


def value(name, changes=None, **parameters):
    rule = decision_rule(name)
    given = scenario({f"world.choice.{key}": number for key, number in parameters.items()})
    return rule.value(PROSPECT._replace(**(changes or {})), rule.prepare(given).tolist())


def test_every_rule_is_known_by_its_name():
    assert rule_names() == ("dynamic_programming", "forward_looking", "goal_gradient", "myopic", "none")
    assert [decision_rule(name).name for name in rule_names()] == list(rule_names())
    assert [name for name in rule_names() if not decision_rule(name).strives] == ["none"]


# Goal gradient -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "at_start", "ahead"),
    [(40, 40, 1.0), (10, 40, 0.25), (0, 40, 0.0), (60, 40, 1.0), (5, 0, 1.0), (0, 0, 0)],
)
def test_the_share_of_the_way_ahead(missing, at_start, ahead):
    assert share_ahead(missing, at_start) == ahead


def test_goal_gradient_by_hand():
    # three quarters of the way covered, at a gradient of 2: the prize draws 2.5 times
    expected = net_present_value(40.0, 1e6, 2.0 * 2.5, 1.0, 0.0, 0.003)
    assert value("goal_gradient", goal_gradient=2.0) == pytest.approx(expected)


def test_the_draw_rises_as_the_goal_comes_near_and_not_with_the_points_as_such():
    drawn = [value("goal_gradient", {"points_missing": left}) for left in (40.0, 30.0, 20.0, 10.0, 1.0)]
    assert (np.diff(drawn) > 0.0).all()
    # ten of forty or a hundred of four hundred: the same share, the same draw
    far = {"points_missing": 100.0, "points_missing_at_start": 400.0}
    assert value("goal_gradient", far) == value("goal_gradient")


def test_without_a_gradient_nothing_is_drawn_by_the_distance():
    for left in (40.0, 10.0):
        flat = value("goal_gradient", {"points_missing": left}, goal_gradient=0.0)
        assert flat == value("forward_looking")


def test_the_pause_after_the_reward():
    for days, resting in ((0.0, True), (29.0, True), (30.0, False), (-1.0, False)):
        paused = value("goal_gradient", {"days_since_admission": days}, reward_pause=30.0)
        assert (paused <= OUT_OF_THE_RUNNING) == resting
    assert value("goal_gradient", {"days_since_admission": 0.0}, reward_pause=0.0) > OUT_OF_THE_RUNNING


# Myopic --------------------------------------------------------------------------------------------------------------


def test_myopic_by_hand():
    near = {"publications": 1.0, "days_to_admission": 10.0}
    expected = net_present_value(10.0, 1e6, 2.0 * 0.6, 1.0, 0.0, 0.003)
    assert value("myopic", near, present_bias=0.6) == pytest.approx(expected)


def test_the_myopic_do_not_strive_when_no_publication_is_near_enough():
    near = {"publications": 1.0, "prize_per_day": 1e6}
    assert value("myopic", {**near, "days_to_admission": 14.0}) > 0.0
    assert value("myopic", {**near, "days_to_admission": 15.0}) <= OUT_OF_THE_RUNNING
    assert value("myopic", {**near, "days_to_admission": 10.0, "publications": 2.0}) <= OUT_OF_THE_RUNNING


def test_without_bias_the_myopic_value_is_the_forward_looking_one():
    near = {"publications": 1.0, "days_to_admission": 10.0}
    assert value("myopic", near, present_bias=1.0) == value("forward_looking", near)


# Dynamic programming -------------------------------------------------------------------------------------------------

PERIOD = (1.0 - np.exp(-0.09)) / 0.003


def test_dynamic_programming_with_one_publication_left_by_hand():
    # 8 points short at a noise of 6, 4.5 points a publication: cost of a period against a better chance of one prize
    gain = np.exp(-0.09) * (norm.cdf(-(8.0 - 4.5) / 6.0) - norm.cdf(-8.0 / 6.0))
    last = {"days_to_end": 30.0}
    assert value("dynamic_programming", last) == pytest.approx(PERIOD * (2.0 * gain - 1.0), abs=0.2)


def test_assets_are_worth_the_rest_that_follows():
    last = {"days_to_end": 30.0, "plan": UPLOAD, "cost_at_once": 7.0, "cost_per_day": 0.0}
    gain = np.exp(-0.09) * (norm.cdf(1.0 / 6.0) - norm.cdf(-8.0 / 6.0))
    assert value("dynamic_programming", last) == pytest.approx(PERIOD * 2.0 * gain - 7.0, abs=0.2)


def test_more_publications_left_are_worth_more():
    left = [value("dynamic_programming", {"days_to_end": end}) for end in (15.0, 45.0, 105.0, 375.0, 1e6)]
    assert (np.diff(left) > 0.0).all()


def test_a_prize_of_nothing_is_worth_its_cost():
    nothing = {"prize_per_day": 0.0}
    assert value("dynamic_programming", nothing) == pytest.approx(-PERIOD)


def test_a_gate_that_starts_late_is_worth_less():
    values = [value("dynamic_programming", {"days_to_start": start}) for start in (0.0, 60.0, 200.0)]
    assert values[0] > values[1] > values[2] > 0.0


def test_the_normal_distribution_function():
    points = np.linspace(-12.0, 12.0, 4_801)
    assert np.abs([normal_cdf(x) for x in points.tolist()] - norm.cdf(points)).max() < 3e-15


# Who follows which ---------------------------------------------------------------------------------------------------


def shares(**changes):
    return [(rule.name, pytest.approx(below)) for rule, below in rules_of(scenario(changes))]


def test_the_rest_of_a_mixture_follows_the_scenarios_rule():
    assert shares() == [("forward_looking", 1.0)]
    assert shares(mixture={"none": 0.2, "goal_gradient": 0.3}) == [
        ("goal_gradient", 0.3),
        ("none", 0.5),
        ("forward_looking", 1.0),
    ]
    assert shares(mixture={"none": 0.2}, rule="myopic") == [("none", 0.2), ("myopic", 1.0)]
    assert shares(mixture={"none": 0.5, "forward_looking": 0.2}) == [("none", 0.5), ("forward_looking", 1.0)]


def test_a_rule_that_nobody_follows_has_no_code():
    assert shares(mixture={"none": 1.0}) == [("none", 1.0)]
    assert shares(mixture={"none": 0.0}) == [("forward_looking", 1.0)]
    assert shares(mixture={"none": 0.1, "myopic": 0.9}) == [("myopic", 0.9), ("none", 1.0)]


def test_a_byte_holds_belief_and_rule():
    for belief in range(3):
        for code in range(64):
            column = with_rule(belief, code)
            assert 0 <= column <= 255
            assert (belief_in(column), rule_in(column)) == (belief, code)


# Learning ------------------------------------------------------------------------------------------------------------


def test_what_was_done_since_the_last_publication():
    assert learns_from(15.0, 6.0, 1.0, CAR | FUND) == (0.5, 0.2, 1.0)


def test_learning_by_hand():
    # a month of spending brought 16 points where 6 were expected: half of the surprise of 10
    assert after_publication(6.0, 6.0, 15.0, 1.0, 0.0, 0.0, 16.0, 0.5) == (11.0, 6.0, 15.0)
    # half a month of each, 16 points instead of 6: each estimate takes its half of the half
    assert after_publication(6.0, 6.0, 15.0, 0.5, 0.5, 0.0, 16.0, 0.5) == (8.5, 8.5, 15.0)
    # two assets, 20 points instead of 30, divided by the size 4 of the effort
    assert after_publication(6.0, 6.0, 15.0, 0.0, 0.0, 2.0, 20.0, 0.5) == (6.0, 6.0, 12.5)


def test_who_rests_learns_nothing_and_who_never_learns_keeps_the_prior():
    assert after_publication(6.0, 5.0, 15.0, 0.0, 0.0, 0.0, 90.0, 0.5) == (6.0, 5.0, 15.0)
    assert after_publication(6.0, 5.0, 15.0, 1.0, 0.5, 3.0, 90.0, 0.0) == (6.0, 5.0, 15.0)


@pytest.mark.parametrize("effort", [(0.6, 0.0, 0.0), (0.5, 0.5, 0.0), (0.0, 0.0, 1.0), (0.3, 0.2, 3.0)])
def test_a_steady_experience_is_learned_in_the_end(effort):
    points = (6.5, 6.5, 15.0)
    for _ in range(400):
        points = after_publication(*points, *effort, 12.0, 0.3)
    assert sum(p * done for p, done in zip(points, effort, strict=True)) == pytest.approx(12.0)


def test_the_believed_score_of_one_who_learned():
    outlook = OUTLOOK._replace(belief=LEARNED, declared=CAR)
    assert believed_score(outlook, REST, 30.0, CAR) == 600.0
    assert believed_score(outlook, SPEND, 30.0, CAR) == pytest.approx(606.0)
    assert believed_score(outlook, REPAY, 30.0, CAR) == pytest.approx(603.0)
    assert believed_score(outlook, UPLOAD, 30.0, CAR | HOUSE | FUND) == pytest.approx(630.0)
    assert best_conceivable_score(outlook, CAR | HOUSE | FUND, 30.0) == pytest.approx(630.0)
    discouraged = outlook._replace(learned_spend=-0.1, learned_repay=-0.2, learned_upload=-3.0)
    assert best_conceivable_score(discouraged, 7, 30.0) == 600.0
