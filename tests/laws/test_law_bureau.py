"""The bureau in a run: off it is not there; on it needs outcomes, tells nothing where there is nothing to tell, and stays small."""

import numpy as np
import pytest
from pydantic import ValidationError

from sim.engines.fast import FastEngine
from sim.engines.readable import ReadableEngine
from sim.experiments.facts.bureau import ladder
from sim.model.bureau.learn import learn
from sim.model.bureau.records import SETS
from sim.model.totals import BUREAU_STOCKS
from tests.helpers import (
    BUREAU,
    BUSY,
    ENGINES,
    FINANCE,
    HARD_TIMES,
    LENDERS,
    MERCHANTS,
    different_columns,
    different_totals,
    finished,
    lenders,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 80}
both = pytest.mark.parametrize("engine", ENGINES)
LEARNS = {**FINANCE, **HARD_TIMES, **BUREAU}


def run(engine, *changes):
    return finished(scenario(BUSY, {"run.users": USERS[engine], "run.ticks": 80}, *changes), engine=engine)


@both
def test_bureau_off_its_numbers_move_nothing(engine):
    other = {
        "world.bureau.features": "social",
        "world.bureau.joined": 0,
        "world.bureau.months": 1,
        "world.bureau.anchor": "once",
        "world.bureau.anchored_share": 0.5,
        "world.bureau.points_to_double": 20.0,
        "world.bureau.social_tells": 1.0,
    }
    off, still_off = run(engine, FINANCE, HARD_TIMES), run(engine, FINANCE, HARD_TIMES, other)
    assert different_totals(off, still_off) == set()
    assert off.columns.names == still_off.columns.names
    for name in BUREAU_STOCKS:
        assert total(off, name).sum() == 0


@both
def test_bureau_on_scores_come_of_what_was_learned(engine):
    off, on = run(engine, FINANCE, HARD_TIMES), run(engine, LEARNS)
    assert "score" in different_columns(off, on)
    # until the first month has ended everything is as without
    first = next(tick for tick in range(80) if total(on, "outcomes")[tick] > 0)
    for name in different_totals(off, on):
        assert np.array_equal(total(off, name)[:first], total(on, name)[:first]), name
    assert 0 < total(on, "outcomes_overdue")[-1] < total(on, "outcomes")[-1] <= USERS[engine]


@both
def test_without_outcomes_the_fixed_weights_stay(engine):
    # lenders without capital lend nothing, so nobody can pay or miss an instalment
    poor = lenders(2, capital=0.0)
    off, on = run(engine, poor, HARD_TIMES), run(engine, poor, HARD_TIMES, BUREAU, poor)
    assert different_totals(off, on) == set()
    assert different_columns(off, on) == set()


@both
def test_lenders_that_have_not_joined_tell_nothing(engine):
    none = {"world.bureau.joined": 0}
    off, on = run(engine, LENDERS, HARD_TIMES), run(engine, LENDERS, HARD_TIMES, BUREAU, none)
    assert different_totals(off, on) == set()
    some, all_ = (run("fast", LENDERS, HARD_TIMES, BUREAU, {"world.bureau.joined": count}) for count in (1, 4))
    first = np.flatnonzero(total(all_, "outcomes"))[0]
    assert 0 < total(some, "outcomes")[first] < total(all_, "outcomes")[first]


def test_a_bureau_with_nobody_to_report_is_refused():
    with pytest.raises(ValidationError, match="nobody reports outcomes; set"):
        scenario({"switches.bureau": True})


@pytest.mark.parametrize("tells", [0.0, 0.7])
@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_on_what_is_learned(threads, tells):
    social = {"world.bureau.social_tells": tells, "world.choice.improvement": 1.0}
    given = scenario(
        BUSY, LEARNS, MERCHANTS, social, {"policy.lending.information": "score", "run.users": 600, "run.ticks": 100}
    )
    readable, fast = finished(given, 12, "readable"), FastEngine(given, 12, threads)
    fast.run(100)
    assert fast.threads == threads
    assert len(fast.flywheel.office.quarters) == 3
    assert different_totals(readable, fast) == set()
    assert different_columns(readable, fast) == set()
    assert fast.flywheel.formula.tobytes() == readable.model.flywheel.formula.tobytes()
    assert fast.flywheel.formula[0] == 1.0
    assert (fast.flywheel.formula[-1] != 0.0) == (tells > 0.0)


@pytest.mark.parametrize(("engine", "users"), [(FastEngine, 1_000), (ReadableEngine, 60)])
def test_a_run_in_pieces_is_the_run_at_once(engine, users):
    given = scenario(BUSY, LEARNS, {"run.users": users, "run.ticks": 80})
    whole, pieces = engine(given, 3), engine(given, 3)
    whole.run(80)
    for ticks in (1, 5, 0, 30, 1, 1, 1_000):
        pieces.run(ticks)
    assert np.array_equal(whole.totals, pieces.totals)
    assert different_columns(whole, pieces) == set()


def held_out_power(seed, *changes):
    """Power on users held out of a score from social data alone, learned from a quarter of hard times."""
    world = {**FINANCE, **HARD_TIMES, **BUREAU, "world.bureau.features": "social", "world.bureau.months": 3}
    engine = FastEngine(scenario({"run.users": 6_000, "run.ticks": 98}, world, *changes), seed)
    engine.run(98)
    learned = engine.flywheel.office.quarters[0].learned
    assert learned is not None
    return learned.power


def test_where_behaviour_says_nothing_of_ability_a_learned_score_tells_nothing():
    # Contacts who share nothing say nothing: 12 runs of about 1,800 users held out, a quarter to three quarters overdue, so
    # that one AUC has a standard error of about .015. A true 95% interval holds .5 in 9 or more of 12 with chance above 99.9%.
    held = [held_out_power(seed, {"world.population.homophily": 0.0}) for seed in range(12)]
    assert sum(one.low <= 0.5 <= one.high for one in held) >= 9
    assert abs(np.mean([one.auc for one in held]) - 0.5) < 4 * 0.015 / np.sqrt(12)


def test_the_more_contacts_share_the_more_social_data_tell():
    alike, strangers = (
        np.mean([held_out_power(seed, {"world.population.homophily": share}).auc for seed in range(6)])
        for share in (1.0, 0.0)
    )
    assert alike > strangers


def test_what_social_data_are_worth_is_swept_from_nothing_on():
    # 6 runs as above: a true ability that is known whole tells more than half of one, and that more than the contacts' scores
    told = [
        np.mean([held_out_power(seed, {"world.bureau.social_tells": share}).auc for seed in range(6)])
        for share in (0.0, 0.6, 1.0)
    ]
    assert told[0] + 0.02 < told[1] < told[2] - 0.02


def test_social_data_that_tell_ability_are_no_copy_of_what_the_others_tell():
    # over 4 runs the gain beside all other features is beyond what noise gives, and stays in the published range of 0 to 0.05
    gains = [gain(seed, 1.0) for seed in range(4)]
    assert abs(np.mean([gain(seed, 0.0) for seed in range(4)])) < 0.005 < np.mean(gains) < 0.08


def gain(seed, tells):
    """AUC that social data add to a bureau's file and the platform's own traces."""
    world = {**FINANCE, **HARD_TIMES, **BUREAU, "world.bureau.months": 3, "world.bureau.social_tells": tells}
    engine = FastEngine(scenario({"run.users": 6_000, "run.ticks": 98}, world), seed)
    engine.flywheel.office.keeps_records = True
    engine.run(98)
    return ladder(engine.flywheel.office.records, seed)["social gain"]


def test_more_features_never_tell_less_to_those_who_teach():
    # by maximum likelihood, up to the penalty: each set lies within `all`
    engine = FastEngine(scenario(LEARNS, {"run.users": 4_000, "run.ticks": 70}), 5)
    engine.flywheel.office.keeps_records = True
    engine.run(70)
    records = engine.flywheel.office.records
    told = {name: learn(records, name, 5).formula for name in SETS}
    rows = {name: learn(records, name, 5).places for name in SETS}

    def likelihood(name):
        odds = told[name].log_odds(records.values[:, rows[name]])
        chance = 1.0 / (1.0 + np.exp(-np.where(records.overdue, odds, -odds)))
        return float(np.log(chance).sum())

    assert all(likelihood("all") >= likelihood(name) - 5.0 for name in SETS)


@both
def test_merchants_off_their_numbers_move_nothing(engine):
    other = {"world.merchants.first": 7, "world.merchants.joins_per_month": 900.0, "world.merchants.half_offer": 1.0}
    off = run(engine)
    assert different_totals(off, run(engine, other)) == set()
    assert total(off, "merchants").sum() == 0


@both
def test_merchants_who_never_come_change_nothing_but_their_own_number(engine):
    nobody = {**MERCHANTS, "world.merchants.joins_per_month": 0.0}
    off, on = run(engine), run(engine, nobody)
    assert different_totals(off, on) == {"merchants"}
    assert set(total(on, "merchants")) == {130}


@both
def test_merchants_join_and_move_those_who_strive(engine):
    modest = {"world.choice.perk_worth": 5.0}
    off, on = run(engine, modest), run(engine, modest, MERCHANTS, {"world.merchants.joins_per_month": 500.0})
    moved = different_totals(off, on)
    assert "merchants" in moved
    assert "rest" in moved
    counts = total(on, "merchants")
    assert (np.diff(counts) >= 0).all()
    assert counts[0] == 130 < counts[-1]
    # with nobody whom a gate moves their perks move nothing
    placebo = {"rule": "none"}
    assert different_totals(run(engine, placebo), run(engine, placebo, MERCHANTS)) == {"merchants"}


def test_merchants_come_by_what_the_bureau_has_measured():
    # a score that tells nothing (social data of strangers) draws fewer than the usual one that nobody has measured
    world = {**LENDERS, **HARD_TIMES, **MERCHANTS, "world.population.homophily": 0.0, "run.ticks": 130}
    social = {"switches.bureau": True, "world.bureau.features": "social"}
    unknown, known = (run("fast", world, change) for change in ({}, social))
    assert total(known, "merchants")[-1] < total(unknown, "merchants")[-1]


@pytest.mark.parametrize("tells", [0.0, 0.7])
def test_a_year_of_credit_and_bureau_takes_at_most_160_bytes_a_user(tells):
    given = scenario(FINANCE, BUREAU, {"run.users": 20_000, "run.ticks": 40, "world.bureau.social_tells": tells})
    engine = FastEngine(given, 1)
    engine.run(40)
    office = engine.flywheel.office
    assert office.nbytes == 20_000 * (14 if tells == 0.0 else 16)
    assert (sum(array.nbytes for array in engine.columns.arrays) + office.nbytes) / 20_000 <= 160
    assert {array.dtype.name for array in office._kept.values()} == {"float16", "uint8"}
    assert office.records is None
