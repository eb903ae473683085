"""The engines agree to the last bit with ticks of an hour, posting groups and a dissolved circle."""

import numpy as np
import pytest

from sim.engines.fast import FastEngine
from sim.engines.readable import ReadableEngine
from tests.agreement.test_engines_agree import EVERY_RULE, disagreement
from tests.helpers import BUREAU, BUSY, FINANCE, GATES, HARD_TIMES, MERCHANTS, gate_of, scenario, total

GROUPS = {"world.population.poster_groups": {"a": 0.5, "b": 0.5}}
EACH = {"world.circle.feeds": "each"}
HOURS = {
    "run.tick": "hour",
    "run.users": 60,
    "run.ticks": 240,
    "world.calendar.start_date": "2016-09-03",  # scores are published on day 3
    "world.awareness.campaign_rate": 0.4,
    "policy.gate": {"kind": "threshold", "threshold": 640, "announced": 0.5, "start": 1.5, "dropped": 7.5},
    "policy.circle.opens": 1.25,
    "policy.circle.dissolved": 9,
    "policy.campaign.days": 3.5,
}
SETTINGS = {
    "hours": {},
    "groups": {**GROUPS, "policy.circle.openings": {"b": 2.5}},
    "groups, by the day": {
        **GROUPS,
        "run.tick": "day",
        "run.ticks": 40,
        "policy.gate": {"kind": "threshold", "threshold": 640},
        "policy.circle.opens": 2,
        "policy.circle.dissolved": 30,
        "policy.circle.openings": {"b": 7},
        "policy.campaign.days": 3,
    },
    "circles": {**GROUPS, **EACH, "policy.circle.openings": {"b": 2.5}},
    "four circles, by the day, those admitted few": {
        **EACH,
        "world.population.poster_groups": {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4},
        "run.tick": "day",
        "run.ticks": 40,
        "policy.gate": {"kind": "threshold", "threshold": 640, "covers": ("view", "comment", "post")},
        "policy.circle.opens": 2,
        "policy.circle.dissolved": 30,
        "policy.circle.openings": {"b": 7, "d": 4},
        "policy.campaign.days": 3,
        "world.population.poster_share": 0.4,
        "world.circle.tip_rate": 0.3,
    },
    "circles without a feed that counts": {**GROUPS, **EACH, "switches.feed": False},
    "a weekend": {"world.calendar.weekdays": (1.0, 1.0, 1.0, 1.0, 1.5, 3.0, 2.0)},
    "statement": {"world.calendar.statement_day": 5},
    "finance": {**FINANCE, **HARD_TIMES, "world.calendar.statement_day": 5, "policy.credit.grace_days": 2},
    "learned": {"world.population.learned_share": 0.5},
    "myopic": {"rule": "myopic", "world.choice.myopic_days": 20.0},
    **{rule: {"rule": rule} for rule in ("goal_gradient", "dynamic_programming", "none")},
    "mixture": EVERY_RULE,
    **{kind: gate_of(kind, announced=0.5, start=1.5, dropped=7.5) for kind in GATES},
    **{
        f"circles, {kind}": {**GROUPS, **EACH, **gate_of(kind, announced=0.5, start=1.5, dropped=7.5)}
        for kind in GATES
        if kind != "threshold"
    },
}


@pytest.mark.parametrize("name", SETTINGS)
def test_engines_agree(name):
    given = scenario(BUSY, HOURS, SETTINGS[name])
    readable, fast = ReadableEngine(given, 7), FastEngine(given, 7)
    for ticks in (61, given.run.ticks):
        readable.run(ticks)
        fast.run(ticks)
        assert disagreement(readable, fast) == ([], set())


@pytest.fixture(scope="module")
def several_blocks():
    """More users than one block holds, hour by hour, by the readable engine."""
    readable = ReadableEngine(scenario(BUSY, HOURS, SETTINGS["groups"], {"run.users": 1_040, "run.ticks": 100}), 5)
    readable.run(100)
    return readable


@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_over_several_blocks_and_threads(several_blocks, threads):
    fast = FastEngine(several_blocks.scenario, 5, threads)
    assert fast.threads == threads
    fast.run(100)
    assert disagreement(several_blocks, fast) == ([], set())
    assert np.unique(fast.columns["role"]).size == 8  # four roles with group, each with and without a visit
    assert total(fast, "viewers")[-1] > 0


@pytest.mark.slow
def test_engines_agree_on_what_is_learned_by_the_hour():
    days = {"run.tick": "hour", "run.users": 40, "run.ticks": 24 * 37}  # a month from one publication to the next
    given = scenario(BUSY, FINANCE, HARD_TIMES, BUREAU, MERCHANTS, days)
    readable, fast = ReadableEngine(given, 7), FastEngine(given, 7)
    for engine in (readable, fast):
        engine.run(given.run.ticks)
    assert fast.flywheel.formula[0] == 1.0
    assert fast.flywheel.merchants.count > 130
    assert disagreement(readable, fast) == ([], set())
