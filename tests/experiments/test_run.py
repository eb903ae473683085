"""Running a scenario: paired on the same luck, stored whole, reused, stopped cleanly; and the same from Python and the shell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.effect import paired, t_interval
from sim.experiments.run import Stopped
from sim.report.page.of_run import chapter as chapter_of_run
from sim.report.series import arms
from sim.results.find import find

SMALL = {"users": 600, "ticks": 50, "replicates": 3}


@pytest.fixture(scope="module")
def result():
    return sim.run("gate_750.yaml", ["policy.gate.threshold=660"], **SMALL)


def test_tables_have_a_row_per_day_and_arm(result):
    assert len(result.ticks) == 2 * 3 * 50
    assert len(result.runs) == 2 * 3
    assert set(result.ticks["arm"]) == {"policy", "baseline"}
    channels = result.ticks[[f"visits_{c}" for c in ("habit", "payment", "score", "credit", "circle")]].sum(axis=1)
    np.testing.assert_allclose(result.ticks["visits"], channels, rtol=1e-12)


def test_effect_is_the_paired_difference_with_a_t_interval(result):
    row = result.effect("visits").iloc[0]
    by_arm = result.runs.pivot(index="replicate", columns="arm", values="visits")
    difference = by_arm["policy"] - by_arm["baseline"]
    assert row["difference"] == pytest.approx(difference.mean())
    # 4.3027 is Student's t at 97.5% with 2 degrees of freedom, from any table.
    half = 4.302652729911275 * difference.std() / np.sqrt(3)
    assert row["low"] == pytest.approx(difference.mean() - half)
    assert row["high"] == pytest.approx(difference.mean() + half)
    assert paired(result.tables["runs"], "visits") == pytest.approx(difference.to_numpy())
    with pytest.raises(KeyError, match="known: visits"):
        result.effect("visit")


def test_one_replicate_has_no_interval():
    assert np.isnan(t_interval(np.array([1.0])).low)


def test_arms_are_identical_until_the_circle_opens_and_differ_after(result):
    wide = result.ticks.pivot(index=["replicate", "day"], columns="arm", values="visits").reset_index()
    before = wide[wide["day"] < 14]
    assert (before["policy"] == before["baseline"]).all()
    assert (wide["policy"] != wide["baseline"]).any()


def test_a_scenario_against_itself_changes_nothing_at_all():
    same = sim.run("gate_750.yaml", baseline="gate_750.yaml", users=400, ticks=40, replicates=2)
    assert (same.effect()["difference"].dropna() == 0.0).all()
    assert "changes nothing" in same.summary()


def test_effort_vanishes_where_nobody_responds():
    placebo = sim.run("placebo.yaml", ["policy.gate.threshold=660"], **SMALL)
    effect = placebo.effect().set_index("measure")
    for name in ("plan_spend", "plan_repay", "plan_upload", "uploads"):
        assert effect.loc[name, "policy"] == 0.0
    for name in ("visits_payment", "outflow", "spending"):
        assert effect.loc[name, "difference"] == 0.0


def test_engines_give_the_same_tables():
    one = sim.run("tiny.yaml", engine="fast")
    other = sim.run("tiny.yaml", engine="readable")
    pd.testing.assert_frame_equal(one.ticks, other.ticks, check_exact=True)
    pd.testing.assert_frame_equal(one.groups, other.groups, check_exact=True)
    pd.testing.assert_frame_equal(one.plans, other.plans, check_exact=True)


def test_a_result_is_stored_whole_read_back_and_reused(workspace):
    first = sim.run("gate_750.yaml", out="results", users_sample=20, **SMALL)
    assert first.path is not None
    assert not first.reused
    assert {p.name for p in first.path.iterdir()} >= {"manifest.json", "ticks.parquet", "runs.parquet", "users.parquet"}
    stamp = os.stat(first.path / "ticks.parquet").st_mtime_ns
    second = sim.run("gate_750.yaml", out="results", users_sample=20, **SMALL)
    assert second.reused
    assert os.stat(first.path / "ticks.parquet").st_mtime_ns == stamp
    pd.testing.assert_frame_equal(second.ticks, first.ticks)
    manifest = json.loads((first.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == [20161124, 20161125, 20161126]
    assert manifest["scenarios"]["policy"]["policy"]["gate"]["threshold"] == 750
    assert len(first.users) == 2 * 3 * 20
    other = sim.run("gate_750.yaml", ["policy.gate.threshold=700"], out="results", **SMALL)
    assert other.path != first.path
    assert not list(Path("results").rglob(".partial-*"))


def test_a_changed_run_is_told_with_what_was_changed_and_an_unchanged_one_as_ever(workspace):
    Path("mine.yaml").write_text(
        "extends: gate_750.yaml\nname: mine\nnote: At 750.\nrun: {users: 50, ticks: 3, replicates: 1}\n",
        encoding="utf-8",
    )
    plain = sim.run("mine.yaml", out="results")
    assert "changes" not in plain.manifest
    assert plain.summary().startswith("mine ")
    for same in (
        ["policy.gate.threshold=750"],
        ["run.seed=5", "run.replicates=2"],
    ):  # nothing changed, or the luck alone
        assert "changes" not in sim.run("mine.yaml", same).manifest
    settings = ["policy.gate.threshold=650", "policy.gate.kind=threshold", "policy.gate.threshold =700"]
    made = sim.run("mine.yaml", settings, users=60, out="results")
    title = "mine with policy.gate.threshold=700, run.users=60"
    assert made.summary().startswith(title)
    assert made.manifest["name"] == made.manifest["scenarios"]["policy"]["name"] == "mine"
    assert made.manifest["note"] == "At 750."
    chapter = chapter_of_run(made)
    assert chapter.name == title
    assert title in chapter.question
    assert chapter.answer.startswith(title)
    assert chapter.note == "mine without these changes: At 750."
    assert chapter_of_run(plain).note == "At 750."
    assert arms(made)[0] == (
        "policy",
        "mine with policy.gate.threshold=700",
    )  # in figures, whose captions tell the size
    assert arms(plain)[0] == ("policy", "mine")
    shown = CliRunner().invoke(
        app, ["run", "mine.yaml", "--users", "60", "--set", "policy.gate.threshold=700", "--no-figures"]
    )
    assert shown.output.startswith("mine with policy.gate.threshold=700: 60 users")
    # the same scenario from a file of its own is no changed one, wherever it was run first
    Path("mine.yaml").write_text(
        "extends: gate_750.yaml\nname: mine\nnote: At 700.\nrun: {users: 60, ticks: 3, replicates: 1}\n"
        "policy: {gate: {threshold: 700}}\n",
        encoding="utf-8",
    )
    again = sim.run("mine.yaml", out="results")
    assert again.reused
    assert again.summary().startswith("mine ")
    assert "with" not in again.summary().split()[1]


def test_names_that_make_the_same_folder_name_have_results_of_their_own(workspace):
    size = {"users": 50, "ticks": 3, "replicates": 1, "out": "results"}
    names = ("tin y", "tin_y", "tin/y", "tin_y_", "x" * 70, "x" * 71)
    for name in names:
        Path("mine.yaml").write_text(f"extends: tiny.yaml\nname: {name}\n", encoding="utf-8")
        made = sim.run("mine.yaml", **size)
        assert not made.reused
        assert made.manifest["name"] == name
        assert sim.run("mine.yaml", **size).path == made.path
        assert find(Path("results"), name) == made.path
    assert len(list(Path("results").glob("*/*/manifest.json"))) == len(names)


def test_a_result_stored_before_under_a_name_that_others_share_is_still_found(workspace):
    size = {"users": 50, "ticks": 3, "replicates": 1, "out": "results"}
    mine = "extends: tiny.yaml\nname: {}\n"
    Path("mine.yaml").write_text(mine.format("tin y"), encoding="utf-8")
    made = sim.run("mine.yaml", **size).path
    before = Path("results/tin_y") / made.name  # as results were stored when names were not told apart
    before.parent.mkdir()
    made.rename(before)
    again = sim.run("mine.yaml", **size)
    assert again.reused
    assert again.path == before == find(Path("results"), "tin y") == find(Path("results"), "tin_y")
    Path("mine.yaml").write_text(mine.format("tin_y"), encoding="utf-8")
    other = sim.run("mine.yaml", **size)
    assert not other.reused
    assert other.manifest["name"] == "tin_y"
    assert find(Path("results"), "tin_y") == other.path
    assert find(Path("results"), "tin y") == before


def test_stopping_keeps_the_replicates_that_are_finished(workspace):
    def stop_late(done, in_all):
        if done > 0.5 * in_all:
            raise KeyboardInterrupt

    with pytest.raises(Stopped) as caught:
        sim.run("gate_750.yaml", out="results", progress=stop_late, **SMALL)
    kept = caught.value.result
    assert kept is not None
    assert kept.manifest["status"] == "stopped"
    assert kept.manifest["replicates_finished"] == 1
    whole = sim.run("gate_750.yaml", out="results", **SMALL)
    assert not whole.reused
    pd.testing.assert_frame_equal(
        kept.ticks, whole.ticks[whole.ticks["replicate"] == 0].reset_index(drop=True), check_exact=True
    )


def test_command_line_prints_the_answer_and_says_when_it_reuses(workspace):
    arguments = ["run", "gate_750.yaml", "--users", "500", "--ticks", "40", "--replicates", "2"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0
    assert "visits_circle" in first.stdout
    assert "per user and day against open_circle" in first.stdout
    figures = sorted(p.name for p in Path("results").rglob("*.png"))
    assert figures == ["awareness.png", "channels.png", "plans.png", "scores.png", "visits.png"]
    again = CliRunner().invoke(app, arguments)
    assert "stored already" in again.stdout
    as_json = CliRunner().invoke(app, [*arguments, "--json"])
    answer = json.loads(as_json.stdout)
    assert answer["reused"] is True
    assert {row["measure"] for row in answer["measures"]} >= {"visits", "knowing"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["run", "gate_750.yaml", "--users", "0"], "run.users"),
        (["run", "gate_750.yaml", "--set", "policy.gate.treshold=1"], "Did you mean threshold?"),
        (["run", "gate_750.yaml", "--engine", "quick"], "allowed: fast, readable"),
        (["run", "gate_750.yaml", "--users", "20000000"], "memory"),
        (["validate", "nowhere.yaml"], "no such file"),
        (["show", "gate_750.yaml", "--diff", "nowhere.yaml"], "no such file"),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_written(workspace, arguments, says, monkeypatch):
    monkeypatch.setattr(os, "sysconf", lambda name: {"SC_PHYS_PAGES": 1_000_000, "SC_PAGE_SIZE": 4096}[name])
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 2
    assert says in shown.output
    assert "Traceback" not in shown.output
    assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_written_is_a_sentence_before_anything_is_run(workspace, monkeypatch, out):
    Path("taken").write_text("a file, not a folder")
    monkeypatch.setattr("sim.experiments.run.execute", lambda *_, **__: pytest.fail("it was run"))
    shown = CliRunner().invoke(app, ["run", "tiny.yaml", "--out", out])
    assert shown.exit_code == 1
    assert "cannot be written here (Not a directory)" in shown.output


def test_what_stands_in_the_place_of_a_result_is_told_of_and_left_alone(workspace):
    path = sim.run("tiny.yaml", out="results").path
    (path / "manifest.json").unlink()
    shown = CliRunner().invoke(app, ["run", "tiny.yaml"])
    assert shown.exit_code == 1
    assert "not a whole result (no manifest.json); remove the folder" in " ".join(shown.output.split())
    assert (path / "ticks.parquet").is_file()


def test_stopping_while_a_result_is_written_leaves_nothing_half_done(workspace, monkeypatch):
    def stop(table, file):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.results.store.write_parquet", stop)
    with pytest.raises(KeyboardInterrupt):
        sim.run("tiny.yaml", out="results")
    assert list(Path("results/tiny").iterdir()) == []


def test_fewer_whole_users_than_all_are_none(workspace):
    shown = CliRunner().invoke(app, ["run", "tiny.yaml", "--save-users", "-2"])
    assert shown.exit_code == 2
    assert "--save-users" in shown.output
    assert list(workspace.iterdir()) == []


def test_one_is_told_of_as_one(workspace):
    shown = CliRunner().invoke(app, ["run", "tiny.yaml", "--users", "1", "--ticks", "1", "--no-figures"])
    assert "tiny: 1 user, 1 day, 1 replicate, seed" in shown.stdout


def test_module_and_command_are_the_same():
    shown = subprocess.run([sys.executable, "-m", "sim", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"scoregate {sim.__version__}\n"


def test_mesa_users_find_what_they_expect():
    import mesa

    from sim.engines.readable import GateModel, User

    rows = mesa.batch_run(
        GateModel,
        {"users": 30, "threshold": [600, 700]},
        iterations=1,
        max_steps=25,
        display_progress=False,
        data_collection_period=-1,
    )
    assert len(rows) == 2
    assert rows[0]["admitted_share"] > rows[1]["admitted_share"]
    assert {GateModel(users=20, rng=3).luck_seed, GateModel(users=20, seed=3).luck_seed} == {3}
    dropped = sim.load("gate_750.yaml", ["policy.gate.dropped=30", "run.users=20"])
    assert GateModel(dropped, threshold=640).specification.policy.gate.dropped == 30
    model = GateModel(users=20, threshold=640)
    model.step()
    assert len(model.agents) == 20
    assert len(model.agents_by_type[User]) == 20
    assert model.agents.select(lambda user: user.score >= 640).get("id") == [
        u.id for u in model.people if u.score >= 640
    ]
    assert model.datacollector.get_model_vars_dataframe()["visits_per_user"].iloc[0] == model.visits_per_user()
