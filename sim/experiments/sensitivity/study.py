"""Run a study of sensitivity on the model: cells through the store, tables kept, an answer in words."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.sensitivity.analyse import Analysis, analyse
from sim.experiments.sensitivity.estimates import PARTS
from sim.experiments.sensitivity.plan import SensitivityPlan, level_at, make_sensitivity_plan
from sim.experiments.sweep.tables import UNITS
from sim.results.table import Table, frame

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
TABLES = ("screening", "indices", "profile", "outputs", "failures")
Stage = Callable[[str], None]
"""Called with what is about to be run."""


@dataclass
class SensitivityResult:
    """A study. manifest: where it comes from; tables: by name, as columns; path: folder it is stored in, or None.

    reused: whether it was read back. What the tables hold: `sim.experiments.sensitivity.estimates`.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def screening(self) -> "pd.DataFrame":
        """A row per input, and the seed: mu* with its interval, mu, sigma, whether it was kept."""
        return frame(self.tables["screening"])

    @cached_property
    def indices(self) -> "pd.DataFrame":
        """A row per input kept, and the seed: first-order and total index with their intervals."""
        return frame(self.tables["indices"])

    @cached_property
    def profile(self) -> "pd.DataFrame":
        """A row per input kept and part of its range: the mean output there."""
        return frame(self.tables["profile"])

    def summary(self) -> str:
        """What the study found, in a few sentences."""
        from sim.experiments.sensitivity.answer import answer

        return answer(self)


class _Model:
    """Answers to points by running the model, and keeps what it answered."""

    def __init__(self, plan: SensitivityPlan, how: dict[str, Any], progress: Told | None, stage: Stage | None) -> None:
        self._plan, self._how, self._progress, self._stage = plan, how, progress, stage
        self._tables: list[Table] = []
        self.reasons: list[str] = []

    def __call__(self, unit: NDArray[np.float64], seeds: NDArray[np.int64]) -> NDArray[np.float64]:
        """The output at every point: the mean paired difference over its seeds, NaN where a cell failed."""
        plan = self._plan
        jobs = plan.jobs(plan.points(unit), seeds)
        if self._stage is not None:
            self._stage(f"{len(unit):,} points, {len(jobs):,} cells")
        cells = evaluate(jobs, progress=self._progress, **self._how)
        values = cells.measure(plan.file.sweep.primary).reshape(len(unit), plan.replicates, plan.arms)
        outputs = (values[:, :, 0] - values[:, :, 1] if plan.arms == 2 else values[:, :, 0]).mean(axis=1)
        self.reasons += cells.failures.values()
        self._tables.append({"seed": seeds, "output": outputs} | self._values(unit))
        return outputs

    def _values(self, unit: NDArray[np.float64]) -> Table:
        """The value of every input at every point, as text."""
        return {
            parameter.path: np.array([str(level_at(parameter, share).value) for share in unit[:, k].tolist()])
            for k, parameter in enumerate(self._plan.inputs)
        }

    @property
    def outputs(self) -> Table:
        """A row per point run, in order: stage, number of its seed, output, value of every input."""
        names = ("screening", "indices")[-len(self._tables) :]
        parts = [
            {"stage": np.full(len(table["seed"]), name)} | table
            for name, table in zip(names, self._tables, strict=True)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def sensitivity(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
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
    stage: Stage | None = None,
) -> SensitivityResult:
    """Study on which inputs of a sensitivity file the effect hangs; read the very same study back if it is stored.

    file: path, or name of a shipped one; settings: "sensitivity.rows=64" or "world.choice.noise=10" and the like; users,
    ticks, seed, replicates: instead of the file's; executor, workers, timeout, retry_failed, progress: as of `evaluate`; out:
    folder to store the study and its cells under (not stored if not given); stage: told what is about to be run.
    Raises ScenarioError with all faults of the file, ResultError where SALib is missing or too many cells fail. Ctrl-C keeps
    finished cells where `out` is given.
    """
    from sim.results.store import place_of, read_tables, write_tables

    plan = make_sensitivity_plan(file, settings, users=users, ticks=ticks, seed=seed, replicates=replicates)
    name = plan.file.sweep.base.name
    place = None if out is None else place_of(Path(out), name, f"{plan.key}-sensitivity")
    if place is not None and (place / "manifest.json").is_file():
        manifest, tables = read_tables(place, TABLES)
        if tables["screening"]:
            tables["screening"]["kept"] = tables["screening"]["kept"].astype(bool)  # files hold 1 and 0
        return SensitivityResult(manifest, tables, place, reused=True)
    started = time.time()
    how = {
        **{"store": None if out is None else Path(out) / "cells", "executor": executor, "workers": workers},
        **{"timeout": timeout, "retry_failed": retry_failed, "keep": ()},
    }
    model = _Model(plan, how, progress, stage)
    found = analyse(plan.names, model, plan.file.keys, plan.named)
    nothing: dict[str, Table] = {"screening": {}}
    tables = nothing | found.tables | {"outputs": model.outputs, "failures": _failures(model.reasons)}
    tables["profile"] = tables["profile"] | {"value": _middles(plan, tables["profile"])}
    result = SensitivityResult(_manifest(plan, found, len(model.reasons), started), tables, place)
    if place is not None:
        if model.reasons:  # kept apart, so that the same command tries again
            result.path = place = place_of(place.parent.parent, name, f"{place.name}-failed{len(model.reasons)}")
        write_tables(place, result.manifest, result.tables, Path(str(out)))
    return result


def _failures(reasons: Sequence[str]) -> Table:
    """How many cells failed, by reason."""
    unique = sorted(set(reasons))
    return {"reason": np.array(unique, dtype=str), "cells": np.array([reasons.count(why) for why in unique], dtype=int)}


def _middles(plan: SensitivityPlan, profile: Table) -> NDArray[np.str_]:
    """The value in the middle of every part of an input's range, as text."""
    by_name = {parameter.path: parameter for parameter in plan.inputs}
    found = []
    for name, part in zip(profile["input"].tolist(), profile["part"].tolist(), strict=True):
        value = level_at(by_name[name], (part + 0.5) / plan.named.get(name, PARTS)).value
        found.append(f"{value:.3g}" if isinstance(value, float) else str(value))
    return np.array(found)


def _manifest(plan: SensitivityPlan, found: Analysis, failed: int, started: float) -> dict[str, Any]:
    from sim.experiments.manifest import circumstances
    from sim.scenario.load import resolved

    sweep = plan.file.sweep
    middle = plan.points(np.full((1, len(plan.inputs)), np.nan))[0]
    arms = {"policy": middle.policy} | ({} if middle.baseline is None else {"baseline": middle.baseline})
    return {
        "format": FORMAT,
        "kind": "sensitivity",
        "name": sweep.base.name,
        "note": sweep.base.note,
        "status": "complete" if not failed else f"{failed} cells failed",
        "run_id": plan.key,
        "primary": sweep.primary,
        "unit": UNITS[sweep.primary][0],
        "paired": plan.arms == 2,
        "inputs": [
            {
                **{"path": p.path, "role": p.role, "unit": p.unit, "meaning": p.meaning, "log": p.log},
                "values": [p.span.low, p.span.high] if p.span is not None else [level.value for level in p.levels],
                "is_range": p.span is not None,
            }
            for p in plan.inputs
        ],
        "kept": list(found.kept),
        "sensitivity": plan.file.keys.model_dump(),
        "dropped_blocks": found.dropped,
        "failed_cells": failed,
        "spread": found.spread,
        "replicates_finished": plan.replicates,
        "run": sweep.base.run.model_dump(mode="json"),
        "scenarios": {arm: resolved(scenario) for arm, scenario in arms.items()},
        **circumstances(started),
    }
