"""Settings that fit together and yet do nothing are told as doubts; settings that cannot be meant are refused in words."""

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.scenario import ScenarioError, load
from sim.scenario.doubts import doubts
from sim.scenario.files import shipped_files
from tests.helpers import BUSY, FINANCE, MERCHANTS, NONE, OPEN, PACKETS, PERK_LEVELS, lenders, scenario


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ((MERCHANTS, NONE), "switches.merchants is on without a gate"),
        ((MERCHANTS, OPEN), "switches.merchants is on without a gate"),
        ((MERCHANTS, {"switches.gate": False}), "switches.merchants is on without a gate"),
        ((MERCHANTS, {"policy.gate": {"kind": "lottery", "share": 0.1}}), "a gate that no score opens"),
        (({"world.choice.perk_levels": PERK_LEVELS}, OPEN), "perk_levels without a gate that a score opens"),
        (({"world.choice.perk_levels": PERK_LEVELS}, {"switches.gate": False}), "perk_levels without a gate"),
        (({"world.choice.perk_levels": PERK_LEVELS, "world.choice.perk_worth": 0.0},), "perks that are worth nothing"),
        ((lenders(2, capital=0.0),), "no lender has capital"),
        ((PACKETS, {"policy.incentive.budget": 0.0}), "budget is 0"),
        ((PACKETS, {"run.ticks": 5}), "start 5 lies after the run's end"),
    ],
)
def test_what_cannot_move_anything_is_told(settings, told):
    (found,) = doubts(scenario(BUSY, *settings))
    assert told in found


@pytest.mark.parametrize(
    "settings",
    [
        (),
        (MERCHANTS,),
        ({"world.choice.perk_levels": PERK_LEVELS},),
        (FINANCE,),
        (PACKETS,),
        (PACKETS, {"switches.incentive": False}),
    ],
)
def test_of_what_is_in_order_nothing_is_told(settings):
    assert doubts(scenario(BUSY, *settings)) == []


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_the_shipped_scenarios_raise_no_doubt(path):
    assert doubts(load(path)) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            ["world.merchants.potential=129"],
            "world.merchants: potential 129 is less than first, the 130 merchants of day 0",
        ),
        (
            ["world.choice.perk_levels=[{score: 600, share: 0.5}, {score: 700, share: 0.4}]"],
            "world.choice.perk_levels: the shares sum to 0.9; they must sum to 1",
        ),
        (
            ["world.choice.perk_levels=[{score: 600, share: 0.5}, {score: 600, share: 0.5}]"],
            "world.choice.perk_levels: 600 points are given twice",
        ),
        (
            ["world.choice.perk_levels=[{share: 0}, {share: 0}, {share: 0}, {share: 0}, {share: 1}]"],
            "world.choice.perk_levels: 5 levels of perks are too many; give at most 4",
        ),
        (
            ["policy.credit.limit_floor=900", "policy.credit.limit_most=800"],
            "policy.credit: limit_floor 900 is above limit_most 800",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(settings, told):
    with pytest.raises(ScenarioError) as caught:
        load("finance.yaml", settings)
    assert told in str(caught.value)
    load("finance.yaml", ["world.merchants.potential=130", "policy.credit.limit_most=500"])  # the least that is allowed


@pytest.mark.parametrize(("count", "told"), [(9, "9 given; give at most 8"), (0, "no lender given; give at least one")])
def test_too_many_or_too_few_lenders_are_told_in_words(workspace, count, told):
    path = workspace / "many.yaml"
    path.write_text(f"extends: finance.yaml\nworld:\n  lending: {{lenders: [{', '.join(['{}'] * count)}]}}\n")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value).startswith("many.yaml:3: world.lending")
    assert told in str(caught.value)


def test_run_tells_its_doubts(workspace):
    run = ["run", "red_packet", "--users", "100", "--ticks", "20", "--replicates", "1", "--no-figures"]
    shown = CliRunner().invoke(app, [*run, "--set", "policy.incentive.budget=0"])
    assert shown.exit_code == 0, shown.output
    assert "Note: policy.incentive.budget is 0: no red packet is given." in shown.stderr
    assert "Note:" not in CliRunner().invoke(app, run).stderr
