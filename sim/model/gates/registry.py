"""Where the kinds of gates are found: shipped, registered by a program, or brought by an installed package.

Every kind is named by where its settings class lies and imported when first asked for, so that nothing depends on what was
imported before, and the model and the schema can each be imported first.
"""

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.gate import GateSettings

GROUP = "scoregate.gates"
"""Group of entry points by which a package brings kinds: `my_kind = "my_package.my_module:MyGate"`."""

ARGUMENTS = ("score", "starting_score", "day", "invited", "offer", "cutoff", "tie", "a", "b", "c", "d")
"""What every admission rule is given, in this order (see `sim.model.gates`)."""

SHIPPED = {
    "none": "none:NoCircle",
    "open": "open_circle:OpenCircle",
    "threshold": "threshold:Threshold",
    "soft": "soft:Soft",
    "tiers": "tiers:Tiers",
    "top_share": "top_share:TopShare",
    "stretch": "stretch:Stretch",
    "rising": "rising:Rising",
    "lottery": "lottery:Lottery",
    "price": "price:Price",
    "invitation": "invitation:Invitation",
}
"""The kinds that come with the model: file and class."""

_found: "dict[str, type[GateSettings]]" = {}


def register_gate(settings: "type[GateSettings]") -> "type[GateSettings]":
    """Make a kind of gate known to scenarios; returns the class, so that it can stand as a decorator.

    settings: a subclass of `sim.scenario.gate.GateSettings` whose field `kind` names it and whose `admission` is its rule.
    Raises TypeError if it has not the shape of a gate, ValueError if its name is taken by another.
    """
    kind = _kind_of(settings)
    taken = _found.get(kind) or (_load(kind) if kind in SHIPPED else None)
    if taken is not None and taken is not settings:
        raise ValueError(f"gate {settings.__name__}: kind {kind!r} is {taken.__name__} already; give it another name")
    _found[kind] = settings
    return settings


def find_gate(kind: str) -> "type[GateSettings] | None":
    """The settings class of a kind, or None if there is none of that name."""
    if kind not in _found and (kind in SHIPPED or kind in {point.name for point in _points()}):
        settings = _load(kind)
        if _kind_of(settings) != kind:
            raise ValueError(
                f"gate {settings.__name__} calls itself {_kind_of(settings)!r} and is announced as {kind!r}"
            )
        _found[kind] = settings
    return _found.get(kind)


def gate_kinds() -> "dict[str, type[GateSettings]]":
    """The settings class of every kind there is, the shipped ones first."""
    names = dict.fromkeys([*SHIPPED, *sorted({*_found, *(point.name for point in _points())} - {*SHIPPED})])
    return {name: settings for name in names if (settings := find_gate(name)) is not None}


def _points() -> list[EntryPoint]:
    return [point for point in entry_points(group=GROUP) if point.name not in SHIPPED]


def _load(kind: str) -> "type[GateSettings]":
    if kind in SHIPPED:
        module, _, name = SHIPPED[kind].partition(":")
        settings: type[GateSettings] = getattr(import_module(f"sim.model.gates.{module}"), name)
        return settings
    point = next(point for point in _points() if point.name == kind)
    try:
        settings = point.load()
    except Exception as error:
        raise ValueError(
            f"gate {kind}: {point.value} cannot be loaded ({error}); repair or remove the package that brings it"
        ) from error
    return settings


def _kind_of(settings: "type[GateSettings]") -> str:
    """Name of a kind, by its settings class. Raises TypeError where the class has not the shape of a gate."""
    from sim.scenario.gate import GateSettings

    if not (isinstance(settings, type) and issubclass(settings, GateSettings)):
        raise TypeError(f"{settings!r} is no gate; make it a subclass of sim.scenario.gate.GateSettings")
    field = settings.model_fields.get("kind")
    if field is None or not isinstance(field.default, str):
        raise TypeError(f'gate {settings.__name__} has no name; give it the field kind: Literal["my_kind"] = "my_kind"')
    rule = getattr(settings, "admission", None)
    if rule is None or tuple(signature(rule).parameters) != ARGUMENTS:
        raise TypeError(f"gate {settings.__name__}: its rule admission must take ({', '.join(ARGUMENTS)})")
    return field.default
