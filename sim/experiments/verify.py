"""Verification: stored results are made again and compared to the bit."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.engines.code import code_hash
from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.job import Job
from sim.experiments.plan import RunPlan
from sim.results.cells.origin import Origin
from sim.results.cells.outcome import Outcome, pack
from sim.results.cells.reader import CellReader
from sim.results.listing import CELLS, manifests
from sim.results.store import ResultError, read_tables
from sim.results.table import Table
from sim.scenario.schema import Scenario

SAME, DIFFERS, UNKNOWN = "same", "differs", "not made again"


@dataclass(frozen=True)
class Verdict:
    """What a second making gave. kind: run, after or cell; title: its folder or key; verdict: same (to the bit), differs or
    not made again; note: what differs, or why it was not made again.
    """

    kind: str
    title: str
    verdict: str
    note: str = ""


def verify(out: Path, sample: int = 10, tell: Callable[[str], None] | None = None) -> list[Verdict]:
    """Make up to `sample` of the runs and studies and up to `sample` of the finished cells under `out` again, chosen by chance.

    Sweeps and comparisons are made of cells and have nothing else to run. tell: called with what is made again next.
    Raises ResultError.
    """
    if not out.is_dir():
        raise ResultError(f"{out}: no such folder of results; give another with --out")
    luck = random.SystemRandom()  # another sample each time, so that all come to be checked
    runs = [(path, told) for path, told in manifests(out) if told.get("kind") in REMAKE]
    verdicts = []
    for path, manifest in luck.sample(runs, min(sample, len(runs))):
        if tell is not None:
            tell(str(path))
        verdicts.append(_verify_run(path, manifest))
    return verdicts + _verify_cells(out / CELLS, sample, luck, tell)


def _verify_cells(folder: Path, sample: int, luck: random.Random, tell: Callable[[str], None] | None) -> list[Verdict]:
    with CellReader(folder) as store:
        finished = [kept.key for kept in store.cells() if not kept.reason]
        chosen = sorted(luck.sample(finished, min(sample, len(finished))))
        if chosen and tell is not None:
            tell(f"{len(chosen)} of {len(finished)} cells in {folder}")
        stored, origins = store.outcomes(chosen), [store.origin(key) for key in chosen]
    verdicts: dict[str, Verdict] = {}
    jobs: dict[str, Job] = {}
    for key, origin in zip(chosen, origins, strict=True):
        try:
            scenario = Scenario.model_validate(origin.scenario)
            jobs[key] = Job(scenario, origin.seed, origin.reference, origin.users)
        except (ValidationError, ValueError):
            verdicts[key] = Verdict(
                "cell", key, UNKNOWN, f"its scenario is not one of this version{_whose(origin.code)}"
            )
    again = dict(zip(jobs, evaluate(list(jobs.values())).outcomes, strict=True))
    for key, was, origin in zip(chosen, stored, origins, strict=True):
        if key in again:
            verdicts[key] = _verdict_on_cell(was, again[key], origin, jobs[key])
    return [verdicts[key] for key in chosen]


def _verdict_on_cell(was: Outcome, now: Outcome, origin: Origin, job: Job) -> Verdict:
    if now.reason:
        return Verdict("cell", was.key, DIFFERS, f"it fails now: {now.reason}{_whose(origin.code)}")
    one, other = pack(was), pack(now)
    if (one.shape, one.body) == (other.shape, other.body):
        return Verdict("cell", was.key, SAME)
    parts = [name for name in was.measures if repr(was.measures[name]) != repr(now.measures.get(name))]
    told = f"measures {', '.join(parts[:4])}" if parts else "the sketches"
    if job.key != was.key and origin.code == code_hash():
        return Verdict("cell", was.key, DIFFERS, f"{told}; a gate or rule from outside the package has changed since")
    return Verdict("cell", was.key, DIFFERS, told + _whose(origin.code))


def _whose(code: str) -> str:
    """Says that a result comes from other code, if it does."""
    return f"; it was made by other code ({code}; this is {code_hash()})" if code != code_hash() else ""


def _run_tables(plan: RunPlan) -> dict[str, Table]:
    from sim.experiments.run import execute

    tables = dict(execute(plan).tables)
    tables["runs"] = {name: column for name, column in tables["runs"].items() if name != "seconds"}
    del tables["users"]  # how many were kept is not known, and the others follow from the same users
    return tables


def _study_tables(plan: RunPlan) -> dict[str, Table]:
    from sim.engines.fast import default_threads
    from sim.experiments.after.study import study_plan

    return study_plan(plan, default_threads())


REMAKE: dict[Any, Callable[[RunPlan], dict[str, Table]]] = {"run": _run_tables, "after": _study_tables}
"""Kinds of stored folders that can be made again from their manifests, and how."""


def _verify_run(path: Path, manifest: dict[str, Any]) -> Verdict:
    kind = str(manifest["kind"])
    try:
        arms = {arm: Scenario.model_validate(data) for arm, data in manifest["scenarios"].items()}
        finished = int(manifest["replicates_finished"])
        plan = RunPlan(arms, str(manifest["engine"]))
        other = plan.key != manifest["run_id"]
        note = _versions(manifest) if other else ""
        run = plan.arms["policy"].run.model_copy(update={"replicates": finished})
        arms = {arm: scenario.model_copy(update={"run": run}) for arm, scenario in arms.items()}
    except (ValidationError, ValueError, KeyError, TypeError):
        return Verdict(kind, str(path), UNKNOWN, "its scenarios are not those of this version")
    tables = REMAKE[kind](RunPlan(arms, plan.engine))
    try:
        _, stored = read_tables(path, tuple(tables))
    except ResultError as error:
        return Verdict(kind, str(path), DIFFERS, str(error))
    differing = [name for name, table in tables.items() if not _same(stored[name], table)]
    if not differing:
        return Verdict(kind, str(path), SAME)
    return Verdict(kind, str(path), DIFFERS, f"tables {', '.join(differing)}{note}")


def _same(stored: Table, made: Table) -> bool:
    """Whether all columns of a table are the same to the bit (a stored text or date may be of another width)."""
    return all(
        name in stored
        and len(stored[name]) == len(column)
        and (
            stored[name].astype(column.dtype).tobytes() == column.tobytes()
            if column.dtype.kind != "U"
            else stored[name].tolist() == column.tolist()
        )
        for name, column in made.items()
        if len(column)
    )


def _versions(manifest: dict[str, Any]) -> str:
    """Says that a run comes from other code, and which versions differ."""
    from sim.experiments.manifest import versions

    now, then = versions(), manifest.get("versions", {})
    changed = [f"{name} {then[name]} then, {now[name]} now" for name in now if name in then and then[name] != now[name]]
    return f"; it was made by other code of the model ({'; '.join(changed) or 'the same versions of all libraries'})"
