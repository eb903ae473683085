"""What a visitor chose: a scenario, and values typed over it; as settings, as a file, and as a command.

Everything is text as it was typed, and is read by the same reader that reads `--set`, so that a fault is told in the same words.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sim.experiments.plan import RunPlan, make_plan
from sim.model.gates import find_gate, gate_kinds
from sim.scenario.changes import note_with_changes, with_changes
from sim.scenario.files import shipped_files, shipped_folder
from sim.scenario.gate import GateSettings
from sim.scenario.load import load
from sim.scenario.reader import Fault, ScenarioError, read
from sim.scenario.schema import Scenario
from sim.scenario.settings import apply_settings
from sim.scenario.text import as_yaml

KIND = "policy.gate.kind"
COMMON = (
    "policy.circle.opens",
    "policy.circle.closes",
    "policy.gate.announced",
    "policy.gate.start",
    "policy.gate.end",
    "world.population.responsive_share",
    "world.choice.worth_median",
    "run.users",
    "run.ticks",
    "run.seed",
)
"""Settings that can be changed whatever the gate."""
LONGEST_NOTE = 2000
"""Letters that a scenario's note may have."""
MOST_USERS = 50_000
"""Users that the lab starts with at most: as many as stay lively to watch."""


@dataclass(frozen=True)
class Choice:
    """A scenario file and what was typed over it.

    file: path of the file, or name of a shipped scenario; shipped: whether it is one; typed: text by path of the setting,
    only what differs from the file.
    """

    file: str
    shipped: bool = True
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> list[str]:
        """As `--set` takes them; the kind of gate first, since the other settings of a gate belong to its kind."""
        return [f"{path}={text}" for path, text in sorted(self.typed.items(), key=lambda item: item[0] != KIND)]

    def with_typed(self, texts: dict[str, str]) -> "Choice":
        """This choice with the texts of a form: those that say what the file says anyway are left out."""
        original = texts_of(load(self.file), paths_of(texts.get(KIND)))
        kind_kept = original.get(KIND) == texts.get(KIND)
        typed = {}
        for path, text in texts.items():
            own = path.startswith("policy.gate.") and not kind_kept
            if own and path != KIND and text == "":
                continue  # another kind of gate starts from its own values
            if own or text.strip() != original.get(path, ""):
                typed[path] = text.strip()
        return replace(self, typed=typed)

    def plan(self) -> RunPlan:
        """Both worlds. Raises ScenarioError with the faults told by the path of the setting."""
        try:
            return make_plan(self.file, self.settings)
        except ScenarioError as error:
            raise ScenarioError([_told(fault) for fault in error.faults]) from None

    def command(self, name: str | None = None) -> str:
        """The command that runs the same in a terminal, and finds the same figures: the lab shows the first replicate.

        name: of the file where it is not a shipped one.
        """
        parts = ["scoregate", "run", name or self.file]
        for setting in self.settings:
            parts += ["--set", setting]
        return shlex.join([*parts, "--replicates", "1"])

    def text(self, name: str) -> str:
        """The choice as a scenario file of this name, read once as `run` will read it. Raises ScenarioError where it cannot be run."""
        changes, before = self.plan().changes, load(self.file)
        data: dict[str, Any] = (
            {"extends": self.file} if self.shipped else read(Path(self.file), Path(self.file).name).data
        )
        data = {**data, "name": name, "note": _note(before, changes, self.shipped)}
        made = apply_settings(data, {}, self.settings)
        text = as_yaml(made)
        with TemporaryDirectory(prefix="scoregate-lab-") as folder:
            file = Path(folder) / "saved.yaml"
            file.write_text(text, encoding="utf-8")
            check_loaded(file, "the file to be saved")
        return text


def _note(before: Scenario, changes: Sequence[str], shipped: bool) -> str:
    """What a saved file says of itself: what it was made from, with which changes, and what a visitor's own file said."""
    if not shipped and not changes:
        return before.note
    own = "" if shipped else note_with_changes(before.name, before.note, changes)
    return f"{with_changes(before.name, changes)}, made in the lab. {own}".strip()[:LONGEST_NOTE]


def _told(fault: Fault) -> Fault:
    """A fault without the place where a program put the value: its path says which field is meant."""
    return Fault(fault.path, 0, 0, "", fault.message) if fault.where.startswith("--set") and fault.path else fault


def scenarios() -> list[str]:
    """Names of the shipped scenarios that have a baseline to be seen beside, the plainest first."""
    names = [path.relative_to(shipped_folder()).as_posix() for path in shipped_files()]
    return sorted((name for name in names if load(name).baseline), key=lambda name: name != "gate_750.yaml")


def gate_fields(kind: str) -> list[str]:
    """The numbers that a kind of gate has of its own."""
    settings = find_gate(kind)
    own = settings.model_fields if settings is not None else {}
    return [
        name for name, one in own.items() if name not in GateSettings.model_fields and one.annotation in (int, float)
    ]


def kinds() -> list[str]:
    """Kinds of gate."""
    return list(gate_kinds())


def paths_of(kind: str | None) -> list[str]:
    """Settings of the form for a kind of gate."""
    return [KIND, *(f"policy.gate.{name}" for name in gate_fields(kind or "")), *COMMON]


def meaning(path: str, kind: str) -> str:
    """What a setting means, with its unit."""
    *above, last = path.split(".")
    model: Any = Scenario()
    for part in above:
        model = find_gate(kind) if part == "gate" else getattr(model, part)
    cls: Any = model if isinstance(model, type) else type(model)
    return str(cls.model_fields[last].description)


def texts_of(scenario: Scenario, paths: Iterable[str]) -> dict[str, str]:
    """The values of a scenario as a form shows them ("" for none), by path."""
    data = scenario.model_dump(mode="json")
    found = {}
    for path in paths:
        value: Any = data
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        found[path] = "" if value is None else str(value)
    return found


def fresh_texts(file: str, kind: str | None = None) -> dict[str, str]:
    """The form for a scenario file as it first shows; kind: of gate, if another than the file's. Raises ScenarioError."""
    scenario = load(file)
    here = texts_of(scenario, [KIND])[KIND]
    wanted = kind or here
    texts = texts_of(scenario, paths_of(wanted))
    settings = find_gate(wanted)
    if wanted != here and settings is not None:
        texts[KIND] = wanted
        for name in gate_fields(wanted):
            texts[f"policy.gate.{name}"] = str(settings.model_fields[name].default)
    texts["run.users"] = str(min(scenario.run.users, MOST_USERS))
    return texts


def check_loaded(path: Path, name: str) -> None:
    """Raises ScenarioError, faults told by the name of the file, where a file given by a visitor is no sound scenario."""
    try:
        make_plan(path)
    except ScenarioError as error:
        shown = path.name
        raise ScenarioError(
            [replace(fault, where=name if Path(fault.where).name == shown else fault.where) for fault in error.faults]
        ) from None
