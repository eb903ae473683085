"""Run a scenario and its baseline on the same luck, replicate by replicate."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.experiments.after.of_run import after_table
from sim.experiments.cell import Cell, run_cell
from sim.experiments.effect import Effect, effects, intervals_ahead
from sim.experiments.goal import reference_score
from sim.experiments.plan import RunPlan, make_plan
from sim.results.table import Table, frame, stacked, with_constants
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

EngineName = Literal["fast", "readable"]


TABLES = ("ticks", "runs", "groups", "scores", "plans", "users", "after")
"""Tables of a run, in order."""


@dataclass
class Result:
    """Tables of a run. Each carries `arm` (policy or baseline) and `replicate`.

    manifest: where it all comes from; tables: by name, as columns; path: the folder it is stored in, or None; reused: whether it
    was read back instead of run. The same tables as DataFrames: ticks, a row per day, measures and totals (`n_*`);
    runs, a row per arm and replicate; groups, scores, plans: who gained, score histograms, plans by distance to the gate;
    users: whole users on request; after: after-effects, where the gate goes within the run.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def ticks(self) -> "pd.DataFrame":
        """A row per arm, replicate and day."""
        return frame(self.tables["ticks"])

    @cached_property
    def runs(self) -> "pd.DataFrame":
        """A row per arm and replicate."""
        return frame(self.tables["runs"])

    @cached_property
    def groups(self) -> "pd.DataFrame":
        """A row per arm, replicate, kind of group and group."""
        return frame(self.tables["groups"])

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """Score histograms: a row per arm, replicate, day and bin."""
        return frame(self.tables["scores"])

    @cached_property
    def plans(self) -> "pd.DataFrame":
        """Users by distance to the gate and plan: a row per arm, replicate, day, distance and plan."""
        return frame(self.tables["plans"])

    @cached_property
    def users(self) -> "pd.DataFrame":
        """Whole users at the end, if asked for."""
        return frame(self.tables["users"])

    @cached_property
    def after(self) -> "pd.DataFrame":
        """After-effects: a row per replicate and measure; empty where the gate does not go within the run."""
        return frame(self.tables["after"])

    @property
    def paired(self) -> bool:
        """Whether there is a baseline to compare with."""
        return "baseline" in self.manifest["scenarios"]

    @cached_property
    def effects(self) -> dict[str, Effect]:
        """Every measure in both arms, with the paired difference, by name."""
        return effects(self.tables["runs"])

    def effect(self, measure: str | None = None) -> "pd.DataFrame":
        """Paired difference of each measure (or one) against the baseline, with a 95% interval over replicates."""
        import pandas as pd

        if measure is not None and measure not in self.effects:
            raise KeyError(f"{measure!r} is not a measure; known: {', '.join(self.effects)}")
        rows = [effect.as_row(self.paired) for name, effect in self.effects.items() if measure in (None, name)]
        return pd.DataFrame(rows)

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
"""Called with user-ticks done and user-ticks in all (a tick is a day or an hour)."""


def _engines(plan: RunPlan, seed: int, threads: int) -> list[Callable[[], Any]]:
    """A maker of an engine per arm, both on the same people where their worlds are the same."""
    if plan.engine == "readable":
        from sim.engines.readable import ReadableEngine

        return [partial(ReadableEngine, scenario, seed) for scenario in plan.arms.values()]
    from sim.engines.fast import DayZero, FastEngine, prepare
    from sim.engines.people import same_people

    prepare(plan.arms.values())
    first = next(iter(plan.arms.values()))
    shared = DayZero(first, seed, threads)
    return [
        partial(FastEngine, scenario, seed, threads, shared if same_people(first, scenario) else None)
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

    tell(0)
    intervals_ahead()
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
        kept = _collect(cells, manifest(plan, started, finished, "stopped"), policy) if cells else None
        raise Stopped(kept) from None
    return _collect(cells, manifest(plan, started, finished, "complete"), policy)


def _collect(cells: Sequence[tuple[str, int, int, Cell]], origin: dict[str, Any], policy: Scenario) -> Result:
    origins = [{"arm": arm, "replicate": replicate, "seed": seed} for arm, replicate, seed, _ in cells]

    def stack(name: str) -> Table:
        return stacked(
            with_constants(getattr(cell, name), where) for where, (*_, cell) in zip(origins, cells, strict=True)
        )

    runs = stacked(
        {name: np.array([value]) for name, value in (where | {"seconds": cell.seconds} | cell.measures).items()}
        for where, (*_, cell) in zip(origins, cells, strict=True)
    )
    tables = {name: runs if name == "runs" else stack(name) for name in TABLES if name != "after"}
    return Result(origin, {**tables, "after": after_table(tables["ticks"], policy)})


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
    all); out: folder to store results under (not stored if not given); progress: called with user-ticks done and in all;
    starting: called once if the run is computed, not read back.
    Raises ScenarioError with every fault of the files, ResultError if `out` cannot be written to, `Stopped` on Ctrl-C.
    """
    from sim.results.store import check_place, existing, write

    plan = make_plan(
        scenario, settings, users=users, ticks=ticks, seed=seed, replicates=replicates, baseline=baseline, engine=engine
    )
    if out is not None:
        found = existing(Path(out), plan, users_sample)
        if found is not None:
            return found
        check_place(Path(out))
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
