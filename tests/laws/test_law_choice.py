"""Laws of the decision rules, on both engines: where a rule must do nothing, where two must be the same, and what moves effort."""

import numpy as np
import pytest

from sim.engines.fast import DayZero, FastEngine
from sim.model.calendar import PUBLICATION, make_calendar
from sim.model.choice import rule_names
from sim.model.choice.mixture import belief_in, rule_in, rules_of
from sim.model.columns import LESSONS
from sim.model.states import LEARNED
from tests.helpers import (
    BUSY,
    ENGINES,
    GATE_640,
    NONE,
    OPEN,
    different_columns,
    different_totals,
    finished,
    rearranged,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 80}
EFFORTS = ("spend", "repay", "upload", "uploads", "repaid_early_fen")
STRIVING = [name for name in rule_names() if name != "none"]
MIXED = {"mixture": {"goal_gradient": 0.2, "none": 0.2, "dynamic_programming": 0.2, "myopic": 0.2}}
LEARNING = {"world.population.folk_share": 0.3, "world.population.learned_share": 0.5}
SEEING = {"world.choice.myopic_days": 31.0}

both = pytest.mark.parametrize("engine", ENGINES)


def run(engine, *changes):
    return finished(scenario(BUSY, {"run.users": USERS[engine]}, *changes), engine=engine)


def same(one, other):
    return different_totals(one, other) == set() and different_columns(one, other) == set()


# No effort -----------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("gate", [GATE_640, OPEN, NONE], ids=["gate", "open", "none"])
@pytest.mark.parametrize("beliefs", [{}, LEARNING], ids=["", "learned"])
def test_nobody_strives_in_the_placebo(engine, gate, beliefs):
    placebo = run(engine, {"rule": "none"}, gate, beliefs)
    assert all(total(placebo, effort).sum() == 0 for effort in EFFORTS)
    assert (total(placebo, "rest") == USERS[engine]).all()


@both
@pytest.mark.parametrize("rule", STRIVING)
def test_nobody_strives_for_what_no_score_opens(engine, rule):
    free = run(engine, {"rule": rule}, OPEN, LEARNING)
    assert (total(free, "rest") == USERS[engine]).all()
    assert total(run(engine, {"rule": rule}, SEEING, LEARNING), "rest").min() < USERS[engine]


@both
@pytest.mark.parametrize("rule", STRIVING)
def test_no_effort_that_cannot_arrive_before_the_gate_ends(engine, rule):
    # the gate is announced on day 6, after the publication of day 5, and gone before that of day 35
    dated = {"kind": "threshold", "threshold": 640, "announced": 6, "start": 6}
    rich = {"rule": rule, **LEARNING, **SEEING, "world.choice.perk_worth": 5_000.0, "switches.awareness": False}
    assert (total(run(engine, rich, {"policy.gate": {**dated, "end": 35}}), "rest") == USERS[engine]).all()
    # one publication more, and there is effort before it and none after it
    longer = total(run(engine, rich, {"policy.gate": {**dated, "end": 36}}), "rest")
    assert longer[6:35].min() < USERS[engine]
    assert (longer[35:] == USERS[engine]).all()


@both
def test_the_myopic_strive_only_when_a_publication_is_near(engine):
    near = run(engine, {"rule": "myopic", "world.choice.myopic_days": 9.0, "world.choice.perk_worth": 2_000.0})
    days = make_calendar(near.scenario).ticks_to_publication  # a tick is a day here
    striving = USERS[engine] - total(near, "rest")
    # a plan lasts until the next review, a week at most; who took one within 9 days is done 7 days later at the latest
    due = near.scenario.world.calendar.review_days
    far = (days > 9) & (np.roll(days, due) > 9) & (np.arange(60) > due)
    published = np.flatnonzero(make_calendar(near.scenario).flags & PUBLICATION)
    assert striving[(days <= 9) & (np.arange(60) > 4)].sum() > 0
    assert far.sum() > 10
    assert striving[far & ~np.isin(np.arange(60), published)].sum() == 0


# The same ------------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("rule", rule_names())
def test_a_mixture_of_one_rule_is_that_rule(engine, rule):
    assert same(run(engine, {"rule": rule}), run(engine, {"mixture": {rule: 1.0}}))
    assert same(run(engine, {"rule": rule}), run(engine, {"rule": rule, "mixture": {rule: 0.4}}))


@both
def test_a_gradient_of_nothing_without_a_pause_is_forward_looking(engine):
    flat = {"rule": "goal_gradient", "world.choice.goal_gradient": 0.0, "world.choice.reward_pause": 0.0}
    modest = {"world.choice.perk_worth": 3.0}  # so that some hesitate
    plain = run(engine, modest)
    assert same(run(engine, modest, flat), plain)
    assert not same(run(engine, modest, flat, {"world.choice.goal_gradient": 9.0}), plain)
    assert not same(run(engine, modest, flat, {"world.choice.reward_pause": 30.0}), plain)


@both
def test_everybody_chooses_as_in_a_world_of_their_own_rule(engine):
    # without a circle and without contacts nobody notices the others: whoever follows a rule in the mixture lives the very
    # life of the world in which all do, score checks of the placebo included
    alone = {
        **LEARNING,
        "switches.circle": False,
        "world.contacts.kind": "none",
        "world.choice.perk_worth": 40.0,
    }
    mixed = run(engine, alone, MIXED)
    codes = rule_in(mixed.columns["belief"].astype(int))
    in_use = rules_of(mixed.scenario)
    lives = set()
    for code, (rule, _) in enumerate(in_use):
        pure = run(engine, alone, {"rule": rule.name})
        own = codes == code
        assert own.sum() > 0
        for name in mixed.columns.names:
            if name == "belief":
                assert np.array_equal(belief_in(mixed.columns[name][own]), pure.columns[name][own])
            else:
                assert np.array_equal(mixed.columns[name][own], pure.columns[name][own]), (rule.name, name)
        lives.add(pure.columns["visits"].tobytes())
    assert len(lives) == len(in_use) == 5


@both
def test_rules_are_drawn_in_their_shares_and_beside_all_else(engine):
    codes = rule_in(run(engine, MIXED).columns["belief"].astype(int))
    counts = np.bincount(codes, minlength=5) / codes.size
    # five standard errors of a share of a fifth
    assert np.abs(counts - 0.2).max() < 5 * np.sqrt(0.16 / codes.size)
    if engine == "fast":
        columns = run(engine, MIXED).columns
        for name in ("income", "responsive", "role", "circle_worth", "owned"):
            assert abs(np.corrcoef(codes, columns[name].astype(float))[0, 1]) < 5 / np.sqrt(codes.size), name


def test_people_are_the_same_whatever_the_rules():
    # one day 0 serves every arm: rules are drawn when the run begins, on a copy
    plain, mixed = scenario(BUSY, {"run.users": 500}), scenario(BUSY, MIXED, {"run.users": 500})
    start = DayZero(plain, 4)
    before = start.columns["belief"].copy()
    shared, own = FastEngine(mixed, 4, 1, start), FastEngine(mixed, 4)
    assert np.array_equal(start.columns["belief"], before)
    assert different_columns(shared, own) == set()


@pytest.mark.parametrize("threads", [1, 2])
def test_rearranging_users_of_many_rules_rearranges_the_result(threads):
    given = scenario(BUSY, MIXED, LEARNING, {"run.users": 5_000, "run.ticks": 70})
    start = DayZero(given, 3)
    order = np.random.default_rng(8).permutation(5_000)
    straight = FastEngine(given, 3, 1, start)
    shuffled = FastEngine(given, 3, threads, rearranged(start, order))
    straight.run(70)
    shuffled.run(70)
    assert np.array_equal(straight.totals, shuffled.totals)
    for name in straight.columns.names:
        assert np.array_equal(straight.columns[name][order], shuffled.columns[name]), name


# Learning ------------------------------------------------------------------------------------------------------------


@both
def test_lessons_are_kept_only_where_somebody_learns(engine):
    lessons = {column.name for column in LESSONS}
    assert not lessons & set(run(engine).columns.names)
    columns = run(engine, LEARNING).columns
    assert lessons < set(columns.names)
    others = belief_in(columns["belief"]) != LEARNED
    assert 0 < others.sum() < others.size
    assert all(not columns[name][others].any() for name in lessons)


@both
def test_at_a_learning_rate_of_nothing_the_prior_stays(engine):
    columns = run(engine, LEARNING, {"world.choice.learning_rate": 0.0}).columns
    learns = belief_in(columns["belief"]) == LEARNED
    for name, prior in (("learned_spend", 6.5), ("learned_repay", 6.5), ("learned_upload", 15.0)):
        assert (columns[name][learns] == np.float32(prior)).all()
        assert len(np.unique(run(engine, LEARNING).columns[name][learns])) > 2


@both
def test_those_who_never_strive_learn_nothing(engine):
    columns = run(engine, LEARNING, {"rule": "none"}).columns
    learns = belief_in(columns["belief"]) == LEARNED
    assert (columns["learned_spend"][learns] == np.float32(6.5)).all()
    assert not columns["spend_days"].any()


def test_in_a_world_where_effort_moves_no_score_the_learners_give_up():
    # a score of history alone, record and utilisation frozen: spending brings nothing, and learners find out, folk do not
    idle = {
        "world.score.history_weight": 0.0,
        "world.score.ability_weight": 0.0,
        "world.score.behaviour_weight": 0.0,
        "world.score.identity_weight": 1.0,
        "world.score.relationships_weight": 0.0,
        "world.score.identity_per_asset": 0.0,
        "world.score.noise": 2.0,
        "run.ticks": 365,
        "run.users": 3_000,
    }
    striving = {}
    for belief in ("folk", "learned"):
        shares = {"world.population.folk_share": 0.0, f"world.population.{belief}_share": 1.0}
        striving[belief] = total(finished(scenario(BUSY, idle, shares)), "spend")
    assert striving["folk"][330:].sum() > 0.6 * striving["folk"][30:65].sum()
    assert striving["learned"][330:].sum() < 0.35 * striving["learned"][30:65].sum()


# Direction -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", STRIVING)
@pytest.mark.parametrize(
    ("cost", "low", "high", "effort"),
    [
        ("spend_hassle", 0.1, 8.0, "spend"),
        ("repay_hassle", 0.1, 8.0, "repay"),
        ("privacy_median", 5.0, 900.0, "uploads"),
    ],
)
def test_less_of_an_effort_is_made_the_more_it_costs(rule, cost, low, high, effort):
    size = {"run.users": 4_000, "rule": rule, **SEEING, "world.choice.perk_worth": 60.0}
    made = [
        sum(
            total(finished(scenario(BUSY, size, {f"world.choice.{cost}": value}), seed), effort).sum()
            for seed in (1, 2)
        )
        for value in (low, high)
    ]
    assert made[1] < made[0]
