"""What an optimise file runs: the scenario of every policy in every world, and every name in the file checked."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments.cells.job import cell_hash
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS
from sim.experiments.compare.plan import KNOWN
from sim.experiments.measured import lacking
from sim.experiments.optimise.space import Candidate, Space, space_of
from sim.experiments.plan import as_baseline, check_memory, size_settings
from sim.scenario.comparison import GroupName, Guardrail
from sim.scenario.optimise import Family, Objective, OptimiseFile, World, read_optimise
from sim.scenario.reader import Fault, Place, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.vary import Level, union
from sim.scenario.words import suggestion


@dataclass(frozen=True)
class OptimisePlan:
    """A search ready to run."""

    file: OptimiseFile

    @cached_property
    def space(self) -> Space:
        """What is searched."""
        return space_of(self.file.families)

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """1 where more of an objective is wanted, -1 where less."""
        return tuple(direction(objective) for objective in self.file.keys.objectives)

    def levels(self, candidate: Candidate) -> tuple[Level, ...]:
        """The levels of what is searched, of one policy."""
        family = self._family(candidate)
        return tuple(p.of(value) for p, value in zip(family.parameters, candidate.values, strict=True))

    def label(self, candidate: Candidate) -> str:
        """A policy in a few words: its family, and what was searched."""
        family = self._family(candidate)
        named = zip(family.parameters, self.levels(candidate), strict=True)
        return " ".join([family.name, *(f"{p.path.rsplit('.', 1)[-1]}={_short(level.value)}" for p, level in named)])

    def patch(self, candidate: Candidate) -> dict[str, Any]:
        """What a policy changes of its family."""
        patch: dict[str, Any] = {}
        for level in self.levels(candidate):
            patch = union(patch, level.patch)
        return patch

    def scenario(self, candidate: Candidate, world: World) -> Scenario:
        """The scenario of a policy in a world. Raises ScenarioError."""
        places = {path: place for level in self.levels(candidate) for path, place in level.places.items()}
        made = self._family(candidate).draft.patched(self.patch(candidate), places)
        return made.patched(world.data, world.places).checked(Scenario)

    def baseline(self, world: World) -> Scenario:
        """The baseline in a world. Raises ScenarioError."""
        start = self.file.families[0].draft.patched(world.data, world.places).checked(Scenario)
        return as_baseline(self.file.baseline.patched(world.data, world.places).checked(Scenario), start)

    def _family(self, candidate: Candidate) -> Family:
        return next(family for family in self.file.families if family.name == candidate.family)

    @cached_property
    def key(self) -> str:
        """Identity (12 hex digits): all that is searched and judged, and the code that does it."""
        from sim.engines.code import code_hash

        searched = [
            [[p.path, repr(p.span), [[level.value, level.patch] for level in p.levels]] for p in family.parameters]
            for family in self.file.families
        ]
        drafts = [family.draft.data for family in self.file.families]
        judged = self.file.keys.model_dump(mode="json", exclude={"families"})
        arms = [cell_hash(self.baseline(world)) for world in self.file.worlds]
        parts = [searched, drafts, judged, arms, self.file.base.run.seed, code_hash(), own_hash()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def direction(objective: Objective) -> int:
    """1 if more of an objective is wanted, -1 if less, 0 if the file does not say and the measure is neither good nor bad."""
    if objective.want is not None:
        return 1 if objective.want == "more" else -1
    known = KNOWN if objective.group is None else GROUP_MEASURES
    return known[objective.measure][1] if objective.measure in known else 0


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace('"', "")


def own_hash() -> str:
    """Hash of the code of this package, so that a stored search is not taken for one done by other rules."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def make_optimise_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
) -> OptimisePlan:
    """Read an optimise file; check every family in every world, in the middle of what is searched and at its edges.

    users, ticks, seed: instead of the file's. Raises ScenarioError with all faults. (Two values that are allowed alone but not
    together make a policy that cannot be run, which the search leaves out with its reason.)
    """
    plan = OptimisePlan(read_optimise(file, [*settings, *size_settings(users=users, ticks=ticks, seed=seed)]))
    faults = [*_of_names(plan.file), *_of_scenarios(plan)] or _of_measures(plan)
    if faults:
        raise ScenarioError(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.line, fault.path)))
    check_memory(plan.file.base)
    return plan


def _of_scenarios(plan: OptimisePlan) -> list[Fault]:
    """Faults of the scenarios at the edges of what is searched, and of the baseline in every world."""
    found: dict[tuple[str, int, str], Fault] = {}
    for world in plan.file.worlds:
        try:
            plan.baseline(world)
            for candidate in _edges(plan.space):
                plan.scenario(candidate, world)
        except ScenarioError as error:
            for fault in error.faults:
                found.setdefault((fault.where, fault.line, fault.path), fault)
    return list(found.values())


def _of_measures(plan: OptimisePlan) -> list[Fault]:
    """Faults of objectives and guardrails that are not measured in the baseline or in a family, as a mechanism is off there."""
    file, faults = plan.file, []
    lowest = {family: Candidate(family, tuple(one.low for one in own)) for family, own in plan.space.items()}
    for world in file.worlds:
        arms = {"the baseline": plan.baseline(world)}
        arms |= {f"the family {name}": plan.scenario(candidate, world) for name, candidate in lowest.items()}
        named: dict[str, tuple[Objective | Guardrail, ...]] = {
            "objectives": file.keys.objectives,
            "guardrails": file.keys.guardrails,
        }
        for key, asked in named.items():
            for place, one in enumerate(asked):
                whys = {arm: lacking(one.measure, scenario, one.group is not None) for arm, scenario in arms.items()}
                arm = next((arm for arm, why in whys.items() if why), None)
                if arm is not None:
                    message = f"{one.measure} is not measured in {arm}, where {whys[arm]}; switch it on, or name another measure"
                    faults.append(file.fault((key, str(place), "measure"), message))
    return faults


def _edges(space: Space) -> list[Candidate]:
    """Policies with all dimensions at their low ends, and with each in turn at its high end."""
    found = []
    for family, dimensions in space.items():
        low = [one.low for one in dimensions]
        found.append(Candidate(family, tuple(low)))
        for k, one in enumerate(dimensions):
            found.append(Candidate(family, (*low[:k], one.high, *low[k + 1 :])))
    return found


def _of_names(file: OptimiseFile) -> list[Fault]:
    """Faults of names of measures and groups, and of objectives of which neither more nor less is good."""
    faults = []

    def check(name: str, known: Sequence[str], path: Place, what: str) -> bool:
        if name not in known:
            faults.append(file.fault(path, f"{name!r:.60} is not {what}.{suggestion(name, known)}"))
        return name in known

    def check_group(group: GroupName, path: Place) -> None:
        if check(group.kind, list(GROUPS), (*path, "kind"), "a kind of group"):
            check(group.group, GROUPS[group.kind], (*path, "group"), f"a group of {group.kind}")

    named: dict[str, tuple[Objective | Guardrail, ...]] = {
        "objectives": file.keys.objectives,
        "guardrails": file.keys.guardrails,
    }
    for key, asked in named.items():
        for place, one in enumerate(asked):
            path = (key, str(place))
            known = list(KNOWN) if one.group is None else list(GROUP_MEASURES)
            what = "a measure" if one.group is None else "measured of a group"
            is_known = check(one.measure, known, (*path, "measure"), what)
            if one.group is not None:
                check_group(one.group, (*path, "group"))
            if is_known and isinstance(one, Objective) and direction(one) == 0:
                faults.append(file.fault(path, f"{one.measure} is neither good nor bad; say want: more, or want: less"))
    return faults
