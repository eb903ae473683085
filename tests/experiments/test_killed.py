"""Searches killed with SIGKILL, again and again: the same command goes on from the cells that are there, and ends with the same tables."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.results.cells.ledger import FILE as LEDGER
from tests.experiments import test_calibrate, test_optimise, test_sensitivity
from tests.experiments.cells.kills import finished_in

ABC = "calibrate: {method: abc, population: 12, populations: 2, simulations: 60, replicates: 1, confirm: 3}\n"
SLOWER = "run: {users: 2000, ticks: 60}"
"""Large enough that a kill finds work half done."""
ROBUSTNESS = """
from pathlib import Path
from sim.experiments.robustness.study import robustness
from sim.experiments.robustness.variants import variants
chosen = [one._replace(users=1500, replicates=2) for one in variants(20_000)]
"""


def abc_file():
    text = test_calibrate.FILE
    text = text[: text.index("calibrate:")] + ABC + text[text.index("run:") :]
    return text.replace("error: 0.02", "error: 0.5")


def with_size(text):
    return text[: text.index("run:")] + SLOWER + "\n"


FILES = {
    "calibrate": (sim.calibrate, with_size(test_calibrate.FILE)),
    "calibrate by draws": (sim.calibrate, with_size(abc_file())),
    "sensitivity": (sim.sensitivity, with_size(test_sensitivity.FILE)),
    "optimise": (sim.optimise, with_size(test_optimise.FILE)),
}


def killed_at(command, moments):
    """Run a command; kill it whenever so many more cells are finished; then let it end. Returns its finished cells at every kill."""
    seen = []
    for moment in moments:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while finished_in(Path("results")) < moment:
            assert process.poll() is None, f"over before {moment} cells: {process.stderr.read().decode()}"
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        seen.append(finished_in(Path("results")))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return seen


def times_run():
    """How many cells are kept, and how often any was run and kept."""
    with sqlite3.connect(Path("results/cells") / LEDGER) as ledger:
        return ledger.execute("SELECT count(*), sum(times) FROM cells").fetchone()


def same(one, other):
    if one.dtype.kind == "f":
        return np.array_equal(one, other, equal_nan=True)
    return one.tolist() == other.tolist()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("name", FILES)
def test_a_killed_search_ends_as_if_it_had_not_been(name, workspace):
    study, text = FILES[name]
    if name == "calibrate by draws":
        pytest.importorskip("pyabc")
    test_calibrate.written(text)
    command = [sys.executable, "-m", "sim", name.split()[0], "mine.yaml", "--quiet", "--no-figures"]
    kept = killed_at(command, (3, 12, 20))
    assert kept == sorted(kept)  # nothing that was finished is lost
    cells, times = times_run()
    assert cells > kept[-1]
    assert times == cells  # and nothing is run twice
    again = study("mine.yaml", out="results")
    assert again.reused
    whole = study("mine.yaml")
    for table, columns in whole.tables.items():
        for column, values in columns.items():
            assert not len(values) or same(values, again.tables[table][column]), (table, column)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_variants_end_as_if_they_had_not_been(workspace):
    from sim.experiments.robustness.study import jobs_of, robustness

    Path("again.py").write_text(f"{ROBUSTNESS}robustness(chosen, ticks=60, out=Path('results'))\n", encoding="utf-8")
    scope = {}
    exec(ROBUSTNESS, scope)
    kept = killed_at([sys.executable, "again.py"], (5, 20, 40))
    assert kept == sorted(kept)
    cells, times = times_run()
    assert times == cells == len({job.key for one in scope["chosen"] for job in jobs_of(one, 60)})
    found = robustness(scope["chosen"], ticks=60, out=Path("results"))
    whole = robustness(scope["chosen"], ticks=60)
    assert all(same(values, found[name]) for name, values in whole.items())
