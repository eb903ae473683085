"""The targets as data: read from targets.yaml, checked, and what a finding means against one."""

import math
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

Kind = Literal["fit", "falsify", "axis", "report"]
KINDS = ("fit", "falsify", "axis", "report")
GRADES = ("A", "B", "C", "M", "D")


class Target(NamedTuple):
    """One row: what is measured, what is allowed (low to high; None: open), where it comes from and how good that is.

    fitted: what of the model was chosen with the row in view; empty where nothing was, so that the row is a test.
    """

    name: str
    what: str
    unit: str
    kind: Kind
    grade: str
    source: str
    low: float | None = None
    target: float | None = None
    high: float | None = None
    fitted: str = ""

    def verdict(self, value: float) -> str:
        """pass or miss; on an axis, inside or outside; reported; or not available."""
        if math.isnan(value):
            return "not available"
        if self.kind == "report":
            return "reported"
        inside = (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        if self.kind == "axis":
            return "inside (axis)" if inside else "outside (axis)"
        return "pass" if inside == (self.kind == "fit") else "miss"


@cache
def _data() -> dict[str, Any]:
    text = (Path(__file__).parent / "targets.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def targets() -> tuple[Target, ...]:
    """All targets, in order."""
    return tuple(Target(**row) for row in _data()["rows"])


class ViewerPoint(NamedTuple):
    """People who had viewed the campus circle by a time, as a share of all users."""

    time: str
    share: float
    grade: str


def viewer_points() -> tuple[ViewerPoint, ...]:
    """The published viewer curve."""
    data = _data()["viewers"]
    return tuple(ViewerPoint(p["time"], p["millions"] / data["users"], p["grade"]) for p in data["points"])
