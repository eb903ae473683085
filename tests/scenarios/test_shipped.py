"""The shipped scenarios: all valid, base.yaml complete and true to the schema, every field explained."""

import pytest
import yaml

from sim.model.gates import gate_kinds
from sim.scenario import load
from sim.scenario.load import baseline_of, difference, resolved
from sim.scenario.schema import Scenario
from sim.scenario.show import base_text, json_schema, resolved_text

GATE_FILES = ("soft", "tiers", "top_share", "stretch", "rising", "price", "invitation")
NAMES = (
    "base",
    "no_circle",
    "open_circle",
    "gate_750",
    "placebo",
    "goal_gradient",
    "myopic",
    "dynamic_programming",
    "mixture",
    "learned",
    "lottery",
    "tiny",
    "campus_2016",
    "standing_2016",
    "finance",
    "silo",
    "shared_bureau",
    "score_bureau",
    "red_packet",
    "spring_festival",
    "decade",
    "learned_score",
    "social_score",
    "gate_learned",
    "merchants",
    "perk_levels",
)


def test_every_shipped_file_is_named_here(shipped):
    assert {p.stem for p in shipped.glob("*.yaml")} == set(NAMES)
    assert {p.stem for p in (shipped / "gates").glob("*.yaml")} == set(GATE_FILES)


@pytest.mark.parametrize("name", [*NAMES, *(f"gates/{kind}" for kind in GATE_FILES)])
def test_shipped_scenario_loads_with_its_baseline(shipped, name, workspace):
    path = shipped / f"{name}.yaml"
    scenario = load(path)
    assert scenario == load(name) == load(f"scenarios/{name}.yaml")  # found from anywhere by its name
    assert scenario.name == path.stem
    other = baseline_of(path, scenario)
    if other is not None:
        assert load(other).name == other.stem


@pytest.mark.parametrize("kind", GATE_FILES)
def test_a_file_of_a_gate_shows_its_defaults(shipped, kind):
    # so that the file says what the kind is, and nothing else differs from the baseline
    path = shipped / "gates" / f"{kind}.yaml"
    scenario = load(path)
    assert scenario.policy.gate == gate_kinds()[kind]()
    other = resolved(load(baseline_of(path, scenario)))
    changed = {row[0] for row in difference(resolved(scenario), other)}
    assert {c for c in changed if not c.startswith("policy.gate.")} == {"name", "note", "baseline"}


def test_base_holds_every_value_with_unit_source_and_grade(shipped):
    text = (shipped / "base.yaml").read_text(encoding="utf-8")
    assert text == base_text(), (
        "write it anew: python -c 'from sim.scenario.show import base_text; print(base_text(), end=\"\")'"
    )
    rows = [
        r
        for r in difference(resolved(load(shipped / "base.yaml")), resolved(Scenario()))
        if r[0] not in ("name", "note")
    ]
    assert rows == []
    for line in text.splitlines():
        if line.startswith("    ") and not line.strip().startswith("#"):
            assert "[" in line.split("#", 1)[1], f"no unit: {line}"


def test_every_number_says_where_it_comes_from():
    def leaves(model):
        for name, field in model.model_fields.items():
            if hasattr(field.annotation, "model_fields"):
                yield from leaves(field.annotation)
            else:
                yield f"{model.__name__}.{name}", field

    from sim.scenario.world import World

    for where, field in leaves(World):
        extra = field.json_schema_extra
        assert extra["unit"], where
        assert extra["source"], where
        assert extra["grade"] in {"A", "B", "C", "M", "D", "-"}, where
        assert extra["grade"] != "-" or "http" not in extra["source"], where


def test_resolved_text_reads_back_to_the_same_scenario(workspace, shipped):
    scenario = load(shipped / "gate_750.yaml")
    (workspace / "again.yaml").write_text(resolved_text(scenario), encoding="utf-8")
    assert load(workspace / "again.yaml") == scenario
    assert yaml.safe_load(resolved_text(scenario))["policy"]["gate"]["threshold"] == 750


def test_every_number_of_every_gate_says_where_it_comes_from():
    for kind, settings in gate_kinds().items():
        for name, field in settings.model_fields.items():
            if name != "kind":
                extra = field.json_schema_extra
                assert extra["unit"], (kind, name)
                assert extra["source"], (kind, name)
                assert extra["grade"] in {"A", "B", "C", "M", "D", "-"}, (kind, name)


def test_json_schema_describes_every_kind_of_gate():
    described = json_schema()["$defs"]
    for kind, settings in gate_kinds().items():
        assert described[settings.__name__]["properties"]["kind"]["const"] == kind
        assert set(described[settings.__name__]["properties"]) == set(settings.model_fields)


def test_json_schema_names_fields_and_refuses_others():
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert "extends" in schema["properties"]
    assert schema["$defs"]["Threshold"]["properties"]["threshold"]["maximum"] == 951
