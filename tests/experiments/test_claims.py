"""Claims: verdicts by hand, files with faults, effects that must vanish, and the same figures as a run gives."""

import json
import math

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.claims.answer import hinge
from sim.experiments.claims.judge import FAILS, HOLDS, UNDECIDED, steps_to, turns, verdict
from sim.experiments.claims.plan import make_claims_plan
from sim.scenario.reader import ScenarioError
from tests.helpers import figures_by_plot

FILE = """\
name: mine
run: {users: 400, ticks: 50}
replicates: 3
claims:
  gate:
    claim: A gate that many can reach brings visits, feed or no feed.
    arm: {extends: gate_750.yaml, policy: {gate: {threshold: 640}}, switches: {feed: false}}
    against: {extends: open_circle.yaml, switches: {feed: false}}
    measure: visits
    says: rises
    hinges:
      world.population.responsive_share: [0.0, 1.0]
      policy.gate.threshold: [660]
"""


@pytest.fixture
def file(workspace):
    path = workspace / "mine.yaml"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("says", "low", "high", "margin", "found"),
    [
        ("rises", 0.1, 0.3, 0.0, HOLDS),
        ("rises", 0.1, 0.3, 0.2, UNDECIDED),
        ("rises", 0.1, 0.15, 0.2, FAILS),
        ("rises", -0.1, 0.3, 0.0, UNDECIDED),
        ("rises", -0.3, -0.1, 0.0, FAILS),
        ("rises", 0.0, 0.0, 0.0, FAILS),
        ("falls", -0.3, -0.1, 0.0, HOLDS),
        ("falls", 0.1, 0.3, 0.0, FAILS),
        ("falls", -0.3, -0.1, 0.2, UNDECIDED),
        ("unchanged", -0.1, 0.1, 0.2, HOLDS),
        ("unchanged", 0.0, 0.0, 0.0, HOLDS),
        ("unchanged", -0.1, 0.3, 0.2, UNDECIDED),
        ("unchanged", 0.3, 0.4, 0.2, FAILS),
        ("rises", math.nan, math.nan, 0.0, UNDECIDED),
    ],
)
def test_verdicts_by_hand(says, low, high, margin, found):
    assert verdict(says, low, high, margin) == found


def test_what_turns_a_verdict():
    assert turns(HOLDS, FAILS)
    assert turns(FAILS, HOLDS)
    assert turns(UNDECIDED, HOLDS)
    assert not turns(HOLDS, UNDECIDED)
    assert not turns(FAILS, FAILS)


def test_where_a_verdict_is_lost_is_told_beside_what_turns_it():
    row = {"hinge": "", "tried": "a, b", "unsure_at": "a 1.0; b 2"}
    assert hinge(row) == "nothing tried turns it (a, b); undecided at a 1.0; b 2"
    turned = {"hinge": "a", "turns_at": "3", "usual": "1", "turns_to": HOLDS, "others": "", "unsure_at": ""}
    assert hinge(turned) == "a: at 3 instead of 1 it holds"


def test_steps_are_counted_among_the_values_in_order():
    assert [steps_to([1.0, 50.0, 9.0], 2.0, place) for place in range(3)] == [1, 2, 1]
    assert steps_to(["myopic", "none"], "forward_looking", 1) == 1
    assert steps_to([True], False, 0) == 1


def test_figures_are_those_of_a_run_on_the_same_luck(file):
    found = sim.claims(file).claims.iloc[0]
    run = sim.run(
        "gate_750.yaml",
        ["policy.gate.threshold=640", "switches.feed=false"],
        users=400,
        ticks=50,
        replicates=3,
        baseline="open_circle.yaml",
    ).effect("visits")
    for here, there in (("difference", "difference"), ("low", "low"), ("high", "high"), ("arm", "policy")):
        assert found[here] == pytest.approx(run[there].item(), rel=1e-12)


def test_where_nobody_responds_nothing_changes_and_the_claim_does_not_hold(file):
    result = sim.claims(file)
    trials = result.trials.set_index(["path", "value"])
    nobody = trials.loc[("world.population.responsive_share", "0.0")]
    assert nobody["difference"] == nobody["low"] == nobody["high"] == 0.0
    assert nobody["verdict"] == FAILS
    everybody = trials.loc[("world.population.responsive_share", "1.0")]
    assert everybody["difference"] > trials.loc[("", "")]["difference"].item() > 0
    assert everybody["verdict"] == HOLDS
    if result.claims["verdict"].item() != FAILS:
        assert result.claims["hinge"].item() == "world.population.responsive_share"
        assert "at 0.0 instead of 0.2 it does not hold" in _shown(file)


def _shown(file):
    shown = CliRunner().invoke(app, ["claims", str(file), "--no-figures", "--out", "out"])
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def test_a_policys_hinge_is_tried_in_its_arm_alone(file):
    trials = make_claims_plan(file).file.trials["gate"]
    assert [trial.path for trial in trials] == [
        "",
        "world.population.responsive_share",
        "world.population.responsive_share",
        "policy.gate.threshold",
    ]
    assert trials[3].arm.policy.gate.threshold == 660
    assert trials[3].against == trials[0].against
    assert trials[2].against.world.population.responsive_share == 1.0


def test_the_command_stores_draws_and_reads_back(file, workspace):
    shown = CliRunner().invoke(app, ["claims", str(file), "--out", "out", "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert [row["claim"] for row in told["claims"]] == ["gate"]
    assert len(told["trials"]) == 4
    (picture,) = workspace.glob("out/mine/*-claims/figures/claims.png")
    assert picture.stat().st_size > 10_000
    again = CliRunner().invoke(app, ["claims", str(file), "--out", "out"])
    assert "stored already" in again.stdout
    assert told["answer"] in again.stdout.replace("\n", " ")
    assert figures_by_plot("mine", workspace / "drawn", "out") == {"claims.png", "claims.svg"}


def test_all_faults_are_told_at_once_and_by_line(workspace):
    path = workspace / "wrong.yaml"
    path.write_text(
        FILE.replace("measure: visits", "measure: visitz")
        .replace("says: rises", "says: rising")
        .replace("threshold: 640", "treshold: 640")
    )
    with pytest.raises(ScenarioError) as caught:
        make_claims_plan(path)
    told = str(caught.value)
    assert "wrong.yaml:10: claims.gate.says" in told
    path.write_text(
        FILE.replace("responsive_share: [0.0, 1.0]", "responsive_share: [0.0, 7]")
        .replace("threshold: 640", "treshold: 640")
        .replace("against: {", "against: {run: {users: 5}, ")
    )
    with pytest.raises(ScenarioError) as caught:
        make_claims_plan(path)
    told = str(caught.value)
    assert "wrong.yaml:8: claims.gate.against.run: is the same for all arms" in told
    path.write_text(FILE.replace("responsive_share: [0.0, 1.0]", "responsive_share: [0.0, 7]").replace("[660]", "[]"))
    with pytest.raises(ScenarioError) as caught:
        make_claims_plan(path)
    told = str(caught.value)
    assert "wrong.yaml:12: claims.gate.hinges.world.population.responsive_share" in told
    assert "(at 7)" in told
    assert "0 values given; give 1 to 20" in told
    path.write_text(FILE.replace("measure: visits", "measure: visitz"))
    with pytest.raises(ScenarioError, match="Did you mean visits"):
        make_claims_plan(path)
    shown = CliRunner().invoke(app, ["claims", str(path)])
    assert shown.exit_code == 2
    assert not (workspace / "results").exists()


def test_the_shipped_file_is_sound_and_every_claim_has_something_it_may_hinge_on():
    plan = make_claims_plan("article")
    assert len(plan.file.trials) >= 12
    assert all(claim.hinges for claim in plan.file.keys.claims.values())


OF_A_GROUP = """\
name: thin
run: {users: 400, ticks: 70}
replicates: 2
claims:
  thin:
    claim: With shared books fewer of those without a file borrow from several.
    arm: {extends: shared_bureau.yaml}
    against: {extends: silo.yaml}
    measure: borrowers_several
    group: {kind: file, group: thin}
    says: falls
    hinges:
      world.population.file_share: [1.0]
"""


def test_a_claim_may_be_of_a_group(workspace):
    path = workspace / "thin.yaml"
    path.write_text(OF_A_GROUP)
    found = sim.claims(path)
    row = found.claims.iloc[0]
    assert row["group"] == "file: thin"
    size = {"users": 400, "ticks": 70, "replicates": 2}
    groups = sim.run("shared_bureau.yaml", **size).groups.query("group == 'thin'")
    here = groups.groupby("arm")["borrowers_several"].mean()
    assert row["arm"] == pytest.approx(here["policy"], rel=1e-12)
    assert row["against"] == pytest.approx(here["baseline"], rel=1e-12)
    # where everybody has a file nobody is thin, and there is nothing to say
    assert found.trials.iloc[1]["verdict"] == UNDECIDED
    assert "(file: thin)" in _shown(path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("group: thin}", "group: thinn}", "'thinn' is not one of thin, file"),
        ("kind: file", "kind: fil", "'fil' is not a kind of group. Did you mean file?"),
        ("borrowers_several", "visits_score", "'visits_score' is not measured of a group"),
        ("borrowers_several", "incentives", "incentives is not measured in arm, where no red packets are given"),
        ("shared_bureau", "gate_750", "not measured in arm, where switches.lenders is off"),
    ],
)
def test_what_a_group_cannot_be_asked_is_told(workspace, old, new, told):
    path = workspace / "wrong.yaml"
    path.write_text(OF_A_GROUP.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        make_claims_plan(path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("measure", "why"),
    [
        ("learned_auc", "switches.bureau is off"),
        ("merchants", "switches.merchants is off"),
        ("overdue", "switches.lenders is off"),
        ("limit", "switches.credit_line and switches.lenders are off"),
    ],
)
def test_a_measure_that_an_arm_does_not_have_is_told(file, measure, why):
    file.write_text(FILE.replace("measure: visits", f"measure: {measure}"))
    with pytest.raises(ScenarioError) as caught:
        make_claims_plan(file)
    for side in ("arm", "against"):
        assert f"mine.yaml:9: claims.gate.measure: {measure} is not measured in {side}, where {why}" in str(
            caught.value
        )
