"""A scenario to start from: the lines that a person would change, others as comments, each with unit and meaning."""

import json
import os
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.model.gates import find_gate
from sim.scenario.files import shipped_folder
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario

CHANGE = (
    "rule",
    "policy.gate.kind",
    "policy.gate.threshold",
    "policy.gate.covers",
    "policy.circle.opens",
    "policy.campaign.days",
    "policy.campaign.reach",
    "run.users",
    "run.ticks",
    "run.replicates",
)
"""What a person would change first."""
OTHERS = (
    "world.population.responsive_share",
    "world.population.folk_share",
    "world.score.noise",
    "world.awareness.campaign_rate",
    "world.awareness.contact_rate",
    "world.choice.worth_median",
    "world.choice.perk_worth",
    "world.choice.noise",
    "world.choice.spend_boost",
    "world.usage.habit_days",
    "policy.gate.announced",
    "policy.gate.end",
    "policy.circle.closes",
    "switches.choice",
    "switches.circle",
    "run.seed",
)
"""What they might come to change; written as comments."""
FAR_RIGHT = 34
"""Column at which the comments begin."""


def _field(path: str) -> tuple[Any, str]:
    """Default value and description of a setting; of a gate's, as at a threshold."""
    *above, last = path.split(".")
    model: BaseModel = Scenario()
    for part in above:
        model = getattr(model, part)
        if part == "gate":
            threshold = find_gate("threshold")
            assert threshold is not None  # it is shipped
            model = threshold()
    value = getattr(model, last)
    return list(value) if isinstance(value, tuple) else value, str(type(model).model_fields[last].description)


def _lines(paths: tuple[str, ...], commented: tuple[str, ...]) -> list[str]:
    """The settings as nested YAML in the order of the schema; those in `commented` behind a `#`, sections of nothing else too."""
    lines: list[str] = []
    open_sections: list[str] = []
    order = list(Scenario.model_fields)
    ordered = sorted((*paths, *commented), key=lambda path: (order.index(path.split(".")[0]), path.rsplit(".", 1)[0]))
    for path in ordered:
        *above, last = path.split(".")
        for depth, part in enumerate(above):
            if open_sections[depth : depth + 1] != [part]:
                section = ".".join(above[: depth + 1]) + "."
                mark = "" if any(other.startswith(section) for other in paths) else "# "
                lines.append(f"{'  ' * depth}{mark}{part}:")
                open_sections = [*open_sections[:depth], part]
        open_sections = above
        value, meaning = _field(path)
        text = f"{'  ' * len(above)}{'# ' if path in commented else ''}{last}: {json.dumps(value)}"
        lines.append(f"{text.ljust(FAR_RIGHT)} # {meaning}")
    return lines


def starter_text(name: str) -> str:
    """The text of a new scenario called `name`."""
    head = [
        "# A scenario of your own. It takes from base.yaml whatever it does not say; `scoregate show FILE` prints all of it.",
        "# Change the lines that count, take the # off others that you need and off the names they stand below, then:",
        "# scoregate run FILE",
        "# Gates, rules and measures to choose from: scoregate list",
        "extends: base.yaml",
        f"name: {json.dumps(name)}",
        'note: "What this scenario is for."',
        "baseline: open_circle.yaml         # what it is compared with: a file, or a shipped scenario",
    ]
    return "\n".join([*head, *_lines(CHANGE, OTHERS)]) + "\n"


def write_starter(given: str, here: Path) -> Path:
    """Write a new scenario into the folder scenarios of `here`, or into `here`; returns the file.

    Raises ScenarioError for a name that is none, a file that is there, and a folder that cannot be written.
    """
    name = given.removesuffix(".yaml")
    if not re.fullmatch(r"\w[\w-]{0,59}", name):
        raise _refused(given, "is no name for a scenario; give letters, digits, - and _, at most 60, such as my_gate")
    if (shipped_folder() / f"{name}.yaml").is_file():
        raise _refused(given, "is the name of a shipped scenario, which yours would hide; give another name")
    folder = here / "scenarios"
    path = (folder if folder.is_dir() else here) / f"{name}.yaml"
    shown = os.path.relpath(path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter_text(name))
    except FileExistsError:
        raise _refused(shown, "is there already and is not overwritten; give another name") from None
    except OSError as error:
        raise _refused(shown, f"cannot be written ({error.strerror}); go to a folder that is yours") from None
    return path


def _refused(what: str, why: str) -> ScenarioError:
    return ScenarioError([Fault(repr(what)[:80], 0, 0, "", why)])
