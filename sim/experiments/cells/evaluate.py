"""Evaluate jobs: run those that are not at hand, keep them, and give the outcomes of all in order."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import Cells, Outcome
from sim.experiments.cells.work import outcome_of

Told = Callable[[int, int, int], None]
"""Called with cells done, cells in all and cells failed."""


def evaluate(
    jobs: Sequence[Job],
    *,
    store: Path | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Told | None = None,
) -> Cells:
    """Outcomes of `jobs`, in their order; the same job twice is run once.

    store: folder in which finished cells are kept and found again (none: nothing is kept); executor: auto, threads,
    processes or dask://HOST:PORT; workers: how many at once (all processors if not given); timeout: seconds after which a
    cell counts as failed; retry_failed: run again what failed before; progress: called as cells finish.
    A cell that fails becomes an outcome with its reason. Ctrl-C keeps what is finished and is raised again.
    """
    found: dict[str, Outcome] = {}
    for job in jobs:
        if job.key not in found:
            found[job.key] = outcome_of(job)
            if progress is not None:
                progress(len(found), len(jobs), 0)
    return Cells(tuple(found[job.key] for job in jobs))
