"""The command `compare`: tables that fit, an answer, JSON, figures, and a sentence for whatever goes wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

FILE = """\
extends: base.yaml
name: mine
baseline: open
world: {population: {responsive_share: 0.8}, awareness: {campaign_rate: 0.2}}
policy: {circle: {opens: 2}}
policies:
  open: {policy: {gate: {kind: open}}}
  gate: {policy: {gate: {kind: threshold, threshold: 640}}}
  none: {extends: no_circle.yaml}
worlds:
  as is: {}
  placebo: {rule: none}
run: {users: 300, ticks: 30}
replicates: 3
guardrails:
  - {measure: visits, may_fall_by: 0.1%}
"""


def invoke(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def mine(workspace):
    Path("mine.yaml").write_text(FILE, encoding="utf-8")
    return "mine.yaml"


def test_it_prints_tables_that_fit_and_an_answer(mine):
    shown = invoke("compare", mine)
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("mine: 3 policies, 2 worlds, 300 users, 30 days, 3 replicates, seed 20161124")
    answer = next(place for place, line in enumerate(lines) if line.startswith("visits (1/user/day) against open"))
    assert all(len(line) <= 100 for line in lines[:answer])
    assert "worse: none (-0." in lines[answer]
    assert "'visits may fall by 0.1%' is broken by none" in lines[answer]
    for head in ("visits, all worlds", "difference in", "guardrail", "visits of groups"):
        assert any(line.startswith(head) for line in lines), head
    (folder,) = Path("results/mine").iterdir()
    assert lines[-1] == f"Stored: {folder}"
    for name in ("forest", "groups"):
        for form in ("png", "svg"):
            assert (folder / "figures" / f"{name}.{form}").stat().st_size > 5000
    svg = (folder / "figures" / "forest.svg").read_text(encoding="utf-8")
    assert "difference in visits to open (1/user/day)" in svg
    assert "n = 3 replicates on the same seeds." in svg
    assert "Bars: 95% t interval" in svg
    again = invoke("compare", mine, "--quiet", "--no-figures")
    assert again.stdout.splitlines() == lines[:-1]


def test_json_holds_every_table(mine):
    told = json.loads(invoke("compare", mine, "--json", "--no-figures", "--replicates", "1").stdout)
    assert told["replicates"] == 1
    assert {row["policy"] for row in told["effects"]} == {"gate", "none"}
    assert told["effects"][0]["low"] is None
    assert {row["verdict"] for row in told["guardrails"]} == {"undecided"}
    assert len(told["by_policy"]) == 3
    assert len(told["best"]) == 3 * 3
    assert told["answer"].startswith("visits (1/user/day) against open, over 2 worlds:")


def test_sizes_are_taken_from_the_command(mine):
    shown = invoke(
        "compare", mine, "--users", "200", "--ticks", "20", "--replicates", "2", "--seed", "3", "--no-figures",
        "--set", "policies.gate.policy.gate.threshold=620", "--until-width", "100%", "--most-replicates", "20", "--json",
    )  # fmt: skip
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert told["replicates"] == 20
    assert "(100% asked)" in told["answer"]
    manifest = json.loads((Path(told["path"]) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == [3, 22]
    assert manifest["scenarios"]["as is"]["gate"]["policy"]["gate"]["threshold"] == 620
    assert manifest["run"]["users"] == 200


def test_faults_are_sentences_and_nothing_runs(mine):
    for arguments, told in (
        (["nowhere.yaml"], "nowhere.yaml: no such file; give the path of a scenario file"),
        ([mine, "--timeout-per-cell", "-1"], "--timeout-per-cell"),
        ([mine, "--until-width", "narrow"], "until_width: 'narrow' is no size"),
        (
            [mine, "--set", "policies.gate.policy.gate.treshold=1"],
            "policies.gate.policy.gate.treshold: unknown key. Did you",
        ),
        ([mine, "--set", "primary=visit"], "primary: 'visit' is not a measure. Did you mean visits?"),
    ):
        shown = invoke("compare", *arguments)
        assert shown.exit_code == 2
        assert told in shown.output
        assert "Traceback" not in shown.output
    assert not Path("results").exists()


def test_stopping_says_what_is_kept(mine, monkeypatch):
    from sim.experiments.compare import compare as home

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(home, "evaluate", stopped)
    shown = invoke("compare", mine)
    assert shown.exit_code == 130
    assert "finished cells are kept, and the same command goes on from there" in shown.output


def test_validate_knows_comparisons(mine):
    assert invoke("validate", mine, "comparisons/policies_2016.yaml").stdout.splitlines() == [
        "mine.yaml: ok",
        "comparisons/policies_2016.yaml: ok",
    ]
    Path("bad.yaml").write_text(FILE.replace("threshold: 640", "threshold: 64"), encoding="utf-8")
    shown = invoke("validate", "bad.yaml", mine)
    assert shown.exit_code == 2
    assert (
        "bad.yaml:8: policies.gate.policy.gate.threshold: 64 given; must be greater than or equal to 350"
        in shown.output
    )
    assert "mine.yaml: ok" in shown.output
