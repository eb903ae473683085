"""Policies that are the same in substance give the same bits; policies that differ do so from their first day only."""

import numpy as np
import pytest

from sim.model.calendar import PUBLICATION, make_calendar
from tests.helpers import (
    BUSY,
    ENGINES,
    GATE_640,
    LOTTERY,
    NONE,
    OPEN,
    different_columns,
    different_totals,
    finished,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 80}


def world(engine, *changes):
    return scenario(BUSY, {"run.users": USERS[engine]}, *changes)


EVERYBODY = {
    "350": {"policy.gate": {"kind": "threshold", "threshold": 350}},
    "350 later": {"policy.gate": {"kind": "threshold", "threshold": 350, "start": 30, "announced": 4}},
    "350 for a while": {"policy.gate": {"kind": "threshold", "threshold": 350, "end": 40}},
    "lot of all": {"policy.gate": {"kind": "lottery", "share": 1.0}},
    "lot of all, all features": {
        "policy.gate": {"kind": "lottery", "share": 1.0, "covers": ("view", "like", "tip", "comment", "post")}
    },
}
AT_THE_GATE = {"admitted", "newly_admitted"}
"""Totals that only say who stood at a gate."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", EVERYBODY)
def test_a_gate_that_admits_everybody_is_an_open_circle(engine, name):
    # Bit for bit, but for the totals and columns that only say who stood at a gate: a gate that admits everybody leaves
    # nobody anything to strive for, and takes no feature from anybody.
    gated = finished(world(engine, EVERYBODY[name]), engine=engine)
    free = finished(world(engine, OPEN), engine=engine)
    assert different_totals(gated, free) == AT_THE_GATE
    assert different_columns(gated, free) <= {"admitted", "admitted_day"}
    assert total(gated, "newly_admitted").sum() == USERS[engine]
    assert total(free, "admitted").sum() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_score_that_is_asked_for_is_looked_at_even_if_everybody_has_it(engine):
    # On publication days a gate on the score that could turn somebody away, be it at 351, makes those who know of it look. That is all it does: score
    # checks, and with them the habit of opening and who was there.
    gated = finished(world(engine, {"policy.gate": {"kind": "threshold", "threshold": 351}}), engine=engine)
    free = finished(world(engine, OPEN), engine=engine)
    more = total(gated, "visits_score") - total(free, "visits_score")
    published = np.flatnonzero(make_calendar(gated.scenario).flags & PUBLICATION)
    assert set(np.flatnonzero(more)) <= set(published)
    assert more.sum() > 0
    assert different_totals(gated, free) <= AT_THE_GATE | {"visits_score", "visits_habit", "active", "active_30"}
    left = {"admitted", "admitted_day", "visits", "habit", "last_visit_day"}
    assert different_columns(gated, free) <= left


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("policy", [OPEN, LOTTERY], ids=["open", "lottery"])
def test_without_a_gate_on_the_score_nobody_cares_more_for_the_score(engine, policy):
    circle, without = finished(world(engine, policy), engine=engine), finished(world(engine, NONE), engine=engine)
    moved = different_totals(circle, without)
    assert "visits_circle" in moved
    assert not moved & {"visits_score", "rest", "uploads", "repaid_early_fen", "bills"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gate_switched_off_is_an_open_circle(engine):
    off = finished(world(engine, {"switches.gate": False}), engine=engine)
    free = finished(world(engine, OPEN), engine=engine)
    assert different_totals(off, free) == set()
    assert different_columns(off, free) == set()
    assert different_totals(off, finished(world(engine), engine=engine))


EFFORTS = ("rest", "spend", "repay", "upload", "uploads", "repaid_early_fen", "visits_score", "payments")
NOBODY = {
    "rule none": {"rule": "none"},
    "none responsive": {"world.population.responsive_share": 0.0},
    "choice off": {"switches.choice": False},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("nobody", NOBODY)
def test_where_nobody_responds_a_gate_moves_no_effort(engine, nobody):
    gated, free = (finished(world(engine, NOBODY[nobody], gate), engine=engine) for gate in (GATE_640, OPEN))
    assert not different_totals(gated, free) & set(EFFORTS)
    assert (total(gated, "rest") == USERS[engine]).all()
    assert total(gated, "uploads").sum() == 0
    assert total(gated, "repaid_early_fen").sum() == 0
    # the other way round: the same world with responsive users does strive
    assert total(finished(world(engine), engine=engine), "rest").min() < USERS[engine]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("nobody", NOBODY)
def test_where_nobody_responds_a_gate_on_perks_alone_leaves_no_trace(engine, nobody):
    no_circle = {"switches.circle": False}
    gated, free = (finished(world(engine, NOBODY[nobody], no_circle, gate), engine=engine) for gate in (GATE_640, OPEN))
    assert different_totals(gated, free) == AT_THE_GATE
    assert different_columns(gated, free) <= {"admitted", "admitted_day"}
    assert different_totals(finished(world(engine, no_circle), engine=engine), free) > AT_THE_GATE


@pytest.mark.parametrize("engine", ENGINES)
def test_three_ways_of_not_responding_are_one(engine):
    by_rule, by_switch = (
        finished(world(engine, change), engine=engine) for change in ({"rule": "none"}, {"switches.choice": False})
    )
    assert different_totals(by_rule, by_switch) == set()
    assert different_columns(by_rule, by_switch) == set()
    # unresponsive people are other people, but they do the same things
    by_nature = finished(world(engine, {"world.population.responsive_share": 0.0}), engine=engine)
    assert different_totals(by_rule, by_nature) == set()
    assert different_columns(by_rule, by_nature) == {"responsive"}


POLICIES = {
    "none": NONE,
    "open": OPEN,
    "gate 640": GATE_640,
    "gate 700": {"policy.gate": {"kind": "threshold", "threshold": 700}},
    "announced before": {"policy.gate": {"kind": "threshold", "threshold": 640, "announced": 12, "start": 20}},
    "lottery": LOTTERY,
}
OPENS = 20


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [name for name in POLICIES if name != "none"])
def test_policies_are_the_same_to_the_bit_until_their_first_day(engine, name):
    first = 12 if name == "announced before" else OPENS
    opening = {"policy.circle.opens": OPENS, "run.ticks": OPENS + 10}
    runs = []
    for policy in (POLICIES["none"], POLICIES[name]):
        run = ENGINES[engine](world(engine, opening, policy), 5)
        run.run(first)
        runs.append(run)
    assert np.array_equal(runs[0].totals, runs[1].totals)
    assert different_columns(*runs) == set()
    for run in runs:
        run.run(10)
    assert different_totals(*runs)
    assert not np.array_equal(total(runs[0], "knowing")[first], total(runs[1], "knowing")[first])


@pytest.mark.parametrize("engine", ENGINES)
def test_two_thresholds_are_the_same_to_the_bit_until_the_gate(engine):
    # announced on day 12, holding from day 20: plans part on day 12 at the earliest, admission on day 20
    runs = [
        finished(
            world(
                engine,
                {"policy.circle.opens": OPENS},
                {"policy.gate": {"kind": "threshold", "threshold": threshold, "announced": 12, "start": 20}},
            ),
            engine=engine,
        )
        for threshold in (640, 700)
    ]
    assert np.array_equal(runs[0].totals[:12], runs[1].totals[:12])
    assert np.array_equal(total(runs[0], "learned")[:21], total(runs[1], "learned")[:21])
    assert different_totals(*runs) >= {"rest", "admitted", "visits_score"}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_gate_of_november_2016_moved_nobodys_plan(engine):
    # rules posted on day 84 (24 November), dropped on day 88; the next scores came out on 6 December (facts.md, finding 1)
    event = {
        "policy.circle.opens": 84,
        "policy.gate": {"kind": "threshold", "threshold": 640, "end": 88},
        "run.ticks": 100,
        "world.choice.perk_worth": 5_000.0,
        "switches.awareness": False,
        "run.users": USERS[engine] // 2,
    }
    run = finished(world(engine, event), engine=engine)
    assert (total(run, "rest") == USERS[engine] // 2).all()
    assert total(run, "uploads").sum() == 0
    assert total(run, "admitted")[84:88].min() > 0
    assert total(run, "admitted")[88:].max() == 0
    # and a standing gate of the same day does move them
    standing = finished(world(engine, event, {"policy.gate": GATE_640["policy.gate"]}), engine=engine)
    assert total(standing, "rest").min() < USERS[engine] // 2
