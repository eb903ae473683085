"""Calibrate on the model: cells through the store, a fit, a check on fresh seeds, tables kept, a scenario file, an answer in words."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.calibrate.identification import Knowledge, knowledge, knowledge_of_draws
from sim.experiments.calibrate.moments_fit import nearest
from sim.experiments.calibrate.plan import CalibrationPlan, make_calibration_plan
from sim.experiments.calibrate.posterior import posterior
from sim.experiments.calibrate.simulator import Memory, Simulator, Values
from sim.experiments.calibrate.tables import direction_table, parameter_table, points_table, target_table
from sim.experiments.cells.evaluate import Told, evaluate
from sim.results.table import Table, frame
from sim.scenario.reader import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

Stage = Callable[[str], None]
"""Told in words what is about to be run."""

FORMAT = 1
TABLES = ("parameters", "directions", "targets", "points")
FLAGS = {"parameters": ("log", "identified", "at_end"), "directions": ("flat",), "targets": ("held_out", "met")}
"""Columns of yes and no, which files hold as 1 and 0."""
FRESH = 1_000_000
"""Number of the first seed that no fit has seen."""


@dataclass
class CalibrationResult:
    """A calibration. manifest: where it comes from; tables: by name, as columns; path: folder it is stored in, or None.

    reused: whether it was read back. What the tables hold: `sim.experiments.calibrate.tables`.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def parameters(self) -> "pd.DataFrame":
        """A row per parameter: estimate, interval, whether it is identified."""
        return frame(self.tables["parameters"])

    @cached_property
    def directions(self) -> "pd.DataFrame":
        """A row per direction and parameter: loading, width of the interval, whether it is flat."""
        return frame(self.tables["directions"])

    @cached_property
    def targets(self) -> "pd.DataFrame":
        """A row per moment: observed, model on fresh seeds, gap, whether it was held out and whether it is met."""
        return frame(self.tables["targets"])

    @cached_property
    def points(self) -> "pd.DataFrame":
        """A row per point of the first stage with its loss (smm), or per draw of the posterior with its weight (abc)."""
        return frame(self.tables["points"])

    def scenario_text(self) -> str:
        """The fitted scenario as a file that extends base.yaml."""
        from sim.experiments.calibrate.fitted import fitted_text

        return fitted_text(self)

    def summary(self) -> str:
        """What was found, in a few sentences."""
        from sim.experiments.calibrate.answer import answer

        return answer(self)


class _Model:
    """The simulator of a plan. failed: cells that failed and points that the scenario does not allow, by key, with their reason."""

    def __init__(self, plan: CalibrationPlan, how: dict[str, Any], progress: Told | None, stage: Stage | None) -> None:
        self._plan, self._how, self._progress, self._stage = plan, how, progress, stage
        self.failed: dict[str, str] = {}

    def __call__(self, places: Values, seeds: range) -> Values:
        """Moments, shape (points, seeds, moments), NaN where a run failed."""
        jobs, run = [], []
        for number, place in enumerate(places):
            try:
                jobs += self._plan.jobs(self._plan.scenario(place), seeds)
                run.append(number)
            except ScenarioError as error:
                self.failed[place.tobytes().hex()] = error.faults[0].message
        if self._stage is not None and len(places) > 1:
            self._stage(f"{len(places):,} points, {len(jobs):,} cells")
        cells = evaluate(jobs, progress=self._progress, **self._how)
        for job, reason in cells.failures.items():
            self.failed[cells.keys[job]] = reason
        found = np.full((len(places), len(seeds), self._plan.values.size), np.nan)
        if jobs:
            values = np.concatenate([one.of(cells) for one in self._plan.moments], axis=1)
            found[run] = values.reshape(len(run), len(seeds), -1)
        return found


def simulator(plan: CalibrationPlan) -> Simulator:
    """The model as what is fitted, its cells kept nowhere."""
    return _Model(plan, {"keep": ("groups", "scores", "series")}, None, None)


def calibrate(
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
) -> CalibrationResult:
    """Fit the parameters of a calibration file to its targets; read the very same calibration back if it is stored.

    file: path, or name of a shipped one; settings: "calibrate.method=abc" or "world.choice.noise=10" and the like; users,
    ticks, seed: instead of the file's; executor, workers, timeout, retry_failed, progress: as of `evaluate`; out: folder to
    store the calibration and its cells under (not stored if not given); stage: told what is about to be run.
    Raises ScenarioError with all faults of the file and its observations, ResultError where pyABC is missing or nothing can be
    run. Ctrl-C keeps finished cells where `out` is given, and the same call goes on from there.
    """
    from sim.results.store import place_of, read_tables, write_tables

    plan = make_calibration_plan(file, settings, users=users, ticks=ticks, seed=seed)
    place = None if out is None else place_of(Path(out), plan.file.base.name, f"{plan.key}-calibrate")
    if place is not None and (place / "manifest.json").is_file():
        manifest, tables = read_tables(place, TABLES)
        for name, flags in FLAGS.items():
            tables[name] |= {flag: tables[name][flag].astype(bool) for flag in flags}
        return CalibrationResult(manifest, tables, place, reused=True)
    started = time.time()
    how = {
        **{"store": None if out is None else Path(out) / "cells", "executor": executor, "workers": workers},
        **{"timeout": timeout, "retry_failed": retry_failed, "keep": ("groups", "scores", "series")},
    }
    model = _Model(plan, how, progress, stage)
    simulate = Memory(model)
    found, tables, facts = (_by_moments if plan.keys.method == "smm" else _by_draws)(plan, simulate)
    tables |= {"parameters": parameter_table(plan, found), "directions": direction_table(plan, found)}
    facts |= {"points_run": simulate.asked, "failed": len(model.failed), "reasons": sorted(set(model.failed.values()))}
    result = CalibrationResult(_manifest(plan, found, facts, started), tables, place)
    if place is not None:
        if model.failed:  # kept apart, so that the same command tries again
            result.path = place = place_of(
                place.parent.parent, plan.file.base.name, f"{place.name}-failed{len(model.failed)}"
            )
        write_tables(place, result.manifest, result.tables, Path(str(out)))
    return result


Found = tuple[Knowledge, dict[str, Table], dict[str, Any]]


def _by_moments(plan: CalibrationPlan, simulate: Memory) -> Found:
    """The fit by simulated moments, and what it says of the targets."""
    fitted, keys = plan.fitted, plan.keys
    errors = np.sqrt(np.diag(plan.covariance))
    best = nearest(simulate, plan.values, errors, fitted, keys, len(plan.names))
    within = np.ix_(fitted, fitted)
    known = knowledge(best.place, best.jacobians[:, fitted], best.simulated[:, fitted], plan.covariance[within])
    slopes = best.jacobians.mean(axis=0)
    unsure = np.sqrt(np.einsum("mk,kl,ml->m", slopes, known.covariance, slopes))
    fresh = simulate(best.place[None], range(FRESH, FRESH + keys.confirm))[0]
    loss = float((((best.simulated.mean(axis=0) - plan.values)[fitted] / errors[fitted]) ** 2).sum())
    tables = {
        "targets": target_table(plan, fresh, unsure),
        "points": points_table(plan, best.spread, "loss", best.losses),
    }
    return known, tables, {"loss": loss}


def _by_draws(plan: CalibrationPlan, simulate: Memory) -> Found:
    """The posterior, and what it says of the targets."""
    keys, errors = plan.keys, np.sqrt(np.diag(plan.covariance))
    found = posterior(simulate, plan.values, errors, plan.fitted, keys, len(plan.names))
    known = knowledge_of_draws(found.draws, found.weights)
    fresh = simulate(known.place[None], range(FRESH, FRESH + keys.confirm))[0]
    # As many draws, by weight, each on one seed: they spread by the parameters' uncertainty and luck.
    shares = (np.arange(keys.confirm) + 0.5) / keys.confirm
    rows = np.minimum(np.searchsorted(np.cumsum(found.weights), shares), len(found.draws) - 1)
    spread = simulate(found.draws[rows], range(FRESH, FRESH + 1))[:, 0].var(axis=0, ddof=1)
    unsure = np.sqrt(np.maximum(spread - fresh.var(axis=0, ddof=1), 0.0))
    tables = {
        "targets": target_table(plan, fresh, unsure),
        "points": points_table(plan, found.draws, "weight", found.weights),
    }
    return known, tables, {"temperature": found.temperature}


def _manifest(plan: CalibrationPlan, known: Knowledge, facts: dict[str, Any], started: float) -> dict[str, Any]:
    from sim.experiments.calibrate.fitted import shipped_baseline
    from sim.experiments.manifest import circumstances
    from sim.scenario.load import resolved

    base = plan.file.base
    fitted = plan.scenario(known.place).model_copy(update={"baseline": shipped_baseline(plan.file)})
    return {
        "format": FORMAT,
        "kind": "calibrate",
        "name": base.name,
        "note": base.note,
        "status": "complete" if not facts["failed"] else f"{facts['failed']} cells failed",
        "run_id": plan.key,
        "calibrate": plan.keys.model_dump(),
        "fit": [{"path": p.path, "unit": p.unit, "meaning": p.meaning, "log": p.log} for p in plan.file.parameters],
        "run": base.run.model_dump(mode="json"),
        "scenarios": {"fitted": resolved(fitted)},
        **facts,
        **circumstances(started),
    }
