"""Run a search over policies on the model: cells through the store, tables kept, an answer in words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.cells.evaluate import Told
from sim.experiments.optimise.model import Model
from sim.experiments.optimise.plan import OptimisePlan, make_optimise_plan
from sim.experiments.optimise.search import Found, Stage, search
from sim.experiments.optimise.tables import tables_of
from sim.results.table import Table, frame

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
TABLES = ("trials", "rounds", "finalists", "guardrails", "regret")
FLAGS = {"trials": ("feasible", "undominated"), "rounds": ("went_on",), "finalists": ("undominated",)}
"""Columns of yes and no, which files hold as 1 and 0."""


@dataclass
class OptimiseResult:
    """A search. manifest: where it comes from; tables: by name, as columns; path: folder it is stored in, or None.

    reused: whether it was read back. What the tables hold: `sim.experiments.optimise.tables`.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def trials(self) -> "pd.DataFrame":
        """A row per policy tried: its gains and excesses on the first seeds."""
        return frame(self.tables["trials"])

    @cached_property
    def finalists(self) -> "pd.DataFrame":
        """A row per finalist and objective: what the search said, what fresh seeds confirm, the winner's curse."""
        return frame(self.tables["finalists"])

    @cached_property
    def regret(self) -> "pd.DataFrame":
        """A row per finalist (and doing nothing) and world: gain in the first objective, regret."""
        return frame(self.tables["regret"])

    @cached_property
    def guardrails(self) -> "pd.DataFrame":
        """A row per finalist, guardrail and world: excess over the limit on fresh seeds, verdict."""
        return frame(self.tables["guardrails"])

    def summary(self) -> str:
        """What the search found, in a few sentences."""
        from sim.experiments.optimise.answer import answer

        return answer(self)


def optimise(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
    stage: Stage | None = None,
) -> OptimiseResult:
    """Search the policies of an optimise file; read the very same search back if it is stored.

    file: path, or name of a shipped one; settings: "search.trials=40" or "world.choice.noise=10" and the like; users, ticks,
    seed: instead of the file's; executor, workers, timeout, retry_failed, progress: as of `evaluate`; out: folder to store the
    search and its cells under (not stored if not given); stage: told what is about to be run.
    Raises ScenarioError with all faults of the file, ResultError where optuna is missing or no policy can be run. Ctrl-C keeps
    finished cells where `out` is given, and the same call goes on from there.
    """
    from sim.results.store import place_of, read_tables, write_tables

    plan = make_optimise_plan(file, settings, users=users, ticks=ticks, seed=seed)
    keys = plan.file.keys
    place = None if out is None else place_of(Path(out), plan.file.base.name, f"{plan.key}-optimise")
    if place is not None and (place / "manifest.json").is_file():
        manifest, tables = read_tables(place, TABLES)
        for name, flags in FLAGS.items():
            tables[name] |= {flag: tables[name][flag].astype(bool) for flag in flags if flag in tables[name]}
        return OptimiseResult(manifest, tables, place, reused=True)
    started = time.time()
    how = {
        **{"store": None if out is None else Path(out) / "cells", "executor": executor, "workers": workers},
        **{"timeout": timeout, "retry_failed": retry_failed, "keep": ("groups",)},
    }
    model = Model(plan, how, progress)
    found = search(plan.space, model, keys.search, len(keys.objectives), len(keys.guardrails), stage)
    result = OptimiseResult(_manifest(plan, found, model, started), tables_of(plan, found), place)
    if place is not None:
        if model.failed:  # kept apart, so that the same command tries again
            result.path = place = place_of(
                place.parent.parent, plan.file.base.name, f"{place.name}-failed{len(model.failed)}"
            )
        write_tables(place, result.manifest, result.tables, Path(str(out)))
    return result


def _manifest(plan: OptimisePlan, found: Found, model: Model, started: float) -> dict[str, Any]:
    from sim.experiments.manifest import circumstances
    from sim.experiments.optimise.tables import unit_of
    from sim.scenario.load import resolved

    keys, base = plan.file.keys, plan.file.base
    world = plan.file.worlds[0]
    arms = {plan.label(candidate): plan.scenario(candidate, world) for candidate in found.finalists}
    return {
        "format": FORMAT,
        "kind": "optimise",
        "name": base.name,
        "note": base.note,
        "status": "complete" if not model.failed else f"{len(model.failed)} cells failed",
        "run_id": plan.key,
        "objectives": [
            {"name": str(one), "measure": one.measure, "want": "more" if sign > 0 else "less", "unit": unit_of(one)}
            for one, sign in zip(keys.objectives, plan.directions, strict=True)
        ],
        "guardrails": [str(rail) for rail in keys.guardrails],
        "families": [family.name for family in plan.file.families],
        "worlds": [one.name for one in plan.file.worlds],
        "baseline": base.baseline,
        "search": keys.search.model_dump(),
        "tried": len(found.trials),
        "could_not_be_run": int(np.isnan(found.tried.gains).any(axis=(1, 2, 3)).sum()),
        "failed_cells": len(model.failed),
        "reasons": sorted(set(model.failed.values())),
        "run": base.run.model_dump(mode="json"),
        "policies": {plan.label(candidate): plan.patch(candidate) for candidate in found.finalists},
        "scenarios": {name: resolved(scenario) for name, scenario in arms.items()},
        **circumstances(started),
    }
