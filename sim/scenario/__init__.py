"""Scenario files: schema, reader, loader."""

from sim.scenario.files import find, shipped_folder
from sim.scenario.load import baseline_of, difference, load, resolved, scenario_hash
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario

__all__ = [
    "Fault",
    "Scenario",
    "ScenarioError",
    "baseline_of",
    "difference",
    "find",
    "load",
    "resolved",
    "scenario_hash",
    "shipped_folder",
]
