"""Scenarios as text: resolved, compared, as a schema, and base.yaml written from the fields themselves."""

import json
from typing import Any

from pydantic import BaseModel

from sim.scenario.load import difference, resolved
from sim.scenario.quantity import SOURCES
from sim.scenario.schema import Scenario
from sim.scenario.text import as_yaml


def json_schema() -> dict[str, Any]:
    """JSON Schema of scenario files (with `extends`), for editors."""
    made = Scenario.model_json_schema()
    made["title"] = "scoregate scenario"
    made["properties"]["extends"] = {"type": "string", "description": "Scenario file that this one changes [file]"}
    return made


def resolved_text(scenario: Scenario) -> str:
    """The resolved scenario as YAML."""
    return as_yaml(resolved(scenario))


def difference_text(one: Scenario, other: Scenario) -> str:
    """Lines `path: value here | value there` where two scenarios differ."""
    rows = difference(resolved(one), resolved(other))
    if not rows:
        return "no difference\n"
    return "".join(f"{path}: {_value(here)} | {_value(there)}\n" for path, here, there in rows)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _comment(field: Any) -> str:
    extra = field.json_schema_extra or {}
    source, grade = extra.get("source"), extra.get("grade")
    text = str(field.description or "")
    if source:
        text += f"; {source}" + (f" ({grade})" if grade and grade != "-" else "")
    return text


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _section(model: BaseModel, depth: int) -> list[str]:
    lines = []
    pad = "  " * depth
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            doc = (type(value).__doc__ or "").split("\n")[0].strip()
            lines += [f"{pad}{name}:  # {doc}", *_section(value, depth + 1)]
        else:
            lines.append(f"{pad}{name}: {_value(_plain(value))}  # {_comment(field)}")
    return lines


def base_text() -> str:
    """The text of scenarios/base.yaml: every value with meaning, unit, source and grade, straight from the fields."""
    scenario = Scenario(
        name="base",
        note="Every value of a scenario with its meaning, unit, source and grade; other files extend this one.",
    )
    head = [
        "# Every value with its meaning, [unit], source and grade. Other scenarios extend this file and change what they are about.",
        "# Grades: A paper or primary document, B press, C weak, M recalled, D derived.",
        f"# {SOURCES}",
        "# Written from the fields of the schema; a test holds the two together.",
    ]
    return "\n".join([*head, *_section(scenario, 0)]) + "\n"
