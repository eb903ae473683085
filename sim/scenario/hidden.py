"""Faults that other faults hide: a rule that crosses fields is not asked while one of its fields is faulty.

It is asked here with other values in place of the faulty ones: none, the smallest and the largest allowed. What it says of all of
them hangs on none of them, and is told; what it says of some alone may vanish once the fault is mended, and is not.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.model.gates import find_gate
from sim.scenario.gate import GateSettings
from sim.scenario.reader import Place

RULE_FAULTS = ("value_error", "assertion_error")
NOTHING = object()


def place_of(item: Any) -> Place:
    """Where a fault, as pydantic tells it, is; one of a key that is not allowed is told at that key's own place."""
    return tuple(str(part) for part in item["loc"] if str(part) != "[key]")


def branch(model: Any, data: Any) -> type[BaseModel] | None:
    """The class that describes `data`, where a field is of a class of settings, or holds a list of them: a gate's is looked up by its `kind`."""
    if model is GateSettings and isinstance(data, dict):
        return find_gate(str(data.get("kind")))
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


def _rules_broken(model: type[BaseModel], data: Any) -> dict[tuple[Place, str], Any]:
    """What rules say of data, by their place and words; empty if none speaks."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        items = error.errors(include_url=False)
        return {(place_of(item), item["msg"]): item for item in items if item["type"] in RULE_FAULTS}
    return {}


def hidden_faults(root: type[BaseModel], data: Any, found: Iterable[tuple[Place, str]]) -> Iterator[Any]:
    """Faults (as pydantic tells them) of rules that cross fields which those found, by path and kind, keep from being asked."""
    found = list(found)
    rules = {path for path, kind in found if kind in RULE_FAULTS and isinstance(_value(data, path), dict)}
    faulty = [(path, kind) for path, kind in found if path not in rules]
    if () in rules or not faulty:
        return
    bare = data
    for path, _ in faulty:
        bare = _without(bare, path)
    doubts = [_in_doubt(root, path, kind, data) for path, kind in faulty]
    sections = {path for path, field in doubts if field is not None and branch(field.annotation, None) is not None}
    for path, _ in doubts:
        bare = bare if path in sections else _without(bare, path)
    told = _rules_broken(root, bare)
    for value_of in (_smallest, _largest):
        other = bare
        for path, field in doubts:
            value = value_of(field) if field is not None else NOTHING
            if value is not NOTHING:
                other = _with(other, path, int(value) if isinstance(value, float) and value.is_integer() else value)
        told = {key: item for key, item in told.items() if key in _rules_broken(root, other)}
    for (path, _), item in told.items():
        if path not in rules and not any(_above(path, section) or _above(section, path) for section in sections):
            yield item


def _above(path: Place, other: Place) -> bool:
    return other[: len(path)] == path
