"""Scenarios share what they have in common, and stay what they are."""

from sim.scenario.load import draft, load
from sim.scenario.schema import Scenario
from sim.scenario.sharing import sharing


def test_a_scenario_that_shares_is_the_same_scenario():
    base, other = load("gate_750.yaml"), load("gate_750.yaml", ["policy.gate.threshold=700", "world.choice.noise=9"])
    shared = sharing(other, base)
    assert shared == other
    assert shared.model_dump() == other.model_dump()
    assert type(shared) is Scenario


def test_equal_parts_are_the_very_same_and_others_are_not():
    base, other = load("gate_750.yaml"), load("gate_750.yaml", ["policy.gate.threshold=700", "world.choice.noise=9"])
    shared = sharing(other, base)
    assert shared.run is base.run
    assert shared.world.score is base.world.score
    assert shared.policy.circle is base.policy.circle
    assert shared.world.choice is not base.world.choice
    assert shared.world.choice.noise == 9
    assert shared.world.model_fields_set is base.world.model_fields_set
    assert base.policy.gate.threshold == 750


def test_a_gate_of_another_kind_is_kept():
    base = load("gate_750.yaml")
    other = draft("gate_750.yaml").patched({"policy": {"gate": {"kind": "open"}}}, {}).checked(Scenario)
    assert type(sharing(other, base).policy.gate) is type(other.policy.gate)
