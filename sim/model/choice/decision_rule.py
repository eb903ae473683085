"""What a decision rule is: the one shape that engines know, and the list of those that exist.

A rule from outside the package joins the list by `register(DecisionRule(...))`, or without a call by an entry point of the
group `scoregate.choices` whose name is the rule's and whose object is its `DecisionRule`.
"""

import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

ENTRY_POINTS = "scoregate.choices"

Table = NDArray[np.float64]


def nothing_to_prepare(scenario: "Scenario") -> Table:
    """For a rule that needs no numbers of its own."""
    return np.zeros(0)


class DecisionRule(NamedTuple):
    """A way of choosing a plan.

    name: in a scenario; value: `value(prospect, table)`, marked `@rule`, the worth (CNY today) of a plan that would reach the
    gate, at or below OUT_OF_THE_RUNNING for one that is not to be taken; prepare: the rule's own numbers for a scenario, and
    whatever it solves before the run, as one float64 array of one dimension (the `table`); strives: false if its users
    never make an effort, so that they have no reason to look up their score either.
    """

    name: str
    value: Callable[..., float]
    prepare: Callable[["Scenario"], Table] = nothing_to_prepare
    strives: bool = True


_known: dict[str, DecisionRule] = {}


def register(rule: DecisionRule) -> None:
    """Add a decision rule; raises ValueError if another of that name is there."""
    if _known.setdefault(rule.name, rule) != rule:
        raise ValueError(f"a decision rule named {rule.name!r} is registered already; give yours another name")


def rule_names() -> tuple[str, ...]:
    """Names of all decision rules, those of installed packages too."""
    return tuple(sorted({*_known, *(point.name for point in entry_points(group=ENTRY_POINTS))}))


def exists(name: str) -> bool:
    """Whether there is a decision rule of that name."""
    return name in _known or any(entry_points(group=ENTRY_POINTS, name=name))


def decision_rule(name: str) -> DecisionRule:
    """The decision rule of that name; raises KeyError if there is none, TypeError if an entry point gives something else."""
    if name not in _known:
        for point in entry_points(group=ENTRY_POINTS, name=name):
            found: Any = point.load()
            if not isinstance(found, DecisionRule) or found.name != name:
                raise TypeError(f"entry point {name} of {ENTRY_POINTS} is no DecisionRule of that name")
            register(found)
    return _known[name]


def prepared(rule: DecisionRule, scenario: "Scenario") -> Table:
    """The rule's table for a scenario, as engines take it; raises TypeError if it is no row of numbers."""
    table = np.ascontiguousarray(rule.prepare(scenario), np.float64)
    if table.ndim != 1 or not np.isfinite(table).all():
        raise TypeError(
            f"decision rule {rule.name} prepared an array of shape {table.shape}; give one row of finite numbers"
        )
    return table


def fingerprint(rule: DecisionRule) -> str:
    """Identity of the code of a rule from outside the package, of which a stored result has to know; empty for our own."""
    ours = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for function in (rule.value, rule.prepare):
        source = Path(inspect.getsourcefile(function) or "")
        if not source.resolve().is_relative_to(ours):
            digest.update(source.read_bytes())
            digest.update(function.__qualname__.encode())
    return "" if digest.digest() == hashlib.sha256().digest() else f"{rule.name}:{digest.hexdigest()[:16]}"
