"""What `list` names is what there is; what `new` writes is valid, runs, and never takes another file's place."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.model.choice import rule_names
from sim.model.gates import gate_kinds
from sim.model.measures import MEASURES
from sim.model.states import BELIEFS
from sim.scenario import Scenario, load
from sim.scenario.files import STUDIES
from sim.scenario.starter import CHANGE, OTHERS, starter_text


def invoke(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_list_names_everything_there_is(shipped):
    found = json.loads(invoke("list", "--json").stdout)
    there = {path.relative_to(shipped).as_posix() for path in shipped.rglob("*.yaml")}
    assert set(found["scenarios"]) == {path for path in there if path.split("/")[0] not in STUDIES}
    for folder in STUDIES:
        studies = {f"{folder}/{name}" for name in found[folder]}
        assert studies == {path for path in there if path.startswith(f"{folder}/")}, folder
    assert set(found["gates"]) == set(gate_kinds())
    assert set(found["rules"]) == set(rule_names())
    assert set(found["beliefs"]) == set(BELIEFS)
    assert set(found["measures"]) >= {measure.name for measure in MEASURES}
    for section in found.values():
        for name, text in section.items():
            assert text, name
            assert "\n" not in text, name


def test_list_has_a_line_for_each():
    found, shown = json.loads(invoke("list", "--json").stdout), invoke("list").stdout
    lines = shown.splitlines()
    for section in found.values():
        for name, text in section.items():
            assert any(line.split()[:1] == [name] and line.endswith(text) for line in lines), name


def test_a_new_scenario_is_valid_and_runs(workspace):
    shown = invoke("new", "my_gate")
    assert shown.exit_code == 0
    assert Path("my_gate.yaml").is_file()
    assert invoke("validate", "my_gate.yaml").stdout == "my_gate.yaml: ok\n"
    result = sim.run("my_gate.yaml", users=200, ticks=30, replicates=1)
    assert result.paired
    # it is the gate at 750 as shipped, until somebody changes it
    ours, theirs = (load(name).model_dump() | {"name": "", "note": ""} for name in ("my_gate.yaml", "gate_750.yaml"))
    assert ours == theirs


def test_every_comment_in_it_is_valid_once_taken_in(workspace):
    text = re.sub(r"^( *)# ([a-z_]+:)", r"\1\2", starter_text("whole"), flags=re.MULTILINE)
    Path("whole.yaml").write_text(text, encoding="utf-8")
    load("whole.yaml")
    for path in (*CHANGE, *OTHERS):
        assert f"{path.split('.')[-1]}:" in text
    lines = [line for line in text.splitlines() if re.match(r" *[a-z_]+: .", line)]
    assert all(
        "[" in line.split("#", 1)[1] for line in lines if not line.startswith(("extends", "name", "note", "base"))
    )
    assert len(lines) == 4 + len(CHANGE) + len(OTHERS)


def test_a_comment_taken_in_without_the_name_above_it_is_told_why(workspace):
    text = starter_text("half")
    assert "the names they stand below" in text
    Path("half.yaml").write_text(text.replace("    # campaign_rate:", "    campaign_rate:"), encoding="utf-8")
    shown = invoke("validate", "half.yaml")
    assert shown.exit_code == 2
    line = text.splitlines().index(next(line for line in text.splitlines() if "campaign_rate" in line)) + 1
    assert f"half.yaml:{line}: not YAML: this line is not indented as" in shown.output
    named = text.replace("    # campaign_rate:", "    campaign_rate:").replace("  # awareness:", "  awareness:")
    Path("half.yaml").write_text(named.replace("# world:", "world:"), encoding="utf-8")
    assert invoke("validate", "half.yaml").exit_code == 0


def test_it_goes_into_the_folder_of_scenarios(workspace):
    Path("scenarios").mkdir()
    assert invoke("new", "mine.yaml").exit_code == 0
    assert load("scenarios/mine.yaml").name == "mine"


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden", "x" * 61, "two words", "nul\0"])
def test_a_name_that_is_none_is_a_sentence(workspace, name):
    shown = invoke("new", name)
    assert shown.exit_code == 2
    assert "is no name for a scenario" in shown.output
    assert list(workspace.iterdir()) == []


def test_a_file_that_is_there_stays(workspace):
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    shown = invoke("new", "mine")
    assert shown.exit_code == 2
    assert "not overwritten" in shown.output
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"


def test_the_starter_is_of_the_schema_as_it_is():
    assert Scenario.model_fields["rule"].description in starter_text("x")
