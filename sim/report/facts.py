"""The table of facts as a terminal shows it."""

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.experiments.facts.check import Row, summary

if TYPE_CHECKING:
    from sim.experiments.facts.targets import Target


def _number(value: float | None, unit: str) -> str:
    if value is None or math.isnan(value):
        return "-"
    if unit == "share":
        return f"{100 * value:.2f}%"
    return f"{value:,.0f}" if unit in ("points", "CNY") else f"{value:.3f}"


def _allowed(target: "Target") -> str:
    if target.kind == "report":
        return "reported"
    low, high = _number(target.low, target.unit), _number(target.high, target.unit)
    text = f"at least {low}" if target.high is None else low if target.low == target.high else f"{low} to {high}"
    return f"not {text}" if target.kind == "falsify" else text


def _fitted(target: "Target") -> str:
    """Beside a verdict, that it is no test: the model was fitted to the row, or the row is one of its inputs."""
    if not target.fitted:
        return ""
    return ", an input" if target.fitted.startswith("an input") else ", fitted"


def print_facts(console: Console, rows: list[Row], quiet: bool = False) -> None:
    """A row a target: value, 95% interval, what is allowed, grade, verdict; then what each is and from where."""
    shown = Table(box=None, pad_edge=False)
    for name in ("target", "value", "95% interval", "allowed", "grade", "seeds", "verdict"):
        shown.add_column(name, justify="right" if name in ("value", "seeds") else "left", no_wrap=True)
    for target, finding in rows:
        unit, interval = target.unit, finding.interval
        bounds = "-" if math.isnan(interval.low) else f"{_number(interval.low, unit)} to {_number(interval.high, unit)}"
        verdict = target.verdict(finding.value)
        style = {"pass": "green", "miss": "bold red"}.get(verdict, "")
        shown.add_row(
            escape(target.name),
            _number(finding.value, unit),
            bounds,
            _allowed(target),
            target.grade,
            str(finding.seeds or "-"),
            (f"[{style}]{verdict}[/]" if style else verdict) + _fitted(target),
        )
    console.print(shown)
    console.print()
    if not quiet:
        for target, finding in rows:
            fitted = target.fitted if target.fitted.startswith("an input") else f"fitted to it: {target.fitted}"
            told = [text for text in (fitted if target.fitted else "", finding.note) if text]
            note = f" ({'; '.join(told)})" if told else ""
            console.print(
                f"{target.name}: {target.what}{note}. Source: {target.source} ({target.grade}).",
                markup=False,
                soft_wrap=True,
            )
        console.print()
    console.print(summary(rows), markup=False, soft_wrap=True)
