"""What a study of claims runs: two arms for every claim and every value of what it may hinge on."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments.cells.job import Job, cell_hash
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS
from sim.experiments.compare.plan import KNOWN
from sim.experiments.measured import lacking
from sim.experiments.plan import check_memory
from sim.scenario.claims import ClaimsFile, Trial, load_claims
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.words import suggestion


@dataclass(frozen=True)
class ClaimsPlan:
    """Claims ready to be put to the test."""

    file: ClaimsFile

    @property
    def trials(self) -> Iterator[tuple[str, Trial]]:
        """Every trial with the name of its claim, in order."""
        return ((name, trial) for name, trials in self.file.trials.items() for trial in trials)

    def jobs(self) -> list[Job]:
        """All cells: by trial, replicate and arm (the claim's own first)."""
        first, reference = self.file.keys.run.seed, self.file.keys.reference
        return [
            Job(scenario, first + replicate, reference)
            for _, trial in self.trials
            for replicate in range(self.file.replicates)
            for scenario in (trial.arm, trial.against)
        ]

    @cached_property
    def key(self) -> str:
        """Identity (12 hex digits): all that is run and judged, and the code that does it."""
        from sim.engines.code import code_hash

        arms = [[name, trial.path, cell_hash(trial.arm), cell_hash(trial.against)] for name, trial in self.trials]
        judged = self.file.keys.model_dump(mode="json", exclude={"note"})
        parts: list[Any] = [judged, arms, self.file.replicates, code_hash(), _own_hash()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _own_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _faults(file: ClaimsFile, name: str) -> list[Fault]:
    """What is wrong with the measure of a claim: unknown, or measured in no or only one of the arms."""
    claim, path = file.keys.claims[name], ("claims", name, "measure")
    known = KNOWN if claim.group is None else GROUP_MEASURES
    what = "a measure" if claim.group is None else "measured of a group"
    if claim.measure not in known:
        return [file.fault(path, f"{claim.measure!r:.60} is not {what}.{suggestion(claim.measure, known)}")]
    faults = []
    if claim.group is not None:
        kinds = GROUPS.get(claim.group.kind)
        if kinds is None:
            message = f"{claim.group.kind!r:.60} is not a kind of group.{suggestion(claim.group.kind, GROUPS)}"
            faults.append(file.fault(("claims", name, "group", "kind"), message))
        elif claim.group.group not in kinds:
            message = f"{claim.group.group!r:.60} is not one of {', '.join(kinds)}"
            faults.append(file.fault(("claims", name, "group", "group"), message))
        if claim.measure == "incentives" and claim.group.kind not in ("income", "file"):
            message = "incentives are counted by income and by file alone; name a group of one of these"
            faults.append(file.fault(("claims", name, "group", "kind"), message))
    for side in ("arm", "against"):
        missing = lacking(claim.measure, getattr(file.trials[name][0], side), claim.group is not None)
        if missing:
            message = f"{claim.measure} is not measured in {side}, where {missing}; switch it on there, or name another measure"
            faults.append(file.fault(path, message))
    return faults


def make_claims_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
) -> ClaimsPlan:
    """Load a file of claims, some of its values replaced. Raises ScenarioError with every fault."""
    given = {"run.users": users, "run.seed": seed, "replicates": replicates}
    changes = [f"{path}={value}" for path, value in given.items() if value is not None]
    plan = ClaimsPlan(load_claims(file, [*settings, *changes]))
    faults = [fault for name in plan.file.keys.claims for fault in _faults(plan.file, name)]
    if plan.file.replicates < 2:
        faults.append(plan.file.fault(("run", "replicates"), "1 given; an interval needs 2 replicates or more"))
    if faults:
        raise ScenarioError(faults)
    check_memory(next(plan.trials)[1].arm)
    return plan
