"""Parameters of a sweep: what one entry under `vary` means, its values, and where each would be told if it is wrong."""

import difflib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sim.scenario.load import Draft
from sim.scenario.reader import Fault, Place
from sim.scenario.schema import Scenario
from sim.scenario.settings import Places

ROLES = {
    "world": "world",
    "rule": "world",
    "mixture": "world",
    "policy": "policy",
    "switches": "switch",
    "run": "run",
}
"""What may be varied, by the first part of its path, and what it is: world (no policy decides it), policy, switch, run."""

NOT_VARIED = {
    "run.seed": "all points share their seeds, so that they differ by the parameters alone; set it under run",
    "run.replicates": "all points have as many replicates; give replicates beside vary",
}
MOST_LEVELS = 10_000
RANGE_KEYS = ("from", "to", "step", "points", "scale")

Where = tuple[str, int, int]


@dataclass(frozen=True)
class Level:
    """One value of a parameter. value: number or text, as told; patch: what it changes in the scenario; places: of the patch."""

    value: Any
    patch: dict[str, Any]
    places: Places


@dataclass(frozen=True)
class Span:
    """All values from `low` to `high`. log: evenly spread in the logarithm; whole: whole numbers, both ends included."""

    low: float
    high: float
    log: bool
    whole: bool

    def value(self, share: float) -> float:
        """The value below which `share` (0 to 1) of the span lies."""
        end = self.high + 1 if self.whole else self.high
        if self.log:
            found = math.exp(math.log(self.low) + share * (math.log(end) - math.log(self.low)))
        else:
            found = self.low + share * (end - self.low)
        if self.whole:
            return min(max(math.floor(found), int(self.low)), int(self.high))
        return min(max(found, self.low), self.high)  # at the ends a logarithm and back can miss by a last digit


@dataclass(frozen=True)
class Parameter:
    """What is varied under one name.

    path: as under `vary`; role: world, policy, switch, run or several; unit, meaning: of the scenario's field; place: of the
    entry; log: whether the values are spread evenly in the logarithm; levels: values listed (none if there is a span
    instead, of which a design draws).
    """

    path: str
    role: str
    unit: str
    meaning: str
    place: Where
    log: bool
    levels: tuple[Level, ...]
    span: Span | None = None

    def at(self, share: float) -> Level:
        """The level at a share (0 to 1, 1 left out) of the way through the values, each level as likely as any other."""
        if self.span is None:
            return self.levels[int(share * len(self.levels))]
        return _level(self.path, self.span.value(share), self.place)

    def of(self, value: float) -> Level:
        """The level of a value of the span (a number), or of that place (a whole number) among the levels listed."""
        if self.span is None:
            return self.levels[int(value)]
        return _level(self.path, int(value) if self.span.whole else value, self.place)

    @property
    def is_numeric(self) -> bool:
        """Whether all values are numbers."""
        return self.span is not None or all(_is_number(level.value) for level in self.levels)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def told(value: Any) -> Any:
    """A value as a table tells it: a number as it is, anything else as text."""
    if _is_number(value):
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _level(path: str, value: Any, place: Where) -> Level:
    """The level that gives the scenario's value at a dotted path."""
    parts: Place = tuple(path.split("."))
    patch: Any = value
    for part in reversed(parts):
        patch = {part: patch}
    return Level(told(value), patch, {parts: place})


def union(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two patches as one, the other's values on top."""
    both = dict(one)
    for key, value in other.items():
        here = both.get(key)
        both[key] = union(here, value) if isinstance(here, dict) and isinstance(value, dict) else value
    return both


def parameters(
    vary: Mapping[str, Any], own: Draft, base: Scenario | None, design: str
) -> tuple[tuple[Parameter, ...], list[Fault]]:
    """The parameters of `vary` and everything wrong with them. own: places of the sweep's keys; base: unvaried scenario."""
    faults: list[Fault] = []
    found = []
    for path, given in vary.items():
        one = _Reader(path, given, own, base, design, faults).parameter()
        if one is not None:
            found.append(one)
    return tuple(found), faults


def _field(base: Scenario | None, path: str) -> tuple[str, str, Any]:
    """Unit, meaning and type of the field at a path; empty, empty and None where the unvaried scenario has none."""
    node: Any = base
    parts = path.split(".")
    for part in parts[:-1]:
        node = getattr(node, part, None)
    fields = type(node).model_fields if isinstance(node, BaseModel) else {}
    if parts[-1] not in fields:
        return "", "", None
    field = fields[parts[-1]]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    meaning = str(field.description or "").rsplit(" [", 1)[0]
    return str(extra.get("unit", "")), meaning, field.annotation


class _Reader:
    """Reads one entry under `vary`; what is wrong with it is added to `faults`."""

    def __init__(
        self, path: str, given: Any, own: Draft, base: Scenario | None, design: str, faults: list[Fault]
    ) -> None:
        self.path, self.given, self.own, self.design = path, given, own, design
        self.faults = faults
        self.unit, self.meaning, self.type = _field(base, path)
        self.place = own.places.get(("vary", path)) or own.places[("vary",)]

    def fault(self, message: str, *below: str) -> None:
        """Add a fault, at a place below the entry where it is known."""
        place = self.own.places.get(("vary", self.path, *below), self.place)
        self.faults.append(Fault(*place, ".".join((self.path, *below)), message))

    def parameter(self) -> Parameter | None:
        """The parameter, or None with faults."""
        root = self.path.split(".")[0]
        if self.path in NOT_VARIED:
            self.fault(NOT_VARIED[self.path])
            return None
        is_patches = (
            isinstance(self.given, dict)
            and bool(self.given)
            and all(isinstance(value, dict) for value in self.given.values())
        )
        if root not in ROLES and (not is_patches or "." in self.path):
            close = difflib.get_close_matches(root, ROLES, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            self.fault(
                f"not a part of the scenario that can be varied; allowed: a path that begins with {', '.join(ROLES)}, "
                f"or a name of your own over named patches, each a mapping.{hint}"
            )
            return None
        before = len(self.faults)
        role, span = ROLES.get(root, ""), None
        levels: tuple[Level, ...] = ()
        if is_patches:
            levels = tuple(self.patch(str(label), value) for label, value in self.given.items())
            roots = {ROLES[part] for level in levels for part in level.patch if part in ROLES}
            role = roots.pop() if len(roots) == 1 else "several"
        elif isinstance(self.given, list):
            levels = self.listed()
        elif isinstance(self.given, dict):
            levels, span = self.range()
        else:
            self.fault(
                f"{told(self.given)!r} given; write a list [a, b], a range {{from: a, to: b, step: c}} or "
                "{from: a, to: b, points: n, scale: log}, or named patches {name: {...}}"
            )
        if len(self.faults) > before:
            return None
        log = isinstance(self.given, dict) and self.given.get("scale") == "log"
        return Parameter(self.path, role, self.unit, self.meaning, self.place, log, levels, span)

    def listed(self) -> tuple[Level, ...]:
        """Levels of a list."""
        if not self.given:
            self.fault("an empty list; give at least one value")
        at = [self.own.places.get(("vary", self.path, str(k)), self.place) for k in range(len(self.given))]
        return tuple(_level(self.path, value, place) for value, place in zip(self.given, at, strict=True))

    def patch(self, label: str, value: dict[str, Any]) -> Level:
        """The level of a named patch: below the section of the scenario that the entry names, or else of the whole."""
        above: Place = tuple(self.path.split(".")) if self.path.split(".")[0] in ROLES else ()
        given, patch = ("vary", self.path, label), dict(value)
        for part in reversed(above):
            patch = {part: patch}
        if not above:
            for key in value:
                if key not in ROLES:
                    self.fault(f"unknown key; allowed: {', '.join(ROLES)}", label, key)
        run = patch.get("run")
        for name in ("seed", "replicates"):
            if isinstance(run, dict) and name in run:
                self.fault(NOT_VARIED[f"run.{name}"], label)
        places = {
            (*above, *path[len(given) :]): place
            for path, place in self.own.places.items()
            if path[: len(given)] == given
        }
        return Level(label, patch, places)

    def range(self) -> tuple[tuple[Level, ...], Span | None]:
        """Levels of a range, or its span where it names neither a step nor a number of points."""
        given, nothing = self.given, ((), None)
        for key in given:
            if key not in RANGE_KEYS:
                self.fault(f"unknown key of a range; allowed: {', '.join(RANGE_KEYS)}", key)
                return nothing
        low, high = given.get("from"), given.get("to")
        if not _is_number(low) or not _is_number(high):
            self.fault("a range needs numbers for from and to")
            return nothing
        if not low < high:
            self.fault(f"the range goes from {low} to {high}; to must be greater than from")
            return nothing
        scale = given.get("scale", "linear")
        if scale not in ("linear", "log"):
            self.fault(f"{told(scale)!r} given; allowed: linear, log", "scale")
            return nothing
        if scale == "log" and low <= 0:
            self.fault(f"a log range needs a from above 0; {low} given", "from")
            return nothing
        step, points = given.get("step"), given.get("points")
        if step is not None and (points is not None or scale == "log"):
            self.fault("give a step or points, not both; a log range takes points")
            return nothing
        whole = self.type is int or (self.type is None and isinstance(low, int) and isinstance(high, int))
        if step is not None:
            return self.stepped(low, high, step), None
        if points is not None:
            return self.spaced(low, high, points, scale == "log", whole), None
        if self.design not in ("latin_hypercube", "sobol"):
            self.fault(f"a {self.design} design needs a step or points in every range")
            return nothing
        if whole and (low != int(low) or high != int(high)):
            self.fault(f"whole numbers only: from {low} to {high} given")
            return nothing
        return (), Span(low, high, scale == "log", whole)

    def stepped(self, low: float, high: float, step: Any) -> tuple[Level, ...]:
        """Levels from `low` by `step` as far as `high`, in decimals, so that 0.1 three times is 0.3."""
        if not _is_number(step) or step <= 0:
            self.fault(f"{told(step)!r} given; a step is a number above 0", "step")
            return ()
        start, width, end = (Decimal(str(number)) for number in (low, step, high))
        count = int((end - start) / width) + 1
        if count > MOST_LEVELS:
            self.fault(f"{count:,} values; give at most {MOST_LEVELS:,}", "step")
            return ()
        are_whole = isinstance(low, int) and isinstance(step, int)
        values = [start + k * width for k in range(count)]
        return tuple(_level(self.path, int(v) if are_whole else float(v), self.place) for v in values)

    def spaced(self, low: float, high: float, points: Any, log: bool, whole: bool) -> tuple[Level, ...]:
        """Levels evenly spaced from `low` to `high`, both included; to the nearest whole number where only those are allowed."""
        if not isinstance(points, int) or isinstance(points, bool) or not 2 <= points <= MOST_LEVELS:
            self.fault(f"{told(points)!r} given; points is a whole number from 2 to {MOST_LEVELS:,}", "points")
            return ()
        shares = [k / (points - 1) for k in range(1, points - 1)]
        inner = [low * (high / low) ** share if log else low + share * (high - low) for share in shares]
        values = [low, *(float(f"{value:.12g}") for value in inner), high]
        if whole:
            values = [round(value) for value in values]
            if len(set(values)) < len(values):
                self.fault(
                    f"{points} points do not fall on as many whole numbers from {low} to {high}; give fewer", "points"
                )
        return tuple(_level(self.path, value, self.place) for value in values)
