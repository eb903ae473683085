"""Checks of facts: what a row means, the parts on inputs made by hand, every family small, and the command."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from sim.cli import app
from sim.engines.fast import FastEngine
from sim.experiments import fit_viewers
from sim.experiments.after.trace import follow, within_reach
from sim.experiments.effect import Interval
from sim.experiments.facts import check as checks
from sim.experiments.facts import density, people, striving, viewers
from sim.experiments.facts.discontinuity import density_jump
from sim.experiments.facts.row import Effort, missing, of_seeds, of_share, of_shares
from sim.experiments.facts.targets import GRADES, KINDS, Target, targets, viewer_points
from sim.report.facts_figures import draw_viewers
from sim.scenario.load import load
from tests.conftest import ROOT

DATA = ROOT / "sim" / "experiments" / "facts" / "targets.yaml"
ASKED = ("1", "2a", "2b", "2c", "two-sided", *(f"3{x}" for x in "abcde"), *(f"4{x}" for x in "abcdef"), "5a", "5c")


def test_every_target_has_grade_source_and_a_check():
    rows = targets()
    assert len({row.name for row in rows}) == len(rows) == len(yaml.safe_load(DATA.read_text(encoding="utf-8"))["rows"])
    assert {row.name.split()[0] for row in rows} == set(ASKED)
    for row in rows:
        assert row.kind in KINDS
        assert row.grade in GRADES
        assert row.what
        assert row.source
        assert row.kind == "report" or (row.low, row.high) != (None, None)
        families = [name for name, (_, begins) in checks.CHECKS.items() if row.name.startswith(begins)]
        assert len(families) == 1, row.name


@pytest.mark.parametrize(
    ("kind", "value", "verdict"),
    [
        ("fit", 0.6, "pass"),
        ("fit", 0.5, "pass"),
        ("fit", 0.8, "miss"),
        ("falsify", 0.8, "pass"),
        ("falsify", 0.6, "miss"),
        ("axis", 0.6, "inside (axis)"),
        ("axis", 0.8, "outside (axis)"),
        ("report", 0.8, "reported"),
        ("fit", math.nan, "not available"),
        ("falsify", math.nan, "not available"),
    ],
)
def test_what_a_value_means_against_a_target(kind, value, verdict):
    assert Target("x", "y", "share", kind, "A", "z", low=0.5, high=0.7).verdict(value) == verdict


def test_an_open_target_has_one_bound():
    assert Target("x", "y", "ratio", "fit", "D", "z", low=5.0).verdict(1e9) == "pass"
    assert Target("x", "y", "ratio", "fit", "D", "z", low=5.0).verdict(4.9) == "miss"


def test_intervals_of_findings():
    found = of_share(10, 200)
    # Wilson's interval of 10 in 200, from any table
    assert (found.interval.low, found.interval.high) == (
        pytest.approx(0.0274, abs=1e-4),
        pytest.approx(0.0896, abs=1e-4),
    )
    assert of_seeds([1.0, 2.0, 3.0]).value == 2.0
    # of shares on the logit, half widths over 0.2 * 0.8: t(2) = 4.3027 times 0.1 / sqrt(3) over 0.16 is 1.5526
    found = of_shares([0.1, 0.2, 0.3])
    assert found.value == pytest.approx(0.2)
    assert math.log(found.interval.high / (1 - found.interval.high)) == pytest.approx(math.log(0.25) + 1.5526, abs=1e-3)
    assert math.log(found.interval.low / (1 - found.interval.low)) == pytest.approx(math.log(0.25) - 1.5526, abs=1e-3)


def test_an_interval_of_shares_stays_within_0_and_1_and_holds_what_it_says():
    # 1,000 worlds of three binomial shares near 0, where a plain interval goes below it in a third: a coverage of 95% is seen
    # as 93 to 97% (three standard errors of 0.7%)
    rng = np.random.default_rng(1)
    shares = rng.binomial(3000, 0.002, (1000, 3)) / 3000
    found = [of_shares(world).interval for world in shares]
    assert all(0.0 <= one.low <= one.high <= 1.0 for one in found)
    assert sum(of_seeds(world).interval.low < 0.0 for world in shares) > 100
    assert 0.93 < np.mean([one.low <= 0.002 <= one.high for one in found]) < 0.975
    for edge in (0.0, 1.0):
        assert of_shares([edge] * 3).interval == Interval(edge, edge, edge, 3)
    assert math.isnan(of_shares([0.5]).interval.low)
    assert math.isnan(missing("no").value)


def test_a_jump_is_found_and_a_slope_is_not():
    slope = np.repeat(np.arange(690, 810), 240 - 2 * np.arange(120))
    assert abs(density_jump(slope, 750).z) < 1e-9
    assert density_jump(slope, 750).p == pytest.approx(1.0)
    jump = np.repeat(np.arange(690, 810), np.where(np.arange(690, 810) >= 750, 120, 100))
    found = density_jump(jump, 750)
    assert (found.above, found.below) == (pytest.approx(120.0), pytest.approx(100.0))
    assert found.p < 0.01
    assert density_jump(jump, 740).z != 0.0
    assert math.isnan(density_jump(np.array([749, 750]), 750).p)


def test_the_density_test_keeps_its_size_on_a_smooth_density():
    # 2,000 draws of a normal tail as steep as that of the scores at 750; 5% within 4 standard errors (0.5 points each)
    generator = np.random.default_rng(7)
    rejected = [density_jump(np.rint(generator.normal(620, 54, 20_000)), 750).p < 0.05 for _ in range(2_000)]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.02)


def test_the_density_test_finds_those_who_were_moved_over():
    generator = np.random.default_rng(7)
    rejected = []
    for _ in range(200):
        scores = np.rint(generator.normal(620, 54, 20_000))
        scores[(scores >= 740) & (scores < 750) & (generator.uniform(size=scores.size) < 0.5)] = 753
        rejected.append(density_jump(scores, 750).p < 0.05)
    assert np.mean(rejected) > 0.8


def test_edges_of_applicants_are_of_those_who_apply():
    # nobody far below the middle applies, everybody far above it: the edges are those of the upper half
    score = np.repeat([400.0, 700.0, 710.0, 720.0, 730.0, 740.0], [5000, 110, 110, 110, 110, 60])
    assert people.applicant_edges(score) == [700.0, 710.0, 720.0, 730.0]


def test_people_meet_their_targets():
    found = people.check(Effort(0.1, 2))
    for row in targets():
        if row.name in found and row.name != "two-sided flat":
            assert row.verdict(found[row.name].value) in ("pass", "inside (axis)"), row.name
    assert math.isnan(found["two-sided flat"].value)


@pytest.fixture(scope="module")
def seen():
    """A small world in which many reach the gate: all figures of a seed, with and without a response."""
    easy = ("policy.gate.threshold=680", *striving.SETTINGS)
    before = striving.SETTINGS
    striving.SETTINGS = easy
    try:
        yield striving.measured(1, 6_000, 2)
    finally:
        striving.SETTINGS = before


def test_nothing_is_left_of_the_placebo_once_it_is_subtracted(seen):
    assert seen["3c left over"] == 0.0
    assert seen["3c phantom"] != 0.0


def test_effort_rises_before_the_gate_and_falls_after_it(seen):
    assert seen["3a default"] < -0.02
    assert seen["3a goal gradient"] < -0.02
    assert seen["3e effort"] < 0.0
    assert 0.0 < seen["3b aware"] < seen["3b reached"] < 1.0


def test_without_a_response_nobody_changes_pace(seen):
    scenario = load("placebo.yaml", ["policy.gate.threshold=680", "run.users=3000", *striving.SETTINGS])
    engine = FastEngine(scenario, 1, 1)
    trace = follow(engine, scenario, 1, within_reach(engine.columns, 680), 680)
    pace = striving.paces(trace, scenario)
    assert pace.users > 10
    assert (pace.first, pace.last, pace.after) == (1.0, 1.0, 1.0)
    assert striving.responders(trace, scenario) == (0.0, 0.0)
    assert striving.net_change(trace, trace) == 0.0
    assert trace.days == 240


def test_density_rows_are_shares_of_seeds():
    found = density.check(Effort(0.05, 2))  # 12 seeds of 1,000 users: too few near 760 for a verdict, enough to run
    assert set(found) == {"3d size", "3d at 740", "3d at 760", "3d power"}
    for finding in found.values():
        assert math.isnan(finding.value) or 0.0 <= finding.value <= 1.0


@pytest.mark.slow
def test_density_test_keeps_its_size_with_the_gate_off():
    found = density.check(Effort(1.0, 2))
    assert found["3d size"].seeds >= 200
    assert 0.03 <= found["3d size"].value <= 0.07
    assert found["3d power"].value > found["3d size"].interval.high


def test_viewers_are_said_to_be_missing_without_their_scenario(monkeypatch):
    monkeypatch.setattr(viewers, "SCENARIO", "nowhere.yaml")
    found = viewers.check(Effort(0.01))
    assert {name.split()[0] for name in found} == {"2a", "5c"}
    for finding in found.values():
        assert math.isnan(finding.value)
        assert "no such file" in finding.note


def test_a_file_of_the_same_name_in_the_folder_is_not_the_scenario_of_the_viewers(workspace):
    Path("campus_2016.yaml").write_text("nonsense: 1", encoding="utf-8")
    assert viewers.unavailable() == ""
    hours, share = np.arange(1.0, 600.0), np.linspace(0.0, 0.033, 599)[None, :]
    drawn = draw_viewers(viewers.Curves(hours, share, share, share, 0.1), Path("figures"))
    assert {file.name for file in drawn} == {"viewers.png", "viewers.svg"}
    assert fit_viewers.viewers(0.01, 1.0, 200, (1,)).reach >= 0.0


def test_the_published_curve_speeds_up():
    points = viewer_points()
    assert [point.share for point in points] == sorted(point.share for point in points)
    assert points[-1].share == pytest.approx(0.033, abs=0.0005)
    assert points[-2].share / points[-1].share == pytest.approx(0.66, abs=0.006)


@pytest.mark.slow
def test_viewers_meet_their_target_and_fail_without_word_of_mouth():
    found = viewers.check(Effort(0.5, 2))
    verdicts = {row.name: row.verdict(found[row.name].value) for row in targets() if row.name in found}
    assert set(verdicts.values()) == {"pass"}, verdicts


def few(monkeypatch):
    """Only the family of the people is checked; the others are said to be missing."""
    monkeypatch.setattr(viewers, "SCENARIO", "nowhere.yaml")
    gone = {row.name: missing("left out") for row in targets()}
    family = {"people": checks.CHECKS["people"], "viewers": checks.CHECKS["viewers"]}
    monkeypatch.setattr(checks, "CHECKS", {"none": (lambda effort: gone, ()), **family})


def test_the_command_prints_a_row_for_every_target(workspace, monkeypatch):
    few(monkeypatch)
    shown = CliRunner().invoke(app, ["check-facts", "--scale", "0.02"])
    assert shown.exit_code == 0, shown.output
    for row in targets():
        assert any(line.startswith(row.name) for line in shown.output.splitlines()), row.name
    assert "targets that can be missed are met" in shown.output
    assert "(an input" in shown.output  # beside what each target is, that a pass there is no test of the model
    assert "fitted to it: the lenders' capital" in shown.output
    stored = json.loads(Path("results/check_facts/facts.json").read_text(encoding="utf-8"))
    as_json = json.loads(CliRunner().invoke(app, ["check-facts", "--scale", "0.02", "--json"]).stdout)
    assert as_json["rows"] == stored
    assert {row["verdict"] for row in stored} >= {"pass", "inside (axis)", "not available"}
    assert all(row["grade"] in GRADES for row in stored)


def test_bad_input_to_the_command_is_a_sentence(workspace, monkeypatch):
    few(monkeypatch)
    assert CliRunner().invoke(app, ["check-facts", "--scale", "0"]).exit_code == 2
    Path("taken").write_text("a file")
    shown = CliRunner().invoke(app, ["check-facts", "--scale", "0.02", "--out", "taken"])
    assert shown.exit_code == 1
    assert "cannot be written" in shown.output


def test_the_scenario_of_the_viewers_runs_to_the_last_point():
    assert viewers.unavailable() == ""
