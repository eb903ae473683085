"""Scenario files: schema, reader, loader."""

from sim.scenario.load import baseline_of, difference, find, load, resolved, scenario_hash, shipped_folder
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
