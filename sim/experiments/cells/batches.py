"""Batches: which jobs travel together, so that a worker is busy for a moment and not longer."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sim.experiments.cells.job import Job

MOMENT = 0.3
"""Seconds that a batch should take: long against the handing over, short against what a killed process loses."""
OVERHEAD = 30_000
"""User-days that the fixed work on a cell is about worth."""
FIRST_RATE = 3e6
"""User-days a second that a worker is taken to do before there is a measurement."""
MEMORY = 0.3
"""Weight of the newest batch in the rate."""
MOST = 200
"""Most cells of a batch, as all its outcomes are in memory at once."""


class Batch(NamedTuple):
    """Jobs by their places; again: whether they were handed out before, and their worker died."""

    jobs: dict[int, Job]
    again: bool = False


class Batches:
    """Jobs waiting to be handed out. Those that stood next to one another in `places` stay together.

    job: gives the job at a place, when it is handed out; workers: how many share the work.
    """

    def __init__(self, places: Sequence[int], job: Callable[[int], Job], workers: int) -> None:
        self._waiting = deque(places)
        self._alone: deque[int] = deque()
        self._job = job
        self._workers = workers
        self._rate = FIRST_RATE
        self._next: tuple[int, Job] | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._alone) + (self._next is not None)

    def again(self, places: Iterable[int]) -> None:
        """Hand these out once more, each alone."""
        self._alone.extend(places)

    def back(self, batch: Batch) -> None:
        """Hand a batch out as if it had not been: its worker never came to it."""
        if batch.again:
            self._alone.extendleft(batch.jobs)
        else:
            self._waiting.extendleft(reversed(batch.jobs))

    def measured(self, jobs: Sequence[Job], seconds: float) -> None:
        """Tell how long a batch took a worker."""
        rate = sum(map(burden, jobs)) / max(seconds, 1e-6)
        self._rate += MEMORY * (rate - self._rate)

    def take(self) -> Batch:
        """The next batch; an empty one if nothing waits."""
        if self._alone:
            place = self._alone.popleft()
            return Batch({place: self._job(place)}, again=True)
        jobs: dict[int, Job] = {}
        room = MOMENT * self._rate
        # Towards the end batches get smaller, so that the workers come to it together.
        most = min(MOST, max(1, -(-len(self) // (2 * self._workers))))
        while len(jobs) < most and (following := self._look()) is not None:
            place, job = following
            room -= burden(job)
            if jobs and room < 0:
                break
            jobs[place] = job
            self._next = None
        return Batch(jobs)

    def _look(self) -> tuple[int, Job] | None:
        """The next job, left where it is."""
        if self._next is None and self._waiting:
            place = self._waiting.popleft()
            self._next = (place, self._job(place))
        return self._next


def burden(job: Job) -> int:
    """What a job costs, in user-days."""
    return job.work + OVERHEAD
