"""Evaluating jobs: each cell once, the same to the bit whoever runs it, and failures told instead of raised."""

import sqlite3

import numpy as np
import pytest

from sim.experiments.cells import evaluate as evaluate_module
from sim.experiments.cells import work
from sim.experiments.cells.evaluate import DIED, evaluate
from sim.experiments.cells.executors import ExecutorError, Load, Processes, Threads, lanes_for
from sim.experiments.cells.job import Job
from sim.experiments.cells.outcome import SKETCHES, Cells
from sim.results.cells.ledger import FILE
from sim.results.cells.outcome import Outcome
from sim.results.cells.store import CellStore
from sim.results.store import ResultError
from tests.experiments.cells.stand_ins import (
    CUT_OFF_ONCE,
    DIES,
    DIES_ONCE,
    HANGS,
    SLOW,
    TINY,
    as_they_come,
    bits,
    die,
    faulty,
    table_bits,
    tiny_jobs,
)
from tests.helpers import BUSY, scenario

WAYS = {
    "one thread": {"executor": "threads", "workers": 1},
    "two threads": {"executor": "threads", "workers": 2},
    "two processes": {"executor": "processes", "workers": 2},
}
EACH_WAY = [pytest.param(way, marks=pytest.mark.slow if "processes" in way else ()) for way in WAYS]
"""Starting worker processes takes seconds, so tests that do are among the long ones."""


@pytest.fixture(scope="module")
def expected():
    """Twelve cells, each run alone, in order."""
    jobs = tiny_jobs(12)
    return bits(as_they_come(jobs, order=range(12)))


@pytest.mark.parametrize("way", EACH_WAY)
@pytest.mark.parametrize("stored", [False, True])
def test_outcomes_are_the_same_whoever_runs_them(tmp_path, expected, way, stored):
    cells = evaluate(tiny_jobs(12), store=tmp_path if stored else None, **WAYS[way])
    assert bits(cells.outcomes) == expected


def test_outcomes_do_not_depend_on_the_order(tmp_path, expected):
    jobs = tiny_jobs(12)
    order = np.random.default_rng(1).permutation(12).tolist()
    shuffled = evaluate([jobs[place] for place in order], store=tmp_path)
    assert bits(shuffled.outcomes) == [expected[place] for place in order]
    assert bits(as_they_come(jobs, order=order)) == expected
    again = evaluate(jobs, store=tmp_path)
    assert again.reused == 12
    assert bits(again.outcomes) == expected


def test_neighbours_share_people_without_a_trace(expected):
    jobs = tiny_jobs(12)
    by_seed = sorted(range(12), key=lambda place: (jobs[place].seed, place))
    together = work.outcomes_of([jobs[place] for place in by_seed])
    assert bits(together) == [expected[place] for place in by_seed]
    assert jobs[0].people == jobs[4].people != jobs[5].people


def test_tables_measures_and_frame_go_by_the_place_of_the_job(tmp_path):
    jobs = tiny_jobs(7)
    stored, loose = evaluate(jobs, store=tmp_path), evaluate(jobs)
    for cells in (stored, loose):
        assert cells.table("scores")["job"].tolist() == [place for place in range(7) for _ in range(61)]
        assert cells.frame().shape[0] == len(cells) == 7
        assert cells.measure("visits").tolist() == [one.measures["visits"] for one in cells.outcomes]
        assert np.isnan(cells.measure("no such measure")).all()
        some = cells.some_measures(["visits", "no such measure"])
        assert table_bits(some) == {name: table_bits({name: cells.measure(name)})[name] for name in some}
    for name in SKETCHES:
        assert table_bits(stored.table(name)) == table_bits(loose.table(name))
    assert list(stored.measures) == list(loose.measures)
    assert table_bits(Cells(stored.outcomes).table("groups")) == table_bits(stored.table("groups"))


def test_outcomes_are_made_when_looked_at_and_not_kept(tmp_path):
    cells = evaluate(tiny_jobs(5), store=tmp_path)
    assert cells.outcomes[1] is not cells.outcomes[1]
    assert [one.key for one in cells.outcomes[-2:]] == list(cells.keys[3:])
    assert cells.outcomes[-1].key == cells.keys[-1]
    assert cells.reasons == [""] * 5
    assert cells.seconds == [one.seconds for one in cells.outcomes]
    with pytest.raises(IndexError):
        cells.outcomes[5]


def test_a_job_given_twice_is_run_once_and_more_jobs_reuse_the_others(tmp_path):
    jobs = tiny_jobs(4)
    calls = []
    twice = evaluate([*jobs, *jobs], store=tmp_path, progress=lambda *told: calls.append(told))
    assert calls[-1] == (4, 4, 0)
    assert bits(twice.outcomes[:4]) == bits(twice.outcomes[4:])
    more = evaluate(tiny_jobs(6), store=tmp_path)
    assert more.reused == 4
    with sqlite3.connect(tmp_path / FILE) as ledger:
        assert ledger.execute("SELECT count(*), sum(times) FROM cells").fetchone() == (6, 6)


def test_what_is_at_hand_needs_no_executor_and_writes_nothing(tmp_path):
    evaluate(tiny_jobs(3), store=tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")}
    assert evaluate(tiny_jobs(3), store=tmp_path, executor="dask://127.0.0.1:1").reused == 3
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")} == before


def test_the_key_knows_all_that_decides_and_nothing_else():
    one = Job(TINY, 1)
    renamed = scenario(BUSY, {"run.users": 40, "run.ticks": 12, "name": "other", "run.seed": 5, "run.replicates": 9})
    assert Job(renamed, 1).key == one.key
    other = scenario(BUSY, {"run.users": 40, "run.ticks": 12, "policy.gate.threshold": 641})
    keys = {one.key, Job(TINY, 2).key, Job(TINY, 1, 700).key, Job(TINY, 1, users_sample=5).key, Job(other, 1).key}
    assert len(keys) == 5


def test_whole_users_are_kept_on_request_only(tmp_path):
    whole, plain = Job(TINY, 1, users_sample=5), Job(TINY, 1)
    cells = evaluate([whole, plain], store=tmp_path)
    users = cells.table("users")
    assert users["job"].tolist() == [0] * 5
    assert users["id"].tolist() == list(range(5))
    assert "users" not in cells.outcomes[1].tables


def test_without_a_store_only_the_sketches_asked_for_are_kept():
    (outcome,) = evaluate(tiny_jobs(1), keep=("scores",)).outcomes
    assert set(outcome.tables) == {"scores"}
    assert dict(evaluate(tiny_jobs(1), keep=()).outcomes[0].tables) == {}


def break_some(monkeypatch, error):
    honest = work.run_to_end

    def run_to_end(job, engine, pause):
        if job.seed == 1:
            raise error
        return honest(job, engine, pause)

    monkeypatch.setattr(work, "run_to_end", run_to_end)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("two\nlines"), "ValueError: two lines"),
        (MemoryError(), "not enough memory"),
        (KeyError("x" * 1000), "KeyError: '" + "x" * 289),
    ],
)
def test_an_exception_fails_its_cell_only_and_can_be_tried_again(tmp_path, monkeypatch, error, reason):
    jobs = tiny_jobs(10)  # seeds 0 and 1
    told = []
    with monkeypatch.context() as patch:
        break_some(patch, error)
        cells = evaluate(jobs, store=tmp_path, executor="threads", progress=lambda *given: told.append(given))
    assert cells.failures == dict.fromkeys(range(5, 10), reason)
    assert told[-1] == (10, 10, 5)
    assert np.isnan(cells.measure("visits")).tolist() == [False] * 5 + [True] * 5
    assert set(cells.table("groups")["job"].tolist()) == set(range(5))
    still = evaluate(jobs, store=tmp_path)
    assert (still.reused, len(still.failures)) == (10, 5)
    mended = evaluate(jobs, store=tmp_path, retry_failed=True)
    assert (mended.reused, mended.failures) == (5, {})
    assert bits(mended.outcomes) == bits(evaluate(jobs).outcomes)


def test_what_goes_wrong_with_one_cells_totals_is_its_own(monkeypatch):
    jobs = tiny_jobs(10)
    expected = bits([work.outcome_of(job) for job in jobs])
    honest, sizes = work.reduced, []

    def reduced(cells):
        sizes.append(len(cells))
        if any(cell.job is jobs[3] for cell in cells):
            raise ValueError("odd totals")
        return honest(cells)

    monkeypatch.setattr(work, "reduced", reduced)
    outcomes = work.outcomes_of(jobs)
    assert sizes[0] > 1, "cells were to be reduced together"
    assert [outcome.reason for outcome in outcomes] == [""] * 3 + ["ValueError: odd totals"] + [""] * 6
    found = bits(outcomes)
    assert found[:3] + found[4:] == expected[:3] + expected[4:]


def test_cells_of_several_sizes_are_reduced_apart_and_long_runs_not_held_back(monkeypatch):
    jobs = [job for ticks in (20, 30) for job in tiny_jobs(4, ticks=ticks)]
    sizes, honest = [], work.reduced
    monkeypatch.setattr(work, "reduced", lambda cells: sizes.append(len(cells)) or honest(cells))
    together = work.outcomes_of(jobs)
    assert sizes == [4, 4]
    sizes.clear()
    monkeypatch.setattr(work, "MOST_TICKS_TOGETHER", 40)  # two cells of 20 ticks, or of 30
    apart = work.outcomes_of(jobs)
    assert sizes == [2, 2, 2, 2]
    assert bits(together) == bits(apart)


@pytest.fixture
def faults(tmp_path, monkeypatch):
    """Worker processes in which jobs die, hang or dawdle by their seed; gives the folder of the marks."""
    marks = tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setenv("MARKS", str(marks))
    monkeypatch.setattr(
        evaluate_module, "lanes_for", lambda executor, load, workers, limit: Processes(2, limit, 1, faulty)
    )
    return marks


@pytest.mark.slow
def test_a_worker_that_dies_costs_its_cell_only(tmp_path, faults):
    jobs = [*tiny_jobs(6), Job(TINY, DIES), Job(TINY, DIES_ONCE)]
    cells = evaluate(jobs, store=tmp_path / "cells")
    assert cells.failures == {6: DIED}
    assert len(list(faults.iterdir())) == 2
    assert bits(cells.outcomes[:6]) == bits(evaluate(tiny_jobs(6)).outcomes)


@pytest.mark.slow
def test_a_worker_killed_as_it_sends_its_result_costs_nothing(tmp_path, faults):
    jobs = [*tiny_jobs(6), Job(TINY, CUT_OFF_ONCE)]
    cells = evaluate(jobs, store=tmp_path / "cells")
    assert cells.failures == {}
    assert len(list(faults.iterdir())) == 1, "a worker was to be killed"
    assert bits(cells.outcomes) == bits(evaluate(jobs).outcomes)


@pytest.mark.slow
def test_workers_that_die_as_they_start_are_told_and_no_cell_is_blamed(tmp_path, monkeypatch):
    monkeypatch.setattr(
        evaluate_module, "lanes_for", lambda executor, load, workers, limit: Processes(1, limit, 1, die)
    )
    with pytest.raises(ExecutorError, match="die as they start"):
        evaluate(tiny_jobs(3), store=tmp_path)
    with CellStore(tmp_path) as store:
        assert store.cells() == []


@pytest.mark.slow
def test_a_cell_that_hangs_is_ended_with_its_process(tmp_path, faults, monkeypatch):
    monkeypatch.setattr(evaluate_module, "GRACE", 0.3)
    jobs = [*tiny_jobs(6), Job(TINY, HANGS)]
    cells = evaluate(jobs, store=tmp_path / "cells", timeout=1.5)
    assert cells.failures == {6: "took longer than 1.5 s"}


def test_a_slow_cell_ends_itself_at_a_pause(tmp_path):
    slow = Job(scenario(BUSY, {"run.users": 20_000, "run.ticks": 400}), 1)
    assert evaluate([slow], executor="threads", timeout=0.01).failures == {0: "took longer than 0.01 s"}
    assert evaluate(tiny_jobs(1), executor="threads", timeout=60).failures == {}


@pytest.mark.slow
def test_no_time_limit_no_failure(tmp_path, faults):
    assert evaluate([Job(TINY, SLOW)], store=tmp_path / "cells").failures == {}


@pytest.mark.parametrize("way", EACH_WAY)
def test_stopping_keeps_what_is_finished(tmp_path, monkeypatch, way):
    monkeypatch.setattr("sim.experiments.cells.batches.MOST", 2)

    def stop_half_way(done, in_all, failed):
        if done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(tiny_jobs(12), store=tmp_path, progress=stop_half_way, **WAYS[way])
    with CellStore(tmp_path) as store:
        kept = {cell.key for cell in store.cells()}
    assert 5 <= len(kept) < 12
    rest = evaluate(tiny_jobs(12), store=tmp_path)
    assert rest.reused == len(kept)
    assert bits(rest.outcomes) == bits(evaluate(tiny_jobs(12)).outcomes)


def test_cells_that_another_process_finishes_meanwhile_are_not_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.cells.batches.MOST", 2)
    jobs = tiny_jobs(12)
    others = iter([jobs[6:10]])

    def meanwhile(done, in_all, failed):
        for some in others:
            evaluate(some, store=tmp_path, executor="threads", workers=1)

    cells = evaluate(jobs, store=tmp_path, executor="threads", workers=1, progress=meanwhile)
    assert bits(cells.outcomes) == bits(evaluate(jobs).outcomes)
    with CellStore(tmp_path) as store:
        assert {cell.times for cell in store.cells()} == {1}


def test_a_disk_that_fills_up_is_told_and_the_same_command_goes_on(tmp_path, monkeypatch):
    jobs = tiny_jobs(12)
    monkeypatch.setattr("sim.experiments.cells.batches.MOST", 2)
    honest, room = CellStore.record, iter([True, True, False])

    def record(self, finished):
        if not next(room, True):
            raise ResultError("full")
        honest(self, finished)

    monkeypatch.setattr(CellStore, "record", record)
    with pytest.raises(ResultError, match="full"):
        evaluate(jobs, store=tmp_path, executor="threads", workers=1)
    rest = evaluate(jobs, store=tmp_path)
    assert rest.reused == 4
    assert bits(rest.outcomes) == bits(evaluate(jobs).outcomes)


def test_a_file_size_limit_is_told_and_nothing_is_corrupted(tmp_path):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, hard))
    try:
        with pytest.raises(ResultError, match="finished cells are kept"):
            evaluate(tiny_jobs(60), store=tmp_path, executor="threads", workers=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    cells = evaluate(tiny_jobs(20), store=tmp_path)
    assert bits(cells.outcomes) == bits(evaluate(tiny_jobs(20)).outcomes)


@pytest.mark.parametrize("executor", ["quick", "dask://", "dask"])
def test_an_unknown_executor_is_told(executor):
    with pytest.raises(ExecutorError, match="allowed: auto, threads, processes, dask://HOST:PORT"):
        evaluate(tiny_jobs(1), executor=executor)


def test_auto_goes_by_the_size_of_the_cells():
    small = Load(cells=100, largest=60_000, in_all=600_000_000, foreign=False)
    choices = {
        "many small": (small, 2, None, Processes),
        "a few in all": (small._replace(in_all=100_000), 2, None, Threads),
        "large": (small._replace(largest=10**8), 2, None, Threads),
        "one processor": (small, 1, None, Threads),
        "a time limit": (small._replace(largest=10**8), 2, 5.0, Processes),
        "rules from outside": (small._replace(foreign=True), 2, None, Threads),
    }
    for load, workers, limit, kind in choices.values():
        lanes = lanes_for("auto", load, workers, limit)
        assert isinstance(lanes, kind)
        lanes.close(at_once=False)


def test_batches_take_about_a_moment_each(monkeypatch):
    from sim.experiments.cells.batches import MOMENT, Batches, burden

    jobs = tiny_jobs(500)
    batches = Batches(range(500), jobs.__getitem__, workers=2)
    sizes = []
    while (batch := batches.take()).jobs:
        sizes.append(len(batch.jobs))
        batches.measured(list(batch.jobs.values()), 0.01 * len(batch.jobs))  # 10 ms a cell
    assert sum(sizes) == 500
    assert max(sizes[10:]) == pytest.approx(MOMENT / 0.01, abs=2)
    assert sizes[-1] == 1  # small ones at the end, so that both workers come to it together
    assert burden(jobs[0]) > jobs[0].work


def test_a_job_that_asks_for_other_code_is_refused():
    with pytest.raises(work.OtherCode, match="other code of the model"):
        work.packed_outcomes(tiny_jobs(1), "no such code")


def test_a_failed_outcome_has_no_contents():
    cells = Cells([Outcome("a" * 32, "broke", 1.0), *as_they_come(tiny_jobs(1), order=[0])])
    assert cells.failures == {0: "broke"}
    assert dict(cells.outcomes[0].measures) == {}
    assert cells.frame()["visits"].isna().tolist() == [True, False]


@pytest.mark.slow
def test_workers_end_with_their_parent(tmp_path):
    """A parent that is killed cannot tell its workers; they notice."""
    import subprocess
    import sys
    import time

    script = (
        "import os, time\n"
        "from sim.experiments.cells.executors import Processes\n"
        "lanes = Processes(1, None)\n"
        "lanes.submit(0, ()).result()\n"
        "print(next(iter(lanes._executors[0]._processes)), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    worker = int(shown.stdout)
    until = time.monotonic() + 20
    while time.monotonic() < until and _alive(worker):
        time.sleep(0.1)
    assert not _alive(worker)


def _alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
