"""Jobs for the tests of the experiment engine, and work that goes wrong, by the seed of the job."""

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from sim.experiments.cells.job import Job
from sim.experiments.cells.work import packed_outcomes
from sim.results.cells.outcome import Outcome
from tests.helpers import BUSY, scenario

TINY = scenario(BUSY, {"run.users": 40, "run.ticks": 12})
DIES, DIES_ONCE, HANGS, SLOW, CUT_OFF_ONCE = 1_000, 1_001, 1_002, 1_003, 1_004
"""Seeds of jobs that go wrong where the work is `faulty`."""


def tiny_jobs(count: int, users: int = 40, ticks: int = 12) -> list[Job]:
    """Quick cells: five thresholds, as many seeds as need be."""
    levels = [
        scenario(BUSY, {"run.users": users, "run.ticks": ticks, "policy.gate.threshold": 600 + 20 * k})
        for k in range(5)
    ]
    return [Job(levels[k % 5], k // 5) for k in range(count)]


def bits(outcomes) -> list:
    """Outcomes as something to be compared to the bit (the seconds, which never repeat, left out)."""
    return [
        (
            one.key,
            one.reason,
            {name: value.hex() for name, value in dict(one.measures).items()},
            {name: table_bits(table) for name, table in dict(one.tables).items()},
        )
        for one in outcomes
    ]


def table_bits(table) -> dict:
    """A table as something to be compared to the bit; texts by what they say, not by the room they have."""
    return {
        name: column.tolist() if column.dtype.kind == "U" else (column.dtype.str, column.tobytes())
        for name, column in table.items()
    }


def as_they_come(jobs, *, order) -> list[Outcome]:
    """Outcomes of jobs run in some order, given back in that of the jobs."""
    outcomes = {}
    for place in order:
        outcomes[place] = packed_outcomes([jobs[place]], jobs[place].origin.code)[0].unpacked()
    return [outcomes[place] for place in range(len(jobs))]


def _half_sent(connection, message):
    """Send half of a message, and be killed."""
    os.write(connection.fileno(), bytes(message)[: len(message) // 2])
    os.kill(os.getpid(), 9)


def faulty(jobs, code, threads=1, limit=None, given_up=None):
    """Work that dies, hangs or dawdles at some seeds. What died once leaves a mark in the folder MARKS."""
    for job in jobs:
        mark = Path(os.environ["MARKS"]) / job.key
        if job.seed == DIES or (job.seed == DIES_ONCE and not mark.exists()):
            mark.write_text("")
            os.kill(os.getpid(), 9)
        if job.seed == CUT_OFF_ONCE and not mark.exists():
            mark.write_text("")
            Connection._send = _half_sent
        if job.seed == HANGS:
            time.sleep(1000)
        if job.seed == SLOW:
            time.sleep(0.5)
    return packed_outcomes(jobs, code, threads, limit, given_up)


def die(jobs, code, threads=1, limit=None, given_up=None):
    """Work at which a worker dies, whatever it is."""
    os.kill(os.getpid(), 9)
