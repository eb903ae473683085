"""Evaluate jobs: run those that are not at hand, keep them, and give the outcomes of all in order."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from sim.experiments.cells.batches import Batch, Batches
from sim.experiments.cells.executors import ExecutorError, Lanes, lanes_for
from sim.experiments.cells.inventory import compile_for, inventory
from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import Cells, Finished, InMemory, InStore
from sim.experiments.cells.work import OtherCode, one_line, too_long
from sim.experiments.effect import intervals_ahead
from sim.results.cells.outcome import Outcome, Packed, pack
from sim.results.cells.store import CellStore
from sim.results.store import ResultError

Told = Callable[[int, int, int], None]
"""Called with cells done, cells in all and cells failed."""

POLL = 0.5
"""Seconds between looks at the clock and at the cluster."""
GRACE = 5.0
"""Seconds beyond its limit after which a cell that did not end itself is ended with its process."""
DIED = "the worker process died, twice (out of memory, or killed)"


def evaluate(
    jobs: Sequence[Job],
    *,
    store: Path | None = None,
    executor: str = "auto",
    workers: int | None = None,
    timeout: float | None = None,
    retry_failed: bool = False,
    progress: Told | None = None,
    keep: Collection[str] | None = None,
) -> Cells:
    """Outcomes of `jobs`, in their order; the same job twice is run once.

    jobs: walked through once for their keys, and looked up again when they are run, so a sequence that makes its jobs when
    asked holds none; store: folder in which finished cells are kept and found again (none: nothing is kept); executor: auto,
    threads, processes or dask://HOST:PORT; workers: how many at once (all processors if not given); timeout: seconds after
    which a cell counts as failed; retry_failed: run again what failed before; progress: called as cells finish; keep: the
    sketches wanted, where there is no store (a store keeps all; all if not given).
    A cell that fails becomes an outcome with its reason. Ctrl-C keeps what is finished and is raised again. Raises
    ExecutorError where the executor cannot be had, ResultError where the store cannot be read or written.
    """
    from sim.engines.fast import default_threads

    keys = [job.key for job in jobs]
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    with ExitStack() as stack:
        kept = stack.enter_context(CellStore(store)) if store is not None else None
        work = _Work(jobs, keys, kept, keep, len(first), progress)
        work.find(first, retry_failed)
        reused = sum(key in work.reasons for key in keys)
        missing = sorted(first[key] for key in first.keys() - work.reasons.keys())
        if missing:
            if kept is not None:
                kept.prepare()
            work.run(missing, executor, workers or default_threads(), timeout)
    return Cells.of(work.source, [(key, work.reasons[key], work.seconds[key]) for key in keys], reused)


class _Flight(NamedTuple):
    """A batch at work, on which lane, and since when."""

    lane: int
    batch: Batch
    started: float


class _Work:
    """The state of an evaluation: what is finished, and what is at work."""

    def __init__(
        self,
        jobs: Sequence[Job],
        keys: Sequence[str],
        store: CellStore | None,
        keep: Collection[str] | None,
        in_all: int,
        progress: Told | None,
    ) -> None:
        self._jobs, self._keys, self._store, self._in_all, self._progress = jobs, keys, store, in_all, progress
        self._memory = InMemory(keep)
        self._source: Finished = self._memory if store is None else InStore(store.folder)
        self.reasons: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self._failed = 0

    @property
    def source(self) -> Finished:
        """Where the outcomes are read from."""
        return self._source

    def find(self, keys: Iterable[str], retry_failed: bool) -> None:
        """Look up which cells are finished already."""
        if self._store is not None:
            for key, kept in self._store.known(keys).items():
                if not (kept.reason and retry_failed):
                    self._note(key, kept.reason, kept.seconds)
        self._tell()

    def _note(self, key: str, reason: str, seconds: float) -> None:
        self._failed += bool(reason) - bool(self.reasons.get(key, ""))
        self.reasons[key], self.seconds[key] = reason, seconds

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(len(self.reasons), self._in_all, self._failed)

    def run(self, places: Sequence[int], executor: str, workers: int, timeout: float | None) -> None:
        """Run the jobs at these places."""
        places, load, kinds = inventory(self._jobs, places)
        lanes = lanes_for(executor, load, workers, timeout)
        batches = Batches(places, self._jobs.__getitem__, workers)
        try:
            compile_for(self._jobs[place].scenario for place in kinds)
            intervals_ahead()
            self._fly(batches, lanes, timeout)
        except OtherCode as error:
            lanes.close(at_once=True)
            raise ExecutorError(f"--executor {executor}: {error}; install the same version there") from None
        except BaseException:
            lanes.close(at_once=True)
            if self._store is not None:
                with suppress(ResultError):  # what is recorded is kept, in shards or not
                    self._store.settle()
            raise
        lanes.close(at_once=False)
        if self._store is not None:
            self._store.settle()

    def _fly(self, batches: Batches, lanes: Lanes, timeout: float | None) -> None:
        """Hand out batches and take in outcomes until there are none left."""
        flights: dict[Future[list[Packed]], _Flight] = {}
        while len(batches) or flights:
            lanes.check()
            self._hand_out(batches, lanes, flights)
            if not flights:
                time.sleep(POLL)  # nobody there to work yet
            done, _ = wait(flights, POLL, FIRST_COMPLETED)
            landed = [(future, flights.pop(future)) for future in done]
            for future, flight in list(landed):
                if not future.cancelled() and isinstance(future.exception(), lanes.deaths):
                    if not lanes.kill(flight.lane):  # it died as it started, which no cell can be blamed for
                        batches.back(flight.batch)
                        landed.remove((future, flight))
                lanes.done(flight.lane)
            self._hand_out(batches, lanes, flights)  # first, so that workers need not wait for the disk
            for future, flight in landed:
                self._land(future, flight, batches, lanes.deaths)
            self._end_overdue(flights, batches, lanes, timeout)

    def _hand_out(self, batches: Batches, lanes: Lanes, flights: dict[Future[list[Packed]], _Flight]) -> None:
        for lane in lanes.free():
            batch = self._wanted(batches)
            if not batch.jobs:
                return
            flights[lanes.submit(lane, list(batch.jobs.values()))] = _Flight(lane, batch, time.monotonic())

    def _wanted(self, batches: Batches) -> Batch:
        """The next batch, without what another process has recorded by now; an empty one if there is none left."""
        while (batch := batches.take()).jobs:
            if self._store is None:
                return batch
            known = self._store.known(self._keys[place] for place in batch.jobs)
            for place in list(batch.jobs):
                kept = known.get(self._keys[place])
                if kept is not None and not kept.reason:
                    del batch.jobs[place]
                    self._note(kept.key, "", kept.seconds)
            if batch.jobs:
                return batch
            self._tell()
        return batch

    def _land(
        self,
        future: "Future[list[Packed]]",
        flight: _Flight,
        batches: Batches,
        deaths: tuple[type[BaseException], ...],
    ) -> None:
        """Take in what a batch gave."""
        try:
            outcomes = future.result()
        except deaths:
            self._again(flight, batches, DIED)
        except CancelledError:  # the cluster is in trouble; if it is gone, the next check says so
            batches.again(flight.batch.jobs)
        except OtherCode:
            raise
        except Exception as error:  # jobs or outcomes that do not travel, such as rules made at a prompt
            reason = one_line(error)
            self._take_in(flight, [pack(Outcome(self._keys[place], reason, 0.0)) for place in flight.batch.jobs])
        else:
            batches.measured(list(flight.batch.jobs.values()), sum(packed.seconds for packed in outcomes))
            self._take_in(flight, outcomes)

    def _end_overdue(
        self, flights: dict[Future[list[Packed]], _Flight], batches: Batches, lanes: Lanes, timeout: float | None
    ) -> None:
        """End batches in which some cell did not keep to the time limit and did not end itself either."""
        if timeout is None:
            return
        for future, flight in list(flights.items()):
            if not future.done() and lanes.overdue(flight.lane, timeout + GRACE):
                lanes.kill(flight.lane)
                del flights[future]
                lanes.done(flight.lane)
                self._again(flight, batches, too_long(timeout))

    def _again(self, flight: _Flight, batches: Batches, reason: str) -> None:
        """Run the cells of a batch once more, each alone; one that ends like that again is given up."""
        if not flight.batch.again:
            batches.again(flight.batch.jobs)
            return
        (place,) = flight.batch.jobs
        self._take_in(flight, [pack(Outcome(self._keys[place], reason, time.monotonic() - flight.started))])

    def _take_in(self, flight: _Flight, outcomes: Sequence[Packed]) -> None:
        """Record outcomes; then they are finished."""
        if self._store is not None:
            origins = [job.origin for job in flight.batch.jobs.values()]
            self._store.record(zip(outcomes, origins, strict=True))
        else:
            for packed in outcomes:
                self._memory.add(packed)
        for packed in outcomes:
            self._note(packed.key, packed.reason, packed.seconds)
        self._tell()
