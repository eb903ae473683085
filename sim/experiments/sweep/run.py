"""Run a sweep: evaluate its cells, reduce them to tables, keep them."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.plan import RunPlan
from sim.experiments.sweep.plan import SweepPlan, make_sweep_plan
from sim.experiments.sweep.result import TABLES, SweepResult
from sim.experiments.sweep.tables import cell_table, effect_table, point_table

CELLS = "cells"
"""Folder below that of the results in which finished cells are kept."""


def folder(out: Path, plan: SweepPlan, failed: int = 0) -> Path:
    """The folder of a sweep's result; one in which cells failed has a folder of its own, so that it is not taken for whole."""
    from sim.results.store import place_of

    return place_of(out, plan.base.name, f"{plan.key}-sweep{f'-failed{failed}' if failed else ''}")


def _manifest(plan: SweepPlan, started: float) -> dict[str, Any]:
    from sim.experiments.manifest import manifest

    first = plan.points[0]
    arms = {"policy": plan.base} | ({} if first.baseline is None else {"baseline": first.baseline})
    file = plan.file
    return manifest(RunPlan(arms, "fast"), started, plan.replicates, "complete") | {
        "kind": "sweep",
        "run_id": plan.key,
        "parameters": [
            {
                "path": p.path,
                "role": p.role,
                "unit": p.unit,
                "meaning": p.meaning,
                "numeric": p.is_numeric,
                "log": p.log,
            }
            for p in plan.parameters
        ],
        "design": file.design.model_dump(),
        "dimensions": [list(group) for group in plan.dimensions],
        "shape": list(plan.shape),
        "measures": list(file.measures),
        "primary": file.primary,
        "design_note": plan.note,
        "files": plan.files,
    }


def stored(plan: SweepPlan, out: Path) -> SweepResult | None:
    """The stored result of the very same sweep, or None."""
    from sim.results.store import read_tables

    place = folder(out, plan)
    if not (place / "manifest.json").is_file():
        return None
    return SweepResult(*read_tables(place, TABLES), place, reused=True)


def run_sweep(
    plan: SweepPlan,
    *,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
) -> SweepResult:
    """Run a plan, or read its stored result back. Arguments and faults as of `sweep`."""
    from sim.results.store import ResultError, write_tables

    found = stored(plan, Path(out)) if out is not None else None
    if found is not None:
        return found
    started = time.time()
    cells = evaluate(
        plan.jobs,
        store=Path(out) / CELLS if out is not None else None,
        executor=executor,
        workers=workers,
        timeout=timeout,
        retry_failed=retry_failed,
        progress=progress,
    )
    failures = cells.failures
    if len(failures) == len(cells):
        raise ResultError(
            f"{plan.base.name}: all {len(set(cells.keys))} cells failed, the first because: {failures[0]}"
        )
    of_cells = cell_table(plan, cells)
    tables = {"points": point_table(plan), "cells": of_cells, "effects": effect_table(plan, of_cells)}
    result = SweepResult(_manifest(plan, started), tables)
    if out is not None:
        result.path = folder(Path(out), plan, result.failed)
        write_tables(result.path, result.manifest, tables, Path(out))
    return result


def sweep(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    vary: Mapping[str, Any] | None = None,
    design: Mapping[str, Any] | None = None,
    measures: Sequence[str] | None = None,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
) -> SweepResult:
    """Run a sweep file; read a stored result back if the very same sweep is there.

    file: sweep file, or name of a shipped sweep, or any scenario if `vary` is given; settings: "world.choice.noise=10" and the
    like, for all points; vary, design, measures: instead of the file's, written as there (arrays will do); users, ticks, seed,
    replicates: instead of the file's; executor: auto, threads, processes or dask://HOST:PORT; workers: cells at once
    (all processors if not given); timeout: seconds after which a cell counts as failed; retry_failed: run again what failed
    before; out: folder to store results under, and finished cells (nothing is stored if not given); progress: called with
    cells done, in all and failed.
    Raises ScenarioError with every fault of the file and of all its points before anything runs, ResultError if every cell
    fails or the result cannot be stored. Ctrl-C keeps finished cells.
    """
    given = {"vary": vary, "design": design, "measures": measures}
    keys = {name: value for name, value in given.items() if value is not None}
    plan = make_sweep_plan(file, settings, users=users, ticks=ticks, seed=seed, replicates=replicates, keys=keys)
    return run_sweep(
        plan,
        executor=executor,
        workers=workers,
        timeout=timeout,
        retry_failed=retry_failed,
        out=out,
        progress=progress,
    )
