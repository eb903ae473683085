"""Sweeps: every point is what a run finds, placebos are exactly zero, failures are rows, and the command tells and keeps it all."""

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.sweep.influence import influences, rank_correlation
from sim.experiments.sweep.plan import make_sweep_plan
from sim.experiments.sweep.run import run_sweep
from sim.experiments.sweep.tables import effect_table
from sim.report.sweep_figures import draw_sweep
from sim.scenario import ScenarioError

SMALL = {"users": 400, "ticks": 45, "replicates": 2}
ARGUMENTS = ["--users", "300", "--ticks", "30", "--replicates", "2"]
TWO = """
extends: gate_750.yaml
name: two
vary:
  policy.gate.threshold: [600, 650]
  world.population.responsive_share: [0, 0.5, 1]
world: {choice: {perk_worth: 150}, awareness: {campaign_rate: 0.2}}
measures: [visits, visits_circle, visits_score, plan_spend, just_above]
"""


def written(text, name="mine.yaml"):
    Path(name).write_text(text, encoding="utf-8")
    return name


def invoke(*arguments):
    return CliRunner().invoke(app, ["sweep", *arguments])


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid")
    file = folder / "two.yaml"
    file.write_text(TWO, encoding="utf-8")
    return sim.sweep(file, **SMALL)


def test_every_point_is_what_a_run_finds_to_the_bit(grid):
    settings = ["world.choice.perk_worth=150", "world.awareness.campaign_rate=0.2"]
    for threshold, share in ((600, 1), (650, 0.5)):
        chosen = [f"policy.gate.threshold={threshold}", f"world.population.responsive_share={share}"]
        effect = sim.run("gate_750.yaml", [*settings, *chosen], **SMALL).effects
        for measure in grid.manifest["measures"]:
            at = {"threshold": threshold, "responsive_share": share}
            interval = effect[measure].interval
            found = [grid.view(measure, figure).sel(**at) for figure in ("difference", "low", "high", "n", "baseline")]
            expected = [interval.mean, interval.low, interval.high, interval.n, effect[measure].baseline]
            assert np.array_equal(found, expected, equal_nan=True), measure


def test_where_people_respond_the_sweep_shows_it(grid):
    # two replicates of 400 users: the ends of the range differ by far more than they differ by luck
    spend = grid.view("plan_spend", "policy")
    assert spend.sel(threshold=650, responsive_share=1) > 0.005
    assert (spend.sel(responsive_share=0).values == 0.0).all()


PLACEBOS = {
    "nobody responds, against the same gate": "extends: placebo.yaml\nbaseline: placebo.yaml\nvary: {world.choice.perk_worth: [1, 500], world.score.noise: [0, 9]}",
    "the gate is switched off": "extends: gate_750.yaml\nswitches: {gate: false, choice: false}\nvary: {policy.gate.threshold: [600, 700, 800]}",
    "there is no circle in either": "extends: no_circle.yaml\nbaseline: no_circle.yaml\nvary: {world.circle.exclusivity: {from: 0, to: 2}}\ndesign: {kind: sobol, points: 4, seed: 1}",
}


@pytest.mark.parametrize("text", PLACEBOS.values(), ids=PLACEBOS)
def test_a_placebo_is_exactly_zero_everywhere(text, workspace):
    result = sim.sweep(written(f"{text}\nname: placebo\n"), **SMALL)
    effects = result.tables["effects"]
    assert (effects["difference"] == 0.0).all()
    assert (effects["policy"][effects["measure"] == "visits"] > 0).all()
    assert "changes nothing" in result.summary()


def test_tables_have_a_row_per_point_and_measure_and_per_cell(grid):
    frame, cells = grid.frame(), grid.cells()
    assert len(frame) == 6 * 5
    assert len(grid.frame("visits")) == 6
    assert len(cells) == 6 * 2 * 2
    assert set(cells["arm"]) == {"policy", "baseline"}
    assert (cells["reason"] == "").all()
    visits = frame[frame["measure"] == "visits"].reset_index(drop=True)
    by_point = cells.pivot_table(index="point", columns="arm", values="visits")
    assert visits["difference"].to_numpy() == pytest.approx((by_point["policy"] - by_point["baseline"]).to_numpy())
    # arms of a replicate share a seed, and points share seeds
    assert set(cells.groupby("replicate")["seed"].nunique()) == {1}
    with pytest.raises(KeyError, match="visits_rival"):
        grid.frame("visits_rival")


def test_the_effects_of_many_points_take_little_more_room_while_they_are_made(workspace):
    plan = make_sweep_plan(
        written("extends: gate_750.yaml\nname: many\nvary: {world.choice.noise: {from: 1, to: 9, points: 400}}\n")
    )
    cells = {name: np.arange(len(plan.jobs), dtype=float) for name in plan.file.measures}
    cells["reason"] = np.full(len(plan.jobs), "")
    effect_table(plan, cells)  # loads what it needs
    tracemalloc.start()
    effects = effect_table(plan, cells)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    whole = sum(column.nbytes for column in effects.values())
    assert most < 2.5 * whole


def test_a_view_is_labelled_by_parameter(grid):
    view = grid.view("visits")
    assert view.dims == ("threshold", "responsive_share")
    assert view.values.shape == (2, 3)
    assert list(view.coords["responsive_share"][1]) == [0.0, 0.5, 1.0]
    row = view.sel(threshold=650)
    assert row.dims == ("responsive_share",)
    assert row.sel(responsive_share=0.5) == view.values[1, 1] == view.sel(threshold=650, responsive_share=0.5)
    for wrong in ({"thresh": 1}, {"threshold": 700}):
        with pytest.raises(KeyError, match="known: "):
            view.sel(**wrong)
    with pytest.raises(KeyError, match="difference"):
        grid.view("visits", "unit")


def test_set_reaches_a_key_with_dots(workspace):
    def levels(*settings):
        plan = make_sweep_plan(written(TWO), settings)
        return [(parameter.path, [level.value for level in parameter.levels]) for parameter in plan.parameters]

    shares = ("world.population.responsive_share", [0, 0.5, 1])
    assert levels("vary.policy.gate.threshold=[700, 750]") == [("policy.gate.threshold", [700, 750]), shares]
    ranged = levels("vary.policy.gate.threshold={from: 600, to: 700, step: 50}", "vary.policy.gate.threshold.to=650")
    assert ranged == [("policy.gate.threshold", [600, 650]), shares]
    assert levels("vary.world.choice.noise=[1, 2]")[2] == ("world.choice.noise", [1, 2])
    assert levels("world.choice.noise=3")[1] == shares
    with pytest.raises(ScenarioError, match=r"--set vary\.world\.choice\.nose=.*world\.choice\.nose"):
        levels("vary.world.choice.nose=[1, 2]")


def test_a_view_as_xarray(grid):
    pytest.importorskip("xarray")
    array = grid.view("visits").to_xarray()
    assert float(array.sel(threshold=650, responsive_share=0.5)) == grid.view("visits").sel(
        threshold=650, responsive_share=0.5
    )
    assert array.attrs["unit"] == "1/user/day"


def test_views_of_zipped_and_of_sampled_points(workspace):
    vary = "vary: {policy.gate.threshold: [650, 700], policy.campaign.reach: [1, 20]}"
    head = f"extends: gate_750.yaml\nname: mine\n{vary}\n"
    result = sim.sweep(written(f"{head}zip: [[policy.gate.threshold, policy.campaign.reach]]\n"), **SMALL)
    view = result.view()
    assert view.dims == ("threshold",)
    assert view.sel(reach=20) == view.sel(threshold=700) == view.values[1]
    sampled = sim.sweep(written(f"{head}design: {{kind: sobol, points: 8, seed: 1}}\n"), **SMALL)
    assert sampled.view().dims == ("point",)
    assert sampled.view().sel(threshold=650).values.size == 4
    assert sampled.view().sel(point=3) == sampled.view().values[3]


def test_without_a_baseline_the_level_is_told(workspace):
    text = "extends: no_circle.yaml\nname: level\nbaseline: null\nvary: {world.population.visits_median: [0.5, 2]}\n"
    result = sim.sweep(written(text), **SMALL)
    assert not result.paired
    assert "difference" not in result.frame()
    view = result.view()
    assert view.sel(visits_median=2.0) > view.sel(visits_median=0.5)
    assert result.view(figure="low").values[0] < view.values[0] < result.view(figure="high").values[0]
    draw_sweep(result, Path("figures"))
    assert invoke("mine.yaml", *ARGUMENTS).exit_code == 0


def test_a_failed_cell_is_a_row_and_its_replicate_is_left_out(workspace, monkeypatch):
    from sim.experiments.cells.evaluate import evaluate
    from sim.experiments.cells.outcome import Cells, Outcome
    from sim.experiments.sweep import run

    def one_fails(jobs, **given):
        outcomes = list(evaluate(jobs).outcomes)
        outcomes[0] = Outcome(outcomes[0].key, "ValueError: no luck", 0.0)
        return Cells(outcomes)

    whole = sim.sweep(written(TWO), **SMALL)
    monkeypatch.setattr(run, "evaluate", one_fails)
    plan = make_sweep_plan("mine.yaml", **SMALL)
    result = run_sweep(plan, out="results")
    assert result.failed == 1
    assert result.path.name.endswith("-failed1")
    assert list(result.view(figure="n").values.ravel()) == [1, 2, 2, 2, 2, 2]
    assert list(result.view(figure="failed").values.ravel()) == [1, 0, 0, 0, 0, 0]
    assert "1 cells failed" in result.summary()
    # the other replicate's difference is what is left
    cells = whole.cells().query("point == 0 and replicate == 1").set_index("arm")["visits"]
    assert result.view("visits").values[0, 0] == cells["policy"] - cells["baseline"]
    # it is not taken for whole when asked for again
    assert not run_sweep(plan, out="results").reused


def test_a_sweep_in_which_every_cell_fails_says_so_and_is_not_stored(workspace, monkeypatch):
    from sim.experiments.cells.outcome import Cells, Outcome
    from sim.experiments.sweep import run

    def all_fail(jobs, **given):
        return Cells([Outcome(job.key, "ValueError: no luck", 0.0) for job in jobs])

    monkeypatch.setattr(run, "evaluate", all_fail)
    shown = invoke(written(TWO), *ARGUMENTS)
    assert shown.exit_code == 1
    assert "two: all 24 cells failed, the first because: ValueError: no luck" in shown.output
    assert not Path("results/two").exists()


def test_the_command_plans_runs_keeps_and_reads_back(workspace):
    written(TWO)
    planned = invoke("mine.yaml", *ARGUMENTS, "--dry-run")
    assert planned.exit_code == 0, planned.output
    assert "grid of 2 x 3 points" in planned.output
    assert "24 cells, none of them at hand" in planned.output
    assert not Path("results").exists()
    first = invoke("mine.yaml", *ARGUMENTS)
    assert first.exit_code == 0, first.output
    assert "The 95% interval lies above zero at" in first.output
    assert {path.name for path in Path("results/two").rglob("*.*") if path.is_file()} == {
        "manifest.json",
        "points.parquet",
        "cells.parquet",
        "effects.parquet",
        "sweep.png",
        "sweep.svg",
    }
    again = json.loads(invoke("mine.yaml", *ARGUMENTS, "--json").stdout)
    assert again["reused"] is True
    assert again["failed"] == 0
    assert len(again["points"]) == 6
    assert len(again["effects"]) == 30
    # more replicates use the cells that are there
    more = json.loads(invoke("mine.yaml", *ARGUMENTS[:-1], "3", "--dry-run", "--json").stdout)
    assert (more["cells"], more["at_hand"]) == (36, 24)
    assert more["user_days"] == 12 * 300 * 30


def test_a_stopped_sweep_keeps_its_cells_and_says_so(workspace, monkeypatch):
    from sim.experiments.sweep import run

    def stopped(jobs, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "evaluate", stopped)
    shown = invoke(written(TWO), *ARGUMENTS, "--quiet")
    assert shown.exit_code == 130
    assert "the same command goes on from there" in shown.output
    assert not list(Path().rglob("manifest.json"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere.yaml"], 2, "nowhere.yaml: no such file"),
        (["gate_750.yaml"], 2, "vary: missing"),
        (["threshold", "--set", "world.choice.nois=3"], 2, "Did you mean noise?"),
        (["threshold", "--users", "0"], 2, "run.users: 0 given"),
        (["threshold", "--executor", "magic", *ARGUMENTS], 1, "magic"),
    ],
)
def test_what_goes_wrong_is_a_sentence(workspace, arguments, code, says):
    shown = invoke(*arguments)
    assert shown.exit_code == code, shown.output
    assert says in shown.output
    assert "Traceback" not in shown.output


FIGURES = {
    "line": "vary: {policy.gate.threshold: [600, 700]}",
    "names": "vary: {rule: [none, myopic, forward_looking]}",
    "map": "vary: {policy.gate.threshold: [600, 650, 700], world.choice.noise: {from: 1, to: 100, points: 3, scale: log}}",
    "map of names": "vary: {policy.gate.threshold: [600, 650], rule: [none, myopic]}",
    "parts": "vary: {policy.gate.threshold: {from: 600, to: 700}, rule: [none, myopic], world.choice.noise: {from: 1, to: 9, scale: log}}\ndesign: {kind: latin_hypercube, points: 6, seed: 1}",
    "list": "vary: {policy.gate.threshold: [600, 700], rule: [none, myopic]}\ndesign: {kind: list}",
}


@pytest.mark.parametrize("text", FIGURES.values(), ids=FIGURES)
def test_every_kind_of_sweep_is_drawn_and_told(text, workspace):
    shown = invoke(
        written(f"extends: gate_750.yaml\nname: mine\n{text}\n"), "--users", "100", "--ticks", "20", "--replicates", "2"
    )
    assert shown.exit_code == 0, shown.output
    figure = next(Path("results").rglob("sweep.svg")).read_text(encoding="utf-8")
    assert "effect on visits" in figure
    assert "(1/user/day)" in figure
    assert "95% interval" in figure
    assert "2 replicates" in figure


def test_points_of_many_parameters_are_told_by_number_and_what_moves_the_effect_follows(workspace):
    paths = (
        "choice.noise",
        "choice.worth_median",
        "choice.perk_worth",
        "score.noise",
        "usage.habit_weight",
        "circle.post_rate",
    )
    vary = "\n".join(f"  world.{path}: {{from: 0.1, to: 0.9}}" for path in paths)
    text = f"extends: gate_750.yaml\nname: many\ndesign: {{kind: sobol, points: 8, seed: 1}}\nvary:\n{vary}\n"
    shown = invoke(written(text), "--users", "100", "--ticks", "20", "--replicates", "2", "--quiet", "--no-figures")
    assert shown.exit_code == 0, shown.output
    assert "…" not in shown.stdout
    lines = shown.stdout.splitlines()
    assert lines[1].split()[:4] == ["point", "policy", "baseline", "difference"]
    assert [line.split()[0] for line in lines[2:10]] == list(map(str, range(8)))
    assert {f"world.{path}" for path in paths} <= {line.split(" ")[0] for line in lines}


def test_influence_finds_the_parameter_that_matters(workspace):
    # 32 points: a rank correlation of 0.5 lies 2.8 standard errors from zero; that of visits_median is near 1
    vary = "vary: {world.population.visits_median: {from: 0.5, to: 3}, world.score.noise: {from: 0, to: 15}}"
    text = (
        f"extends: no_circle.yaml\nname: mine\nbaseline: null\n{vary}\ndesign: {{kind: sobol, points: 32, seed: 4}}\n"
    )
    result = sim.sweep(written(text), users=300, ticks=20, replicates=1)
    visits, noise = influences(result)
    assert visits.correlation.low > 0.9
    assert noise.correlation.low < 0.0 < noise.correlation.high
    assert [len(visits.means), len(noise.means)] == [4, 4]
    assert all(np.diff([interval.mean for interval in visits.means]) > 0)
    assert sum(interval.n for interval in visits.means) == 32


def test_rank_correlation_covers_zero_as_often_as_it_says():
    # 400 pairs of independent samples of 24: 95% coverage has a standard error of 1.1 points, so 92 to 98 leaves out 1 in 160
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        found = rank_correlation(rng.random(24), rng.random(24))
        inside += found.low <= 0 <= found.high
    assert 0.92 <= inside / 400 <= 0.98
    assert np.isnan(rank_correlation(np.arange(9), np.zeros(9)).mean)
    assert rank_correlation(np.arange(9), np.arange(9.0)).mean == pytest.approx(1.0)


def test_rank_correlation_is_spearmans_with_ties():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(2)
    one, other = rng.integers(0, 5, 60), rng.integers(0, 9, 60).astype(float)
    assert rank_correlation(one, other).mean == pytest.approx(spearmanr(one, other).statistic)


def test_from_python_faults_are_raised(workspace):
    with pytest.raises(ScenarioError, match="no such file"):
        sim.sweep("nowhere.yaml")
