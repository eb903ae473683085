"""Searches over policies of the model: the file, what gains nothing, the command, and going on where it was stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.optimise import model
from sim.experiments.optimise.plan import make_optimise_plan
from sim.experiments.optimise.space import Candidate
from sim.scenario import ScenarioError
from tests.helpers import figures_by_plot

pytest.importorskip("optuna")

FILE = """
extends: open_circle.yaml
name: mine
baseline: open_circle.yaml
families:
  threshold:
    policy: {gate: {kind: threshold}}
    vary:
      policy.gate.threshold: {from: 550, to: 750}
      policy.gate.covers: [[comment], [like, comment]]
  lottery:
    policy: {gate: {kind: lottery}}
    vary: {policy.gate.share: {from: 0.1, to: 1}}
worlds:
  as is: {}
  eager: {world: {population: {responsive_share: 0.8}}}
objectives:
  - {measure: visits}
  - {measure: debt, group: {kind: income, group: lowest third}}
guardrails: [{measure: daily_active, may_fall_by: 5%}]
search: {trials: 6, batch: 3, startup: 4, replicates: 2, contenders: 3, finalists: 2, confirm: 3}
run: {users: 200, ticks: 25}
"""


def written(text=FILE, name="mine.yaml"):
    Path(name).write_text(text, encoding="utf-8")
    return name


def invoke(*arguments):
    return CliRunner().invoke(app, ["optimise", *arguments])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("optimise")
    file = folder / "mine.yaml"
    file.write_text(FILE, encoding="utf-8")
    return sim.optimise(file, out=folder / "results")


def test_a_gate_open_to_all_gains_exactly_nothing(workspace):
    plan = make_optimise_plan(written())
    assert plan.directions == (1, -1)
    found = model.Model(plan, {})([Candidate("lottery", (1.0,)), Candidate("threshold", (750.0, 0.0))], range(2))
    assert (found.gains[0, 0] == 0.0).all()  # everybody is drawn
    assert np.isfinite(found.gains).all()
    assert (found.gains[1] != 0.0).any()


def test_gains_are_what_runs_find(workspace):
    plan = make_optimise_plan(written())
    found = model.Model(plan, {})([Candidate("threshold", (600.0, 1.0))], range(2))
    settings = ["policy.gate.kind=threshold", "policy.gate.threshold=600", "policy.gate.covers=[like, comment]"]
    for world, more in enumerate(([], ["world.population.responsive_share=0.8"])):
        result = sim.run(
            "gate_750.yaml", [*settings, *more], users=200, ticks=25, replicates=2, baseline="open_circle.yaml"
        )
        expected = result.effect("visits")["difference"].iloc[0]
        assert found.gains[0, world, 0].mean() == pytest.approx(expected, abs=1e-12)
        active = result.effects["daily_active"]
        assert found.excess[0, world, 0].mean() == pytest.approx(
            -active.interval.mean - 0.05 * active.baseline, abs=1e-12
        )


def test_the_tables_hold_together(done):
    assert set(done.finalists["objective"]) == {"visits", "debt of income: lowest third"}
    assert len(done.finalists) == 4
    assert (done.finalists["search_seeds"] == 4).all()
    assert (done.finalists["fresh_seeds"] == 3).all()
    curse = done.finalists["search"] - done.finalists["confirmed"]
    assert np.allclose(curse.astype(float), done.finalists["curse"].astype(float))
    assert set(done.regret["policy"]) == {*done.finalists["policy"], "baseline"}
    assert (done.regret.groupby("world")["regret"].min() == 0.0).all()
    assert set(done.guardrails["verdict"]) <= {"kept", "broken", "undecided"}
    assert done.trials["feasible"].any()
    assert set(done.manifest["policies"]) == set(done.finalists["policy"])
    assert "the winner's curse is" in done.summary()


def test_a_search_that_was_stopped_ends_as_if_it_had_not_been(done, workspace, monkeypatch):
    true, calls = model.evaluate, []

    def stopped(jobs, **how):
        calls.append(len(jobs))
        if len(calls) == 3:
            true(jobs[:5], **how)
            raise KeyboardInterrupt
        return true(jobs, **how)

    monkeypatch.setattr(model, "evaluate", stopped)
    with pytest.raises(KeyboardInterrupt):
        sim.optimise(written(), out="results")
    run = []

    def counted(jobs, **how):
        cells = true(jobs, **how)
        run.append(len(jobs) - cells.reused)
        return cells

    monkeypatch.setattr(model, "evaluate", counted)
    result = sim.optimise("mine.yaml", out="results")
    assert run[:2] == [0, 0]  # both batches were there
    for name, table in done.tables.items():
        for column, values in table.items():
            assert values.tolist() == pytest.approx(result.tables[name][column].tolist(), abs=0, nan_ok=True) or (
                values.dtype.kind == "U" and (values == result.tables[name][column]).all()
            ), (name, column)
    again = sim.optimise("mine.yaml", out="results")
    assert again.reused
    assert again.summary() == done.summary()
    assert again.trials["feasible"].tolist() == done.trials["feasible"].tolist()


def test_a_policy_with_a_failed_cell_is_left_out_with_its_reason(workspace, monkeypatch):
    from sim.experiments.cells.outcome import Cells, Outcome

    true, first = model.evaluate, []

    def one_fails(jobs, **how):
        cells = true(jobs, **how)
        if first:
            return cells
        first.append(True)
        outcomes = list(cells.outcomes)
        outcomes[-1] = Outcome(outcomes[-1].key, "ValueError: no luck", 0.0)
        return Cells(outcomes)

    monkeypatch.setattr(model, "evaluate", one_fails)
    result = sim.optimise(written(), out="results")
    assert result.path.name.endswith("-failed1")
    assert result.trials["reason"].tolist().count("ValueError: no luck") == 1
    assert "1 policies could not be run" in result.summary()


def test_a_measure_without_a_value_is_told_and_no_crash(workspace):
    # nobody is admitted later by a lottery, so that this measure has no value in any policy
    text = FILE[: FILE.index("  threshold:")] + FILE[FILE.index("  lottery:") :]
    text = text.replace(
        "{measure: debt, group: {kind: income, group: lowest third}}", "{measure: days_to_admission, want: less}"
    )
    shown = invoke(written(text))
    assert shown.exit_code == 1
    assert "could be run: days_to_admission has no value on some seed" in " ".join(shown.output.split())


def test_the_command_runs_keeps_draws_and_reads_back(workspace):
    first = invoke(written())
    assert first.exit_code == 0, first.output
    assert "winner's curse" in first.output
    assert "largest regret" in first.output
    assert "covers=[" in first.output or "lottery share=" in first.output
    files = {path.name for path in Path("results/mine").rglob("*.*") if path.is_file()}
    tables = ("trials", "rounds", "finalists", "guardrails", "regret")
    assert files == {"manifest.json", "pareto.png", "pareto.svg", *(f"{name}.parquet" for name in tables)}
    again = json.loads(invoke("mine.yaml", "--json").stdout)
    assert again["reused"] is True
    assert len(again["tables"]["finalists"]) == 4
    figure = next(Path("results").rglob("pareto.svg")).read_text(encoding="utf-8")
    assert "on fresh seeds" in figure
    assert "less debt" in figure
    assert figures_by_plot("mine", workspace / "drawn") == {"pareto.png", "pareto.svg"}


def test_one_objective_one_world_and_no_guardrail(workspace):
    text = FILE.replace("  - {measure: debt, group: {kind: income, group: lowest third}}\n", "")
    text = text.replace("guardrails: [{measure: daily_active, may_fall_by: 5%}]\n", "")
    text = text.replace("  eager: {world: {population: {responsive_share: 0.8}}}\n", "")
    shown = invoke(written(text))
    assert shown.exit_code == 0, shown.output
    assert "In the one world" in shown.output
    assert "Guardrails" not in shown.output


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{measure: visits}", "{measure: visit}", "'visit' is not a measure. Did you mean visits?"),
        ("{measure: visits}", "{measure: mean_score}", "neither good nor bad; say want: more, or want: less"),
        ("{measure: visits}", "{measure: debt, want: mor}", "'more' or 'less'"),
        ("group: lowest third", "group: lowest", "is not a group of income"),
        ("from: 550, to: 750", "from: 550, to: 7500", "7500 given; must be less than or equal to 951"),
        ("policy.gate.threshold:", "policy.gate.treshold:", "treshold: unknown key. Did you mean threshold?"),
        ("policy.gate.threshold:", "world.choice.noise:", "only the policy is searched"),
        ("policy: {gate: {kind: lottery}}", "polic: {}", "not to be changed here"),
        ("eager: {world:", "eager: {policy:", "worlds.eager.policy: not to be changed here"),
        ("contenders: 3", "contenders: 30", "each may be at most the one before"),
        ("baseline: open_circle.yaml", "baseline: null", "name the scenario that policies are compared with"),
        (
            "guardrails: [{measure: daily_active, may_fall_by: 5%}]",
            "guardrails: [{measure: overdue, may_rise_by: 5%}]",
            "guardrails.0.measure: overdue is not measured in the baseline, where switches.lenders is off",
        ),
        (
            "{measure: debt, group",
            "{measure: overdue, group",
            "objectives.1.measure: overdue is not measured in the baseline, where switches.lenders is off",
        ),
        ("trials: 6", "trial: 6", "search.trial: unknown key. Did you mean trials?"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(workspace, old, new, says):
    shown = invoke(written(FILE.replace(old, new)))
    assert shown.exit_code == 2, shown.output
    assert says in " ".join(shown.output.split())
    assert "mine.yaml" in shown.output


def test_all_faults_are_told_at_once(workspace):
    text = FILE.replace("{measure: visits}", "{measure: visit}").replace("from: 550, to: 750", "from: 550, to: 7500")
    with pytest.raises(ScenarioError) as caught:
        make_optimise_plan(written(text))
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(("name", "families"), [("gate", 4), ("overdue", 3)])
def test_the_shipped_searches_are_valid(workspace, name, families):
    shown = CliRunner().invoke(app, ["validate", f"optimise/{name}"])
    assert f"ok, {families} families of policies" in shown.output, shown.output


def test_visits_are_weighed_against_arrears_of_the_poorest_third():
    plan = make_optimise_plan("overdue", users=600, ticks=100)
    assert plan.directions == (1, -1)
    found = model.Model(plan, {})([Candidate("stretch", (10.0,))], range(2))
    assert found.gains.shape == (1, 2, 2, 2)
    assert np.isfinite(found.gains).all()
    assert (found.gains[0, :, 0] > 0.0).all()


def test_a_loss_of_nothing_is_told_without_a_sign_of_less(done):
    from dataclasses import replace

    nothing = {
        name: np.zeros(len(done.tables["finalists"]["search"])) for name in ("search", "confirmed", "low", "high")
    }
    told = replace(done, tables=done.tables | {"finalists": done.tables["finalists"] | nothing}).summary()
    assert "+0 (share)" in told or "+0 (CNY/user)" in told
    assert "-0 (" not in told


def test_without_optuna_the_message_says_what_to_install(workspace, monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    shown = invoke(written())
    assert shown.exit_code == 1
    assert "pip install 'scoregate[optimise]'" in shown.output
