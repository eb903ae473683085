"""Faults that other faults hide: a rule that crosses fields is not asked while one of its fields is faulty, nor while a rule
within one of the sections that it crosses is broken.

It is asked here with other values in place of the faulty ones: none, the smallest and the largest allowed; and with every single
change of a section that mends the broken rule there, until no rule of a section is broken. What it says of all of them hangs on
none of them, and is told; what it says of some alone may vanish once the fault is mended, and is not.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.model.gates import find_gate
from sim.scenario.gate import GateSettings
from sim.scenario.reader import Place
from sim.scenario.strict import BrokenRules

RULE_FAULTS = ("value_error", "assertion_error")
NOTHING = object()
MOST_MENDED = 3
"""How often sections are mended one after another, to see what their broken rules hide."""

Rules = dict[tuple[Place, str], Any]
"""Faults of rules as pydantic tells them, by their place and words."""


def place_of(item: Any) -> Place:
    """Where a fault, as pydantic tells it, is; one of a key that is not allowed is told at that key's own place."""
    return tuple(str(part) for part in item["loc"] if str(part) != "[key]")


def branch(model: Any, data: Any) -> type[BaseModel] | None:
    """The class that describes `data`, where a field is of a class of settings, or holds a list of them: a gate's is looked up by its `kind`."""
    if model is GateSettings and isinstance(data, dict):
        try:
            return find_gate(str(data.get("kind")))
        except ValueError:  # of a package that cannot be loaded, which is told as a fault of its own
            return None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return model
    return next((found for part in get_args(model) if (found := branch(part, None)) is not None), None)


def fields_around(root: type[BaseModel], path: Place, data: Any) -> dict[str, FieldInfo]:
    """The fields allowed in the mapping that holds the last part of `path`, in a file of the class `root`, by name."""
    model: type[BaseModel] | None = root
    for part in path[:-1]:
        if part.isdigit():  # a place in a list, whose class is that of the list's field
            continue
        if model is None or part not in model.model_fields:
            return {}
        data = data.get(part) if isinstance(data, dict) else None
        model = branch(model.model_fields[part].annotation, data)
    return dict(model.model_fields) if model is not None else {}


def _bound(field: FieldInfo, inclusive: Any, exclusive: Any, name: str, step: float) -> Any:
    for one in field.metadata:
        if isinstance(one, inclusive):
            return getattr(one, name)
        if isinstance(one, exclusive):
            return getattr(one, name.replace("e", "t")) + step
    return NOTHING


def _smallest(field: FieldInfo) -> Any:
    return _bound(field, Ge, Gt, "ge", 1e-6)


def _largest(field: FieldInfo) -> Any:
    return _bound(field, Le, Lt, "le", -1e-6)


def _in_doubt(root: type[BaseModel], path: Place, kind: str, data: Any) -> tuple[Place, FieldInfo | None]:
    """The value that a fault at `path` leaves in doubt, and its field: of a misspelt key, that of the key meant."""
    fields = fields_around(root, path, data)
    if kind == "extra_forbidden":
        meant = next(iter(difflib.get_close_matches(path[-1], fields, n=1, cutoff=0.6)), None)
        return ((*path[:-1], meant), fields[meant]) if meant is not None else (path, None)
    return path, fields.get(path[-1])


def _value(data: Any, path: Place) -> Any:
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return NOTHING
        data = data[part]
    return data


def _without(data: Any, path: Place) -> Any:
    """The data without the value at a path (without the whole list, if that stands in one)."""
    if not isinstance(data, dict) or not path or path[0] not in data:
        return data
    inner = data[path[0]]
    if len(path) == 1 or not isinstance(inner, dict):
        return {key: value for key, value in data.items() if key != path[0]}
    return {**data, path[0]: _without(inner, path[1:])}


def _with(data: Any, path: Place, value: Any) -> Any:
    """The data with a value at a path, where there is a mapping to hold it."""
    inner = data.get(path[0], {}) if isinstance(data, dict) else None
    if not isinstance(data, dict) or (len(path) > 1 and not isinstance(inner, dict)):
        return data
    return {**data, path[0]: value if len(path) == 1 else _with(inner, path[1:], value)}


def items_of(error: ValidationError) -> list[Any]:
    """Faults as pydantic tells them, each rule of several that are broken at once as one of its own."""
    items: list[Any] = []
    for item in error.errors(include_url=False):
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, BrokenRules):
            items += [{**item, "msg": said, "ctx": {"error": said}} for said in cause.messages]
        else:
            items.append(item)
    return items


def _rules_broken(model: type[BaseModel], data: Any) -> Rules:
    try:
        model.model_validate(data)
    except ValidationError as error:
        return {(place_of(item), item["msg"]): item for item in items_of(error) if item["type"] in RULE_FAULTS}
    return {}


def _whatever_the_numbers(message: str) -> str:
    return re.sub(r"\d[\d.]*", "#", message)


def _others(field: FieldInfo) -> list[Any]:
    """Values that a field may take instead: none given, the smallest and largest allowed, each of a list of names."""
    plain = [int(v) if isinstance(v, float) and v.is_integer() else v for v in (_smallest(field), _largest(field))]
    named = [True, False] if field.annotation is bool else []
    if get_origin(field.annotation) is Literal:
        named = list(get_args(field.annotation))
    return [NOTHING, *(value for value in (*plain, *named) if value is not NOTHING)]


def _changes(model: type[BaseModel], data: Any) -> Iterator[Any]:
    """The data of a section with one of its values changed, or left out; its `kind` says what it is, and stays."""
    for name, field in model.model_fields.items():
        inner = branch(field.annotation, data.get(name))
        if name == "kind":
            continue
        if inner is None:
            for value in _others(field):
                yield _without(data, (name,)) if value is NOTHING else {**data, name: value}
        elif isinstance(data.get(name, {}), dict):
            yield from ({**data, name: changed} for changed in _changes(inner, data.get(name, {})))


def _mendings(root: type[BaseModel], data: Any, path: Place, message: str) -> list[Any]:
    """The section at a path with every one change that makes the rule which says `message` there hold, first where all its rules do."""
    section = _value(data, path)
    field = fields_around(root, path, data).get(path[-1])
    model = branch(field.annotation, section) if field is not None else None
    if model is None:
        return []
    words = _whatever_the_numbers(message)
    clean, mended = [], []
    for changed in _changes(model, section):
        try:
            model.model_validate(changed)
        except ValidationError as error:
            items = items_of(error)
            if any(item["type"] not in RULE_FAULTS or _whatever_the_numbers(item["msg"]) == words for item in items):
                continue
            mended.append(changed)
        else:
            clean.append(changed)
    return clean + mended


def _told(root: type[BaseModel], data: Any, depth: int = MOST_MENDED) -> Rules | None:
    """What rules say of data, and what they say however the sections whose own rules are broken are mended.

    depth: how often what was mended may be mended again; None where some section is still broken then.
    """
    rules = _rules_broken(root, data)
    sections = {path: words for path, words in rules if path and isinstance(_value(data, path), dict)}
    if not sections:
        return rules
    mended = [(path, _mendings(root, data, path, words)) for path, words in sections.items()] if depth else []
    if not all(changes for _, changes in mended):
        return None
    common: Rules | None = None
    for k in range(
        max((len(changes) for _, changes in mended), default=0)
    ):  # every change of each section at least once
        other = data
        for path, changes in mended:
            other = _with(other, path, changes[k % len(changes)])
        told = _told(root, other, depth - 1)
        if told is not None:
            common = _common(common, told)
            if not common:  # nothing is hidden
                return rules
    return None if common is None else rules | common


def _common(told: Rules | None, other: Rules) -> Rules:
    """What all say; told: those asked before, if any."""
    return other if told is None else {key: item for key, item in told.items() if key in other}


def hidden_faults(root: type[BaseModel], data: Any, found: Iterable[tuple[Place, str, str]]) -> Iterator[Any]:
    """Faults (as pydantic tells them) of rules that cross fields which those found, by path, kind and words, keep from being asked."""
    found = list(found)
    rules = {
        (path, words) for path, kind, words in found if kind in RULE_FAULTS and isinstance(_value(data, path), dict)
    }
    if any(not path for path, _ in rules):
        return
    faulty = [(path, kind) for path, kind, words in found if (path, words) not in rules]
    bare = data
    for path, _ in faulty:
        bare = _without(bare, path)
    doubts = [_in_doubt(root, path, kind, data) for path, kind in faulty]
    sections = {path for path, field in doubts if field is not None and branch(field.annotation, None) is not None}
    for path, _ in doubts:
        bare = bare if path in sections else _without(bare, path)
    told = _told(root, bare) or _rules_broken(root, bare)
    for value_of in (_smallest, _largest) if doubts else ():
        other = bare
        for path, field in doubts:
            value = value_of(field) if field is not None else NOTHING
            if value is not NOTHING:
                other = _with(other, path, int(value) if isinstance(value, float) and value.is_integer() else value)
        told = _common(told, _told(root, other) or _rules_broken(root, other))
    for (path, words), item in told.items():
        if (path, words) not in rules and not any(
            _above(path, section) or _above(section, path) for section in sections
        ):
            yield item


def _above(path: Place, other: Place) -> bool:
    return other[: len(path)] == path
