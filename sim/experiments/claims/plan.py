"""What a study of claims runs: two arms for every claim and every value of what it may hinge on."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments.cells.job import Job, cell_hash
from sim.experiments.compare.plan import KNOWN
from sim.experiments.plan import check_memory
from sim.scenario.claims import ClaimsFile, Trial, load_claims
from sim.scenario.load import suggestion
from sim.scenario.reader import ScenarioError


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
    faults = [
        plan.file.fault(
            ("claims", name, "measure"), f"{one.measure!r:.60} is not a measure.{suggestion(one.measure, KNOWN)}"
        )
        for name, one in plan.file.keys.claims.items()
        if one.measure not in KNOWN
    ]
    if plan.file.replicates < 2:
        faults.append(plan.file.fault(("run", "replicates"), "1 given; an interval needs 2 replicates or more"))
    if faults:
        raise ScenarioError(faults)
    check_memory(next(plan.trials)[1].arm)
    return plan
