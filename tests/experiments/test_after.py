"""Studies of after-effects: what vanishes where nobody responds, what is there where they do, and the commands that show it."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.experiments.after.measures import AFTER_MEASURES
from sim.experiments.after.study import after
from sim.experiments.after.worlds import POLICY, replicates, worlds_of
from sim.experiments.goal import REFERENCE_SCORE, goal_of, reference_score
from sim.experiments.plan import make_plan
from sim.model.calendar import gate_dates
from sim.model.gates.ranking import NOBODY
from sim.report.after import answer
from sim.scenario import load

NEAR = ["policy.gate.threshold=660", "world.population.responsive_share=1.0", "policy.campaign.reach=30"]
SMALL = {"users": 3000, "ticks": 130, "replicates": 2}


@pytest.fixture(scope="module")
def study():
    return after("gate_750.yaml", NEAR, **SMALL)


def values(study, measure):
    table = study.tables["after"]
    return table["value"][table["measure"] == measure]


def test_with_a_response_the_effects_are_there(study):
    assert (values(study, "admitted_by_effort") > 0.005).all()
    assert (values(study, "net_rise") > 0.01).all()
    assert (values(study, "admitted_by_drift") > 0).all()
    assert (values(study, "admitted_by_luck") > 0).all()
    assert np.isnan(values(study, "half_life")).all()


def test_every_effect_vanishes_where_nobody_responds():
    study = after("placebo.yaml", NEAR, baseline="placebo.yaml", **SMALL)
    for name in ("net_rise", "net_after", "admitted_by_effort", "bunching_paired", "quiet_short"):
        assert (values(study, name) == 0.0).all(), name
    crossing = study.tables["crossing"]
    for curve in ("placebo", "same"):
        assert np.array_equal(crossing[curve], crossing["policy"], equal_nan=True)
    assert (values(study, "crossing_rise") == values(study, "phantom_rise")).all()
    assert (values(study, "phantom_rise") != 0.0).all()  # the spurious rise, reported


def test_admissions_of_the_placebo_are_all_drift_or_luck(study):
    again = after("placebo.yaml", NEAR, **SMALL)
    result = sim.run("placebo.yaml", NEAR, **SMALL)
    later = result.runs[result.runs["arm"] == "policy"]["admitted_later"].to_numpy()
    assert values(again, "admitted_by_drift") + values(again, "admitted_by_luck") == pytest.approx(later)
    assert values(study, "admitted_by_drift") == pytest.approx(values(again, "admitted_by_drift"))


def test_with_no_noise_nobody_is_admitted_by_luck():
    study = after("gate_750.yaml", [*NEAR, "world.score.noise=0"], **SMALL)
    assert (values(study, "admitted_by_luck") == 0.0).all()
    assert (values(study, "admitted_by_drift") > 0.0).all()


@pytest.mark.parametrize("gate", ["lottery", "price", "invitation"])
def test_a_gate_that_asks_for_no_score_knows_neither_effort_nor_drift(shipped, gate):
    study = after(next(shipped.rglob(f"{gate}.yaml")), users=1000, ticks=70, replicates=1)
    for way in ("effort", "drift", "luck"):
        assert np.isnan(values(study, f"admitted_by_{way}")).all()
    assert np.isfinite(values(study, "admitted_at_once")).all()


EVERY_SCORE_GATE = {
    "soft": ["policy.gate.lowest=620", "policy.gate.surest=720"],
    "tiers": ["policy.gate.comment=660"],
    "top_share": ["policy.gate.share=0.2"],
    "stretch": ["policy.gate.points=8"],
    "rising": ["policy.gate.threshold=640", "policy.gate.rise=2", "policy.gate.highest=660"],
}


GOALS = {
    ("threshold", "threshold=660"): (660, 660),
    ("soft", "lowest=600", "surest=700"): (650, 650),
    ("tiers",): (750, 750),
    ("tiers", "comment=700", "view=720"): (720, 720),
    ("rising", "threshold=640"): (640, 640),
    ("stretch", "points=30"): (530, 730),
    ("stretch", "points=601"): (951, 951),
    ("top_share",): (690, 690),
    ("threshold", "threshold=951"): (951, 951),
    ("threshold", "threshold=350"): (350, 350),
}


@pytest.mark.parametrize("gate", GOALS)
def test_what_a_gate_asks_of_those_who_start_at_500_and_700(gate):
    kind, *settings = gate
    given = load("gate_750.yaml", [f"policy.gate.kind={kind}", *(f"policy.gate.{setting}" for setting in settings)])
    place = (690.0, 0.6) if kind == "top_share" else (NOBODY, 0.0)  # score of the last place, and the luck that has it
    assert tuple(goal_of(given.policy.gate, start, place) for start in (500, 700)) == GOALS[gate]
    one = GOALS[gate][0] if kind not in ("top_share", "stretch") or GOALS[gate][0] == 951 else REFERENCE_SCORE
    assert reference_score(given) == one


@pytest.mark.parametrize("gate", ["threshold", "tiers", "top_share", "stretch"])
def test_those_who_come_over_a_gate_have_first_reached_what_it_asks(shipped, gate):
    settings = EVERY_SCORE_GATE.get(gate, NEAR[:1])
    path = shipped / "gate_750.yaml" if gate == "threshold" else next(shipped.rglob(f"{gate}.yaml"))
    plan = make_plan(path, [*NEAR[1:], *settings], baseline="none", users=2000, ticks=130, replicates=1)
    (one,) = replicates(worlds_of(plan), 2)
    trace, start = one.traces[POLICY], gate_dates(plan.arms["policy"])[1]
    admitted = trace.columns["admitted_day"][trace.users].astype(int)
    if gate != "top_share":  # where the last place moves
        later = admitted > start
        assert later.sum() > 20
        assert (trace.crossed[later] >= 0).all()
        assert (trace.crossed[later] <= admitted[later]).all()
    assert np.unique(one.goals).size > 100 if gate == "stretch" else np.unique(one.goals).size == 1
    assert (one.goals > trace.columns["starting_score"])[trace.users].all()
    if gate == "top_share":
        assert (one.day_zero["score"] > one.goals).sum() <= 400 <= (one.day_zero["score"] >= one.goals - 1).sum()


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        ("soft", "The gate's score is 750."),
        ("stretch", "The gate's score is each user's own"),
        ("top_share", "that of the last place on day 0"),
        ("lottery", "asks for no score"),
    ],
)
def test_what_is_meant_by_the_gates_score_is_said(shipped, gate, says):
    study = after(next(shipped.rglob(f"{gate}.yaml")), users=200, ticks=70, replicates=1)
    assert says in answer(study)


@pytest.mark.slow
@pytest.mark.parametrize("gate", EVERY_SCORE_GATE)
def test_every_gate_on_the_score_tells_effort_drift_and_luck(shipped, gate):
    path, settings = next(shipped.rglob(f"{gate}.yaml")), [*NEAR[1:], *EVERY_SCORE_GATE[gate]]
    study, small = after(path, settings, **SMALL), SMALL | {"baseline": "none"}
    for way in ("effort", "drift", "luck"):
        assert (values(study, f"admitted_by_{way}") > 0.0).all(), way
    # nobody responding: no effort, and all who are admitted later are drift or luck
    idle = after(path, [*settings, "rule=none"], **small)
    assert (values(idle, "admitted_by_effort") == 0.0).all()
    later = sim.run(path, [*settings, "rule=none"], **small).runs["admitted_later"].to_numpy()
    assert values(idle, "admitted_by_drift") + values(idle, "admitted_by_luck") == pytest.approx(later)
    assert (values(idle, "admitted_by_drift") == values(study, "admitted_by_drift")).all()
    # no noise: no luck
    certain = after(path, [*settings, "rule=none", "world.score.noise=0"], **small)
    assert (values(certain, "admitted_by_luck") == 0.0).all()


def test_every_measure_is_declared_and_given(study):
    names = [measure.name for measure in AFTER_MEASURES]
    assert list(study.tables["after"]["measure"][: len(names)]) == names
    assert set(study.intervals) == set(names)
    for measure in AFTER_MEASURES:
        assert measure.unit in ("days", "share", "1/user/day")
        assert measure.good in (-1, 0, 1)


def test_a_run_tells_the_half_life_where_its_gate_goes(workspace):
    settings = [*NEAR, "policy.gate.dropped=70"]
    result = sim.run("gate_750.yaml", settings, out="results", **SMALL)
    table = result.tables["after"]
    assert list(table["measure"]) == ["half_life"] * 2
    # another run reads them back, and a gate without an end has none
    again = sim.run("gate_750.yaml", settings, out="results", **SMALL)
    assert again.reused
    assert np.array_equal(again.tables["after"]["value"], table["value"], equal_nan=True)
    assert sim.run("gate_750.yaml", NEAR, **SMALL).tables["after"] == {}
    assert sim.run("gate_750.yaml", settings, baseline="none", **SMALL).tables["after"] == {}


def test_the_circle_closing_ends_its_effect_on_visits_slowly():
    # habit outlives the circle: its visits are gone at once, the habit of 45 days is not
    settings = ["policy.circle.closes=70", "world.circle.onlooker_visits=2.0", "policy.campaign.reach=30"]
    slow = sim.run("gate_750.yaml", settings, baseline="no_circle", users=3000, ticks=160, replicates=2)
    quick = sim.run(
        "gate_750.yaml", [*settings, "switches.habit=false"], baseline="no_circle", users=3000, ticks=160, replicates=2
    )
    assert (quick.tables["after"]["value"] < 1.0).all()
    assert quick.tables["after"]["value"].size == 2
    assert slow.tables["after"]["value"].size == 2


def test_runs_tell_who_stands_just_above_and_who_went_quiet():
    result = sim.run("placebo.yaml", NEAR, baseline="placebo.yaml", **SMALL)
    effect = result.effect().set_index("measure")
    assert effect.loc["just_above", "difference"] == 0.0
    assert 0.2 < effect.loc["just_above", "policy"] < 0.8
    assert effect.loc["quiet_short", "difference"] == 0.0


def test_shut_out_of_a_circle_that_draws_the_others_more_come_half_as_often():
    # from day 60 on only those at 660 and more may view: with rare visitors and a circle that doubles their visits, more of
    # the others then fall below half of what they made before
    lively = ["world.circle.onlooker_visits=1.5", "world.circle.seeker_visits=1.5", "world.awareness.campaign_rate=0.3"]
    rare = ["world.population.visits_median=0.3", "world.population.payments_mean=0.1"]
    given = [NEAR[0], *lively, *rare, "rule=none", "policy.gate.start=60"]
    shut = after("gate_750.yaml", [*given, "policy.gate.covers=[view]"], users=3000, ticks=130, replicates=2)
    assert (values(shut, "halved_short") > 0.05).all()
    nothing = [*given, "policy.gate.covers=[]", "world.usage.publication_checks=1"]  # a gate that shuts nobody out
    assert values(after("gate_750.yaml", nothing, users=3000, ticks=130, replicates=1), "halved_short") == [0.0]


def test_the_command_stores_reuses_and_draws(workspace):
    arguments = ["after", "gate_750.yaml", "--users", "1500", "--ticks", "120", "--replicates", "1"]
    arguments += ["--set", "policy.gate.threshold=660"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0, first.output
    assert "phantom" in first.output
    rows = {line.split()[0]: line for line in first.output.splitlines() if line[:1].isalpha()}
    assert "+" not in rows["admitted_at_once"]  # a share of users; a rise has a sign
    assert set(rows["crossing_rise"]) & {"+", "-"}
    assert {p.name for p in Path("results").rglob("crossing.*")} == {"crossing.parquet", "crossing.png", "crossing.svg"}
    again = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert again["reused"] is True
    assert len(again["measures"]) == len(AFTER_MEASURES)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["after", "nowhere.yaml"], "no such file"),
        (["after", "open_circle.yaml"], "has no gate"),
        (["after", "gate_750", "--set", "switches.gate=false"], "switches.gate: off in gate_750"),
        (["after", "gate_750.yaml", "--users", "0"], "run.users"),
    ],
)
def test_bad_input_is_a_sentence(workspace, arguments, says):
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 2
    assert says in shown.output
    assert list(workspace.iterdir()) == []
