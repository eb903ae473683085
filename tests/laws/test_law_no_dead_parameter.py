"""Every number and switch of a scenario moves some measure: a parameter that changes nothing is a promise not kept.

The list is read from the schema, so a new parameter is tested from the day it is written; one that no busy world moves has
to be given a world in `WHERE` that does.
"""

from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from sim.model.clock import TICKS_PER_DAY
from sim.model.measures import over_time
from sim.model.totals import totals_of
from sim.scenario.finance import BureauWorld, Lender, MerchantsWorld
from sim.scenario.schema import Scenario
from tests.helpers import (
    BUSY,
    FINANCE,
    GATE_640,
    HARD_TIMES,
    MARKET,
    MERCHANTS,
    PACKETS,
    different_totals,
    finished,
    information,
    lenders,
    scenario,
    total,
)

ALL_FEATURES = ("view", "like", "tip", "comment")  # not posting, without which there is nothing to see
DATED = {
    "kind": "threshold",
    "threshold": 640,
    "announced": 3,
    "start": 6,
    "end": 50,
    "dropped": 45,
}
WORLD: dict[str, Any] = {
    **BUSY,
    "policy.gate": DATED,
    "policy.circle.closes": 55,
    "policy.circle.dissolved": 53,
    "policy.campaign.days": 5,
    "world.choice.worth_median": 10.0,
    "run.users": 1_500,
    **{path: value for path, value in PACKETS.items() if path != "policy.incentive.kind"},
}
COVERS_ALL = {"policy.gate": {**DATED, "covers": ALL_FEATURES}}
LEARNED = {**GATE_640, "world.population.learned_share": 0.5, "policy.circle.closes": 95, "run.ticks": 100}
GROUPS = {"world.population.poster_groups": {"a": 0.5, "b": 0.5}, "policy.circle.openings": {"b": 20}}
CREDIT = {**FINANCE, **HARD_TIMES, "run.ticks": 130}
CREDIT_PATHS = (
    "world.liquidity.",
    "world.lending.",
    "policy.credit.",
    "policy.lending.",
    "world.score.default_loss",
    "world.market.",
    "switches.market",
)
PACKET_PATHS = ("world.packets.", "policy.incentive.", "switches.incentive")
LEARNS = {**CREDIT, "switches.bureau": True, "world.bureau.months": 1, "run.ticks": 100}
JOINED = {
    **MERCHANTS,
    **GATE_640,
    "world.choice.perk_worth": 15.0,
    "world.choice.worth_median": 1.0,
    "world.merchants.joins_per_month": 500.0,
    "policy.circle.closes": 95,
    "run.ticks": 100,
}
BY_SCORE = {"policy.credit.from_score": True}
WHERE: dict[str, dict[str, Any]] = {
    **{f"world.bureau.{name}": LEARNS for name in BureauWorld.model_fields},
    "world.bureau.months": {**LEARNS, "world.bureau.months": 3, "run.ticks": 130},
    **{f"world.merchants.{name}": JOINED for name in MerchantsWorld.model_fields},
    "world.merchants.usual_gini": {**LEARNS, **MERCHANTS},  # the usual one alone is that of the usual pace
    "switches.bureau": {**CREDIT, "run.ticks": 130},
    "policy.credit.score_slope": BY_SCORE,
    "policy.credit.score_middle": BY_SCORE,
    "world.market.curve": MARKET,
    "world.market.growth": MARKET,
    "policy.incentive.kind": {"policy.incentive.kind": "none"},
    "world.choice.view_worth": COVERS_ALL,
    "world.choice.like_worth": COVERS_ALL,
    "world.choice.tip_worth": COVERS_ALL,
    "world.choice.horizon": GATE_640,
    "world.choice.goal_gradient": {"rule": "goal_gradient", "world.choice.perk_worth": 3.0},
    "world.choice.reward_pause": {"rule": "goal_gradient"},
    "world.choice.myopic_days": {"rule": "myopic"},
    "world.choice.present_bias": {"rule": "myopic", "world.choice.perk_worth": 3.0},
    "world.choice.learning_rate": LEARNED,
    "world.choice.prior_points": LEARNED,
    "world.choice.prior_upload_points": LEARNED,
    "policy.gate.share": {"policy.gate": {"kind": "lottery", "share": 0.3}},
    "world.calendar.hours": {"run.tick": "hour", "run.ticks": 24},
    "world.population.poster_groups": GROUPS,
    "policy.circle.openings": GROUPS,
    "world.circle.feeds": GROUPS,
    "policy.circle.closes": {"policy.circle.dissolved": None},
}
"""What a parameter needs besides to matter at all."""

OTHER_VALUE: dict[str, Any] = {
    "world.lending.lenders": ({"capital": 10.0}, {"capital": 300.0}),
    "policy.lending.information": "shared",
    "world.market.curve": "logistic",
    "policy.incentive.kind": "red_packet",
    "world.packets.smallest": 0.5,
    "policy.credit.limit_most": 1_000.0,
    "world.contacts.far_exponent": 3.5,
    "world.contacts.far_most": 2,
    "world.contacts.kind": "none",
    "world.calendar.start_date": "2016-09-12",
    "policy.gate.covers": ("comment", "like"),
    "world.choice.view_worth": 1.0,
    "world.choice.like_worth": 1.0,
    "world.choice.tip_worth": 1.0,
    "world.choice.horizon": 1,
    "world.circle.first_motivation": 0.3,
    "rule": "none",
    "mixture": {"none": 0.5},
    "world.population.learned_share": 0.3,
    "world.choice.improvement": 1.0,
    "world.bureau.features": "social",
    "world.bureau.social_tells": 0.9,
    "world.bureau.anchor": "once",
    "world.bureau.joined": 0,
    "world.merchants.potential": 200,
    "world.choice.perk_levels": ({"score": 600, "share": 0.5}, {"score": 680, "share": 0.5}),
    "world.choice.myopic_days": 31.0,
    "world.choice.reward_pause": 0.0,
    "world.calendar.hours": (1.0,) * 24,
    "world.calendar.weekdays": (1.0,) * 5 + (2.0,) * 2,
    "world.population.poster_groups": {"a": 0.9, "b": 0.1},
    "policy.circle.openings": {"b": 10},
    "world.circle.feeds": "each",
}
BESIDES: dict[str, dict[str, Any]] = {
    # the five weights sum to 1, so one cannot move alone
    f"world.score.{weight}_weight": {f"world.score.{partner}_weight": value}
    for weight, partner, value in (
        ("history", "ability", 0.20),
        ("ability", "history", 0.30),
        ("behaviour", "ability", 0.20),
        ("identity", "ability", 0.20),
        ("relationships", "ability", 0.20),
    )
}
NOT_RUN = {"format", "name", "note", "baseline", "policy.gate.kind"}
"""Words about a scenario, and the kind of gate (laws of their own)."""


def leaves(model: type[BaseModel], value: BaseModel, above: str = ""):
    """Dotted path and value of every field below a model, in the order of the schema."""
    for name in type(value).model_fields:
        inner, path = getattr(value, name), f"{above}{name}"
        if isinstance(inner, BaseModel):
            yield from leaves(type(inner), inner, f"{path}.")
        else:
            yield path, inner


BASE = scenario(WORLD)
LEAVES = {path: value for path, value in leaves(Scenario, BASE) if not path.startswith("run.")} | {
    "policy.gate.share": 0.3
}
TESTED = [path for path in LEAVES if path not in NOT_RUN]


def other_values(path: str, value: Any) -> list[Any]:
    """Values to try instead, the likeliest to matter first."""
    if path in OTHER_VALUE:
        return [OTHER_VALUE[path]]
    if path in BESIDES:
        return [round(value + 0.05, 2)]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 3, value - 2, value + 1]
    return [value * 3.0, value * 1.5, min(value + 0.3, 1.0), value * 0.5]


def changed(path: str) -> tuple[Scenario, Scenario]:
    """The world in which a parameter can matter, and the same with another value of it."""
    credit = CREDIT if path.startswith(CREDIT_PATHS) else {}
    packets = PACKETS if path.startswith(PACKET_PATHS) else {}
    world = {**WORLD, **credit, **packets, **WHERE.get(path, {})}
    for value in other_values(path, LEAVES[path]):
        change = {path: value, **BESIDES.get(path, {})}
        if path.startswith("policy.gate."):
            change = {"policy.gate": {**world["policy.gate"], path.rsplit(".", 1)[-1]: value}}
        try:
            return scenario(world), scenario(world, change)
        except ValidationError:
            continue
    raise AssertionError(f"{path}: no other value is allowed; add one to OTHER_VALUE")


def measures_of(run: Any) -> dict[str, Any]:
    """Every measure of a run, by the day."""
    there = {name: total(run, name) for name in totals_of(run.scenario)}
    return over_time(there, run.scenario.run.users, TICKS_PER_DAY[run.scenario.run.tick])


def moved(one: Any, other: Any) -> set[str]:
    """Names of the measures that differ on any day."""
    left, right = measures_of(one), measures_of(other)
    return {name for name in {*left, *right} if not np.array_equal(left.get(name), right.get(name), equal_nan=True)}


@pytest.mark.parametrize("path", TESTED)
def test_every_parameter_moves_some_measure(path):
    one, other = changed(path)
    assert moved(finished(one), finished(other)), f"{path} moves no measure"


@pytest.mark.parametrize("field", Lender.model_fields)
def test_every_number_of_a_lender_changes_some_total(field):
    other = {"score_cutoff": 660.0, "term": 6, "cutoff": 0.3, "loan": 900.0, "capital": 20.0}.get(field, 0.09)
    sees = information({"score_cutoff": "score", "risk_premium": "shared"}.get(field, "silo"))
    one, changed_one = (scenario(WORLD, CREDIT, sees, lenders(3, **given)) for given in ({}, {field: other}))
    assert different_totals(finished(one), finished(changed_one)), f"{field} changes nothing"


@pytest.mark.parametrize("levels", [((640, 0.5), (680, 0.5)), ((600, 0.8), (680, 0.2))], ids=["score", "share"])
def test_every_number_of_a_level_of_perks_moves_some_measure(levels):
    one, other = (
        scenario(WORLD, {"world.choice.perk_levels": [{"score": score, "share": share} for score, share in given]})
        for given in (((600, 0.5), (680, 0.5)), levels)
    )
    assert moved(finished(one), finished(other))


def test_every_number_and_switch_of_the_schema_is_on_the_list():
    numbers = [path for path, value in leaves(Scenario, BASE) if isinstance(value, (bool, int, float))]
    untested = [path for path in numbers if path not in TESTED and not path.startswith("run.") and path != "format"]
    assert untested == []
    assert len(TESTED) > 110
    assert {path.split(".")[0] for path in TESTED} == {"rule", "mixture", "world", "policy", "switches"}
    # a date not given is None, and would escape the list: the world gives them all
    assert [path for path, value in leaves(Scenario, BASE) if value is None] == ["baseline"]


@pytest.mark.parametrize("name", ["users", "ticks"])
def test_the_size_of_a_run_is_the_size_of_the_result(name):
    run = finished(scenario(WORLD, {f"run.{name}": 37}))
    assert (run.columns.users if name == "users" else run.totals.shape[0]) == 37
