"""The lab's worlds without a page: the numbers of a run, whatever the steps in which they are watched."""

import numpy as np
import pytest

import sim
from sim.experiments.plan import make_plan
from sim.lab.choice import KIND, Choice, check_loaded, fresh_texts, gate_fields, scenarios
from sim.lab.session import Session
from sim.model.states import PLANS
from sim.scenario.reader import ScenarioError

SMALL = ["run.users=1500", "run.ticks=40", "run.replicates=1"]


def _choice(**typed: str) -> Choice:
    texts = fresh_texts("gate_750.yaml") | {"run.users": "1500", "run.ticks": "40"}
    return Choice("gate_750.yaml").with_typed(texts | {path.replace("__", "."): text for path, text in typed.items()})


def test_numbers_equal_those_of_a_run_to_the_bit():
    choice = _choice(policy__gate__threshold="640")
    session = Session(choice.plan(), threads=1)
    for days in (1, 2, 7, 100):
        session.advance(days)
    ran = sim.run("gate_750.yaml", [*choice.settings, "run.replicates=1"]).ticks
    for arm in session.arms:
        rows = ran[ran["arm"] == arm]
        assert len(rows) == 40
        for name, series in session.measures(arm).items():
            assert np.array_equal(series, rows[name].to_numpy(), equal_nan=True), (arm, name)
    assert set(session.arms) == {"policy", "baseline"}


@pytest.mark.parametrize("file", ["gate_750.yaml", "campus_2016.yaml", "red_packet.yaml"])
def test_figures_of_both_worlds_are_those_of_the_run_to_the_bit(file):
    """Every measure that the run tells, in days and in hours, with and without packets."""
    short = ["run.users=800", "run.replicates=1", "run.ticks=50"]
    plan = make_plan(file, short)
    session = Session(plan, threads=1)
    session.advance(1000)
    ran = sim.run(file, short).runs
    for arm in ("policy", "baseline"):
        (row,) = ran[ran["arm"] == arm].to_dict("records")
        found = session.figures(arm)
        assert len(found) > 25
        for name, figure in found.items():
            assert figure == row[name] or (np.isnan(figure) and np.isnan(row[name])), (arm, name)


def test_two_sessions_do_not_disturb_each_other():
    one, other = Session(_choice().plan(), 1), Session(_choice(policy__gate__threshold="600").plan(), 1)
    alone = Session(_choice().plan(), 1)
    for _ in range(40):
        one.advance()
        other.advance(3)
    alone.advance(40)
    assert np.array_equal(one.engines["policy"].totals, alone.engines["policy"].totals)
    assert not np.array_equal(one.engines["policy"].totals, other.engines["policy"].totals)


def test_stops_at_the_end():
    session = Session(_choice().plan(), 1)
    session.advance(39)
    assert not session.finished
    session.advance(5)
    assert session.finished
    assert session.day == session.days == 40


def test_plan_explained_is_the_plan_watched_and_watching_goes_on_undisturbed():
    session = Session(_choice(policy__gate__threshold="650").plan(), 1)
    session.advance(38)
    totals = session.engines["policy"].totals.copy()
    picked = session.some_users()
    tried = picked["user"][picked["plan"] > 0]
    assert tried.size, "nobody makes an effort at a gate of 650: the test would show nothing"
    user = int(tried[0])
    found = session.explain(user)
    assert found.policy.why.plan == PLANS[session.engines["policy"].columns["plan"][user]]
    assert found.day == 37
    assert np.array_equal(session.engines["policy"].totals, totals)


def test_only_what_was_changed_is_a_setting():
    assert Choice("gate_750.yaml").with_typed(fresh_texts("gate_750.yaml")).settings == ["run.users=50000"]
    choice = _choice(policy__gate__threshold="700")
    assert "policy.gate.threshold=700" in choice.settings
    assert choice.command().startswith("scoregate run gate_750.yaml --set")
    assert choice.command().endswith(" --replicates 1")  # as the lab shows one


@pytest.mark.parametrize("file", scenarios())
def test_every_scenario_of_the_list_can_be_played(file):
    Choice(file).with_typed(fresh_texts(file)).plan()


@pytest.mark.parametrize("kind", ["soft", "tiers", "top_share", "stretch", "rising", "lottery", "price", "open"])
def test_every_kind_of_gate_can_be_chosen_and_saved(kind, tmp_path):
    choice = Choice("gate_750.yaml").with_typed(fresh_texts("gate_750.yaml", kind))
    assert choice.settings[0] == f"{KIND}={kind}"
    file = tmp_path / "mine.yaml"
    file.write_text(choice.text("mine"), encoding="utf-8")
    assert sim.load(file).policy == choice.plan().arms["policy"].policy


def test_the_saved_scenario_is_the_one_played(tmp_path):
    choice = _choice(policy__gate__threshold="700", policy__gate__end="30", world__population__responsive_share="0.5")
    file = tmp_path / "mine.yaml"
    file.write_text(choice.text("mine <script>"), encoding="utf-8")
    saved, played = sim.load(file), choice.plan().arms["policy"]
    assert (saved.world, saved.policy, saved.run) == (played.world, played.policy, played.run)
    assert saved.name == "mine <script>"
    assert saved.note.startswith("gate_750 with ")
    assert "policy.gate.threshold=700, " in saved.note
    assert saved.note.endswith(", made in the lab.")
    check_loaded(file, "mine.yaml")
    again = Choice(str(file), shipped=False).with_typed(fresh_texts(str(file)) | {"policy.gate.threshold": "710"})
    other = tmp_path / "again.yaml"
    other.write_text(again.text("again"), encoding="utf-8")
    assert sim.load(other).policy.gate.threshold == 710
    assert sim.load(other).policy.gate.end == 30
    assert sim.load(other).note == (
        "mine <script> with policy.gate.threshold=710, made in the lab. mine <script> without these changes: "
        + saved.note
    )
    same = Choice(str(file), shipped=False).with_typed(fresh_texts(str(file)))
    other.write_text(same.text("same"), encoding="utf-8")
    assert sim.load(other).note == saved.note


def test_bad_input_is_told_by_field_with_all_faults_at_once():
    with pytest.raises(ScenarioError) as told:
        _choice(policy__gate__threshold="many", world__population__responsive_share="1.5").plan()
    text = str(told.value)
    assert "policy.gate.threshold: 'many' given; must be a whole number" in text
    assert "world.population.responsive_share" in text
    assert "--set" not in text


def test_a_loaded_file_that_is_no_scenario_is_told_by_its_own_name(tmp_path):
    file = tmp_path / "0.yaml"
    file.write_text("policy: {gate: {kind: thresold}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"^theirs\.yaml:1: policy\.gate.*thresold"):
        check_loaded(file, "theirs.yaml")


def test_numbers_of_a_gate():
    assert gate_fields("threshold") == ["threshold"]
    assert gate_fields("soft") == ["lowest", "surest"]
    assert gate_fields("no such kind") == []
