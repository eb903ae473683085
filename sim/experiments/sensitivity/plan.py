"""What a study of sensitivity runs: the scenarios of its points, checked, and the cells that they come to."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.job import Job, cell_hash
from sim.experiments.goal import REFERENCE_SCORE, reference_score
from sim.experiments.measured import lacking
from sim.experiments.plan import size_settings
from sim.experiments.sweep.plan import OF_REFERENCE, Point, points_with
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.sensitivity import SensitivityFile, read_sensitivity
from sim.scenario.vary import Level, Parameter

AS_IS = Level("as is", {}, {})
"""Stands for an input that is not moved."""
BELOW_ONE = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True)
class SensitivityPlan:
    """A study ready to run. settings: `--set` style changes, of which switches count for the baseline too."""

    file: SensitivityFile
    settings: tuple[str, ...]

    @property
    def inputs(self) -> tuple[Parameter, ...]:
        """What is varied."""
        return self.file.sweep.parameters

    @property
    def names(self) -> tuple[str, ...]:
        """Paths of what is varied."""
        return tuple(parameter.path for parameter in self.inputs)

    @property
    def named(self) -> dict[str, int]:
        """Inputs that are listed values, and how many each has."""
        return {parameter.path: len(parameter.levels) for parameter in self.inputs if parameter.span is None}

    @property
    def replicates(self) -> int:
        """Seeds over which the output at one point is a mean."""
        return self.file.sweep.base.run.replicates

    @property
    def arms(self) -> int:
        """Arms of every point: 2 with a baseline, else 1."""
        return 1 if self.file.sweep.baseline is None else 2

    def points(self, unit: NDArray[np.float64]) -> tuple[Point, ...]:
        """The points at these places of the unit cube, shape (points, inputs), NaN as is. Raises ScenarioError."""
        levels = [
            [level_at(parameter, share) for parameter, share in zip(self.inputs, row, strict=True)]
            for row in unit.tolist()
        ]
        return points_with(self.file.sweep, levels, self.settings)

    def jobs(self, points: Sequence[Point], seeds: NDArray[np.int64]) -> list[Job]:
        """All cells, by point, replicate and arm. seeds: number of the seed of every point."""
        matched = self.file.sweep.primary in OF_REFERENCE
        found = []
        for point, number in zip(points, seeds.tolist(), strict=True):
            reference = reference_score(point.policy)
            first = self.file.sweep.base.run.seed + number * self.replicates
            for seed in range(first, first + self.replicates):
                found.append(Job(point.policy, seed, reference))
                if point.baseline is not None:
                    found.append(Job(point.baseline, seed, reference if matched else REFERENCE_SCORE))
        return found

    @cached_property
    def key(self) -> str:
        """Identity of the study (12 hex digits): scenario, baseline, inputs, how they are studied, and the code."""
        from sim.engines.code import code_hash

        middle = self.points(np.full((1, len(self.inputs)), np.nan))[0]
        arms = [cell_hash(arm) for arm in (middle.policy, middle.baseline) if arm is not None]
        varied = [[p.path, repr(p.span), [[level.value, level.patch] for level in p.levels]] for p in self.inputs]
        run = self.file.sweep.base.run
        parts = [
            *(arms, varied, self.file.keys.model_dump(), run.seed, run.replicates, self.file.sweep.primary),
            *(code_hash(), own_hash()),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def own_hash() -> str:
    """Hash of the code of this package, so that a stored study is not taken for one done by other rules."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def level_at(parameter: Parameter, share: float) -> Level:
    """The level of an input at a place from 0 to 1, both included; as the scenario has it where that is NaN."""
    if np.isnan(share):
        return AS_IS
    return parameter.at(share if parameter.span is not None else min(share, BELOW_ONE))


def make_sensitivity_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
) -> SensitivityPlan:
    """Read a sensitivity file; check the scenario with every input at both ends of its range, and at every listed value.

    users, ticks, seed, replicates: instead of the file's. Raises ScenarioError with all faults. (The points of a design are
    checked as it is made, before any of them is run.)
    """
    size = size_settings(users=users, ticks=ticks, seed=seed, replicates=replicates)
    plan = SensitivityPlan(read_sensitivity(file, [*settings, *size]), tuple(settings))
    points = plan.points(_edges(plan.inputs))
    sweep = plan.file.sweep
    arms = (arm for point in points for arm in (point.policy, point.baseline) if arm is not None)
    why = next(filter(None, (lacking(sweep.primary, arm, False) for arm in arms)), "")
    if why:
        place = sweep.draft.places.get(("primary",), (sweep.draft.where, 0, 0))
        message = f"{sweep.primary} is not measured, as {why}; switch it on, or name another measure"
        raise ScenarioError([Fault(*place, "primary", message)])
    return plan


def _edges(inputs: Sequence[Parameter]) -> NDArray[np.float64]:
    """Places at which one input is at an end of its range or at a listed value, and the others as they are."""
    rows = []
    for column, parameter in enumerate(inputs):
        count = 2 if parameter.span is not None else len(parameter.levels)
        for k in range(count):
            row = np.full(len(inputs), np.nan)
            row[column] = float(k) if parameter.span is not None else (k + 0.5) / count
            rows.append(row)
    return np.array(rows)
