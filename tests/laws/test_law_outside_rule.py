"""A decision rule from outside the package is a rule like any other: registered or installed, in both engines, to the bit."""

import importlib
import re
import sys

import numpy as np
import pytest

from sim.engines.fast import FastEngine
from sim.engines.readable import ReadableEngine
from sim.experiments.plan import make_plan
from sim.model.choice import DecisionRule, decision_rule, register, rule_names
from sim.model.choice import decision_rule as lookup
from sim.model.choice.forward_looking import net_present_value
from sim.model.rule import rule
from sim.scenario import ScenarioError, load
from tests.conftest import ROOT
from tests.helpers import BUSY, different_columns, scenario, total

registry = sys.modules["sim.model.choice.decision_rule"]


@rule
def shrunk(prize, courage):
    """A helper that lives outside too."""
    return prize * courage


@rule
def value_timid(prospect, table):
    """Forward-looking, but the prize shrinks with every point still missing."""
    courage = table[0] / (table[0] + prospect.points_missing)
    return net_present_value(
        prospect.days_to_admission,
        prospect.days_to_end,
        shrunk(prospect.prize_per_day, courage),
        prospect.cost_per_day,
        prospect.cost_at_once,
        prospect.discount,
    )


def prepare_timid(given):
    return np.array([given.world.choice.noise / 20.0])


TIMID = DecisionRule("timid", value_timid, prepare_timid)

SOURCE = '''
from sim.model.choice import DecisionRule
from sim.model.rule import rule

@rule
def value_bold(prospect, table):
    """Whatever reaches the gate is worth {worth} CNY, less what it costs at once."""
    return {worth} - prospect.cost_at_once

RULE = DecisionRule("bold", value_bold)
'''


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_known", dict(registry._known))
    yield
    for module in ("bold_rule", "faint_hearted"):
        sys.modules.pop(module, None)


def install(folder, monkeypatch, worth=500.0, entry="bold_rule:RULE", name="bold"):
    """A package as an installer leaves it: a module, and metadata with an entry point."""
    (folder / "bold_rule.py").write_text(SOURCE.format(worth=worth), encoding="utf-8")
    metadata = folder / "bold_rule-1.0.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bold_rule\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[scoregate.choices]\n{name} = {entry}\n", encoding="utf-8")
    sys.modules.pop("bold_rule", None)
    monkeypatch.syspath_prepend(str(folder))


def agree(given):
    readable, fast = ReadableEngine(given, 7), FastEngine(given, 7)
    readable.run(40)
    fast.run(40)
    assert np.array_equal(readable.totals, fast.totals)
    assert different_columns(readable, fast) == set()
    return fast


SMALL = {"run.users": 200, "run.ticks": 40, "world.choice.perk_worth": 5.0}


def test_a_registered_rule_runs_in_both_engines():
    register(TIMID)
    timid = agree(scenario(BUSY, SMALL, {"rule": "timid"}))
    assert total(timid, "rest").min() < 200
    plain = agree(scenario(BUSY, SMALL))
    assert total(timid, "rest").sum() > total(plain, "rest").sum()
    agree(scenario(BUSY, SMALL, {"mixture": {"timid": 0.5, "goal_gradient": 0.2}}))


def test_the_worked_example_of_the_model_document_runs_in_both_engines(tmp_path, monkeypatch):
    text = (ROOT / "sim" / "model" / "MODEL.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (example,) = [example for example in examples if "DecisionRule" in example]
    (tmp_path / "faint_hearted.py").write_text(example, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("faint_hearted")
    faint = agree(scenario(BUSY, SMALL, {"rule": "faint_hearted"}))
    assert 0 < (200 - total(faint, "rest")).sum() < (200 - total(agree(scenario(BUSY, SMALL)), "rest")).sum()


def test_an_installed_rule_is_found_by_its_entry_point(tmp_path, monkeypatch):
    assert "bold" not in rule_names()
    install(tmp_path, monkeypatch)
    assert "bold" in rule_names()
    assert decision_rule("bold").name == "bold"
    bold = agree(scenario(BUSY, SMALL, {"rule": "bold"}))
    assert total(bold, "rest").min() < 200


def test_a_stored_result_knows_the_code_of_a_rule_from_outside(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch)
    before = make_plan("gate_750.yaml", ["rule=bold"]).key
    assert make_plan("gate_750.yaml", ["rule=bold"]).key == before
    install(tmp_path, monkeypatch, worth=501.0)
    assert make_plan("gate_750.yaml", ["rule=bold"]).key != before
    assert make_plan("gate_750.yaml").key == make_plan("gate_750.yaml", ["rule=forward_looking"]).key


def test_two_rules_of_one_name_are_refused():
    register(TIMID)
    register(TIMID)  # again is no harm
    with pytest.raises(ValueError, match="'timid' is registered already; give yours another name"):
        register(DecisionRule("timid", value_timid))


def test_an_entry_point_that_gives_something_else_is_refused(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, entry="bold_rule:value_bold")
    with pytest.raises(TypeError, match="is no DecisionRule of that name"):
        lookup("bold")


def test_a_table_that_is_no_row_of_numbers_is_refused():
    register(DecisionRule("square", value_timid, lambda given: np.zeros((2, 2))))
    register(DecisionRule("endless", value_timid, lambda given: np.array([np.inf])))
    for name in ("square", "endless"):
        for engine in (FastEngine, ReadableEngine):
            with pytest.raises(TypeError, match=f"decision rule {name} prepared an array .* give one row"):
                engine(scenario(BUSY, SMALL, {"rule": name}), 7)


def test_a_rule_that_cannot_be_compiled_says_so_in_a_line():
    @rule
    def value_broken(prospect, table):
        return {"no": prospect}["such"]

    register(DecisionRule("broken", value_broken))
    with pytest.raises(TypeError, match=r"cannot be compiled: .*; use plain arithmetic"):
        FastEngine(scenario(BUSY, SMALL, {"rule": "broken"}), 7)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            ["rule=forward_loking"],
            "'forward_loking' is not a rule of choice; allowed: dynamic_programming, forward_looking",
        ),
        (["rule=forward_loking"], "Did you mean forward_looking?"),
        (["mixture.mopic=0.5"], "mixture.mopic: 'mopic' is not a rule of choice"),
        (["mixture.myopic=1.5"], "less than or equal to 1"),
        (["mixture.myopic=half"], "a number"),
        (["mixture.myopic=0.7", "mixture.none=0.6"], "mixture: the shares sum to 1.3; give at most 1"),
        (["mixture=myopic"], "a mapping"),
        (["world.population.learned_share=0.7"], "folk_share and learned_share sum to 1.2; give at most 1"),
    ],
)
def test_what_is_wrong_with_a_choice_is_told_in_a_line(settings, says):
    with pytest.raises(ScenarioError) as caught:
        load("gate_750.yaml", settings)
    assert len(caught.value.faults) == 1
    assert says in str(caught.value)
