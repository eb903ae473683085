"""What the search asks of the model: policies run in every world on the same seeds as the baseline, as gains and excesses."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import Cells
from sim.experiments.compare.groups import of_whom
from sim.experiments.optimise.plan import OptimisePlan
from sim.experiments.optimise.space import Candidate
from sim.experiments.optimise.standing import Measured, Values
from sim.scenario.comparison import GroupName
from sim.scenario.optimise import OptimiseKeys
from sim.scenario.reader import ScenarioError
from sim.scenario.schema import Scenario


class Model:
    """Answers to policies by running the model. how: as of `evaluate`; failed: cells that failed, by key, with their reason."""

    def __init__(self, plan: OptimisePlan, how: dict[str, Any], progress: Told | None = None) -> None:
        self._plan, self._how, self._progress = plan, how, progress
        self._baselines = [plan.baseline(world) for world in plan.file.worlds]
        self.failed: dict[str, str] = {}

    def __call__(self, candidates: Sequence[Candidate], seeds: range) -> Measured:
        """Outcomes of policies on the seeds of these numbers."""
        plan, first = self._plan, self._plan.file.base.run.seed
        reasons: dict[int, str] = {}
        arms: list[list[Scenario]] = [self._baselines]
        places = []
        for place, candidate in enumerate(candidates):
            try:
                arms.append([plan.scenario(candidate, world) for world in plan.file.worlds])
                places.append(place)
            except ScenarioError as error:
                reasons[place] = error.faults[0].message
        jobs = [Job(scenario, first + seed) for arm in arms for scenario in arm for seed in seeds]
        cells = evaluate(jobs, progress=self._progress, **self._how)
        shape = (len(arms), len(plan.file.worlds), len(seeds))
        for job, reason in cells.failures.items():
            arm = job // (shape[1] * shape[2])
            self.failed[cells.keys[job]] = reason
            for place in places if arm == 0 else [places[arm - 1]]:
                reasons.setdefault(place, reason)
        return self._measured(cells, shape, len(candidates), places, reasons)

    def _measured(
        self, cells: Cells, shape: tuple[int, int, int], count: int, places: list[int], reasons: dict[int, str]
    ) -> Measured:
        keys = self._plan.file.keys
        groups = cells.table("groups") if _any_group(keys) else {}

        def outcome(measure: str, group: GroupName | None) -> Values:
            return of_whom(cells, groups, measure, group).reshape(shape)

        gains = np.full((count, shape[1], len(keys.objectives), shape[2]), np.nan)
        excess = np.full((count, shape[1], len(keys.guardrails), shape[2]), np.nan)
        asked = [*(one.measure for one in keys.objectives), *(rail.measure for rail in keys.guardrails)]
        for k, objective in enumerate(keys.objectives):
            values = outcome(objective.measure, objective.group)
            gains[places, :, k] = self._plan.directions[k] * (values[1:] - values[0])
        for k, rail in enumerate(keys.guardrails):
            values = outcome(rail.measure, rail.group)
            rise = values[1:] - values[0] if rail.may_rise_by is not None else values[0] - values[1:]
            levels = np.abs(values[0]).mean(axis=1, keepdims=True)  # of every world, the mean over these seeds
            limit = np.vectorize(rail.limit.of)(levels)
            excess[places, :, k] = rise - limit
        without = np.isnan(np.concatenate([gains, excess], axis=2)).any(axis=(1, 3))  # by policy and measure
        for place in places:
            if without[place].any():
                reasons.setdefault(place, f"{asked[int(without[place].argmax())]} has no value on some seed")
        return Measured(gains, excess, reasons)


def _any_group(keys: OptimiseKeys) -> bool:
    """Whether anything is measured of a group."""
    return any(one.group for one in keys.objectives) or any(one.group for one in keys.guardrails)
