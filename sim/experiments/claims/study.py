"""Put claims to the test: cells through the store, tables kept, an answer in words."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.cells.outcome import Cells
from sim.experiments.claims.judge import steps_to, turns, verdict
from sim.experiments.claims.plan import ClaimsPlan, make_claims_plan
from sim.experiments.compare.groups import GROUP_MEASURES, of_whom
from sim.experiments.compare.plan import KNOWN
from sim.experiments.effect import Interval, t_interval
from sim.results.store import ResultError
from sim.results.table import Table, frame
from sim.scenario.claims import Claim, Trial
from sim.scenario.comparison import GroupName

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
TABLES = ("claims", "trials", "failures")


@dataclass
class ClaimsResult:
    """Judged claims. manifest: where it comes from; tables: by name, as columns; path: folder it is stored in, or None.

    reused: whether it was read back. How claims are judged: docstring of `sim.experiments.claims`.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def claims(self) -> "pd.DataFrame":
        """A row per claim: what it says, both arms, paired difference with its 95% interval, verdict, what it hinges on."""
        return frame(self.tables["claims"])

    @cached_property
    def trials(self) -> "pd.DataFrame":
        """A row per claim and value tried of a setting (path empty: as the file has it): difference, interval, verdict."""
        return frame(self.tables["trials"])

    def summary(self) -> str:
        """How many claims hold, in a sentence or two."""
        from sim.experiments.claims.answer import answer

        return answer(self)


def claims(
    file: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    out: str | Path | None = None,
    progress: Told | None = None,
) -> ClaimsResult:
    """Put the claims of a file to the test; read the very same study back if it is stored.

    file: path, or name of a shipped one; settings: "claims.NAME.margin=1%" and the like; users, seed, replicates: instead of
    the file's; executor, workers, timeout, retry_failed, progress: as of `evaluate`; out: folder to store the result and its
    cells under (not stored if not given).
    Raises ScenarioError with every fault of the file, ResultError if every cell fails or the result cannot be stored. Ctrl-C
    keeps finished cells where `out` is given.
    """
    from sim.results.store import place_of, read_tables, write_tables

    plan = make_claims_plan(file, settings, users=users, seed=seed, replicates=replicates)
    place = None if out is None else place_of(Path(out), plan.file.keys.name, f"{plan.key}-claims")
    if place is not None and (place / "manifest.json").is_file():
        return ClaimsResult(*read_tables(place, TABLES), place, reused=True)
    started = time.time()
    store = None if out is None else Path(out) / "cells"
    cells = evaluate(
        plan.jobs(),
        store=store,
        executor=executor,
        workers=workers,
        timeout=timeout,
        retry_failed=retry_failed,
        progress=progress,
        keep=("groups",) if any(claim.group for claim in plan.file.keys.claims.values()) else (),
    )
    failed = list(cells.failures.values())
    if len(failed) == len(plan.jobs()):
        raise ResultError(f"{plan.file.keys.name}: all {len(failed)} cells failed, the first because: {failed[0]}")
    result = ClaimsResult(_manifest(plan, len(failed), started), _tables(plan, cells, failed), place)
    if place is not None:
        if failed:  # kept apart, so that the same command tries again
            result.path = place = place_of(
                place.parent.parent, plan.file.keys.name, f"{place.name}-failed{len(failed)}"
            )
        write_tables(place, result.manifest, result.tables, Path(str(out)))
    return result


def _tables(plan: ClaimsPlan, cells: Cells, failed: list[str]) -> dict[str, Table]:
    judged: dict[str, list[dict[str, Any]]] = {name: [] for name in plan.file.trials}
    by_measure: dict[tuple[str, GroupName | None], NDArray[np.float64]] = {}
    groups = cells.table("groups") if any(claim.group for claim in plan.file.keys.claims.values()) else {}
    shape = (-1, plan.file.replicates, 2)
    for place, (name, trial) in enumerate(plan.trials):
        claim = plan.file.keys.claims[name]
        what = claim.measure, claim.group
        if what not in by_measure:
            by_measure[what] = of_whom(cells, groups, *what).reshape(shape)
        judged[name].append(_judged(name, claim, trial, by_measure[what][place]))
    rows = [_row(plan, name, trials) for name, trials in judged.items()]
    reasons = sorted(set(failed))
    return {
        "claims": _columns(rows),
        "trials": _columns([trial for trials in judged.values() for trial in trials]),
        "failures": {
            "reason": np.array(reasons, dtype=str),
            "cells": np.array([failed.count(why) for why in reasons], dtype=int),
        },
    }


def _columns(rows: list[dict[str, Any]]) -> Table:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _judged(name: str, claim: Claim, trial: Trial, values: NDArray[np.float64]) -> dict[str, Any]:
    """One trial. values: of the measure, shape (replicates, 2 arms)."""
    found: Interval = t_interval(values[:, 0] - values[:, 1])
    arm, against = (float(np.nanmean(column)) if not np.isnan(column).all() else math.nan for column in values.T)
    margin = 0.0 if claim.margin is None else claim.margin.of(against)
    return {
        "claim": name,
        "path": trial.path,
        "value": "" if trial.value is None else as_text(trial.value),
        "arm": arm,
        "against": against,
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "margin": margin,
        "verdict": verdict(claim.says, found.low, found.high, margin),
    }


def _row(plan: ClaimsPlan, name: str, trials: list[dict[str, Any]]) -> dict[str, Any]:
    """A claim with what it hinges on: the setting that turns the verdict with the smallest step."""
    claim, own = plan.file.keys.claims[name], trials[0]
    turning, unsure = [], []
    for trial, tried in zip(plan.file.trials[name][1:], trials[1:], strict=True):
        if turns(own["verdict"], tried["verdict"]):
            values = claim.hinges[trial.path]
            usual = setting(plan.file.trials[name][0], trial.path)
            steps = steps_to(values, usual, values.index(trial.value))
            turning.append((steps, trial.path, as_text(trial.value), as_text(usual), tried["verdict"]))
        elif tried["verdict"] != own["verdict"]:
            unsure.append(f"{trial.path} {as_text(trial.value)}")
    turning.sort(key=lambda found: found[0])
    _, path, value, usual, then = turning[0] if turning else (0, "", "", "", "")
    return {
        "claim": name,
        "text": claim.claim,
        "source": claim.source,
        "measure": claim.measure,
        "group": "" if claim.group is None else f"{claim.group.kind}: {claim.group.group}",
        "unit": (KNOWN if claim.group is None else GROUP_MEASURES)[claim.measure][0],
        "says": claim.says,
        **{key: own[key] for key in ("arm", "against", "difference", "low", "high", "n", "margin", "verdict")},
        "hinge": path,
        "usual": usual,
        "turns_at": value,
        "turns_to": then,
        "others": ", ".join(dict.fromkeys(found[1] for found in turning if found[1] != path)),
        "unsure_at": "; ".join(unsure),
        "tried": ", ".join(claim.hinges),
    }


def as_text(value: Any) -> str:
    """A value as a table shows it; alike members of a list are counted."""
    if isinstance(value, list) and value and all(one == value[0] for one in value):
        return f"{len(value)} of {as_text(value[0])}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {as_text(one)}" for name, one in value.items())
    return str(value)


def setting(trial: Trial, path: str) -> Any:
    """The value of a setting in the arm of a trial (None where it has none)."""
    value: Any = trial.arm.model_dump(mode="json")
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _manifest(plan: ClaimsPlan, failed: int, started: float) -> dict[str, Any]:
    from sim.experiments.manifest import circumstances
    from sim.scenario.load import resolved

    keys = plan.file.keys
    return {
        "format": FORMAT,
        "kind": "claims",
        "name": keys.name,
        "note": keys.note,
        "status": "complete" if not failed else f"{failed} cells failed",
        "run_id": plan.key,
        "replicates_finished": plan.file.replicates,
        "failed_cells": failed,
        "run": keys.run.model_dump(mode="json"),
        "scenarios": {
            f"{name} ({side})": resolved(scenario)
            for name, trials in plan.file.trials.items()
            for side, scenario in (("arm", trials[0].arm), ("against", trials[0].against))
        },
        **circumstances(started),
    }
