"""Who runs batches: threads, worker processes or a Dask cluster, all through futures."""

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, Protocol

from sim.engines.code import code_hash
from sim.experiments.cells.job import Job
from sim.experiments.cells.work import packed_outcomes
from sim.results.cells.outcome import Packed
from sim.results.store import ResultError

Work = Callable[..., list[Packed]]

IDLE = 60.0
"""Seconds after which a worker process without work ends."""
CUT_OFF = 1.0
"""Seconds that a worker may be dead before its last result counts as cut off (a whole one is read at once)."""
MOST_STILLBORN = 5
"""Worker processes in a row that may die as they start."""
LONE = 60.0
"""Seconds to wait for a Dask cluster without workers."""
SMALL = 2_000_000
"""User-days up to which a cell is small: a worker process of its own interpreter then beats a thread."""
QUICK = 100_000_000
"""User-days in all up to which starting worker processes takes longer than it saves."""


class Load(NamedTuple):
    """What is to be done: cells, user-days of the largest and of all, and whether rules from outside the package are in it."""

    cells: int
    largest: int
    in_all: int
    foreign: bool


class ExecutorError(ResultError):
    """Cells cannot be run as asked; the message says why and what to do."""


class Lanes(Protocol):
    """Places at which one batch each can be at work.

    deaths: exceptions of a future that mean that the worker died, not the work.
    """

    deaths: tuple[type[BaseException], ...]

    def free(self) -> list[int]:
        """Lanes on which nothing is at work."""

    def submit(self, lane: int, jobs: Sequence[Job]) -> "Future[list[Packed]]":
        """Start a batch on a free lane."""

    def done(self, lane: int) -> None:
        """Say that the batch of a lane is over, so that it is free again."""

    def overdue(self, lane: int, seconds: float) -> bool:
        """Whether a lane has been at its batch for longer than this, and could be killed."""

    def kill(self, lane: int) -> bool:
        """End the work on a lane, and have another worker for the next; returns whether the worker had come to the work.

        Raises ExecutorError where one worker after another ends before it has.
        """

    def check(self) -> None:
        """Raise ExecutorError if nobody is there any more to do the work."""

    def close(self, *, at_once: bool) -> None:
        """Let the workers go; at once: give up what is at work."""


class Threads:
    """Threads of this process; compiled code lets them run side by side. A thread cannot be killed, only asked."""

    deaths: tuple[type[BaseException], ...] = ()

    def __init__(self, workers: int, limit: float | None, threads: int = 1, work: Work = packed_outcomes) -> None:
        self._given_up = threading.Event()
        self._pool = ThreadPoolExecutor(workers, "cells")
        self._free = set(range(workers))
        self._work = partial(work, code=code_hash(), threads=threads, limit=limit, given_up=self._given_up.is_set)

    def free(self) -> list[int]:
        """Lanes on which nothing is at work."""
        return sorted(self._free)

    def submit(self, lane: int, jobs: Sequence[Job]) -> "Future[list[Packed]]":
        """Start a batch on a free lane."""
        self._free.remove(lane)
        return self._pool.submit(self._work, jobs)

    def done(self, lane: int) -> None:
        """Say that the batch of a lane is over."""
        self._free.add(lane)

    def overdue(self, lane: int, seconds: float) -> bool:  # noqa: ARG002
        """A thread cannot be killed; its cell ends itself at the engine's next pause."""
        return False

    def kill(self, lane: int) -> bool:  # noqa: ARG002
        """A thread cannot be killed."""
        return True

    def check(self) -> None:
        """Threads are always there."""

    def close(self, *, at_once: bool) -> None:
        """Let the threads go."""
        if at_once:
            self._given_up.set()
        self._pool.shutdown(cancel_futures=True)


def _start_worker(parent: int) -> None:
    """What a worker process does first: leave Ctrl-C to its parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _alive(executor: Any) -> bool:
    """Whether an executor of loky has a process that lives, or has not started one yet."""
    processes = list((executor._processes or {}).values())
    return not processes or any(process.is_alive() for process in processes)


def _end_results(executor: Any) -> None:
    """Let go of this process's own end of the pipe through which an executor of loky gets its results."""
    if executor._result_queue is not None:
        executor._result_queue._writer.close()


class Processes:
    """Worker processes of this machine, each an executor of its own: one that dies or is killed takes only its batch along."""

    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, workers: int, limit: float | None, threads: int = 1, work: Work = packed_outcomes) -> None:
        self._executors: list[Executor | None] = [None] * workers
        self._since = [math.inf] * workers
        self._ready = [math.inf] * workers
        self._dead_since = [math.inf] * workers
        self._stillborn = 0
        self._free = set(range(workers))
        self._work = partial(work, code=code_hash(), threads=threads, limit=limit)

    def _executor(self, lane: int) -> Executor:
        """The executor of a lane, started if need be and told to load the engine."""
        executor = self._executors[lane]
        if executor is None:
            from loky import ProcessPoolExecutor

            executor = ProcessPoolExecutor(1, timeout=IDLE, initializer=_start_worker, initargs=(os.getpid(),))
            self._executors[lane] = executor
            self._ready[lane] = math.inf
            executor.submit(self._work, ()).add_done_callback(partial(self._started, lane))
        return executor

    def _started(self, lane: int, future: "Future[list[Packed]]") -> None:
        """Note that the process of a lane has loaded the engine."""
        if not future.cancelled() and future.exception() is None:
            self._ready[lane] = time.monotonic()

    def free(self) -> list[int]:
        """Lanes on which nothing is at work."""
        return sorted(self._free)

    def submit(self, lane: int, jobs: Sequence[Job]) -> "Future[list[Packed]]":
        """Start a batch on a free lane."""
        self._free.remove(lane)
        self._since[lane] = time.monotonic()
        try:
            return self._executor(lane).submit(self._work, jobs)
        except BrokenExecutor:  # it died while it had nothing to do
            self.kill(lane)
            return self._executor(lane).submit(self._work, jobs)

    def done(self, lane: int) -> None:
        """Say that the batch of a lane is over."""
        self._free.add(lane)

    def overdue(self, lane: int, seconds: float) -> bool:
        """Whether a lane has been at its batch for longer than this; the time to start a process does not count."""
        return time.monotonic() - max(self._since[lane], self._ready[lane]) > seconds

    def kill(self, lane: int) -> bool:
        """Kill the process of a lane; the next batch starts another. Returns whether it had come to the work.

        Raises ExecutorError where one process after another dies as it starts.
        """
        executor: Any = self._executors[lane]
        self._executors[lane] = None
        if executor is not None:
            executor.shutdown(wait=False, kill_workers=True)
        ready = self._ready[lane] < math.inf
        self._stillborn = 0 if ready else self._stillborn + 1
        if self._stillborn >= MOST_STILLBORN:
            raise ExecutorError(
                "--executor processes: worker processes die as they start; free some memory, or give --executor threads"
            )
        return ready

    def check(self) -> None:
        """End the wait for a result whose process was killed in the middle of sending it.

        The executor would wait for ever for the rest, as this process could write it too: once it cannot, the pipe has ended.
        """
        now = time.monotonic()
        for lane, executor in enumerate(self._executors):
            if executor is None or lane in self._free or _alive(executor):
                self._dead_since[lane] = math.inf
                continue
            self._dead_since[lane] = min(self._dead_since[lane], now)
            if now - self._dead_since[lane] > CUT_OFF:
                _end_results(executor)

    def close(self, *, at_once: bool) -> None:
        """Let the processes go."""
        executors: list[Any] = [executor for executor in self._executors if executor is not None]
        self._executors = [None] * len(self._executors)
        for executor in executors:
            executor.shutdown(wait=not at_once, kill_workers=at_once)


class Dask:
    """The workers of a Dask cluster. Dask itself runs a batch again whose worker is gone; cells over time end themselves."""

    def __init__(self, address: str, limit: float | None, work: Work = packed_outcomes) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise ExecutorError(
                "--executor dask://...: Dask is not installed; install scoregate with the extra cluster: "
                "pip install 'scoregate[cluster]'"
            ) from None
        self.deaths: tuple[type[BaseException], ...] = (KilledWorker,)
        self._address = address
        try:
            self._client: Any = Client(f"tcp://{address}", timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ExecutorError(
                f"--executor dask://{address}: no Dask scheduler answers ({type(error).__name__}); "
                "start one with: dask scheduler"
            ) from None
        self._executor: Executor = self._client.get_executor(pure=False)
        self._work = partial(work, code=code_hash(), limit=limit)
        self._busy: set[int] = set()
        self._places = 0
        self._asked = self._seen = time.monotonic()
        self.check()

    def free(self) -> list[int]:
        """Lanes on which nothing is at work: two per thread of the cluster, so that none waits for the next batch."""
        return [lane for lane in range(2 * self._places) if lane not in self._busy]

    def submit(self, lane: int, jobs: Sequence[Job]) -> "Future[list[Packed]]":
        """Start a batch on a free lane."""
        self._busy.add(lane)
        return self._executor.submit(self._work, list(jobs))

    def done(self, lane: int) -> None:
        """Say that the batch of a lane is over."""
        self._busy.discard(lane)

    def overdue(self, lane: int, seconds: float) -> bool:  # noqa: ARG002
        """Work on a cluster cannot be killed from here; a cell ends itself at the engine's next pause."""
        return False

    def kill(self, lane: int) -> bool:  # noqa: ARG002
        """Dask has had other workers take over from one that died; they died as well."""
        return True

    def check(self) -> None:
        """Count the workers, now and then; raise ExecutorError if there has been none for long, or the scheduler is gone."""
        now = time.monotonic()
        if self._places and now - self._asked < 2.0:
            return
        self._asked = now
        try:
            self._places = sum(self._client.nthreads().values())
        except Exception as error:  # whatever the connection says
            raise ExecutorError(
                f"--executor dask://{self._address}: the scheduler is gone ({type(error).__name__}); finished cells are kept"
            ) from None
        if self._places:
            self._seen = now
        elif now - self._seen > LONE:
            raise ExecutorError(
                f"--executor dask://{self._address}: the cluster has had no worker for {LONE:.0f} s; "
                "finished cells are kept: start workers and give the same command again"
            )

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster, which stays."""
        self._executor.shutdown(wait=not at_once)
        self._client.close()


DASK = "dask://"
KINDS = ("auto", "threads", "processes", f"{DASK}HOST:PORT")


def lanes_for(executor: str, load: Load, workers: int, limit: float | None) -> Lanes:
    """The lanes for some jobs. limit: seconds that one may take. Raises ExecutorError."""
    if executor.startswith(DASK) and len(executor) > len(DASK):
        return Dask(executor[len(DASK) :], limit)
    if executor == "auto":
        executor = _best(load, workers, limit)
    lanes = max(1, min(workers, load.cells))
    threads = max(1, workers // lanes)
    if executor == "threads":
        return Threads(lanes, limit, threads)
    if executor == "processes":
        return Processes(lanes, limit, threads)
    raise ExecutorError(f"--executor {executor}: unknown executor; allowed: {', '.join(KINDS)}")


def _best(load: Load, workers: int, limit: float | None) -> str:
    if load.foreign:
        return "threads"  # rules registered by this process are not known to others
    if limit is not None:
        return "processes"  # which can be killed
    return "processes" if workers > 1 and load.largest <= SMALL and load.in_all > QUICK else "threads"
