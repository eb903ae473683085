"""What a sweep will run: every point's scenario and baseline, checked before anything runs, and the jobs they come to."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments.cells.job import Job
from sim.experiments.goal import REFERENCE_SCORE, reference_score
from sim.experiments.plan import as_baseline, check_memory, size_settings
from sim.experiments.sweep.design import group_lengths, note_on, points_of
from sim.scenario.load import draft, resolved
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario
from sim.scenario.sharing import sharing
from sim.scenario.sweep import SweepFile, read_sweep
from sim.scenario.vary import Level, Parameter, union

OF_REFERENCE = ("just_above", "quiet_short")
"""Measures that depend on the score from which distance is counted, so that a baseline differs from gate to gate in them."""

MOST_FAULTS = 20


@dataclass(frozen=True)
class Point:
    """One point: the level of every parameter, and the scenarios of its arms (baseline: None if there is none)."""

    levels: tuple[Level, ...]
    policy: Scenario
    baseline: Scenario | None


@dataclass(frozen=True)
class SweepPlan:
    """A sweep ready to run. note: on its design; baseline: as its file has it, before it takes anything from a point."""

    file: SweepFile
    points: tuple[Point, ...]
    note: str
    baseline: Scenario | None = None

    @property
    def base(self) -> Scenario:
        """The scenario that all points start from."""
        return self.file.base

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is varied."""
        return self.file.parameters

    @property
    def replicates(self) -> int:
        """Replicates of every point."""
        return self.base.run.replicates

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms of every point."""
        return ("policy",) if self.points[0].baseline is None else ("policy", "baseline")

    @property
    def dimensions(self) -> tuple[tuple[int, ...], ...]:
        """Parameters (by place) along each dimension of a grid; of any other design all along one."""
        return self.file.groups if self.file.design.kind == "grid" else (tuple(range(len(self.parameters))),)

    @property
    def shape(self) -> tuple[int, ...]:
        """Points along each dimension."""
        return group_lengths(self.file) if self.file.design.kind == "grid" else (len(self.points),)

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """By name, files that need no other and make this sweep again: the sweep's own, and its baseline's if it has one."""
        whole = resolved(self.base) | {"baseline": None if self.baseline is None else "baseline.yaml"}
        found = {"sweep.yaml": whole | dict(self.file.keys)}
        if self.baseline is not None:
            found["baseline.yaml"] = resolved(self.baseline) | {"baseline": None}
        return found

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """All cells, by point, replicate and arm; points that share a baseline share its jobs."""
        matched = any(name in OF_REFERENCE for name in self.file.measures)
        seeds = range(self.base.run.seed, self.base.run.seed + self.replicates)
        made: dict[tuple[int, int, int], Job] = {}

        def job(scenario: Scenario, seed: int, reference: int) -> Job:
            return made.setdefault((id(scenario), seed, reference), Job(scenario, seed, reference))

        found = []
        for point in self.points:
            reference = reference_score(point.policy)
            for seed in seeds:
                found.append(job(point.policy, seed, reference))
                if point.baseline is not None:
                    found.append(job(point.baseline, seed, reference if matched else REFERENCE_SCORE))
        return tuple(found)

    @cached_property
    def key(self) -> str:
        """Identity of the sweep (12 hex digits): its cells, what is varied, what is kept."""
        varied = [
            [parameter.path, *(point.levels[k].value for point in self.points)]
            for k, parameter in enumerate(self.parameters)
        ]
        parts = [varied, self.dimensions, self.file.measures, self.file.primary, self.file.design.model_dump()]
        cells = "".join(job.key for job in self.jobs)
        return hashlib.sha256((json.dumps(parts) + cells).encode()).hexdigest()[:12]


def make_sweep_plan(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    keys: Mapping[str, Any] | None = None,
) -> SweepPlan:
    """Read a sweep file and check the scenario of every point.

    users, ticks, seed, replicates: instead of the file's; keys: keys of a sweep instead of the file's (see `read_sweep`).

    The baseline of a point is made as for a run (see `make_plan`): it takes size, luck and world of the point; switches
    that are varied, or set in `settings`, count for both arms. Raises ScenarioError with the faults of all points.
    """
    size = size_settings(users=users, ticks=ticks, seed=seed, replicates=replicates)
    sweep = read_sweep(file, [*settings, *size], keys)
    points = points_with(sweep, points_of(sweep), settings)
    return SweepPlan(sweep, points, note_on(sweep.design), _baseline(sweep, settings))


def _switches(settings: Sequence[str]) -> list[str]:
    """The settings that count for both arms."""
    return [setting for setting in settings if setting.startswith("switches.")]


def _baseline(sweep: SweepFile, settings: Sequence[str]) -> Scenario | None:
    return None if sweep.baseline is None else draft(sweep.baseline, _switches(settings)).checked(Scenario)


def points_with(sweep: SweepFile, chosen: Sequence[Sequence[Level]], settings: Sequence[str] = ()) -> tuple[Point, ...]:
    """Points at these levels (of every parameter, in order) with their scenarios. Raises ScenarioError with the faults of all.

    settings: as of `make_sweep_plan`.
    """
    faults = {(fault.where, fault.line, fault.path, fault.message): fault for fault in sweep.faults}
    other = draft(sweep.baseline, _switches(settings)) if sweep.baseline is not None else None
    baselines: dict[object, Scenario] = {}
    found = []
    for levels in map(tuple, chosen):
        patch = _patch(levels)
        try:
            policy = sharing(sweep.draft.patched(patch, _places(levels)).checked(Scenario), sweep.base)
            check_memory(policy)
            baseline = None
            if other is not None:
                flags = patch.get("switches", {})
                same = (policy.world, policy.run, tuple(flags.items()))
                if same not in baselines:
                    given = other.patched({"switches": flags} if flags else {}, {})
                    made = as_baseline(given.checked(Scenario), policy)
                    made = sharing(made, next(iter(baselines.values()), made))
                    baselines[same] = made.model_copy(update={"world": policy.world, "run": policy.run})
                baseline = baselines[same]
        except ScenarioError as error:
            for fault in (_placed(fault, levels, sweep) for fault in error.faults):
                faults.setdefault((fault.where, fault.line, fault.path, fault.message.split(" (where ")[0]), fault)
            continue
        found.append(Point(levels, policy, baseline))
    if faults:
        raise ScenarioError(_shortened(sorted(faults.values(), key=lambda fault: (fault.where, fault.line))))
    return tuple(found)


def _shortened(faults: list[Fault]) -> list[Fault]:
    """The first faults, and how many more there are."""
    if len(faults) <= MOST_FAULTS:
        return faults
    more = Fault(faults[0].where, 0, 0, "vary", f"{len(faults) - MOST_FAULTS} more faults of this kind")
    return [*faults[:MOST_FAULTS], more]


def _patch(levels: Sequence[Level]) -> dict[str, Any]:
    """What a point changes: single values on top of named patches, whatever the order in the file."""
    merged: dict[str, Any] = {}
    for level in sorted(levels, key=_is_single):
        merged = union(merged, level.patch)
    return merged


def _is_single(level: Level) -> bool:
    return len(level.places) == 1


def _places(levels: Sequence[Level]) -> dict[tuple[str, ...], tuple[str, int, int]]:
    found: dict[tuple[str, ...], tuple[str, int, int]] = {}
    for level in sorted(levels, key=_is_single):
        found |= level.places
    return found


def _placed(fault: Fault, levels: Sequence[Level], sweep: SweepFile) -> Fault:
    """A fault of one point, told at the entry that made it; one of values together names them."""
    spots = {place[:2] for level in levels for place in level.places.values()}
    if (fault.where, fault.line) in spots:
        return fault
    named = zip(sweep.parameters, levels, strict=True)
    where = " and ".join(f"{parameter.path} is {level.value}" for parameter, level in named if level.patch)
    return Fault(*sweep.parameters[0].place, fault.path, f"{fault.message} (where {where})")
