"""The table of patterns in MODEL.md: every target of the facts with what the model gives for it."""

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = ("Pattern", "Source", "Grade", "Allowed", "Model (95% interval)", "Verdict")
POINTS = {"share": 100.0}
"""Units told as percentages."""


def facts_table(records: Sequence[Mapping[str, Any]]) -> str:
    """The rows of a check of the facts (`facts.json`) as a Markdown table, every verdict with what was fitted to the row."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for one in records:
        cells = (
            f"**{one['name']}**: {one['what']}",
            one["source"],
            one["grade"],
            _allowed(one),
            _value(one),
            _verdict(one),
        )
        lines.append(f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


def _number(value: float, unit: str) -> str:
    """A number as it is read: percentages of shares to three digits, others to three digits."""
    scaled = value * POINTS.get(unit, 1.0)
    text = f"{scaled:,.0f}" if abs(scaled) >= 100 else f"{scaled:.3g}"
    return "0" if text == "-0" else text


def _suffix(unit: str) -> str:
    return "%" if unit in POINTS else "" if unit in ("ratio",) else f" {unit}"


def _allowed(one: Mapping[str, Any]) -> str:
    low, high, unit = one["target_low"], one["target_high"], one["unit"]
    if one["kind"] == "report":
        return "reported"
    if low is None or high is None:
        text = f"at most {_number(high, unit)}" if low is None else f"at least {_number(low, unit)}"
    else:
        text = _number(low, unit) if low == high else f"{_number(low, unit)} to {_number(high, unit)}"
    return ("not " if one["kind"] == "falsify" else "") + text + _suffix(unit)


def _value(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return f"not measured: {one['note']}" if one["note"] else "not measured"
    text = _number(one["value"], one["unit"]) + _suffix(one["unit"])
    if one["low"] is None:
        return text
    return f"{text} ({_number(one['low'], one['unit'])} to {_number(one['high'], one['unit'])})"


def _verdict(one: Mapping[str, Any]) -> str:
    verdict = "**miss**" if one["verdict"] == "miss" else str(one["verdict"])
    if one["verdict"] == "pass" and one["kind"] == "falsify":
        verdict = "pass: it fails, as it must"
    fitted = one["fitted"]
    return f"{verdict} ({fitted if fitted.startswith('an input') else f'fitted: {fitted}'})" if fitted else verdict
