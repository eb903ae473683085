"""Run a scenario and its baseline on the same luck, replicate by replicate."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sim.experiments.cell import Cell, reference_score, run_cell
from sim.experiments.effect import effects
from sim.experiments.plan import RunPlan, make_plan
from sim.scenario.schema import Scenario

EngineName = Literal["fast", "readable"]


@dataclass
class Result:
    """Tables of a run. Each carries `arm` (policy or baseline) and `replicate`.

    ticks: a row per day, measures and totals (`n_*`); runs: a row per arm and replicate; groups, scores, plans: who gained,
    score histograms, plans by distance to the gate; users: whole users on request; manifest: where it all comes from;
    path: the folder it is stored in, or None; reused: whether it was read back instead of run.
    """

    manifest: dict[str, Any]
    ticks: pd.DataFrame
    runs: pd.DataFrame
    groups: pd.DataFrame
    scores: pd.DataFrame
    plans: pd.DataFrame
    users: pd.DataFrame = field(default_factory=pd.DataFrame)
    path: Path | None = None
    reused: bool = False

    def effect(self, measure: str | None = None) -> pd.DataFrame:
        """Paired difference of each measure (or one) against the baseline, with a 95% interval over replicates."""
        table = effects(self.runs)
        if measure is None:
            return table
        if measure not in set(table["measure"]):
            raise KeyError(f"{measure!r} is not a measure; known: {', '.join(table['measure'])}")
        return table[table["measure"] == measure].reset_index(drop=True)

    def summary(self) -> str:
        """What the run found, in a sentence or two."""
        from sim.experiments.summary import sentence

        return sentence(self)


class Stopped(KeyboardInterrupt):
    """A run stopped from outside; `result` holds the replicates finished by then, or None."""

    def __init__(self, result: Result | None) -> None:
        super().__init__("stopped")
        self.result = result


Progress = Callable[[int, int], None]
"""Called with user-days done and user-days in all."""


def _same_people(one: Scenario, other: Scenario) -> bool:
    return (
        one.world == other.world
        and one.run.users == other.run.users
        and one.switches.coverage == other.switches.coverage
    )


def _engines(plan: RunPlan, seed: int, threads: int) -> list[Callable[[], Any]]:
    """A maker of an engine per arm, both on the same people where their worlds are the same."""
    if plan.engine == "readable":
        from sim.engines.readable import ReadableEngine

        return [partial(ReadableEngine, scenario, seed) for scenario in plan.arms.values()]
    from sim.engines.fast import DayZero, FastEngine

    first = next(iter(plan.arms.values()))
    shared = DayZero(first, seed, threads)
    return [
        partial(FastEngine, scenario, seed, threads, shared if _same_people(first, scenario) else None)
        for scenario in plan.arms.values()
    ]


def execute(
    plan: RunPlan, *, threads: int | None = None, users_sample: int = 0, progress: Progress | None = None
) -> Result:
    """Run a plan. Raises `Stopped`, with what is finished, on Ctrl-C."""
    from sim.engines.fast import default_threads
    from sim.experiments.manifest import manifest

    started = time.time()
    threads = threads or default_threads()
    cells: list[tuple[str, int, int, Cell]] = []
    policy = plan.arms["policy"]
    in_all = sum(s.run.users * s.run.ticks for s in plan.arms.values()) * policy.run.replicates
    done = 0

    def tell(user_days: int) -> None:
        nonlocal done
        done += user_days
        if progress is not None:
            progress(done, in_all)

    finished = 0
    try:
        for replicate in range(policy.run.replicates):
            seed = policy.run.seed + replicate
            both = []
            for (arm, scenario), make in zip(plan.arms.items(), _engines(plan, seed, threads), strict=True):
                cell = run_cell(
                    scenario,
                    make(),
                    users_sample=users_sample,
                    reference=reference_score(policy),
                    progress=tell,
                )
                both.append((arm, replicate, seed, cell))
            cells += both
            finished += 1
    except KeyboardInterrupt:
        kept = _collect(cells, manifest(plan, started, finished, "stopped")) if cells else None
        raise Stopped(kept) from None
    return _collect(cells, manifest(plan, started, finished, "complete"))


def _collect(cells: Sequence[tuple[str, int, int, Cell]], origin: dict[str, Any]) -> Result:
    def stack(name: str) -> pd.DataFrame:
        parts = []
        for arm, replicate, seed, cell in cells:
            table: pd.DataFrame = getattr(cell, name)
            if len(table):
                part = table.copy()
                part.insert(0, "arm", arm)
                part.insert(1, "replicate", replicate)
                part.insert(2, "seed", seed)
                parts.append(part)
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    runs = pd.DataFrame(
        [
            {"arm": arm, "replicate": replicate, "seed": seed, "seconds": cell.seconds, **cell.measures}
            for arm, replicate, seed, cell in cells
        ]
    )
    return Result(origin, stack("ticks"), runs, stack("groups"), stack("scores"), stack("plans"), stack("users"))


def run(
    scenario: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    baseline: str | Path | None = None,
    engine: EngineName = "fast",
    threads: int | None = None,
    users_sample: int = 0,
    out: str | Path | None = None,
    progress: Progress | None = None,
    starting: Callable[[], None] | None = None,
) -> Result:
    """Run a scenario file and its baseline; read a stored result back if the very same run is there.

    scenario: file, or name of a shipped scenario; settings: "policy.gate.threshold=700" and the like; users, ticks, seed,
    replicates: instead of the file's; baseline: file to compare with, instead of the declared one ("none" for no
    comparison); engine: fast or readable; threads: all processors if not given; users_sample: whole users to keep (-1
    all); out: folder to store results under (not stored if not given); progress: called with user-days done and in all;
    starting: called once if the run is computed, not read back.
    Raises ScenarioError with every fault of the files, `Stopped` on Ctrl-C.
    """
    from sim.results.store import existing, write

    plan = make_plan(
        scenario, settings, users=users, ticks=ticks, seed=seed, replicates=replicates, baseline=baseline, engine=engine
    )
    if out is not None:
        found = existing(Path(out), plan, users_sample)
        if found is not None:
            return found
    if starting is not None:
        starting()
    try:
        result = execute(plan, threads=threads, users_sample=users_sample, progress=progress)
    except Stopped as stop:
        if stop.result is not None and out is not None:
            stop.result.path = write(Path(out), plan, stop.result, users_sample)
        raise
    if out is not None:
        result.path = write(Path(out), plan, result, users_sample)
    return result
