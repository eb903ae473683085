"""The chapter of a check of the facts: the table of targets, misses included."""

import json
import math
from pathlib import Path
from typing import Any

from sim.report.numbers import NONE, count
from sim.report.page.parts import Block, Card, Chapter, Facts, Grid, Section
from sim.results.find import FACTS
from sim.results.store import ResultError

JUDGED = ("pass", "miss")


def read(folder: Path) -> list[dict[str, Any]]:
    """The rows that a check wrote into a folder. Raises ResultError."""
    try:
        rows = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        return [
            {name: row[name] for name in (*COLUMNS, "what", "unit", "source", "note", "kind", "fitted")} for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError(
            f"{folder / FACTS}: not a table of facts ({type(error).__name__}); scoregate check-facts writes it again"
        ) from None


COLUMNS = ("name", "value", "low", "high", "target_low", "target_high", "grade", "seeds", "verdict")


def chapter(rows: list[dict[str, Any]]) -> Chapter:
    """A check of the facts as a chapter."""
    judged = [row for row in rows if row["verdict"] in JUDGED]
    missed = [str(row["name"]) for row in judged if row["verdict"] == "miss"]
    answer = f"{len(judged) - len(missed)} of {len(judged)} targets that can be missed are met."
    fitted = sum(row["verdict"] == "pass" and row["fitted"] != "" for row in judged)
    if fitted:
        answer = f"{answer.removesuffix('.')}, {fitted} of them by what the model was fitted to or given."
    if missed:
        answer += f" Missed: {', '.join(missed)}."
    gone = sum(row["verdict"] == "not available" for row in rows)
    cards = (
        Card("targets met", f"{len(judged) - len(missed)}", f"of {len(judged)} that can be missed"),
        Card("of them fitted or given", str(fitted), "a pass there is no test of the model"),
        Card("missed", str(len(missed)), ""),
        Card("sensitivity axes and reports", str(len(rows) - len(judged) - gone), "nothing is passed or missed there"),
        Card("not available", str(gone), "could not be measured at this size"),
    )
    head = ("target", "what", "unit", "value", "95% interval", "allowed", "grade", "n", "verdict")
    grid = Grid(
        f"{count(len(rows), 'target')}. n: seeds, or trials of a share. Grades: A paper or primary document, B press, C weak, "
        "M recalled, D derived.",
        head,
        tuple(_row(row) for row in rows),
        frozenset((3, 4, 5, 7)),
    )
    sources = Grid(
        "Sources and notes",
        ("target", "source", "fitted to it", "note"),
        tuple(tuple(str(row[name]) for name in ("name", "source", "fitted", "note")) for row in rows),
        folded=True,
    )
    blocks: tuple[Block, ...] = (grid, sources)
    return Chapter(
        "facts",
        "Facts",
        "How does the model hold against the published facts?",
        answer,
        cards,
        (
            Section("Targets", blocks),
            Section("Provenance", (Facts((("command", "scoregate check-facts"),)),)),
        ),
    )


def _number(value: float | None, unit: str) -> str:
    if value is None or math.isnan(value):
        return NONE
    if unit == "share":
        return f"{100 * value:.2f}%"
    return f"{value:,.0f}" if unit in ("points", "CNY") else f"{value:.3f}"


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    unit = str(row["unit"])
    value, low, high, least, most = (
        _number(row[name], unit) for name in ("value", "low", "high", "target_low", "target_high")
    )
    allowed = "reported" if row["kind"] == "report" else f"at least {least}" if most == NONE else f"{least} to {most}"
    if row["kind"] == "falsify":
        allowed = f"not {allowed}"
    interval = NONE if NONE in (low, high) else f"{low} to {high}"
    told = (str(row["name"]), str(row["what"]), unit, value, interval, allowed, str(row["grade"]))
    return (*told, str(row["seeds"] or NONE), _verdict(row))


def _verdict(row: dict[str, Any]) -> str:
    """A verdict; a pass that is no test of the model, since it was fitted to the row or given it, says so."""
    fitted, verdict = str(row["fitted"]), str(row["verdict"])
    if not fitted or verdict == "miss":
        return verdict
    return f"{verdict}, {'an input' if fitted.startswith('an input') else 'fitted'}"
