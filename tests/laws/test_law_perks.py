"""Laws of perks with score levels of their own, on both engines: where they must change nothing, and whom they must move."""

import numpy as np
import pytest

from sim.scenario.load import load
from sim.scenario.show import resolved_text
from tests.helpers import (
    BUSY,
    ENGINES,
    MERCHANTS,
    OPEN,
    PERK_LEVELS,
    different_columns,
    different_totals,
    finished,
    gate_of,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 80}
LEVELS = "world.choice.perk_levels"
RULES = ("forward_looking", "goal_gradient", "myopic", "dynamic_programming")
SEEING = {"world.choice.myopic_days": 31.0}

both = pytest.mark.parametrize("engine", ENGINES)


def run(engine, *changes, seed=1):
    return finished(scenario(BUSY, {"run.users": USERS[engine]}, *changes), seed, engine)


def same(one, other):
    return different_totals(one, other) == set() and different_columns(one, other) == set()


def level(score):
    return {LEVELS: ({"score": score},)}


# The same -------------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("rule", [*RULES, "mixture"])
def test_perks_at_the_gate_of_users_all_below_it_are_those_that_come_with_it(engine, rule):
    # nobody stands at the gate, and all is over before the publication of day 27 lets somebody in
    height = {"fast": 800, "readable": 770}[engine]
    deciding = {"mixture": dict.fromkeys(RULES[1:], 0.2)} if rule == "mixture" else {"rule": rule}
    world = {
        **SEEING,
        **deciding,
        "policy.gate": {"kind": "threshold", "threshold": height},
        "world.calendar.publication_day": 28,
        "world.population.learned_share": 0.3,
        "world.choice.folk_points": 50.0,
        "run.ticks": 26,
    }
    plain, own = run(engine, world), run(engine, world, level(height))
    assert plain.columns["score"].max() < height
    assert total(plain, "rest").min() < USERS[engine], "nobody makes an effort: the test would show nothing"
    assert same(plain, own)
    assert not same(plain, run(engine, world, level(620)))


@both
def test_levels_that_nobody_can_reach_are_no_perks(engine):
    far = {"world.choice.folk_points": 1.0, "world.population.folk_share": 1.0}
    assert same(run(engine, far, level(950)), run(engine, far, {"world.choice.perk_worth": 0.0}))
    assert not same(run(engine, far, level(640)), run(engine, far, {"world.choice.perk_worth": 0.0}))


@both
def test_levels_of_perks_worth_nothing_are_no_perks(engine):
    nothing = {"world.choice.perk_worth": 0.0}
    assert same(run(engine, nothing), run(engine, nothing, {LEVELS: PERK_LEVELS}))


@both
def test_the_order_of_the_levels_does_not_matter(engine):
    assert same(run(engine, {LEVELS: PERK_LEVELS}), run(engine, {LEVELS: PERK_LEVELS[::-1]}))


@both
@pytest.mark.parametrize("gate", [OPEN, gate_of("lottery"), gate_of("price"), gate_of("invitation")])
def test_without_a_gate_that_a_score_opens_levels_move_nobody(engine, gate):
    assert same(run(engine, gate), run(engine, gate, {LEVELS: PERK_LEVELS}))


@both
def test_where_nobody_strives_levels_move_nobody(engine):
    assert same(run(engine, {"rule": "none"}), run(engine, {"rule": "none", LEVELS: PERK_LEVELS}))


def test_no_levels_is_the_shipped_world():
    assert load("merchants.yaml").world.choice.perk_levels == ()
    assert "perk_levels: []" in resolved_text(load("gate_750.yaml"))


# Whom they move -------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("rule", RULES)
def test_only_those_below_a_level_make_an_effort_for_it(engine, rule):
    # a gate that is out of everybody's reach, so that an effort is for the perk alone, and one day on which all review
    world = {
        **SEEING,
        "rule": rule,
        "switches.awareness": False,
        "world.population.folk_share": 1.0,
        "world.choice.noise": 0.01,
        "policy.gate": {"kind": "threshold", "threshold": 950, "announced": 6, "start": 6},
        "run.ticks": 7,
    }
    found = run(engine, world, level(620))
    striving = found.columns["plan"] != 0
    scores = found.columns["score"]
    assert striving.sum() > 0
    assert (scores[striving] < 620).all()
    # folk users expect 6.5 points a month and look five months ahead, to the sixth publication
    assert (scores[striving] >= 620 - 6.5 * 6).all()
    assert (
        total(run(engine, world), "rest") == USERS[engine]
    ).all()  # with perks at the gate nobody has anything to gain


@both
def test_merchants_make_perks_with_levels_worth_more(engine):
    modest = {
        "world.choice.perk_worth": 5.0,
        LEVELS: PERK_LEVELS,
        "policy.gate": {"kind": "threshold", "threshold": 950},
    }
    growing = {**MERCHANTS, "world.merchants.joins_per_month": 2_000.0}
    off, on = run(engine, modest), run(engine, modest, growing)
    assert np.sum(total(on, "rest")) < np.sum(total(off, "rest"))


def test_the_more_of_the_worth_lies_low_the_more_users_have_something_to_gain():
    # most users are far below 750: what lies at 600 and 650 moves more of them
    gate = {"policy.gate": {"kind": "threshold", "threshold": 750}, "world.choice.perk_worth": 15.0}
    efforts = []
    for shares in ((0.0, 0.0, 0.0, 1.0), (0.25, 0.25, 0.25, 0.25), (0.4, 0.4, 0.1, 0.1)):
        levels = [{"score": s, "share": one} for s, one in zip((600, 650, 700, 750), shares, strict=True)]
        runs = [run("fast", gate, {LEVELS: levels}, seed=seed) for seed in (1, 2)]
        efforts.append(sum(int((USERS["fast"] - total(one, "rest")).sum()) for one in runs))
    assert efforts[0] < efforts[1] < efforts[2]
