"""Gates: whom each kind admits, and what admission means for the features of the circle."""

import pytest

from sim.model.circle import may_use
from sim.model.gates import ADMISSIONS
from sim.model.states import ALL_FEATURES, COMMENT, FEATURES, LIKE, ONLOOKER, POSTER, POSTING, SEEKER, TIP, VIEW
from sim.scenario.policy import Lottery, NoCircle, OpenCircle, Threshold


def chance(kind, score, a=0.0):
    return ADMISSIONS[kind](float(score), 600.0, 50.0, a, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(("score", "admitted"), [(350, 0.0), (749, 0.0), (750, 1.0), (751, 1.0), (950, 1.0)])
def test_a_threshold_admits_from_its_number_up(score, admitted):
    assert chance("threshold", score, 750.0) == admitted


def test_the_lowest_threshold_admits_all_and_the_highest_nobody():
    assert chance("threshold", 350, 350.0) == 1.0
    assert chance("threshold", 950, 951.0) == 0.0


@pytest.mark.parametrize("score", [350, 600, 950])
def test_a_lottery_ignores_the_score(score):
    assert chance("lottery", score, 0.01) == 0.01


@pytest.mark.parametrize("score", [350, 950])
def test_open_admits_all_and_none_nobody(score):
    assert chance("open", score) == 1.0
    assert chance("none", score) == 0.0


def test_settings_carry_their_number_to_the_rule():
    assert Threshold(threshold=700).numbers()[0] == 700.0
    assert Lottery(share=0.3).numbers()[0] == 0.3
    assert [kind().rewards_score for kind in (NoCircle, OpenCircle, Lottery, Threshold)] == [False, False, False, True]
    assert [kind().has_circle for kind in (NoCircle, OpenCircle, Lottery, Threshold)] == [False, True, True, True]


# role, feature, gate active, covers, admitted -> may
TABLE = [
    (ONLOOKER, VIEW, True, COMMENT, False, True),  # 2016: all view, like and tip
    (ONLOOKER, LIKE, True, COMMENT, False, True),
    (ONLOOKER, TIP, True, COMMENT, False, True),
    (ONLOOKER, COMMENT, True, COMMENT, False, False),  # 750 to comment
    (SEEKER, COMMENT, True, COMMENT, False, False),
    (SEEKER, COMMENT, True, COMMENT, True, True),
    (SEEKER, COMMENT, False, COMMENT, False, True),  # before and after the rule
    (SEEKER, VIEW, True, COMMENT | VIEW, False, False),
    (SEEKER, VIEW, True, COMMENT | VIEW, True, True),
    (SEEKER, LIKE, True, VIEW, False, False),  # who may not view may do nothing else
    (SEEKER, COMMENT, True, VIEW, False, False),
    (SEEKER, COMMENT, True, VIEW, True, True),
    (SEEKER, LIKE, True, 0, False, True),  # a gate that covers nothing
    (POSTER, COMMENT, True, COMMENT, False, True),  # posters whatever their score
    (POSTER, VIEW, True, ALL_FEATURES, False, True),
    (POSTER, POSTING, True, COMMENT, False, True),
    (POSTER, POSTING, True, ALL_FEATURES, False, False),  # unless the gate covers posting itself
    (POSTER, POSTING, True, ALL_FEATURES, True, True),
    (POSTER, POSTING, False, ALL_FEATURES, False, True),
    (SEEKER, POSTING, True, ALL_FEATURES, True, False),  # posting is for posters alone
    (ONLOOKER, POSTING, False, 0, True, False),
]


@pytest.mark.parametrize(("role", "feature", "active", "covers", "admitted", "may"), TABLE)
def test_who_may_use_what(role, feature, active, covers, admitted, may):
    assert bool(may_use(feature, role, active, covers, admitted)) == may


def test_every_feature_has_a_flag_of_its_own():
    assert sum(FEATURES.values()) == ALL_FEATURES
    assert sorted(FEATURES.values()) == [1, 2, 4, 8, 16]
