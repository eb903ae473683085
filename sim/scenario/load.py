"""From a file to a checked scenario: `extends`, deep merge, `--set`, validation, and faults told by file and line."""

import difflib
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.model.gates import gate_kinds
from sim.scenario.hidden import RULE_FAULTS, fields_around, hidden_faults, items_of, place_of
from sim.scenario.reader import UNREADABLE, Document, Fault, Place, ScenarioError, read_leniently, scalar, value_of
from sim.scenario.schema import Scenario

LONGEST_CHAIN = 10

Checked = TypeVar("Checked", bound=BaseModel)
Places = dict[Place, tuple[str, int, int]]
"""File, line and column that each value came from, by its path."""


def shipped_folder() -> Path:
    """Folder of the scenarios that come with the program: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


STUDIES = ("sweeps", "comparisons", "claims", "sensitivity", "optimise", "calibration")
"""Folders below that of the scenarios whose files are studies of scenarios."""


def shipped_files(folder: str = "") -> list[Path]:
    """The shipped scenarios, the plainest first; or the shipped studies of one of the folders `STUDIES`."""
    top = shipped_folder()
    files = sorted((top / folder).rglob("*.yaml"), key=lambda path: (len(path.relative_to(top).parts), path))
    return [path for path in files if folder or path.relative_to(top).parts[0] not in STUDIES]


def shown(path: Path) -> str:
    """A path as a reader of the message would type it."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def find(given: str | Path) -> Path:
    """The scenario file meant by `given`: that path, or else a shipped scenario of that name."""
    path = Path(given)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        return path
    inside = path.relative_to("scenarios") if path.parts[:1] == ("scenarios",) else path
    folder = shipped_folder().resolve()
    shipped = (folder / (inside if path.suffix in (".yaml", ".yml") else f"{inside}.yaml")).resolve()
    try:
        return shipped if shipped.is_relative_to(folder) and shipped.is_file() else path
    except OSError:  # a name too long to be one
        return path


def find_in(folder: str, given: str | Path) -> Path:
    """The file meant by `given`: that path (or shipped scenario), or else the shipped study of that name in `folder`."""
    found = find(given)
    try:
        if found.is_file() or found.is_absolute():
            return found
        study = find(Path(folder) / given)
        return study if study.is_file() else found  # told of by the name that was given
    except (OSError, ValueError):
        return found


def _folder_of(path: Path) -> Path:
    """The folder that a file's `extends` may not leave: the nearest one above it called scenarios, or else its own."""
    for folder in path.resolve().parents:
        if folder.name == "scenarios":
            return folder
    return path.resolve().parent


def related(path: Path, given: Any, place: tuple[str, int, int], key: str) -> Path:
    """The file that `given` (of an `extends` or `baseline`) names, seen from the scenario file `path`.

    Raises ScenarioError if it is not a file inside the scenarios' folder (or a shipped one).
    """
    where, line, column = place

    def fault(message: str) -> ScenarioError:
        return ScenarioError([Fault(where, line, column, key, message)])

    if not isinstance(given, str) or not given or "\x00" in given:
        raise fault(f"{brief(given)} is not a file name; give one such as base.yaml")
    if Path(given).is_absolute():
        raise fault(f"{brief(given)} is an absolute path; give one inside the scenarios' folder")
    allowed = (_folder_of(path), shipped_folder().resolve())
    for start in (path.resolve().parent, shipped_folder()):
        candidate = (start / given).resolve()
        if not any(candidate.is_relative_to(folder) for folder in allowed):
            raise fault(f"{brief(given)} lies outside the scenarios' folder; keep the file inside it")
        try:
            if candidate.is_file():
                return candidate
        except OSError:
            break
    known = sorted({p.name for folder in allowed for p in folder.glob("*.yaml")})
    raise fault(f"{brief(given)}: no such file.{suggestion(given, known)}")


def brief(value: Any) -> str:
    """A value as a fault shows it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def suggestion(given: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that is not known, as a sentence with a space before it; empty if nothing is known."""
    names = list(known)
    close = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known here: {', '.join(names[:12])}." if names else ""


def _check_there(file: Path, given: str) -> None:
    """Raises ScenarioError if there is no such file, with the shipped name that may have been meant."""
    try:
        if file.exists():
            return
    except (OSError, ValueError):
        return  # reading it tells why
    top = shipped_folder()
    known = [path.relative_to(top).with_suffix("").as_posix() for path in sorted(top.rglob("*.yaml"))]
    asked = given.removeprefix("scenarios/").removesuffix(".yaml")
    hint = suggestion(asked, known) if difflib.get_close_matches(asked, known, cutoff=0.7) else ""
    point = "." if hint else ""
    raise ScenarioError([Fault(shown(file), 0, 0, "", f"no such file; give the path of a scenario file{point}{hint}")])


def _merge(base: Any, over: Any) -> Any:
    """Deep merge; a mapping that names another `kind` replaces the one below it, since its keys mean something else."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    if "kind" in over and over["kind"] != base.get("kind"):
        return over
    merged = dict(base)
    for key, value in over.items():
        merged[key] = _merge(base[key], value) if key in base else value
    return merged


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


def apply_settings(data: dict[str, Any], places: Places, settings: Sequence[str]) -> dict[str, Any]:
    """Values with `--set` style changes merged over them; `places` learns where those came from. Raises ScenarioError."""
    changed, faults = _with_settings(data, places, settings)
    if faults:
        raise ScenarioError(faults)
    return changed


def _with_settings(data: dict[str, Any], places: Places, settings: Sequence[str]) -> tuple[dict[str, Any], list[Fault]]:
    """As `apply_settings`, with the faults of form of the changes; what those set is `UNREADABLE`."""
    faults: list[Fault] = []
    for setting in settings:
        where = f"--set {setting}"[:120]
        dotted, equals, text = setting.partition("=")
        words = [word.strip() for word in dotted.split(".")]
        value: Any = UNREADABLE
        try:
            if not equals or not all(words):
                faults.append(Fault(where, 0, 0, "", "write it as --set policy.gate.threshold=700"))
            else:
                value = value_of(text, where)
        except ScenarioError as error:
            faults += [
                Fault(where, 0, 0, ".".join(filter(None, (dotted, one.path))), one.message) for one in error.faults
            ]
        except ValueError as error:
            faults.append(Fault(where, 0, 0, dotted, str(error)))
        if not all(words):
            continue
        parts, patch = _parts(words, data), value
        for part in reversed(parts):
            patch = {part: patch}
        data = _merge(data, patch)
        # What lay below is gone. What lies above is told of here too: a fault of a whole mapping is the last change's.
        for path in [path for path in places if path[: len(parts)] == parts]:
            del places[path]
        for length in range(1, len(parts) + 1):
            places.pop(parts[:length], None)  # so that places stay in the order of the changes
            places[parts[:length]] = (where, 0, 0)
    return data, faults


def _parts(words: list[str], data: Any) -> Place:
    """The keys that words between dots stand for. The longest that the data has goes first, as keys under `vary` and `hinges`
    have dots themselves; under `vary` also a new one, which is the path of what is varied.
    """
    found: list[str] = []
    while words:
        keys = data if isinstance(data, dict) else {}
        known = [length for length in range(len(words), 0, -1) if ".".join(words[:length]) in keys]
        length = known[0] if known else len(words) if found[-1:] == ["vary"] else 1
        found.append(".".join(words[:length]))
        words, data = words[length:], keys.get(found[-1])
    return tuple(found)


def _known_keys(root: type[BaseModel], path: Place, data: Any) -> list[str]:
    """The keys allowed in the mapping that holds the last part of `path`, in a file of the class `root`."""
    return list(fields_around(root, path, data))


def _is_number(text: str) -> bool:
    """Whether a text would be a number without the quotes around it."""
    try:
        return isinstance(scalar(text.strip("'\"")), int | float)
    except ValueError:
        return False


def _say(root: type[BaseModel], error: Any, path: Place, data: Any) -> str:
    kind, given, context = error["type"], error.get("input"), error.get("ctx") or {}
    if kind == "missing":
        return "not given, and needed"
    if kind == "extra_forbidden":
        keys = _known_keys(root, path, data)
        return f"unknown key.{suggestion(path[-1], keys)}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        known = sorted(gate_kinds())
        if kind == "union_tag_not_found":
            return f"no kind given; give kind: {' | '.join(known)}"
        tag = str(context["tag"])
        close = suggestion(tag, known) if difflib.get_close_matches(tag, known) else ""
        return f"kind {brief(tag)} is not known; allowed: {', '.join(known)}.{close}"
    if kind in ("too_long", "too_short"):
        bound = f"at most {context['max_length']}" if kind == "too_long" else f"at least {context['min_length']}"
        return f"{len(given)} given; give {bound}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", error["msg"]))
    allowed = error["msg"]
    for old, new in (
        ("Input should be", "must be"),
        ("a valid integer", "a whole number"),
        ("a valid number", "a number"),
        ("a valid string", "text"),
        ("a valid boolean", "true or false"),
        ("a valid tuple", "a list"),
        ("a valid dictionary or instance of", "a mapping of keys to values for"),
        ("a valid dictionary", "a mapping of keys to values"),
    ):
        allowed = allowed.replace(old, new)
    found = "a mapping" if isinstance(given, dict) else brief(given)
    quoted = isinstance(given, str) and "number" in allowed and _is_number(given)
    hint = " (a number in quotes is text; drop the quotes)" if quoted else ""
    return f"{found} given; {allowed[0].lower() + allowed[1:]}{hint}"


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
        faults.append(Fault(file, line, column, ".".join(path), _say(root, item, path, draft.data)))
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
        return Draft(_merge(self.data, data), self.places | places, self.where)

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
    _check_there(file, str(path))
    data: dict[str, Any] = {}
    places: Places = {}
    chain, form = _chain(file, where)
    whole = not form
    for document in chain:
        data = _merge(data, document.data)
        places.update(document.places)
        form += [fault for fault in document.faults if fault not in form]
    if not settings:
        return Draft(data, places, where, whole=whole), form
    unchanged = Draft(data, dict(places), where, whole=whole)
    changed, faults = _with_settings(data, places, settings)
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
