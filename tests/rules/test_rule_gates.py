"""Gates: whom each kind admits by hand, what admission opens, and how a kind is found."""

import numpy as np
import pytest

from sim.draws import GATE, luck
from sim.model.circle import may_use
from sim.model.gates import gate_kinds
from sim.model.gates.entry import Level, invitation_order, offer, opened
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.states import (
    ALL_FEATURES,
    COMMENT,
    ENTERED,
    FEATURES,
    LIKE,
    ONLOOKER,
    POSTER,
    POSTING,
    SEEKER,
    TIP,
    VIEW,
)
from tests.helpers import GATES

KINDS = gate_kinds()


def chance(kind, score=600, *, start=600, day=50, invited=0, offered=0, cutoff=NOBODY, tie=0.0, **settings):
    """Chance of admission at a gate of one level with these settings."""
    (level,) = KINDS[kind](**settings).levels()
    return KINDS[kind].admission(
        float(score), float(start), float(day), float(invited), float(offered), cutoff, tie, *level.numbers
    )


@pytest.mark.parametrize(("score", "admitted"), [(350, 0.0), (749, 0.0), (750, 1.0), (751, 1.0), (950, 1.0)])
def test_a_threshold_admits_from_its_number_up(score, admitted):
    assert chance("threshold", score) == admitted


def test_the_lowest_threshold_admits_all_and_the_highest_nobody():
    assert chance("threshold", 350, threshold=350) == 1.0
    assert chance("threshold", 950, threshold=951) == 0.0


@pytest.mark.parametrize(("score", "even"), [(350, 0.0), (700, 0.0), (701, 0.01), (750, 0.5), (799, 0.99), (800, 1.0)])
def test_a_soft_gate_rises_in_a_straight_line(score, even):
    assert chance("soft", score) == pytest.approx(even, abs=1e-15)


def test_a_stretch_goal_is_ones_own():
    assert [
        chance("stretch", score, start=start, points=30) for start, score in ((500, 529), (500, 530), (700, 530))
    ] == [
        0.0,
        1.0,
        0.0,
    ]


def test_a_rising_threshold_rises_and_stops():
    rising = {"threshold": 700, "rise": 30.0, "highest": 720}
    at = [(700, 0), (700, 1), (709, 10), (710, 10), (719, 400), (720, 400), (700, -5), (699, -5)]
    assert [chance("rising", score, day=day, **rising) for score, day in at] == [1, 0, 0, 1, 0, 1, 1, 0]


def test_the_top_share_is_above_the_last_place_or_lucky_at_it():
    assert [chance("top_share", score, cutoff=700.0, tie=0.3) for score in (699, 700, 701)] == [0.0, 0.3, 1.0]
    assert chance("top_share", 950) == 0.0  # before anybody was ranked


def test_a_price_is_paid_to_the_fen():
    assert [chance("price", offered=fen, price=12.34) for fen in (1233, 1233.99, 1234, 9e9)] == [0.0, 0.0, 1.0, 1.0]
    assert chance("price", offered=0, price=0.0) == 1.0


def test_the_invited_are_in_and_the_others_by_lot():
    assert chance("invitation", invited=1, seeds=0.0) == 1.0
    assert chance("invitation", invited=0, seeds=0.02) == 0.02


@pytest.mark.parametrize("score", [350, 600, 950])
def test_a_lottery_ignores_the_score(score):
    assert chance("lottery", score, share=0.01) == 0.01


@pytest.mark.parametrize("score", [350, 950])
def test_open_admits_all_and_none_nobody(score):
    assert chance("open", score) == 1.0
    assert chance("none", score) == 0.0


def test_which_gates_reward_the_score_and_which_guard_anything():
    assert {kind for kind in KINDS if not KINDS[kind].rewards_score} == {
        "none",
        "open",
        "lottery",
        "price",
        "invitation",
    }
    assert {kind for kind in KINDS if not KINDS[kind].guards} == {"none", "open"}
    assert {kind for kind in KINDS if not KINDS[kind].has_circle} == {"none"}
    assert set(GATES) == {kind for kind in KINDS if KINDS[kind].guards}  # every kind has a world in the tests


def test_tiers_open_together_what_has_the_same_score():
    levels = KINDS["tiers"](covers=("view", "comment", "post"), view=650, comment=700, post=650).levels()
    assert [(level.opens, level.numbers[0]) for level in levels] == [(("view", "post"), 650.0), (("comment",), 700.0)]


def test_a_tier_opens_its_features_and_the_last_one_is_all():
    levels = [Level(VIEW | LIKE, 600.0, 0.0, 0.0, 0.0), Level(COMMENT, 700.0, 0.0, 0.0, 0.0)]
    rule = KINDS["tiers"].admission
    flags = [opened(rule, levels, 2, 0.5, score, 600.0, 0.0, 0.0, 0.0, NOBODY, 0.0) for score in (599.0, 600.0, 700.0)]
    assert flags == [0, VIEW | LIKE, VIEW | LIKE | COMMENT | ENTERED]


# Ranks, offers, invitations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("users", [1, 2, 1_000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.5, 0.999, 1.0])
@pytest.mark.parametrize("spread", [1, 30, 600])
def test_exactly_as_many_places_as_the_share(users, share, spread):
    random = np.random.default_rng(users + spread)
    ids = random.permutation(5 * users)[:users].astype(np.int32)
    scores = random.integers(350, 350 + spread + 1, users).astype(np.int16)
    places = KINDS["top_share"](share=share).places(users)
    assert places == round(share * users)
    cutoff, tie = last_place(77, ids, scores, places)
    standing = np.array([luck(77, 0, GATE, 0, int(who), 0)[0] for who in ids])
    admitted = standing < [chance("top_share", score, cutoff=cutoff, tie=tie) for score in scores]
    assert admitted.sum() == places
    best = np.lexsort((standing, -scores.astype(int)))  # by score, then by standing luck
    assert set(np.flatnonzero(admitted)) == set(best[:places])


def test_an_offer_by_hand():
    # 3 CNY a day for ever at 0.003 a day is worth 1,000 CNY; for 100 days 1000 (1 - e^-0.3); never more than all cash
    assert offer(True, 1e6, 3.0, 500_000, 0.003) == pytest.approx(100_000.0)
    assert offer(True, 100.0, 3.0, 500_000, 0.003) == pytest.approx(100_000.0 * (1 - np.exp(-0.3)))
    assert offer(True, 1e6, 3.0, 99_999, 0.003) == 99_999.0
    assert offer(True, 1e6, 0.0, 99_999, 0.003) == 0.0
    assert offer(False, 1e6, 3.0, 99_999, 0.003) == 0.0  # who does not choose does not buy


def test_the_order_of_invitations_is_by_luck_and_never_equal():
    from types import SimpleNamespace

    p = SimpleNamespace(seed_low=5, seed_high=0)
    orders = {who: [invitation_order(p, who, whom) for whom in range(2_000)] for who in (1, 2)}
    assert all(len(set(order)) == 2_000 for order in orders.values())
    assert max(map(max, orders.values())) < 2**63
    first = [np.argsort(order)[:200] for order in orders.values()]
    assert len(set(first[0]) & set(first[1])) < 50  # 20 expected, standard deviation 4


# Features -------------------------------------------------------------------------------------------------------------

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
    assert bool(may_use(feature, role, active, covers, covers | ENTERED if admitted else 0)) == may


@pytest.mark.parametrize(
    ("feature", "open_features", "may"),
    [
        (LIKE, VIEW | LIKE, True),
        (COMMENT, VIEW | LIKE, False),
        (LIKE, LIKE, False),  # who may not view may do nothing else
        (TIP, VIEW, True),  # not covered
    ],
)
def test_features_open_one_by_one(feature, open_features, may):
    assert bool(may_use(feature, SEEKER, True, VIEW | LIKE | COMMENT, open_features)) == may


def test_every_feature_has_a_flag_of_its_own():
    assert sum(FEATURES.values()) == ALL_FEATURES
    assert sorted(FEATURES.values()) == [1, 2, 4, 8, 16]
    assert ENTERED & ALL_FEATURES == 0
