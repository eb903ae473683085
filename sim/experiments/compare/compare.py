"""Compare policies: run every one in every world on the same seeds, judge, store."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.compare.contrast import contrast
from sim.experiments.compare.plan import ComparisonPlan, make_comparison_plan
from sim.experiments.compare.samples import Samples, samples
from sim.experiments.compare.tables import TABLES, tables
from sim.experiments.compare.two_stage import most_needed
from sim.experiments.view import View, figure_of
from sim.results.table import Table, frame, rows_of, where

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1


@dataclass
class ComparisonResult:
    """A judged comparison. manifest: where it comes from; tables: by name, as columns; path: folder it is stored in, or None.

    reused: whether it was read back. How to read the verdicts: docstring of `sim.experiments.compare`.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """A row per measure, world (and all worlds) and policy: paired difference, intervals, p-values, verdict."""
        return frame(self.tables["effects"])

    @cached_property
    def verdicts(self) -> "pd.DataFrame":
        """The effects on the primary measure."""
        return frame(where(self.tables["effects"], measure=self.manifest["primary"]))

    @cached_property
    def groups(self) -> "pd.DataFrame":
        """Who gains and who pays: a row per kind of group, group, measure, world and policy."""
        return frame(self.tables["groups"])

    @cached_property
    def guardrails(self) -> "pd.DataFrame":
        """A row per guardrail, world and policy: kept, broken or undecided."""
        return frame(self.tables["guardrails"])

    @cached_property
    def best(self) -> "pd.DataFrame":
        """A row per world and policy: mean of the primary measure, chance of being best, regret."""
        return frame(self.tables["best"])

    @cached_property
    def policies(self) -> "pd.DataFrame":
        """A row per policy: over all worlds its mean and chance of being best, and its worst world."""
        return frame(self.tables["policies"])

    @cached_property
    def cells(self) -> "pd.DataFrame":
        """A row per policy, world and replicate: every measure."""
        return frame(self.tables["cells"])

    def view(self, measure: str | None = None, figure: str = "difference") -> View:
        """A figure of every policy but the baseline in every world (and, of several, in all worlds), by world and policy.

        `result.view("visits").sel(world="as is", policy="soft")`. measure: the primary one if not given; figure: column of the
        effects, such as low, high, policy_mean, n. Raises KeyError.
        """
        measure = self.manifest["primary"] if measure is None else measure
        effects = where(self.tables["effects"], measure=measure)
        if not rows_of(effects):
            known = dict.fromkeys(self.tables["effects"]["measure"].tolist())
            raise KeyError(f"{measure!r} was not kept; known: {', '.join(known)}")
        found = figure_of(effects, figure, "comparison")
        along = {dim: np.array(list(dict.fromkeys(effects[dim].tolist()))) for dim in ("world", "policy")}
        coords = {dim: (dim, names) for dim, names in along.items()}
        shape = tuple(names.size for names in along.values())
        return View(tuple(along), coords, found.reshape(shape), measure, str(effects["unit"][0]))

    def summary(self) -> str:
        """What the comparison found, in a few sentences."""
        from sim.experiments.compare.answer import answer

        return answer(self)


@dataclass(frozen=True)
class _Work:
    """How cells are run."""

    plan: ComparisonPlan
    progress: Told | None
    how: dict[str, Any]

    def samples(self, start: int, stop: int) -> Samples:
        """The replicates from `start` up to `stop`."""
        return samples(self.plan, evaluate(self.plan.jobs(start, stop), progress=self.progress, **self.how))


def compare(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    until_width: str | float | None = None,
    most_replicates: int | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
) -> ComparisonResult:
    """Compare the policies of a comparison file; read a stored comparison back if the very same is there.

    file: path, or name of a shipped one; settings: "margin=1%" or "policies.soft.policy.gate.lowest=690" and the like;
    users, ticks, seed, replicates, most_replicates: instead of the file's; until_width: add replicates until the
    95% intervals of the primary measure are this narrow (in its unit, or "1%" of the baseline); executor, workers,
    timeout, retry_failed, progress: as of `evaluate`; out: folder to store the result and its cells under (not stored
    if not given).
    Raises ScenarioError with every fault of the file, ResultError if every cell fails or the result cannot be stored. Ctrl-C keeps finished cells where `out` is given.
    """
    from sim.results.store import ResultError, place_of, read_tables, write_tables

    plan = make_comparison_plan(
        file,
        settings,
        users=users,
        ticks=ticks,
        seed=seed,
        replicates=replicates,
        until_width=until_width,
        most_replicates=most_replicates,
    )
    place = None
    if out is not None:
        place = place_of(Path(out), plan.keys.name, f"{plan.key}-compare")
        if (place / "manifest.json").is_file():
            return ComparisonResult(*read_tables(place, TABLES), place, reused=True)
    started = time.time()
    store = None if out is None else Path(out) / "cells"
    how = {"store": store, "executor": executor, "workers": workers, "timeout": timeout, "retry_failed": retry_failed}
    found, needed = _enough(_Work(plan, progress, how))
    if len(found.failures) == found.measures[plan.keys.primary].size:
        reason = next(iter(found.failures.values()))
        raise ResultError(f"{plan.keys.name}: all {len(found.failures)} cells failed, the first because: {reason}")
    first = plan.first if plan.keys.until_width is not None else None
    result = ComparisonResult(_manifest(plan, found, needed, started), tables(plan, found, first), place)
    if place is not None:
        if found.failures:  # kept apart, so that the same command tries again
            result.path = place = place_of(
                place.parent.parent, plan.keys.name, f"{place.name}-failed{len(found.failures)}"
            )
        write_tables(place, result.manifest, result.tables, Path(str(out)))
    return result


def _enough(work: _Work) -> tuple[Samples, int]:
    """Samples of as many replicates as are wanted, and how many the width asked for would need."""
    plan = work.plan
    found = work.samples(0, plan.first)
    width = plan.keys.until_width
    if width is None:
        return found, plan.first
    values = found.measures[plan.keys.primary]
    contrasts = []
    for world in range(len(plan.worlds)):
        for policy in range(1, len(plan.policies)):
            seen = contrast(values[policy, world] - values[0, world])
            contrasts.append((seen.spread, seen.n, width.of(contrast(values[0, world]).mean)))
    needed = most_needed(contrasts, plan.first)
    wanted = min(needed, max(plan.keys.most_replicates, plan.first))
    return (found.joined(work.samples(plan.first, wanted)) if wanted > plan.first else found), needed


def _manifest(plan: ComparisonPlan, found: Samples, needed: int, started: float) -> dict[str, Any]:
    from sim.experiments.manifest import circumstances
    from sim.scenario.load import resolved

    keys = plan.keys
    return {
        "format": FORMAT,
        "kind": "compare",
        "name": keys.name,
        "note": keys.note,
        "status": "complete" if not found.failures else f"{len(found.failures)} cells failed",
        "run_id": plan.key,
        "baseline": plan.comparison.baseline,
        "policies": list(plan.policies),
        "worlds": list(plan.worlds),
        "run": plan.run.model_dump(mode="json"),
        "replicates": found.replicates,
        "replicates_needed": needed,
        "seeds": [plan.run.seed, plan.run.seed + found.replicates - 1],
        "primary": keys.primary,
        "margin": None if keys.margin is None else str(keys.margin),
        "correction": keys.correction,
        "guardrails": [str(guardrail) for guardrail in keys.guardrails],
        "until_width": None if keys.until_width is None else str(keys.until_width),
        "reference": keys.reference,
        "scenarios": {
            world: {policy: resolved(plan.scenario(policy, world)) for policy in plan.policies} for world in plan.worlds
        },
        "files": {"comparison.yaml": dict(plan.comparison.whole)},
        **circumstances(started),
    }
