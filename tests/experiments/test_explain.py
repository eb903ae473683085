"""A user's day explained: the plan told is the plan that the engine holds, by the same numbers, and every reason is the true one."""

import json
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.engines.fast import FastEngine
from sim.experiments.explain.change import what_would_change
from sim.experiments.explain.explain import explain, explain_arms
from sim.experiments.explain.life import Life, follow
from sim.experiments.explain.reason import Reason, Why, chances, why
from sim.experiments.explain.recall import hold_review, user_at_review
from sim.experiments.explain.words import sentences
from sim.model.choice.prospect import OUT_OF_THE_RUNNING
from sim.model.choice.review import logit_choice
from sim.model.states import PLANS
from sim.scenario.reader import ScenarioError
from sim.scenario.schema import Scenario
from tests.helpers import BUSY, PERK_LEVELS, gate_of, scenario

USERS, TICKS = 60, 60
SOME = {**BUSY, "run.users": USERS, "run.ticks": TICKS}
WORLDS = {
    "threshold": {},
    "soft": gate_of("soft"),
    "top_share": gate_of("top_share"),
    "learned": {"world.population.learned_share": 0.5},
    "perk levels": {"world.choice.perk_levels": PERK_LEVELS},
    "mixture": {"mixture": {"myopic": 0.3, "goal_gradient": 0.3}},
}


def _lives(given: Scenario, ticks: int = TICKS) -> list[Life]:
    """Everybody's life in a world."""
    return follow(FastEngine(given, 1), 1, range(USERS), ticks)


@cache
def _explained(world: str) -> list[tuple[int, int, Why]]:
    """(user, plan in the column, why) of all users on some days of a world."""
    given = scenario(SOME, WORLDS[world])
    return [
        (life.user, life.rows[tick + 1]["plan"], why(life, tick))
        for life in _lives(given)
        for tick in range(3, TICKS, 8)
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_the_review_held_again_gives_the_plan_in_the_column(world):
    reviews = 0
    for user, plan, told in _explained(world):
        assert told.plan == PLANS[plan], user
        if told.review is None:
            assert plan == 0, user
        else:
            assert told.review.plan == plan, (user, told.tick)
            reviews += told.reason is Reason.WEIGHED
    assert reviews >= 5, "too few weighed anything: the test would show nothing"


@pytest.mark.parametrize("world", WORLDS)
def test_chances_sum_to_one_and_the_luck_falls_on_the_plan_taken(world):
    for user, plan, told in _explained(world):
        assert sum(option.chance for option in told.options) == pytest.approx(1.0, abs=1e-12)
        if told.reason is not Reason.WEIGHED:
            assert told.options[0].plan == "rest"
            assert told.options[0].chance == 1.0
            continue
        upto = np.cumsum([option.chance for option in told.options])
        assert int(np.searchsorted(upto, told.review.noise, side="right")) == plan, user


def test_a_perk_that_has_a_level_is_told_of_and_its_worth_counts_in_what_would_change():
    weighed = [told for _, _, told in _explained("perk levels") if told.reason is Reason.WEIGHED]
    lives = _lives(scenario(SOME, WORLDS["perk levels"]))
    for told in weighed:
        user = told.review.user
        text = " ".join(sentences(lives[user.id], told, what_would_change(told)))
        if user.score < 600:
            assert "and the next perk for 600" in text
        assert ("more and admission or perks in" in text) == (user.score < 720)
        twice = hold_review(user, told.review.tick, worth=2.0).weighed[0].prospect
        assert twice.prize_per_day == pytest.approx(2.0 * told.review.weighed[0].prospect.prize_per_day)
    assert any(told.review.user.score < 600 for told in weighed)


def test_chances_are_those_of_the_choice_itself():
    """Share of each plan over an even grid of luck against the chance told: off by at most one step of the grid each."""
    values, steps = [0.0, 3.0, -2.0, None], 2000
    told = chances(values, 4.0)
    numbers = [OUT_OF_THE_RUNNING if value is None else value for value in values[1:]]
    taken = [logit_choice(*numbers, 4.0, (step + 0.5) / steps) for step in range(steps)]
    for plan, chance in enumerate(told):
        assert abs(taken.count(plan) / steps - chance) <= 1.0 / steps
    assert told[3] == 0.0


def test_who_does_not_respond_or_does_not_know_is_told_so():
    seen = {Reason.UNRESPONSIVE: 0, Reason.UNAWARE: 0}
    given = scenario(SOME, {"world.awareness.campaign_rate": 0.01})
    for life in _lives(given, 20):
        told, row = why(life, 19), life.now
        if not row["responsive"]:
            assert told.reason is Reason.UNRESPONSIVE
            assert "does not respond to a threshold" in " ".join(sentences(life, told, what_would_change(told)))
        elif not row["knows"]:
            assert told.reason is Reason.UNAWARE
            assert "does not know of the circle" in " ".join(sentences(life, told, what_would_change(told)))
        else:
            continue
        seen[told.reason] += 1
    assert min(seen.values()) >= 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rule": "none"}, Reason.NO_EFFORT),
        ({"policy.gate": {"kind": "open"}}, Reason.NO_GATE),
        ({"policy.gate": {"kind": "lottery", "share": 0.2}}, Reason.NO_GATE),
        ({"policy.gate": {"kind": "threshold", "threshold": 951}}, Reason.OUT_OF_REACH),
        ({"policy.gate": {"kind": "threshold", "threshold": 350}}, Reason.SURE),
        ({"policy.gate.end": 30}, Reason.NOT_AHEAD),
    ],
)
def test_where_nobody_can_gain_by_an_effort_everybody_rests_for_that_reason(change, reason):
    given = scenario(SOME, {"world.population.responsive_share": 1.0, "switches.awareness": False}, change)
    for life in _lives(given)[::6]:
        told = why(life, TICKS - 1)
        assert told.plan == "rest"
        assert told.reason is reason


def test_plans_that_fail_are_told_with_what_they_bring_and_cost():
    given = scenario(
        SOME,
        {"world.population.responsive_share": 1.0, "switches.awareness": False},
        {"policy.gate": {"kind": "threshold", "threshold": 951}},
    )
    lacking = 0
    for life in _lives(given)[::6]:
        told = why(life, TICKS - 1)
        text = " ".join(sentences(life, told, what_would_change(told)))
        assert [option.plan for option in told.options] == list(PLANS)
        assert text.count("chance 0%") == 3
        _, spend, repay, upload = told.options
        assert spend.cost > 0.0
        assert f"To spend is believed to bring {spend.points:.0f} points more in {spend.days:.0f} days" in text
        user = told.review.user
        assert (repay.days > 0.0) == (user.debt > 0)
        assert upload.assets == bin(user.owned & ~user.declared).count("1")
        assert upload.cost == pytest.approx(upload.assets * float(user.privacy_cost))
        lacking += text.count("is not possible")
    assert lacking >= 1


def test_what_would_change_is_true_of_a_gate_that_much_lower():
    """An effort pays at a gate as many points lower as told, and not at one a point higher than that."""
    tried = 0
    given = scenario(SOME, {"world.population.responsive_share": 1.0})
    for life in _lives(given):
        told = why(life, TICKS - 1)
        change = what_would_change(told)
        if change.nearer is None or change.without_effort:
            continue
        tried += 1
        for points, pays in ((change.nearer, True), (change.nearer - 1, False)):
            at = user_at_review(life, told.review.tick)
            lower = given.policy.gate.threshold - points
            at.model.p.gate_a_0 = float(lower)
            best = max((one.value for one in hold_review(at, told.review.tick).weighed), default=-1.0)
            assert (best > 0.0) == pays, (life.user, points)
    assert tried >= 3


def test_both_worlds_are_the_same_person_and_the_same_without_a_difference():
    given = scenario(SOME)
    found = explain_arms({"policy": given, "baseline": given}, 1, 7, 50, threads=1)
    assert found.worlds["policy"].sentences == found.worlds["baseline"].sentences
    assert all(here == there for _, here, there in found.events)
    other = scenario(SOME, {"policy.gate": {"kind": "open"}})
    rows = [explain_arms({"policy": one}, 1, 7, 50, threads=1).policy.life.rows[0] for one in (given, other)]
    assert rows[0] == rows[1]


def test_by_the_hour_too():
    given = scenario(SOME, {"run.tick": "hour", "run.ticks": 24 * 12, "policy.circle.opens": 2})
    for user in range(0, USERS, 5):
        found = explain_arms({"policy": given}, 1, user, 10, threads=1).policy
        assert found.life.ticks == 24 * 11
        assert found.why.review is None or PLANS[found.why.review.plan] == found.why.plan


def test_all_faults_at_once():
    with pytest.raises(ScenarioError) as told:
        explain("gate_750.yaml", user=100, day=-1, users=100, ticks=20)
    assert "--user: 100 given; users are numbered from 0 to 99" in str(told.value)
    assert "--day: -1 given; days of this run are numbered from 0 to 19" in str(told.value)


def test_command():
    call = [
        "explain",
        "gate_750",
        "--user",
        "3",
        "--users",
        "300",
        "--ticks",
        "60",
        "--set",
        "policy.gate.threshold=650",
    ]
    text = CliRunner().invoke(app, call)
    assert text.exit_code == 0, text.output
    assert "user 3" in text.output
    assert "The same user's life in both worlds" in text.output
    record = json.loads(CliRunner().invoke(app, [*call, "--json"]).output)
    assert set(record["worlds"]) == {"policy", "baseline"}
    assert sum(option["chance"] for option in record["worlds"]["policy"]["options"]) == pytest.approx(1.0)
    bad = CliRunner().invoke(app, ["explain", "gate_750", "--user", "300", "--users", "300"])
    assert bad.exit_code == 2
