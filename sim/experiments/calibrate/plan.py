"""What a calibration runs: the scenario of every point, the moments it is held against, and every name in the file checked."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.calibrate.moments import Moments, moments_of
from sim.experiments.calibrate.simulator import Values
from sim.experiments.cells.job import Job, cell_hash
from sim.experiments.goal import reference_score
from sim.experiments.plan import check_memory, size_settings
from sim.scenario.calibration import CalibrationFile, FitKeys, read_calibration
from sim.scenario.reader import ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.settings import Places
from sim.scenario.sharing import sharing
from sim.scenario.vary import union


@dataclass(frozen=True)
class CalibrationPlan:
    """A calibration ready to run. moments: of all targets, the fitted ones first."""

    file: CalibrationFile
    moments: tuple[Moments, ...]

    @property
    def keys(self) -> FitKeys:
        """How the fit is done."""
        return self.file.keys.calibrate

    @property
    def names(self) -> tuple[str, ...]:
        """Paths of what is fitted."""
        return tuple(parameter.path for parameter in self.file.parameters)

    @cached_property
    def values(self) -> Values:
        """What was observed, of all moments."""
        return np.concatenate([one.values for one in self.moments])

    @cached_property
    def covariance(self) -> Values:
        """Covariance of the errors of all moments: targets are independent of one another."""
        from scipy.linalg import block_diag

        return np.asarray(block_diag(*(one.covariance for one in self.moments)))

    @cached_property
    def fitted(self) -> Values:
        """Which moments are fitted (bool)."""
        return np.concatenate([np.full(one.values.size, not one.held) for one in self.moments])

    def at(self, place: Values) -> list[float]:
        """Values of the parameters at a place in the unit cube."""
        spans = [parameter.span for parameter in self.file.parameters]
        return [span.value(share) for span, share in zip(spans, place.tolist(), strict=True) if span is not None]

    def scenario(self, place: Values) -> Scenario:
        """The scenario at a place in the unit cube. Raises ScenarioError."""
        patch: dict[str, Any] = {}
        places: Places = {}
        for parameter, value in zip(self.file.parameters, self.at(place), strict=True):
            level = parameter.of(value)
            patch, places = union(patch, level.patch), places | dict(level.places)
        return sharing(self.file.draft.patched(patch, places).checked(Scenario), self.file.base)

    def jobs(self, scenario: Scenario, seeds: range) -> list[Job]:
        """The cells of one point."""
        reference = reference_score(scenario)
        return [Job(scenario, self.file.base.run.seed + seed, reference) for seed in seeds]

    @cached_property
    def key(self) -> str:
        """Identity of the calibration (12 hex digits): scenario, parameters, observations, how it is fitted, and the code."""
        from sim.engines.code import code_hash

        fitted = [[parameter.path, repr(parameter.span)] for parameter in self.file.parameters]
        observed = [
            [one.target, one.names, one.held, one.values.tolist(), one.covariance.tolist()] for one in self.moments
        ]
        parts = [cell_hash(self.file.base), fitted, observed, self.keys.model_dump(), self.file.base.run.seed]
        return hashlib.sha256(json.dumps([*parts, code_hash(), own_hash()]).encode()).hexdigest()[:12]


def own_hash() -> str:
    """Hash of the code of this package, so that a stored calibration is not taken for one done by other rules."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def make_calibration_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
) -> CalibrationPlan:
    """Read a calibration file and its observations; check the scenario with every parameter at both ends of its range.

    users, ticks, seed: instead of the file's. Raises ScenarioError with all faults.
    """
    given = read_calibration(file, [*settings, *size_settings(users=users, ticks=ticks, seed=seed)])
    plan = CalibrationPlan(given, moments_of(given))
    check_memory(given.base)
    count = len(given.parameters)
    faults = []
    for k in range(count):
        for end in (0.0, 1.0):
            place = np.full(count, 0.5)
            place[k] = end
            try:
                plan.scenario(place)
            except ScenarioError as error:
                faults += error.faults
    if faults:
        raise ScenarioError(list(dict.fromkeys(faults)))
    return plan
