"""All checks of facts in one table."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from sim.experiments.facts import bureau, credit, density, goodhart, packets, people, striving, viewers
from sim.experiments.facts.row import Check, Effort, Finding
from sim.experiments.facts.targets import Target, targets

CHECKS: dict[str, tuple[Check, tuple[str, ...]]] = {
    "people": (people.check, ("1 ", "2b ", "2c ", "two-sided ")),
    "viewers": (viewers.check, ("2a ", "5c ")),
    "striving": (striving.check, ("3a ", "3b ", "3c ", "3e ")),
    "density": (density.check, ("3d ",)),
    "credit": (credit.check, ("4a ", "4b ", "4c ", "4e ")),
    "packets": (packets.check, ("5a ",)),
    "bureau": (bureau.check, ("4d ",)),
    "goodhart": (goodhart.check, ("4f ",)),
}
"""Families by name: the check and the beginnings of its rows' names."""


class Row(NamedTuple):
    """A target and what the model gives for it."""

    target: Target
    finding: Finding

    @property
    def verdict(self) -> str:
        """pass, miss, inside or outside an axis, reported, or not available."""
        return self.target.verdict(self.finding.value)


def check_facts(effort: Effort, tell: Callable[[str], None] | None = None) -> list[Row]:
    """Every target with its finding, in the order of targets.yaml. tell: called with each family's name as it begins."""
    findings: dict[str, Finding] = {}
    for name, (check, _) in CHECKS.items():
        if tell is not None:
            tell(name)
        findings |= check(effort)
    return [Row(target, findings[target.name]) for target in targets()]


def as_records(rows: list[Row]) -> list[dict[str, Any]]:
    """The rows as JSON-ready objects, NaN as null."""

    def plain(value: float | None) -> float | None:
        return None if value is None or math.isnan(value) else value

    return [
        {
            "name": target.name,
            "what": target.what,
            "unit": target.unit,
            "kind": target.kind,
            "value": plain(finding.value),
            "low": plain(finding.interval.low),
            "high": plain(finding.interval.high),
            "seeds": finding.seeds,
            "target": target.target,
            "target_low": target.low,
            "target_high": target.high,
            "grade": target.grade,
            "source": target.source,
            "verdict": target.verdict(finding.value),
            "fitted": target.fitted,
            "note": finding.note,
        }
        for target, finding in rows
    ]


def summary(rows: list[Row]) -> str:
    """How many of the rows that can pass do, and which do not."""
    judged = [row for row in rows if row.verdict in ("pass", "miss")]
    missed = [row.target.name for row in judged if row.verdict == "miss"]
    gone = [row.target.name for row in rows if row.verdict == "not available"]
    text = f"{len(judged) - len(missed)} of {len(judged)} targets that can be missed are met."
    if missed:
        text += f" Missed: {', '.join(missed)} (why: sim/model/MODEL.md, Facts and misses)."
    return text + (f" Not available: {', '.join(gone)}." if gone else "")
