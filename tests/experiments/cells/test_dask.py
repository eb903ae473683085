"""Cells on a Dask cluster: a real scheduler and two real workers on this machine, one of them killed half-way."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest

from sim.experiments.cells import executors
from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.executors import Dask, ExecutorError
from sim.results.cells.store import CellStore
from tests.conftest import ROOT
from tests.experiments.cells.stand_ins import bits, tiny_jobs

pytestmark = pytest.mark.slow
pytest.importorskip("distributed")

STARTS = 120.0
"""Seconds that a scheduler or a worker may take to start."""


@contextmanager
def process(*arguments):
    """A Python process of this project; gives it and what it has said so far."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    said = []
    reading = threading.Thread(target=lambda: said.extend(iter(running.stdout.readline, "")), daemon=True)
    reading.start()
    try:
        yield running, said
    finally:
        running.kill()
        running.wait()


def heard(said, pattern):
    """The first group of `pattern` in what a process says, waited for."""
    until = time.monotonic() + STARTS
    while time.monotonic() < until:
        if found := re.search(pattern, "".join(said)):
            return found.group(1)
        time.sleep(0.05)
    raise TimeoutError("".join(said))


@pytest.fixture
def cluster():
    """A scheduler and two workers of one thread each, without anybody who would start them again: address, processes."""
    with ExitStack() as stack:
        scheduler = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        chief, said = stack.enter_context(process(*scheduler))
        address = heard(said, r"Scheduler at:\s+tcp://(\S+)")
        worker = (
            "-m",
            "distributed.cli.dask_worker",
            f"tcp://{address}",
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        )
        workers = [stack.enter_context(process(*worker)) for _ in range(2)]
        for _, words in workers:
            heard(words, r"(Registered to)")
        yield address, chief, [one for one, _ in workers]


def test_a_cluster_gives_the_same_bits_though_a_worker_is_killed_half_way(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("sim.experiments.cells.batches.MOST", 5)
    address, _, workers = cluster
    jobs = tiny_jobs(80)
    killed = []

    def kill_half_way(done, in_all, failed):
        if done >= 40 and not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    cells = evaluate(jobs, store=tmp_path, executor=f"dask://{address}", progress=kill_half_way)
    assert killed
    assert killed[0] < 80
    assert workers[0].wait(10) == -signal.SIGKILL
    assert cells.failures == {}
    assert bits(cells.outcomes) == bits(evaluate(jobs, executor="threads", workers=2).outcomes)
    with CellStore(tmp_path) as store:
        assert {cell.times for cell in store.cells()} == {1}


def test_a_cluster_that_goes_away_is_told_and_what_is_finished_is_kept(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("sim.experiments.cells.batches.MOST", 3)
    address, scheduler, _ = cluster

    def end_half_way(done, in_all, failed):
        if done >= 20:
            scheduler.kill()

    with pytest.raises(ExecutorError, match="finished cells are kept"):
        evaluate(tiny_jobs(80), store=tmp_path, executor=f"dask://{address}", progress=end_half_way)
    with CellStore(tmp_path) as store:
        assert 20 <= len(store.cells()) < 80


def test_a_cluster_without_workers_is_told(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(executors, "LONE", 2.0)
    address, _, workers = cluster
    for worker in workers:
        worker.kill()
        worker.wait()
    with pytest.raises(ExecutorError, match="no worker for 2 s"):
        evaluate(tiny_jobs(5), store=tmp_path, executor=f"dask://{address}")


def test_no_scheduler_is_told():
    with pytest.raises(ExecutorError, match="no Dask scheduler answers"):
        evaluate(tiny_jobs(1), executor="dask://127.0.0.1:1")


def test_without_dask_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutorError, match=r"scoregate\[cluster\]"):
        Dask("127.0.0.1:1", None)
