"""A kind of gate can be added from outside the package: by a call, or by a package that announces it; both engines run it."""

import importlib
import linecache
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.engines.code import foreign_hash
from sim.engines.fast import FastEngine
from sim.engines.readable import ReadableEngine
from sim.experiments.plan import RunPlan
from sim.model.gates import find_gate, gate_kinds, register_gate, registry
from sim.scenario import ScenarioError, load
from sim.scenario.gate import GateSettings
from sim.scenario.show import json_schema
from tests.conftest import ROOT
from tests.helpers import BUSY, different_columns, different_totals, finished, scenario, total

PACKAGE = Path(__file__).resolve().parent / "package"
SOFTENING = {"policy.gate": {"kind": "softening", "points": 15.0}}


@pytest.fixture
def outside(monkeypatch):
    """The folder of the outside package can be imported from; what a test registers is forgotten after it."""
    monkeypatch.syspath_prepend(str(PACKAGE))
    monkeypatch.setattr(registry, "_found", {})
    yield PACKAGE
    sys.modules.pop("softening_gate", None)


def announced(folder, value="softening_gate:Softening", name="softening"):
    """A package installed in a folder, as far as its entry points go."""
    metadata = folder / "softening_gate-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: softening-gate\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[scoregate.gates]\n{name} = {value}\n", encoding="utf-8")


def test_engines_agree_on_a_gate_from_outside(outside):
    import softening_gate

    assert register_gate(softening_gate.Softening) is softening_gate.Softening
    given = scenario(BUSY, SOFTENING, {"run.users": 1_040, "run.ticks": 40})
    readable = ReadableEngine(given, 3)
    readable.run(40)
    for threads in (1, 2):
        fast = FastEngine(given, 3, threads)
        fast.run(40)
        assert np.array_equal(readable.totals, fast.totals)
        assert different_columns(readable, fast) == set()
    inside = total(readable, "admitted")
    assert 0 < inside[4] < inside[39] < 1_040  # it softens
    assert total(readable, "rest").min() < 1_040  # and is worked for
    # its numbers matter
    other = finished(scenario(BUSY, {"policy.gate": {"kind": "softening", "points": 40.0}}))
    assert different_totals(finished(scenario(BUSY, SOFTENING)), other)


def test_a_gate_announced_by_a_package_is_found_when_asked_for(outside, tmp_path, monkeypatch):
    announced(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "softening_gate" not in sys.modules
    scenario({"policy.gate": {"kind": "threshold"}})
    assert "softening_gate" not in sys.modules  # nobody asked
    given = scenario(SOFTENING)
    assert type(given.policy.gate).__name__ == "Softening"
    assert list(gate_kinds())[-1] == "softening"
    assert json_schema()["$defs"]["Softening"]["properties"]["patience"]["default"] == 30.0


def test_faults_of_a_gate_from_outside_are_told_like_any_other(outside, workspace, monkeypatch):
    announced(workspace)
    monkeypatch.syspath_prepend(str(workspace))
    for text, told in (
        ("{kind: softening, patients: 3}", "policy.gate.patients: unknown key. Did you mean patience?"),
        ("{kind: softening, patience: 0}", "policy.gate.patience: 0 given; must be greater than 0"),
        ("{kind: softenin}", "Did you mean softening?"),
    ):
        (workspace / "mine.yaml").write_text(f"policy:\n  gate: {text}\n", encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load("mine.yaml")
        (fault,) = caught.value.faults
        assert told in str(fault)
        assert str(fault).startswith("mine.yaml:2: ")


def test_a_package_that_cannot_be_loaded_is_named(outside, workspace, monkeypatch):
    announced(workspace, "no_such_module:Gate")
    monkeypatch.syspath_prepend(str(workspace))
    (workspace / "mine.yaml").write_text("policy:\n  gate: {kind: softening}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"no_such_module:Gate cannot be loaded .*; repair or remove the package"):
        load("mine.yaml")
    # and harms no other
    assert load("gate_750.yaml").policy.gate.kind == "threshold"


def test_the_worked_example_of_the_model_document_works(outside, tmp_path, monkeypatch):
    document = (ROOT / "sim" / "model" / "MODEL.md").read_text(encoding="utf-8")
    (code,) = [block.split("```")[0] for block in document.split("```python\n")[1:] if "class Ajar" in block]
    (tmp_path / "ajar.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    register_gate(importlib.import_module("ajar").Ajar)
    given = scenario(
        BUSY, {"policy.gate": {"kind": "ajar", "threshold": 951, "gap": 0.2}, "run.users": 200, "run.ticks": 20}
    )
    as_lot = scenario(BUSY, {"run.users": 200, "run.ticks": 20}, {"policy.gate": {"kind": "lottery", "share": 0.2}})
    ajar, readable = FastEngine(given, 3), ReadableEngine(given, 3)
    ajar.run(20)
    readable.run(20)
    assert np.array_equal(ajar.totals, readable.totals)
    assert np.array_equal(total(ajar, "admitted"), total(finished(as_lot, 3), "admitted"))


def test_a_change_of_an_outside_rule_is_another_run(outside, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    text = (PACKAGE / "softening_gate.py").read_text(encoding="utf-8")
    keys = []
    for source in (text, text, text.replace("1.0 + day / patience", "1.0 + day * day / patience")):
        monkeypatch.setattr(registry, "_found", {})
        sys.modules.pop("softening_gate", None)
        (tmp_path / "softening_gate.py").write_text(source, encoding="utf-8")
        importlib.invalidate_caches()
        linecache.clearcache()
        register_gate(importlib.import_module("softening_gate").Softening)
        keys.append(RunPlan({"policy": scenario(SOFTENING)}, "fast").key)
    assert keys[0] == keys[1] != keys[2]
    assert foreign_hash(gate_kinds()["threshold"]) == ""


def test_what_has_not_the_shape_of_a_gate_is_refused(outside):
    from softening_gate import Softening

    class Nameless(GateSettings):
        admission = Softening.admission

    class Ruleless(GateSettings):
        kind: str = "ruleless"

    class OtherRule(GateSettings):
        admission = staticmethod(lambda score: 1.0)
        kind: str = "other"

    class Lottery(Softening):
        kind: str = "lottery"

    for settings, error, told in (
        (int, TypeError, "subclass of sim.scenario.gate.GateSettings"),
        (Nameless, TypeError, "has no name"),
        (Ruleless, TypeError, "must take"),
        (OtherRule, TypeError, r"must take \(score, starting_score, day"),
        (Lottery, ValueError, "another name"),
    ):
        with pytest.raises(error, match=told):
            register_gate(settings)
    assert find_gate("ruleless") is None
