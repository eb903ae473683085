"""The table of parameters: every value that a scenario can set, straight from the fields of the schema.

python -m sim.scenario.parameters > sim/model/PARAMETERS.md (as `scoregate schema --markdown`)
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.model.choice import decision_rule, rule_names
from sim.model.gates import gate_kinds
from sim.scenario.finance import Lender
from sim.scenario.gate import GateSettings
from sim.scenario.perks import PerkLevel
from sim.scenario.policy import Policy
from sim.scenario.quantity import SOURCES
from sim.scenario.schema import Scenario

ABOUT_THE_FILE = ("format", "name", "note", "baseline")
"""Keys that say what a file is, and set nothing of the model."""
OWN = "sim.model."
"""Where kinds of gates and rules of choice lie that come with the model; the page tells of no others, whoever has registered some."""
LISTS: dict[str, type[BaseModel]] = {"world.lending.lenders": Lender, "world.choice.perk_levels": PerkLevel}
"""Parameters that are lists of settings, and of what."""
COLUMNS = ("parameter", "default", "unit", "allowed", "source", "grade", "meaning")


class ParameterRow(NamedTuple):
    """One parameter as the table tells it. group: what it belongs to; about: the group in a sentence; path: as in a scenario file."""

    group: str
    about: str
    path: str
    default: str
    unit: str
    allowed: str
    source: str
    grade: str
    meaning: str


def parameter_rows() -> list[ParameterRow]:
    """Every parameter, in the order of base.yaml; the numbers of every kind of gate and of a lender where they belong."""
    return list(_of_model(Scenario(), "", "rule", "How those who respond choose."))


def _of_model(model: BaseModel, prefix: str, group: str, about: str) -> Iterator[ParameterRow]:
    for name, field in type(model).model_fields.items():
        path, value = f"{prefix}{name}", getattr(model, name)
        if isinstance(value, GateSettings):
            yield from _of_gates(path)
        elif isinstance(value, BaseModel):
            yield from _of_model(value, f"{path}.", path, _first_line(type(value)))
        elif path not in ABOUT_THE_FILE:
            yield _row(group, about, path, value, field)
        if path in LISTS:
            for number, inner in LISTS[path].model_fields.items():
                yield _row(group, about, f"{path}[].{number}", inner.default, inner)


def _of_gates(path: str) -> Iterator[ParameterRow]:
    """What all kinds of gate have, then what each has of its own."""
    common = Policy().gate
    for name, field in GateSettings.model_fields.items():
        yield _row(path, "What every kind of gate has.", f"{path}.{name}", getattr(common, name), field)
    for kind, settings in gate_kinds().items():
        if not settings.__module__.startswith(OWN):
            continue
        made = settings()
        for name, field in settings.model_fields.items():
            if name not in GateSettings.model_fields and name != "kind":
                group = f"{path}, kind {kind}"
                yield _row(group, _first_line(settings), f"{path}.{name}", getattr(made, name), field)


def _row(group: str, about: str, path: str, value: Any, field: FieldInfo) -> ParameterRow:
    given = field.json_schema_extra
    extra: dict[str, Any] = given if isinstance(given, dict) else {}
    meaning, _, unit = str(field.description or "").rpartition(" [")
    allowed = ", ".join(_shipped_rules()) if path == "rule" else _allowed(field.annotation, field.metadata)
    told = (_default(value), str(extra.get("unit", unit.rstrip("]"))), allowed)
    return ParameterRow(group, about, path, *told, str(extra.get("source", "-")), str(extra.get("grade", "-")), meaning)


def _shipped_rules() -> list[str]:
    return [name for name in rule_names() if decision_rule(name).value.__module__.startswith(OWN)]


def _default(value: Any) -> str:
    """A default as a scenario file has it; many alike by their number, what is a mapping of its own by its rows below."""
    if isinstance(value, tuple):
        if value and isinstance(value[0], BaseModel):
            return f"{len(value)} alike, as below"
        if len(value) > 1 and len(set(value)) == 1:
            return f"{len(value)} times {_default(value[0])}"
        return "[" + ", ".join(_default(one) for one in value) + "]"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return json.dumps(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(annotation: Any, metadata: list[Any]) -> str:
    """What a parameter may be, in words: the words allowed, or the range, of one or of each of several."""
    own = _range(metadata)
    inner = get_args(annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(str(one) for one in inner)
    if annotation is bool:
        return "on, off"
    if annotation is date:
        return "any date"
    if own:
        return f"{own} or none" if type(None) in inner else own
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "as below"
    of_parts = [_allowed(*_unwrapped(one)) for one in inner if one is not Ellipsis]
    found = [one for one in of_parts if one]
    if get_origin(annotation) is tuple and found:
        return f"each {found[0]}"
    return f"each {found[-1]}" if get_origin(annotation) is dict and found else next(iter(found), "")


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    """A type and what is said of it: Annotated taken apart, its fields too."""
    if not hasattr(annotation, "__metadata__"):
        return annotation, []
    said: list[Any] = []
    for one in annotation.__metadata__:
        said += one.metadata if isinstance(one, FieldInfo) else [one]
    return annotation.__origin__, said


def _range(metadata: list[Any]) -> str:
    """The range of a number: `0 to 1`, or `above 0, to 50`; empty if none is set."""
    bounds = {name: getattr(one, name) for one in metadata for name in ("ge", "gt", "le", "lt") if hasattr(one, name)}
    if not bounds:
        return ""
    low = f"{_number(bounds['ge'])}" if "ge" in bounds else f"above {_number(bounds['gt'])},"
    return f"{low} to {_number(bounds['le'])}" if "le" in bounds else f"{low} below {_number(bounds['lt'])}"


def _number(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:g}"


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").split("\n")[0].strip()


def parameters_text() -> str:
    """The table as Markdown: a section per group, a row per parameter, and how many rest on what."""
    rows = parameter_rows()
    of_world = [row for row in rows if row.path.startswith("world.")]
    grades = Counter(row.grade for row in of_world)
    rests = ", ".join(f"{grades[grade]} on {grade}" for grade in "ABCMD" if grades[grade])
    lines = [
        "# Parameters",
        "Every value that a scenario can set, from the fields of the schema (`scoregate schema --markdown` writes this page, and a test",
        "holds the two together; what the values do: [MODEL.md](MODEL.md)).",
        f"{SOURCES}",
        "Grades: A paper or primary document, B press, C weak, M recalled, D derived from other facts; a dash: no source.",
        "Where a source supports the form and not the value, it says so.",
        "",
        f"Of the {len(of_world)} values of the world {rests}, and {grades['-']} on no source: assumptions, or the model's own design.",
    ]
    for group in dict.fromkeys(row.group for row in rows):
        here = [row for row in rows if row.group == group]
        lines += ["", f"## {group}", here[0].about, "", f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
        lines += [_line(row) for row in here]
    return "\n".join(lines) + "\n"


def _line(row: ParameterRow) -> str:
    cells = (f"`{row.path}`", row.default, row.unit, row.allowed, row.source, row.grade, row.meaning)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    print(parameters_text(), end="")
