"""Decompose the effect of a policy: run every coalition of mechanisms in both arms on the same luck, and split the effect."""

import difflib
import hashlib
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import Cells
from sim.experiments.decompose.decomposition import TABLES, Decomposition, coalition_name, splits_of
from sim.experiments.decompose.exact import UNITS, as_text, exact
from sim.experiments.decompose.mechanisms import NAMES, Mechanism, mechanisms_of, with_only
from sim.experiments.decompose.shapley import coalitions
from sim.experiments.decompose.split import TOTAL
from sim.experiments.goal import reference_score
from sim.experiments.plan import RunPlan, make_plan
from sim.results.table import Table, stacked
from sim.scenario.reader import Fault, ScenarioError

ARMS = ("policy", "baseline")


def names_of(mechanisms: Iterable[Mechanism]) -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(mechanism.name for mechanism in mechanisms)


def jobs_of(plan: RunPlan) -> list[Job]:
    """The cells to run: replicate by replicate, coalition by coalition, policy and baseline."""
    policy, mechanisms = plan.arms["policy"], mechanisms_of(plan.arms.values())
    subsets = coalitions(names_of(mechanisms))
    worlds = [with_only(kept, plan.arms[arm], mechanisms) for kept in subsets for arm in ARMS]
    seeds = [policy.run.seed + replicate for replicate in range(policy.run.replicates)]
    return [Job(world, seed, reference_score(policy)) for seed in seeds for world in worlds]


def _check(plan: RunPlan, measure: str) -> None:
    """Raises ScenarioError where there is nothing to split."""
    faults = []
    if measure not in UNITS:
        close = difflib.get_close_matches(measure, UNITS, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(UNITS)}."
        faults.append(Fault(f"--measure {measure}", 0, 0, "", f"not a measure of a run. {hint}"))
    if "baseline" not in plan.arms:
        name = plan.arms["policy"].name
        message = (
            f"{name} has no baseline, so there is no effect to split; name one in the file or give --baseline FILE"
        )
        faults.append(Fault("baseline", 0, 0, "", message))
    if faults:
        raise ScenarioError(faults)


def _replicate(
    jobs: Sequence[Job], cells: Cells, measure: str, number: int, first: int, names: tuple[str, ...]
) -> Table | str:
    """Effects by coalition of one replicate, whose jobs begin at `first`; or why there are none."""
    kept = list(coalitions(names))
    values = cells.measure(measure)
    for place in range(first, first + len(ARMS) * len(kept)):
        where = f"{ARMS[(place - first) % len(ARMS)]} with {coalition_name(kept[(place - first) // len(ARMS)], names)}"
        if place in cells.failures:
            return f"{where}: {cells.failures[place]}"
        if math.isnan(values[place]):
            return f"{where}: {measure} has no value there"
    places = [first + len(ARMS) * k for k in range(len(kept))]
    effects = [
        exact(measure, float(values[at]), jobs[at].scenario)
        - exact(measure, float(values[at + 1]), jobs[at + 1].scenario)
        for at in places
    ]
    return {
        "replicate": np.full(len(kept), number),
        "seed": np.full(len(kept), jobs[first].seed),
        "on": np.array([coalition_name(coalition, names) for coalition in kept]),
        "policy": values[places],
        "baseline": values[[at + 1 for at in places]],
        "effect": np.array([float(effect) for effect in effects]),
        "exact": np.array([as_text(effect) for effect in effects]),
    }


def part_table(subsets: Table, names: tuple[str, ...] = NAMES) -> Table:
    """A row per replicate and part, from the table of subsets. names: of the mechanisms."""
    numbers = list(dict.fromkeys(zip(subsets["replicate"].tolist(), subsets["seed"].tolist(), strict=True)))
    rows = []
    for (number, seed), one in zip(numbers, splits_of(subsets, names), strict=True):
        shown = one.parts | {TOTAL: one.total}
        nothing = float("nan")
        rows.append(
            {
                "replicate": np.full(len(shown), number),
                "seed": np.full(len(shown), seed),
                "part": np.array(list(shown)),
                "value": np.array([float(value) for value in shown.values()]),
                "alone": np.array([float(one.alone.get(name, nothing)) for name in shown]),
                "last": np.array([float(one.last.get(name, nothing)) for name in shown]),
                "exact": np.array([as_text(value) for value in shown.values()]),
            }
        )
    return stacked(rows)


def _key(jobs: Sequence[Job], measure: str) -> str:
    """Identity (12 hex digits) of a decomposition: its cells and the measure."""
    return hashlib.sha256("|".join([*(job.key for job in jobs), measure]).encode()).hexdigest()[:12]


def decompose(
    scenario: str | Path,
    settings: Sequence[str] = (),
    *,
    measure: str = "visits",
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    baseline: str | Path | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
) -> Decomposition:
    """Split the effect of a scenario against its baseline over the mechanisms; read it back if the very same is stored.

    measure: any of a run; scenario, settings, sizes and baseline as of `sim.run`; executor, workers, timeout (seconds a
    cell), retry_failed, progress: as of `evaluate`; out: folder to store results and cells under (nothing is stored if not
    given). A replicate with a failed cell, or in which the measure has no value, is left out and told.
    Raises ScenarioError with every fault of the files, ResultError where no replicate is left.
    """
    from sim.results.store import ResultError, place_of, read_tables, write_tables
    from sim.results.title import retold

    plan = make_plan(scenario, settings, users=users, ticks=ticks, seed=seed, replicates=replicates, baseline=baseline)
    _check(plan, measure)
    policy = plan.arms["policy"]
    jobs = jobs_of(plan)
    place = None
    if out is not None:
        place = place_of(Path(out), policy.name, f"{_key(jobs, measure)}-decompose")
        if (place / "manifest.json").is_file():
            stored, tables = read_tables(place, TABLES)
            return Decomposition(retold(stored, plan.changes), tables, place, reused=True)
    started = time.time()
    cells = evaluate(
        jobs,
        store=None if out is None else Path(out) / "cells",
        executor=executor,
        workers=workers,
        timeout=timeout,
        retry_failed=retry_failed,
        progress=progress,
    )
    width = len(jobs) // policy.run.replicates
    names = names_of(mechanisms_of(plan.arms.values()))
    found = {k: _replicate(jobs, cells, measure, k, k * width, names) for k in range(policy.run.replicates)}
    subsets = stacked(table for table in found.values() if not isinstance(table, str))
    left_out = {str(k): reason for k, reason in found.items() if isinstance(reason, str)}
    if not subsets:
        raise ResultError("\n".join(f"replicate {k} cannot be split: {reason}" for k, reason in left_out.items()))
    own = {"run_id": _key(jobs, measure), "seeds": list(dict.fromkeys(subsets["seed"].tolist()))}
    origin = _origin(plan, started, measure, left_out) | own
    tables = {"subsets": subsets, "parts": part_table(subsets, names)}
    if place is not None and not cells.failures:  # what failed may succeed another time
        write_tables(place, origin, tables, Path(str(out)))
    return Decomposition(origin, tables, place if place is not None and place.is_dir() else None)


def _origin(plan: RunPlan, started: float, measure: str, left_out: dict[str, str]) -> dict[str, Any]:
    """The manifest."""
    from sim.experiments.manifest import manifest

    in_all = plan.arms["policy"].run.replicates
    return manifest(plan, started, in_all - len(left_out), "complete") | {
        "kind": "decompose",
        "measure": measure,
        "mechanisms": {mechanism.name: mechanism._asdict() for mechanism in mechanisms_of(plan.arms.values())},
        "left_out": left_out,
    }
