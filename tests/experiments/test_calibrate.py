"""Calibration of the model: the file, the user's own observations, the command, and going on where it was stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.calibrate import study
from sim.experiments.calibrate.plan import make_calibration_plan
from sim.experiments.cells.job import cell_hash
from sim.scenario import ScenarioError, load
from sim.scenario.files import shipped_files
from sim.scenario.schema import Scenario
from tests.helpers import figures_by_plot

FILE = """
extends: open_circle.yaml
name: mine
fit:
  world.population.visits_median: {from: 0.5, to: 3, scale: log}
  world.choice.goal_gradient: {from: 0, to: 9}
targets:
  - {measure: visits, value: 1.8, error: 0.02}
  - {measure: visits, curve: visits.csv}
held_out:
  - {measure: knowing, day: 20, value: 0.2, error: 0.02}
  - {measure: visits, value: 1.0, error: 0.1, group: {kind: income, group: lowest third}}
  - {scores: scores.csv}
calibrate: {replicates: 2, points: 4, starts: 1, iterations: 3, confirm: 3}
run: {users: 100, ticks: 25}
"""
VISITS = "day,value,error\n3,1.7,0.1\n21,1.9,0.1\n"
SCORES = "score,users\n350,300\n600,500\n650,150\n700,50\n"


def written(text=FILE, name="mine.yaml", visits=VISITS, scores=SCORES):
    Path(name).write_text(text, encoding="utf-8")
    Path("visits.csv").write_text(visits, encoding="utf-8")
    Path("scores.csv").write_text(scores, encoding="utf-8")
    return name


def invoke(*arguments):
    return CliRunner().invoke(app, ["calibrate", *arguments])


def faults(text=FILE, **files):
    with pytest.raises(ScenarioError) as raised:
        make_calibration_plan(written(text, **files))
    return str(raised.value)


def test_the_command_fits_keeps_draws_writes_and_reads_back(workspace):
    first = invoke(written(), "--write", "fitted.yaml")
    assert first.exit_code == 0, first.output
    assert "do not identify world.choice.goal_gradient" in first.output
    assert "held out" in first.output
    names = {path.name for path in Path("results/mine").rglob("*.*") if path.is_file()}
    assert names == {
        *("manifest.json", "parameters.parquet", "directions.parquet", "targets.parquet", "points.parquet"),
        *("fitted.yaml", "calibration.png", "calibration.svg"),
    }
    again = invoke("mine.yaml", "--json", "--write", "fitted.yaml")  # the very same text may be written again
    assert again.exit_code == 0, again.output
    record = json.loads(again.stdout)
    assert record["reused"] is True
    assert [row["identified"] for row in record["parameters"]] == [True, False]
    text = Path("fitted.yaml").read_text(encoding="utf-8")
    assert "not identified by the targets" in text
    assert figures_by_plot("mine", workspace / "drawn") == {"calibration.png", "calibration.svg"}
    Path("fitted.yaml").write_text("name: another\n", encoding="utf-8")
    refused = invoke("mine.yaml", "--write", "fitted.yaml")
    assert refused.exit_code == 2
    assert "fitted.yaml: there is a file already" in refused.output
    assert Path("fitted.yaml").read_text(encoding="utf-8") == "name: another\n"
    assert invoke("mine.yaml", "--write", "fitted.yaml", "--overwrite").exit_code == 0
    assert Path("fitted.yaml").read_text(encoding="utf-8") == text
    assert not list(Path().glob(".partial*"))


def test_the_fitted_scenario_is_the_one_that_was_fitted(workspace):
    result = sim.calibrate(written())
    Path("other").mkdir()
    Path("other/fitted.yaml").write_text(result.scenario_text(), encoding="utf-8")
    assert "\nextends: base.yaml\n" in f"\n{result.scenario_text()}"
    fitted = load("other/fitted.yaml")
    assert cell_hash(fitted) == cell_hash(Scenario.model_validate(result.manifest["scenarios"]["fitted"]))
    assert fitted.world.population.visits_median == result.parameters["estimate"][0]
    assert fitted.policy.gate.kind == "open"
    assert fitted.baseline == "no_circle.yaml"


def test_what_is_shipped_is_sound():
    for file in shipped_files("calibration"):
        plan = make_calibration_plan(file)
        assert plan.fitted.any()
        assert not plan.fitted.all(), f"{file.name} holds nothing out"


def test_fit_per_target_is_what_runs_on_fresh_seeds_give(workspace):
    result = sim.calibrate(written())
    Path("fitted.yaml").write_text(result.scenario_text(), encoding="utf-8")
    run = sim.run("fitted.yaml", seed=load("fitted.yaml").run.seed + study.FRESH, replicates=3, baseline="none")
    table = result.targets.set_index(["target", "moment"])
    ticks = run.ticks
    assert table.loc[("visits", "whole run"), "model"] == pytest.approx(run.effects["visits"].policy)
    assert table.loc[("visits (visits.csv)", "day 21"), "model"] == pytest.approx(ticks[ticks.day == 21].visits.mean())
    assert table.loc[("knowing on day 20", "day 20"), "model"] == pytest.approx(ticks[ticks.day == 20].knowing.mean())
    shares = table.loc["scores (scores.csv)"]
    assert shares["model"].sum() == pytest.approx(1.0)
    assert shares.index.tolist() == ["below 600", "600 to 649", "650 to 699", "700 or more"]
    last = run.scores[run.scores.day == run.scores.day.max()]
    above = last[last.score >= 700].users.sum() / last.users.sum()
    assert shares.loc["700 or more", "model"] == pytest.approx(above)


def test_errors_of_a_histogram_are_those_of_a_sample(workspace):
    plan = make_calibration_plan(written())
    scores = next(one for one in plan.moments if one.kind == "scores")
    share = (500 + 0.5) / (1000 + 4 * 0.5)
    assert scores.values[1] == pytest.approx(share)
    assert scores.covariance[1, 1] == pytest.approx(share * (1 - share) / 1002)
    assert scores.covariance.sum() == pytest.approx(0.0, abs=1e-12)  # shares sum to one
    assert not plan.fitted[-4:].any()


def test_days_of_one_stretch_are_averaged_and_counts_are_divided(workspace):
    text = FILE.replace("ticks: 25", "ticks: 240").replace("curve: visits.csv", "curve: visits.csv, of: 10")
    visits = "date,value,error\n2016-09-04,16,1\n2016-09-03,18,1\n2016-09-05,20,2\n"  # days 3, 2 and 4; stretches of two days
    plan = make_calibration_plan(written(text, visits=visits))
    curve = next(one for one in plan.moments if one.kind == "curve")
    assert curve.values.tolist() == pytest.approx([1.7, 2.0])
    assert np.sqrt(np.diag(curve.covariance)).tolist() == pytest.approx([0.1 / np.sqrt(2), 0.2])
    assert curve.names == ("day 2.5", "day 4")


def test_parquet_says_the_same_as_csv(workspace):
    import pandas as pd

    written(FILE.replace("visits.csv", "visits.parquet"))
    pd.DataFrame({"day": [3, 21], "value": [1.7, 1.9], "error": [0.1, 0.1]}).to_parquet("visits.parquet")
    one = make_calibration_plan("mine.yaml")
    other = make_calibration_plan(written())
    assert np.array_equal(one.values, other.values)
    assert np.array_equal(one.covariance, other.covariance)


def test_a_calibration_that_was_stopped_ends_as_if_it_had_not_been(workspace, monkeypatch):
    whole = sim.calibrate(written())
    true, calls = study.evaluate, []

    def stopped(jobs, **how):
        calls.append(len(jobs))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return true(jobs, **how)

    monkeypatch.setattr(study, "evaluate", stopped)
    with pytest.raises(KeyboardInterrupt):
        sim.calibrate("mine.yaml", out="results")
    reused = []

    def counted(jobs, **how):
        cells = true(jobs, **how)
        reused.append(cells.reused)
        return cells

    monkeypatch.setattr(study, "evaluate", counted)
    result = sim.calibrate("mine.yaml", out="results")
    assert reused[:2] == calls[:2]
    assert reused[2] < calls[2]
    for name, table in whole.tables.items():
        for column, values in table.items():
            assert np.array_equal(values, result.tables[name][column]), (name, column)


def test_a_failed_cell_is_told_and_the_calibration_kept_apart(workspace, monkeypatch):
    from sim.experiments.cells.outcome import Cells, Outcome

    true, calls = study.evaluate, []

    def one_fails(jobs, **how):
        calls.append(len(jobs))
        outcomes = list(true(jobs, **how).outcomes)
        if len(calls) == 1:  # the points spread over the ranges
            outcomes[0] = Outcome(outcomes[0].key, "ValueError: no luck", 0.0)
        return Cells(outcomes)

    monkeypatch.setattr(study, "evaluate", one_fails)
    result = sim.calibrate(written(), out="results")
    assert result.path.name.endswith("-failed1")
    assert np.isnan(result.points["loss"]).sum() == 1
    assert "1 cells failed or were not allowed (ValueError: no luck)" in result.summary()


@pytest.mark.slow
def test_a_posterior_of_the_model_goes_the_same_way(workspace):
    pytest.importorskip("pyabc")
    few = "calibrate: {method: abc, population: 10, populations: 2, simulations: 40, replicates: 1, confirm: 3}"
    text = FILE.replace(FILE[FILE.index("calibrate:") : FILE.index("run:")], few + "\n").replace(
        "error: 0.02", "error: 0.5"
    )
    result = sim.calibrate(written(text, visits="day,value,error\n3,1.7,0.5\n"))
    assert len(result.points) == 10
    assert result.points["weight"].sum() == pytest.approx(1.0)
    assert result.points["world.choice.goal_gradient"].between(0, 9).all()
    assert "temperature" in result.manifest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "from: 0, to: 9",
            "from: 0, to: 9, step: 1",
            "fit.world.choice.goal_gradient: a fit needs a range without step",
        ),
        ("world.choice.goal_gradient", "world.choice.horizon", "a whole number, along which there are no slopes"),
        ("world.choice.goal_gradient", "policy.gate.threshold", "only numbers of the world are fitted"),
        ("to: 9}", "to: -9}", "the range goes from 0 to -9"),
        ("measure: visits, value", "measure: visit, value", "'visit' is not a measure. Did you mean visits?"),
        ("measure: knowing, day", "measure: tips, day", "'tips' is not kept over time"),
        (
            "{measure: visits, value: 1.8,",
            "{measure: overdue, value: 1.8,",
            "targets.0.measure: overdue is not measured, as switches.lenders is off",
        ),
        (
            "{measure: visits, value: 1.0, error: 0.1, group",
            "{measure: unmet, value: 1.0, error: 0.1, group",
            "held_out.1.measure: unmet is not measured, as switches.credit_line and switches.lenders are off",
        ),
        ("day: 20", "day: 30", "30 given; the run has days 0 to 25"),
        ("lowest third", "low third", "'low third' is not one of lowest third"),
        ("value: 1.8, error: 0.02", "value: 1.8", "error is missing"),
        ("value: 1.8, error: 0.02", "value: 1.8, error: 0.02, of: 3", "of is not of a target with value"),
        ("{measure: visits, value: 1.8, error: 0.02}", "{measure: visits}", "none of value, curve, scores given"),
        ("points: 4", "points: 5", "balanced at powers of two only: 4 or 8"),
        ("scores.csv", "visits.csv", "score: no such column; the file has day, value, error"),
        ("curve: visits.csv", "curve: nowhere.csv", "nowhere.csv: cannot be read: No such file"),
        ("curve: visits.csv", "curve: mine.yaml", "neither .csv nor .parquet"),
        ("{measure: knowing, day: 20,", "{measure: visits,", "visits is named 2 times"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_by_line(workspace, old, new, told):
    assert old in FILE
    text = faults(FILE.replace(old, new))
    assert told in text
    assert ":" in text.split(" ")[0]


@pytest.mark.parametrize(
    ("visits", "told"),
    [
        ("day,value,error\n3,x,0.1\n", "visits.csv:2: value: 'x' given; a number is wanted"),
        ("day,value,error\n3,1,0\n", "visits.csv:2: error: 0 given; an error is above 0"),
        ("day,value\n3,1\n", "visits.csv:1: error: no such column; the file has day, value"),
        ("day,value,error\n3,1\n", "visits.csv:2: 2 cells; the first line names 3 columns"),
        ("date,value,error\nsoon,1,1\n", "visits.csv:2: date: 'soon' given; a date such as 2016-11-28"),
        ("day,value,error\n90,1,1\n", "1 of 1 days lie outside the run, such as 90"),
        ("day,value,error\n", "visits.csv: no rows"),
        ("day,value,error\n3,nan,1\n", "visits.csv:2: value: 'nan' given"),
    ],
)
def test_what_is_wrong_with_observations_is_told_by_line(workspace, visits, told):
    assert told in faults(visits=visits)


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ("score,users\n355,3\n400,5\n", "scores.csv:2: score: 355 given; an edge is a multiple of 10 from 350 to 950"),
        ("score,users\n400,3\n400,5\n", "scores.csv:3: score: 400 given after 400; edges rise"),
        ("score,users\n400,3\n410,-5\n", "scores.csv:3: users: '-5' given; a number of 0 or more is wanted"),
        ("score,users\n400,3\n", "fewer than two bins"),
    ],
)
def test_what_is_wrong_with_a_histogram_is_told_by_line(workspace, scores, told):
    assert told in faults(scores=scores)


def test_all_faults_are_told_at_once(workspace):
    text = faults(FILE.replace("day: 20", "day: 30"), visits="day,value,error\n3,x,0.1\n", scores="score,users\n")
    assert text.count("\n") == 2
