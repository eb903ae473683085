"""What there is to choose from: scenarios, gates, decision rules, beliefs, measures; a line each, in their own words."""

from importlib import import_module

from sim.experiments.after.measures import AFTER_MEASURES
from sim.model.choice import decision_rule, rule_names
from sim.model.gates import gate_kinds
from sim.model.measures import MEASURES, USER_MEASURES
from sim.scenario.files import STUDIES, shipped_files, shipped_folder
from sim.scenario.load import load
from sim.scenario.reader import read
from sim.scenario.world import PopulationWorld

BELIEFS = {"known": None, "folk": "folk_share", "learned": "learned_share"}
"""Beliefs and the field of the population that says how many hold them; the rest know."""


def first_line(text: str | None) -> str:
    """The first line of a docstring, without the full stop."""
    return (text or "").strip().split("\n")[0].strip().rstrip(".")


def _scenarios() -> dict[str, str]:
    return {path.relative_to(shipped_folder()).as_posix(): load(path).note or "(no note)" for path in shipped_files()}


def _studies(folder: str) -> dict[str, str]:
    """Shipped files of one kind of study, and their notes."""
    return {path.name: str(read(path, path.name).data.get("note", "(no note)")) for path in shipped_files(folder)}


def _rules() -> dict[str, str]:
    return {name: first_line(import_module(decision_rule(name).value.__module__).__doc__) for name in rule_names()}


def _beliefs() -> dict[str, str]:
    fields = PopulationWorld.model_fields
    told = {
        name: f"{fields[field].description} (world.population.{field})" if field else ""
        for name, field in BELIEFS.items()
    }
    return told | {"known": "The rest: users who know the score's formula"}


def _measures() -> dict[str, str]:
    told = {m.name: f"{m.meaning} [{m.unit}]" for m in MEASURES}
    return told | {name: f"{m.meaning} [{m.unit}]" for name, m in USER_MEASURES.items()}


def catalogue() -> dict[str, dict[str, str]]:
    """Sections by name; in each, what there is and what it is."""
    return {
        "scenarios": _scenarios(),
        **{folder: _studies(folder) for folder in STUDIES},
        "gates": {kind: first_line(settings.__doc__) for kind, settings in gate_kinds().items()},
        "rules": _rules(),
        "beliefs": _beliefs(),
        "measures": _measures(),
        "after-effects": {m.name: f"{m.meaning} [{m.unit}]" for m in AFTER_MEASURES},
    }
