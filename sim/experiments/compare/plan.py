"""What a comparison runs and judges: its arms, seeds, measures and guardrails, every name in it checked."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.experiments.cells.job import Job, cell_hash
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS
from sim.experiments.plan import check_memory
from sim.model.measures import MEASURES, USER_MEASURES
from sim.scenario.arms import Comparison, find_comparison, load_comparison
from sim.scenario.comparison import FIRST_STAGE, ComparisonKeys, Guardrail
from sim.scenario.reader import Fault, Place, ScenarioError, read
from sim.scenario.schema import Run, Scenario
from sim.scenario.words import suggestion

KNOWN = {measure.name: (measure.unit, measure.good) for measure in MEASURES} | {
    name: (measure.unit, measure.good) for name, measure in USER_MEASURES.items()
}
"""Unit and good direction of every measure, by name."""


@dataclass(frozen=True)
class ComparisonPlan:
    """A comparison ready to run."""

    comparison: Comparison

    @property
    def keys(self) -> ComparisonKeys:
        """What is judged and how."""
        return self.comparison.keys

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies, the baseline first."""
        return self.comparison.policies

    @property
    def worlds(self) -> tuple[str, ...]:
        """Names of the worlds."""
        return self.comparison.worlds

    @property
    def run(self) -> Run:
        """Size and luck, the same of every arm."""
        return next(iter(self.comparison.arms.values())).run

    @property
    def first(self) -> int:
        """Replicates to begin with (and to end with, unless a width is wanted)."""
        given = self.keys.replicates or self.run.replicates
        return max(given, FIRST_STAGE) if self.keys.until_width is not None else given

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures told of, the primary one first."""
        others = KNOWN if self.keys.measures is None else self.keys.measures
        return (self.keys.primary, *dict.fromkeys(name for name in others if name != self.keys.primary))

    def jobs(self, start: int, stop: int) -> list[Job]:
        """Cells of the replicates from `start` up to `stop`: replicate by replicate, world by world, policy by policy."""
        return [
            Job(self.comparison.arms[policy, world], self.run.seed + replicate, self.keys.reference)
            for replicate in range(start, stop)
            for world in self.worlds
            for policy in self.policies
        ]

    @cached_property
    def key(self) -> str:
        """Identity (12 hex digits): all that is run and judged, and the code that does it."""
        from sim.engines.code import code_hash

        arms = [[policy, world, cell_hash(arm)] for (policy, world), arm in self.comparison.arms.items()]
        judged = self.keys.model_dump(mode="json", exclude={"note", "policies", "worlds"})
        parts = [judged, self.comparison.baseline, arms, self.run.seed, self.first, code_hash(), _own_hash()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]

    def scenario(self, policy: str, world: str) -> Scenario:
        """The scenario of one policy in one world."""
        return self.comparison.arms[policy, world]


def _own_hash() -> str:
    """Hash of the code that judges, so that a stored comparison is not taken for one judged by other rules."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def is_comparison(file: str | Path) -> bool:
    """Whether a file has policies to compare, and so is no scenario (a file that cannot be read is none)."""
    try:
        return "policies" in read(find_comparison(file), str(file)).data
    except ScenarioError:
        return False


def make_comparison_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    until_width: str | float | None = None,
    most_replicates: int | None = None,
) -> ComparisonPlan:
    """Load a comparison file, some of its values replaced. Raises ScenarioError with every fault."""
    given = {
        "run.users": users,
        "run.ticks": ticks,
        "run.seed": seed,
        "replicates": replicates,
        "until_width": until_width,
        "most_replicates": most_replicates,
    }
    changes = [f"{path}={value}" for path, value in given.items() if value is not None]
    plan = ComparisonPlan(load_comparison(file, [*settings, *changes], _unknown_names))
    if len(plan.policies) < 2:
        message = f"only the baseline {plan.policies[0]}; give a policy to compare with it"
        raise ScenarioError([plan.comparison.fault(("policies",), message)])
    check_memory(next(iter(plan.comparison.arms.values())))
    return plan


def _unknown_names(keys: ComparisonKeys, fault: Callable[[Place, str], Fault]) -> list[Fault]:
    """Faults of names of measures and groups."""
    faults: list[Fault] = []

    def check(name: str, known: Sequence[str], path: Place, what: str) -> None:
        if name not in known:
            faults.append(fault(path, f"{name!r:.60} is not {what}.{suggestion(name, known)}"))

    check(keys.primary, list(KNOWN), ("primary",), "a measure")
    for place, name in enumerate(keys.measures or ()):
        check(name, list(KNOWN), ("measures", str(place)), "a measure")
    for place, guardrail in enumerate(keys.guardrails):
        path = ("guardrails", str(place))
        if guardrail.group is None:
            check(guardrail.measure, list(KNOWN), (*path, "measure"), "a measure")
            continue
        check(guardrail.measure, list(GROUP_MEASURES), (*path, "measure"), "measured of a group")
        check(guardrail.group.kind, list(GROUPS), (*path, "group", "kind"), "a kind of group")
        groups = GROUPS.get(guardrail.group.kind)
        if groups is not None:
            check(guardrail.group.group, groups, (*path, "group", "group"), f"a group of {guardrail.group.kind}")
    return faults


def of_group(guardrail: Guardrail) -> tuple[str, str, str] | None:
    """Kind, group and measure of a guardrail of a group; None where it is of all users."""
    if guardrail.group is None:
        return None
    return guardrail.group.kind, guardrail.group.group, guardrail.measure
