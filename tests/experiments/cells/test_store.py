"""The store: what is recorded stays, in whatever order it came and whatever happened in between."""

import os
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest

from sim.results.cells import store as store_module
from sim.results.cells.ledger import FILE
from sim.results.cells.origin import Origin
from sim.results.cells.outcome import Outcome, pack
from sim.results.cells.reader import CellReader
from sim.results.cells.store import CellStore
from sim.results.store import ResultError
from tests.experiments.cells.stand_ins import bits

ORIGIN = Origin({"name": "made up", "x": 1}, 7, 750, 0, "code")


def made_up(number: int, extra: str = "") -> Outcome:
    """An outcome with tables of as many rows as its number says."""
    luck = np.random.default_rng(number)
    rows = number % 4
    tables = {
        "groups": {"group": np.array(["a", "bb", "ccc", "dddd"])[:rows], "visits": luck.random(rows)},
        "scores": {"score": np.arange(3), "users": luck.integers(0, 9, 3).astype(np.int32)},
    }
    return Outcome(f"{number:032x}", "", 0.25, {"visits": luck.random(), f"more{extra}": float(number)}, tables)


def record(store, outcomes):
    store.record([(pack(outcome), ORIGIN) for outcome in outcomes])


def test_outcomes_are_the_same_in_the_ledger_and_in_shards(tmp_path):
    outcomes = [made_up(number) for number in range(10)]
    keys = [outcome.key for outcome in outcomes]
    with CellStore(tmp_path / "cells") as store:
        record(store, outcomes)
        before = bits(store.outcomes(keys))
        assert not list((tmp_path / "cells").glob("shards/*"))
        store.settle()
        assert len(list((tmp_path / "cells" / "shards").glob("*-measures.parquet"))) == 1
        assert bits(store.outcomes(keys)) == before == bits(outcomes)
    with CellReader(tmp_path / "cells") as again:
        assert bits(again.outcomes(keys)) == before
        assert [len(table.get("group", ())) for table in again.tables("groups", keys)] == [k % 4 for k in range(10)]
        assert again.origin(keys[3]) == ORIGIN


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_read_back_does_not_depend_on_the_order_or_on_interruptions(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(store_module, "SHARD_CELLS", 7)
    monkeypatch.setattr(store_module, "SMALL_SHARDS", 2)
    luck = np.random.default_rng(seed)
    outcomes = [made_up(number, "s" * (number % 3 == 0)) for number in range(60)]  # of two shapes
    order = luck.permutation(60).tolist()
    while order:
        with CellStore(tmp_path) as store:
            for _ in range(int(luck.integers(1, 4))):
                some = int(luck.integers(1, 6))
                record(store, [outcomes[place] for place in order[:some]])
                order = order[some:]
            if luck.random() < 0.5:
                store.settle()
    keys = [outcome.key for outcome in outcomes]
    with CellStore(tmp_path) as store:
        store.settle()
        assert bits(store.outcomes(keys)) == bits(outcomes)
        assert list(store.measures(keys)) == ["visits", "mores", "more"]  # as the cells have them
        assert list(store.measures(keys, ["more", "visits", "never"])) == ["visits", "more"]
        assert {kept.times for kept in store.cells()} == {1}


def test_small_shards_become_one(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "SMALL_SHARDS", 3)
    outcomes = [made_up(number) for number in range(12)]
    with CellStore(tmp_path) as store:
        for outcome in outcomes:
            record(store, [outcome])
            store.settle()
        assert len(list((tmp_path / "shards").glob("*-measures.parquet"))) <= 3
        assert bits(store.outcomes([outcome.key for outcome in outcomes])) == bits(outcomes)


def test_the_first_outcome_of_a_cell_stays_and_a_second_is_counted(tmp_path):
    first, second = made_up(5), made_up(6)
    second = Outcome(first.key, "", 1, second.measures, second.tables)
    with CellStore(tmp_path) as store:
        record(store, [first])
        record(store, [second])
        assert bits([store.outcome(first.key)]) == bits([first])
        assert store.known([first.key])[first.key].times == 2
        record(store, [Outcome(first.key, "broke later", 1)])
        assert store.outcome(first.key).reason == ""


def test_a_failed_cell_is_no_finished_one_until_it_succeeds(tmp_path):
    good = made_up(5)
    with CellStore(tmp_path) as store:
        record(store, [Outcome(good.key, "broke", 1)])
        assert store.outcome(good.key).reason == "broke"
        assert np.isnan(store.measures([good.key, good.key]).get("visits", np.array([np.nan]))).all()
        assert store.tables("groups", [good.key]) == [{}]
        record(store, [good])
        assert bits([store.outcome(good.key)]) == bits([good])


def test_a_cell_that_is_not_there_is_told(tmp_path):
    with CellStore(tmp_path) as store:
        assert store.known(["a" * 32]) == {}
        record(store, [made_up(1)])
        with pytest.raises(ResultError, match="1 of the cells asked for are not stored"):
            store.measures(["a" * 32])


def test_files_of_a_killed_writer_are_removed_and_nothing_else(tmp_path):
    outcomes = [made_up(number) for number in range(4)]
    with CellStore(tmp_path) as store:
        record(store, outcomes)
        store.settle()
    for name in (".partial-000002-measures", "000009-groups.parquet", "000009-measures.parquet"):
        (tmp_path / "shards" / name).write_bytes(b"half")
    with CellStore(tmp_path) as store:
        store.prepare()
        assert {file.name[:6] for file in (tmp_path / "shards").iterdir()} == {"000001"}
        assert bits(store.outcomes([outcome.key for outcome in outcomes])) == bits(outcomes)


@pytest.mark.parametrize("step", ["write_parquet", "os.replace", "shape_of"])
def test_an_interruption_while_a_shard_is_written_loses_nothing(tmp_path, monkeypatch, step):
    outcomes = [made_up(number) for number in range(4)]
    keys = [outcome.key for outcome in outcomes]

    def broken(*_):
        raise OSError(28, "No space left on device")

    with CellStore(tmp_path) as store:
        record(store, outcomes)
        with monkeypatch.context() as patch:
            place = "sim.results.cells.store." if step == "shape_of" else "sim.results.cells.shards."
            patch.setattr(place + step, broken)
            with pytest.raises(ResultError, match="finished cells are kept: free some space"):
                store.settle()
        assert bits(store.outcomes(keys)) == bits(outcomes)
    with CellStore(tmp_path) as store:
        store.prepare()
        store.settle()
        assert bits(store.outcomes(keys)) == bits(outcomes)
        assert not list((tmp_path / "shards").glob(".partial*"))


def test_forgotten_cells_are_gone_and_the_others_are_not(tmp_path):
    outcomes = [made_up(number) for number in range(8)]
    keys = [outcome.key for outcome in outcomes]
    with CellStore(tmp_path) as store:
        record(store, outcomes[:6])
        store.settle()
        record(store, outcomes[6:])
        assert store.forget(lambda: [keys[0], keys[7]]) == 2
        assert set(store.known(keys)) == set(keys[1:7])
        assert bits(store.outcomes(keys[1:7])) == bits(outcomes[1:7])


def test_cells_of_a_damaged_shard_are_told_and_can_be_forgotten(tmp_path):
    outcomes = [made_up(number) for number in range(4)]
    keys = [outcome.key for outcome in outcomes]
    with CellStore(tmp_path) as store:
        record(store, outcomes[:2])
        store.settle()
        record(store, outcomes[2:])
        store.settle()
        (tmp_path / "shards" / "000001-scores.parquet").write_bytes(b"not parquet")
        with pytest.raises(ResultError, match="prune --damaged"):
            store.outcomes(keys)
        assert store.damaged() == keys[:2]
        store.forget(store.damaged)
        assert bits(store.outcomes(keys[2:])) == bits(outcomes[2:])


def test_a_missing_shard_is_told(tmp_path):
    with CellStore(tmp_path) as store:
        record(store, [made_up(1)])
        store.settle()
        for file in (tmp_path / "shards").iterdir():
            file.unlink()
        with pytest.raises(ResultError, match="a file is missing"):
            store.measures([made_up(1).key])


def test_two_writers_take_turns(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "SHARD_CELLS", 5)
    outcomes = [made_up(number) for number in range(80)]

    def write(part):
        with CellStore(tmp_path) as store:
            for outcome in part:
                record(store, [outcome])
            store.settle()

    both = [threading.Thread(target=write, args=(part,)) for part in (outcomes[:50], outcomes[30:])]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with CellReader(tmp_path) as store:
        assert bits(store.outcomes([outcome.key for outcome in outcomes])) == bits(outcomes)
        assert sum(kept.times for kept in store.cells()) == 50 + 50


def test_a_ledger_that_is_none_and_one_of_a_newer_format_are_told(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(ResultError, match="damaged"):
        CellStore(tmp_path)
    (tmp_path / FILE).unlink()
    with CellStore(tmp_path) as store:
        record(store, [made_up(1)])
    with sqlite3.connect(tmp_path / FILE) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    with pytest.raises(ResultError, match="newer scoregate"):
        CellStore(tmp_path)


def test_a_folder_that_cannot_be_made_is_told_before_anything_runs(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with CellStore(tmp_path / "taken" / "cells") as store, pytest.raises(ResultError, match="--out"):
        store.prepare()


@pytest.fixture
def mounted(tmp_path):
    """A small file system of its own, where the system lets us have one: gives its folder and how to mount it anew."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options):
        done = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("mounting is not allowed here")

    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting is not allowed here")
    mount("-t", "tmpfs", "-o", "size=600k", "tmpfs")
    yield folder, mount
    subprocess.run(["umount", str(folder)], check=False)


def test_a_full_disk_is_told_loses_nothing_and_the_work_goes_on_when_there_is_room(mounted):
    folder, mount = mounted
    large = [
        Outcome(f"{k:032x}", "", 1, {"x": k / 7}, {"users": {"x": np.random.default_rng(k).random(2000)}})
        for k in range(60)
    ]
    finished = []

    def fill(store):
        for outcome in large:
            record(store, [outcome])
            finished.append(outcome)

    with CellStore(folder / "c") as store, pytest.raises(ResultError, match="finished cells are kept: free some space"):
        fill(store)
    assert 0 < len(finished) < 60
    keys = [outcome.key for outcome in finished]
    with CellReader(folder / "c") as store:
        assert set(store.known([outcome.key for outcome in large])) == set(keys)
        assert bits(store.outcomes(keys)) == bits(finished)
    mount("-o", "remount,size=20m")
    with CellStore(folder / "c") as store:
        store.prepare()
        record(store, large[len(finished) :])
        store.settle()
        assert bits(store.outcomes([outcome.key for outcome in large])) == bits(large)


def test_a_read_only_folder_is_read_and_told_when_it_is_to_be_written(mounted):
    folder, mount = mounted
    outcomes = [made_up(number) for number in range(4)]
    keys = [outcome.key for outcome in outcomes]
    with CellStore(folder / "c") as store:
        record(store, outcomes)
        store.settle()
    mount("-o", "remount,ro")
    with CellStore(folder / "c") as store:
        assert bits(store.outcomes(keys)) == bits(outcomes)
        with pytest.raises(ResultError, match="cannot be stored here"):
            store.prepare()
    with CellStore(folder / "other") as store, pytest.raises(ResultError, match="cannot be stored here"):
        store.prepare()
