"""The density test offered with a study of after-effects: the worlds and cutoffs it covers, and that it is kept."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app

pytest.importorskip("rddensity")
from sim.experiments.after import density_study
from sim.experiments.after.manipulation import DUMMIES
from sim.experiments.after.study import after

SMALL = ("--users", "1500", "--ticks", "100", "--replicates", "1", "--no-figures", "--density-test")
NEAR = ("--set", "policy.gate.threshold=660", "--set", "world.population.responsive_share=1.0")


def invoke(*arguments):
    return CliRunner().invoke(app, ["after", *arguments])


def test_the_command_tests_both_worlds_at_the_gate_and_at_dummies(workspace, monkeypatch):
    first = invoke("gate_750", *NEAR, *SMALL)
    assert first.exit_code == 0, first.output
    assert "Does the density of scores jump?" in first.output
    monkeypatch.setattr(density_study, "_scores", None)  # what is stored is read back
    record = json.loads(invoke("gate_750", *NEAR, *SMALL, "--json").stdout)
    assert [(row["world"], row["distance"]) for row in record["density"]] == [
        (world, distance) for world in ("policy", "placebo") for distance in sorted((0, *DUMMIES))
    ]
    made = [row["p"] for row in record["density"] if row["p"] is not None]
    assert made
    assert all(0.0 <= p <= 1.0 for p in made)


def test_where_nobody_responds_both_worlds_are_one():
    result = after("placebo.yaml", ["policy.gate.threshold=660"], users=1500, ticks=40, replicates=2)
    table = density_study.density_tests(result, 1)
    half = len(table["p"]) // 2
    assert np.array_equal(table["p"][:half], table["p"][half:], equal_nan=True)
    assert np.array_equal(table["below"][:half], table["below"][half:], equal_nan=True)
