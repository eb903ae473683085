"""From a file to a checked scenario: `extends`, deep merge, `--set`, validation, and faults told by file and line."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.scenario.files import check_there, find, related, shipped_folder, shown
from sim.scenario.hidden import RULE_FAULTS, hidden_faults, items_of, place_of
from sim.scenario.reader import UNREADABLE, Document, Fault, Place, ScenarioError, read_leniently
from sim.scenario.schema import Scenario
from sim.scenario.settings import Places, merge, with_settings
from sim.scenario.words import say

LONGEST_CHAIN = 10

Checked = TypeVar("Checked", bound=BaseModel)


@lru_cache(maxsize=64)
def _unchanged(path: Path, where: str, _modified: int, _size: int) -> Document:
    return read_leniently(path, where)


def _read(path: Path, where: str) -> Document:
    """As `read`, a file that has not changed since being parsed once: many policies extend the same few files."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return read_leniently(path, where)
    found = _unchanged(path.absolute(), where, state.st_mtime_ns, state.st_size)
    return Document(dict(found.data), found.places, found.faults)


def _chain(path: Path, where: str) -> tuple[list[Document], list[Fault]]:
    """The file and all it extends, the most basic first, as far as they can be read; and why the rest cannot.

    Raises ScenarioError if the file itself cannot be read.
    """
    chain = [_read(path, where)]
    seen = [path.resolve()]
    try:
        while "extends" in chain[0].data:
            given, place = chain[0].data.pop("extends"), chain[0].places[("extends",)]
            if given is UNREADABLE:  # told as a fault of form
                raise ScenarioError([])
            parent = related(path, given, place, "extends")
            if parent in seen:
                circle = " -> ".join(p.name for p in [*seen[seen.index(parent) :], parent])
                message = f"goes in a circle: {circle}; let one file extend nothing"
                raise ScenarioError([Fault(*place, "extends", message)])
            if len(chain) >= LONGEST_CHAIN:
                raise ScenarioError([Fault(*place, "extends", f"a chain of more than {LONGEST_CHAIN} files")])
            path = parent
            chain.insert(0, _read(path, shown(path)))
            seen.append(path.resolve())
    except ScenarioError as error:
        return chain, error.faults or [fault for fault in chain[0].faults if fault.path == "extends"]
    return chain, []


def _faults(error: ValidationError, root: type[BaseModel], draft: "Draft") -> list[Fault]:
    faults = []
    items = items_of(error)
    paths = [place_of(item) for item in items]
    found = [(path, item["type"], item["msg"]) for path, item in zip(paths, items, strict=True)]
    hidden = list(hidden_faults(root, draft.data, found)) if draft.whole else []
    for item, path in zip([*items, *hidden], [*paths, *map(place_of, hidden)], strict=True):
        if _is_unreadable(item) or not (draft.whole or _stays(item)):
            continue
        known = path
        while known and known not in draft.places:
            known = known[:-1]
        file, line, column = draft.places.get(known, (draft.where, 0, 0))
        faults.append(Fault(file, line, column, ".".join(path), say(root, item, path, draft.data)))
    return sorted(faults, key=lambda f: (f.where, f.line, f.path))


def _is_unreadable(item: Any) -> bool:
    """Whether a fault is of a value whose form is faulty, which is told already."""
    given, kind = item.get("input"), item["type"]
    if kind in ("union_tag_invalid", "union_tag_not_found") and isinstance(given, dict):
        given = given.get("kind")
    return given is UNREADABLE and kind != "extra_forbidden"


def _stays(item: Any) -> bool:
    """Whether a fault is one whatever the files that cannot be read say: not of what is not given, nor of values together."""
    if item["type"] in ("missing", "union_tag_not_found"):
        return False
    return item["type"] not in RULE_FAULTS or not isinstance(item.get("input"), dict)


def _told_apart(faults: list[Fault], unchanged: "Draft", model: type[BaseModel], places: Places) -> list[Fault]:
    """Faults of a changed draft, each where it belongs: what was wrong before the changes is told of where it stands, and a
    new fault of the scenario as a whole of all changes, since any of them may have brought it.
    """
    try:
        unchanged.checked(model)
        before = {}
    except ScenarioError as error:
        before = {(fault.path, fault.message): fault for fault in error.faults}
    changes = " ".join(dict.fromkeys(place[0] for place in places.values() if place[0].startswith("--set")))
    return [
        before.get(
            (fault.path, fault.message), replace(fault, where=changes, line=0, column=0) if not fault.path else fault
        )
        for fault in faults
    ]


@dataclass(frozen=True)
class Draft:
    """A file (and all it extends) as plain values not yet checked, with the place that each came from.

    unchanged: the same without the `--set` style changes made to it, if any were; whole: all that it extends could be read.
    """

    data: dict[str, Any]
    places: Places
    where: str
    unchanged: "Draft | None" = None
    whole: bool = True

    def patched(self, data: dict[str, Any], places: Places) -> "Draft":
        """This draft with values merged over it; `places` by the path of the value within the draft."""
        return Draft(merge(self.data, data), self.places | places, self.where)

    def checked(self, model: type[Checked]) -> Checked:
        """The draft as a checked object of a class of settings. Raises ScenarioError with all faults found."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            faults = _faults(error, model, self)
        if self.unchanged is not None:
            faults = _told_apart(faults, self.unchanged, model, self.places)
        raise ScenarioError(faults)


def draft(path: str | Path, settings: Sequence[str] = ()) -> Draft:
    """A scenario file (or shipped scenario) and all it extends, with `--set` style changes on top, not yet checked.

    Raises ScenarioError where something cannot be read, with what else is wrong with the file as a scenario, but for keys of
    its own, which a study has.
    """
    made, form = _draft(path, settings)
    if form:
        raise ScenarioError(_with_form(form, [fault for fault in _faults_of(made) if "." in fault.path]))
    return made


def _draft(path: str | Path, settings: Sequence[str]) -> tuple[Draft, list[Fault]]:
    """As `draft`, with the faults of form."""
    file = find(path)
    where = shown(file)
    check_there(file, str(path))
    data: dict[str, Any] = {}
    places: Places = {}
    chain, form = _chain(file, where)
    whole = not form
    for document in chain:
        data = merge(data, document.data)
        places.update(document.places)
        form += [fault for fault in document.faults if fault not in form]
    if not settings:
        return Draft(data, places, where, whole=whole), form
    unchanged = Draft(data, dict(places), where, whole=whole)
    changed, faults = with_settings(data, places, settings)
    return Draft(changed, places, where, unchanged, whole), [*form, *faults]


def _faults_of(draft: Draft) -> list[Fault]:
    """What is wrong with a draft as a scenario."""
    try:
        draft.checked(Scenario)
    except ScenarioError as error:
        return error.faults
    return []


def _with_form(form: list[Fault], others: list[Fault]) -> list[Fault]:
    """Faults of form, and those others that are of no value whose form is faulty."""
    told = [tuple(fault.path.split(".")) for fault in form]
    more = [fault for fault in others if not _within(fault.path, told)]
    return sorted([*form, *more], key=lambda f: (f.where, f.line, f.path))


def _within(path: str, places: Iterable[Place]) -> bool:
    parts = tuple(path.split("."))
    return any(parts[: len(place)] == place for place in places)


def load_shipped(name: str, settings: Sequence[str] = ()) -> Scenario:
    """The shipped scenario of this file name, whatever lies in the current folder; otherwise as `load`."""
    return load(shipped_folder() / name, settings)


def load(path: str | Path, settings: Sequence[str] = ()) -> Scenario:
    """The checked scenario of a file (or shipped scenario), with `--set` style changes applied on top.

    path: file, or name of a shipped scenario; settings: "policy.gate.threshold=700" and the like.
    Raises ScenarioError with all faults found.
    """
    made, form = _draft(path, settings)
    if form:
        raise ScenarioError(_with_form(form, _faults_of(made)))
    return made.checked(Scenario)


def baseline_of(path: str | Path, scenario: Scenario) -> Path | None:
    """The file that the scenario at `path` names as its baseline, seen from the file that names it, or None."""
    if scenario.baseline is None:
        return None
    file, written = find(path), draft(path)
    place = (shown(file), 0, 0)
    if written.data.get("baseline") == scenario.baseline:  # and not set on the command line
        place = written.places[("baseline",)]
        file = Path(place[0])
    return related(file, scenario.baseline, place, "baseline")


def resolved(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain values, every default written out."""
    return scenario.model_dump(mode="json")


def scenario_hash(scenario: Scenario) -> str:
    """Hash (16 hex digits) of all that can change a result: name, note and baseline left out."""
    data = resolved(scenario)
    for key in ("name", "note", "baseline"):
        data.pop(key)
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def difference(one: Any, other: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Where two resolved scenarios differ: (path, value here, value there), in the order of the schema."""
    if isinstance(one, dict) and isinstance(other, dict):
        rows: list[tuple[str, Any, Any]] = []
        for key in [*one, *(k for k in other if k not in one)]:
            rows += difference(one.get(key), other.get(key), f"{path}.{key}" if path else key)
        return rows
    return [] if one == other else [(path, one, other)]
