"""Sensitivity of the model: the file, what is inert to the bit, the command, and going on where it was stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.sensitivity import study
from sim.experiments.sensitivity.plan import make_sensitivity_plan
from sim.scenario import ScenarioError
from tests.helpers import figures_by_plot

pytest.importorskip("SALib")

FILE = """
extends: gate_750.yaml
name: mine
vary:
  world.population.visits_median: {from: 0.5, to: 3}
  world.choice.goal_gradient: {from: 0, to: 9}
  rule: [forward_looking, myopic]
  world.awareness.contact_rate: {from: 0.05, to: 0.5, scale: log}
sensitivity: {trajectories: 3, keep: 2, rows: 8, resamples: 100}
run: {users: 200, ticks: 25, replicates: 1}
"""


def written(text=FILE, name="mine.yaml"):
    Path(name).write_text(text, encoding="utf-8")
    return name


def invoke(*arguments):
    return CliRunner().invoke(app, ["sensitivity", *arguments])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensitivity")
    file = folder / "mine.yaml"
    file.write_text(FILE, encoding="utf-8")
    return sim.sensitivity(file, out=folder / "results")


def test_what_no_rule_uses_has_no_effect_to_the_bit(done):
    screening = done.screening.set_index("input")
    assert screening.loc["world.choice.goal_gradient", "mu_star"] == 0.0  # of a rule that is not among those given
    assert screening.loc["world.population.visits_median", "mu_star"] > 0.0
    assert not screening.loc["world.choice.goal_gradient", "kept"]
    assert "seed" in set(done.indices["input"])
    assert "of which 1 change" in done.summary() or "of which 2 change" in done.summary()


def test_every_output_is_what_a_run_finds(done):
    outputs = done.tables["outputs"]
    assert (outputs["stage"] == "screening").sum() == 3 * 6
    assert (outputs["stage"] == "indices").sum() == 8 * 5
    inputs = [one["path"] for one in done.manifest["inputs"]]
    for row in (0, 30):
        chosen = [f"{path}={outputs[path][row]}" for path in inputs if outputs[path][row] != "as is"]
        seed = done.manifest["run"]["seed"] + int(outputs["seed"][row])
        effect = sim.run("gate_750.yaml", chosen, users=200, ticks=25, seed=seed, replicates=1).effects["visits"]
        assert effect.interval.mean == outputs["output"][row]


def test_the_same_study_is_read_back_and_another_is_not(done, monkeypatch):
    file, out = done.path.parents[2] / "mine.yaml", done.path.parents[1]
    again = sim.sensitivity(file, out=out)
    assert again.reused
    assert again.summary() == done.summary()
    assert again.screening.equals(done.screening)
    other = make_sensitivity_plan(file, ["sensitivity.keep=3"])
    assert other.key != done.manifest["run_id"]


def test_a_study_that_was_stopped_ends_as_if_it_had_not_been(done, workspace, monkeypatch):
    true, calls = study.evaluate, []

    def stopped(jobs, **how):
        calls.append(len(jobs))
        if len(calls) == 2:
            true(jobs[:30], **how)
            raise KeyboardInterrupt
        return true(jobs, **how)

    monkeypatch.setattr(study, "evaluate", stopped)
    with pytest.raises(KeyboardInterrupt):
        sim.sensitivity(written(), out="results")
    reused = []

    def counted(jobs, **how):
        cells = true(jobs, **how)
        reused.append(cells.reused)
        return cells

    monkeypatch.setattr(study, "evaluate", counted)
    result = sim.sensitivity("mine.yaml", out="results")
    assert reused[0] == calls[0]  # all of the screening was there
    assert reused[1] >= 30
    for name in ("screening", "indices", "profile", "outputs"):
        for column, values in done.tables[name].items():
            assert np.array_equal(values, result.tables[name][column]), (name, column)


def test_a_failed_cell_is_told_and_its_blocks_left_out(workspace, monkeypatch):
    from sim.experiments.cells.outcome import Cells, Outcome

    true = study.evaluate

    def one_fails(jobs, **how):
        outcomes = list(true(jobs, **how).outcomes)
        outcomes[0] = Outcome(outcomes[0].key, "ValueError: no luck", 0.0)
        return Cells(outcomes)

    monkeypatch.setattr(study, "evaluate", one_fails)
    result = sim.sensitivity(written(FILE.replace("trajectories: 3", "trajectories: 4")), out="results")
    assert result.path.name.endswith("-failed2")
    assert result.manifest["dropped_blocks"] == {"screening": 1, "indices": 1}
    assert "2 cells failed, so 2 blocks" in result.summary()
    assert result.tables["failures"]["reason"].tolist() == ["ValueError: no luck"]


def test_the_command_runs_keeps_draws_and_reads_back(workspace):
    first = invoke(written())
    assert first.exit_code == 0, first.output
    assert "seed (luck)" in first.output
    assert "It hangs most on" in first.output or "hangs on none" in first.output
    files = {path.name for path in Path("results/mine").rglob("*.*") if path.is_file()}
    assert files == {
        *("manifest.json", "screening.parquet", "indices.parquet", "profile.parquet", "outputs.parquet"),
        *("sensitivity.png", "sensitivity.svg"),
    }
    again = json.loads(invoke("mine.yaml", "--json").stdout)
    assert again["reused"] is True
    assert len(again["screening"]) == 5
    figure = next(Path("results").rglob("sensitivity.svg")).read_text(encoding="utf-8")
    assert "share of the variance" in figure
    assert "visits_median" in figure
    assert figures_by_plot("mine", workspace / "drawn") == {"sensitivity.png", "sensitivity.svg"}


def test_without_a_screening_all_inputs_are_studied(workspace):
    shown = invoke(written(), "--set", "sensitivity.trajectories=0", "--quiet")
    assert shown.exit_code == 0, shown.output
    assert "Screening" not in shown.output
    assert "world.choice.goal_gradient" in shown.output


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "rows: 8",
            "rows: 10",
            "sensitivity.rows: 10 given; a Sobol design is balanced at powers of two only: 8 or 16",
        ),
        ("trajectories: 3", "trajectories: 1", "at least 2 trajectories"),
        ("rows: 8", "row: 8", "sensitivity.row: unknown key. Did you mean rows?"),
        ("sensitivity: {", "design: {kind: sobol, points: 4, seed: 1}\nsensitivity: {", "is of sweeps"),
        ("to: 9}", "to: 9999999}", "world.choice.goal_gradient: "),
        ("  rule: [forward_looking, myopic]", "  rule: [forward_looking, myopik]", "myopik"),
        ("  rule: [forward_looking, myopic]", "  rule: [myopic]", "one value only"),
        ("  rule: [forward_looking, myopic]", "  run.users: [100, 200]", "size is no assumption"),
        ("name: mine", "name: mine\nprimary: overdue", "primary: overdue is not measured, as switches.lenders is off"),
        ("name: mine", "name: mine\nprimary: visit", "'visit' is not a measure. Did you mean visits?"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(workspace, old, new, says):
    shown = invoke(written(FILE.replace(old, new)))
    assert shown.exit_code == 2, shown.output
    assert says in " ".join(shown.output.split())
    assert "mine.yaml:" in shown.output


def test_all_faults_are_told_at_once(workspace):
    with pytest.raises(ScenarioError) as caught:
        make_sensitivity_plan(written(FILE.replace("rows: 8", "rows: 10").replace("contact_rate", "contact_rat")))
    assert {fault.path for fault in caught.value.faults} == {"sensitivity.rows", "world.awareness.contact_rat"}


def test_the_shipped_study_is_valid_and_named_everywhere(workspace):
    shown = CliRunner().invoke(app, ["validate", "sensitivity/world"])
    assert "ok, 40 inputs" in shown.output, shown.output
    plan = make_sensitivity_plan("world")
    given = plan.file.sweep.base
    for parameter in plan.inputs:  # what the scenario has lies within what is studied
        node = given
        for part in parameter.path.split("."):
            node = getattr(node, part)
        if parameter.span is not None:
            assert parameter.span.low <= node <= parameter.span.high, parameter.path
        else:
            assert node in [level.value for level in parameter.levels]


def test_without_salib_the_message_says_what_to_install(workspace, monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    shown = invoke(written())
    assert shown.exit_code == 1
    assert "pip install 'scoregate[sensitivity]'" in shown.output
