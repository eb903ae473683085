"""Small stored results of every kind, made once, of which nothing is to be changed."""

import json

import pytest

import sim
from sim.experiments.after.study import after
from sim.experiments.decompose.study import decompose

SMALL = {"users": 300, "ticks": 62, "replicates": 2}
COMPARISON = """
extends: base.yaml
name: few
baseline: open
policies:
  open: {policy: {gate: {kind: open}}}
  gate_640: {policy: {gate: {kind: threshold, threshold: 640}}}
  lottery: {policy: {gate: {kind: lottery, share: 0.2}}}
worlds: {as is: {}, eager: {world: {population: {responsive_share: 0.8}}}}
replicates: 2
margin: 1%
guardrails: [{measure: debt, may_rise_by: 1%}]
"""
FACT = {
    "name": "one",
    "what": "a share",
    "unit": "share",
    "kind": "fit",
    "value": 0.2,
    "low": 0.1,
    "high": 0.3,
    "seeds": 3,
}
FACT |= {
    "target": 0.2,
    "target_low": 0.1,
    "target_high": 0.3,
    "grade": "A",
    "source": "a paper",
    "verdict": "pass",
    "note": "",
    "fitted": "",
}


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """The folder of results, and by kind the folder of one result below it."""
    out = tmp_path_factory.mktemp("results")
    gate = ["policy.gate.threshold=640", "world.population.responsive_share=0.8"]
    given = {"executor": "threads", "out": out}
    file = out / "few.yaml"
    file.write_text(COMPARISON, encoding="utf-8")
    kept = {
        "run": sim.run("gate_750.yaml", gate, **SMALL, out=out),
        "sweep": sim.sweep(
            "gate_750.yaml",
            vary={"policy.gate.threshold": [600, 650, 700], "world.population.responsive_share": [0.2, 0.8]},
            users=100,
            ticks=40,
            replicates=2,
            **given,
        ),
        "compare": sim.compare(file, users=100, ticks=40, **given),
        "decompose": decompose("gate_750.yaml", gate, users=100, ticks=40, replicates=2, **given),
        "after": after("gate_750.yaml", gate, users=400, ticks=130, replicates=2, out=out),
    }
    folders = {kind: result.path for kind, result in kept.items()}
    (out / "check_facts").mkdir()
    (out / "check_facts" / "facts.json").write_text(
        json.dumps([FACT, FACT | {"name": "two", "fitted": "the slope"}]), encoding="utf-8"
    )
    return out, folders | {"facts": out / "check_facts"}
