"""Random kills of a sweep of 400 cells, each followed by the same command.

    python -m tests.experiments.cells.kills 50

kills 50 times, a parent or one of its worker processes, and says what was found.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import sim
from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.outcome import SKETCHES
from sim.experiments.sweep.plan import make_sweep_plan
from sim.experiments.sweep.run import CELLS as STORE
from sim.results.cells.ledger import FILE
from tests.experiments.cells.stand_ins import table_bits

CELLS = 400
SWEEP = """\
extends: gate_750.yaml
name: killed
baseline: null
policy: {circle: {opens: 2}}
world: {population: {responsive_share: 0.8}, awareness: {campaign_rate: 0.2}}
vary: {policy.gate.threshold: {from: 600, to: 680, step: 20}}
run: {users: 1000, ticks: 40}
replicates: 80
"""
WORKER = b"loky"


def command(folder: Path) -> list[str]:
    """What is killed, and what follows every kill."""
    file = folder / "killed.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    how = ["--executor", "processes", "--workers", "2", "--retry-failed", "--no-figures", "--quiet"]
    return [sys.executable, "-m", "sim", "sweep", str(file), "--out", str(folder), *how]


def finished_in(folder: Path) -> int:
    """How many cells are finished."""
    ledger_file = folder / STORE / FILE
    with suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{ledger_file}?mode=ro", uri=True) as ledger:
        return int(ledger.execute("SELECT count(*) FROM cells WHERE reason = ''").fetchone()[0])
    return 0


def workers_of(parent: int) -> list[int]:
    """Worker processes of a process."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            above = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            told = (place / "cmdline").read_bytes()
            if above == parent and WORKER in told and b"resource_tracker" not in told:
                found.append(int(place.name))
    return found


def endure(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Run the command, killing a parent or a worker at random moments, until all cells are finished. Returns counts.

    kills are spread over the cells, at random; after the death of a parent the same command is started again, after that of a
    worker it goes on by itself. Kills that come too late, when all cells are finished, are left out.
    """
    luck = random.Random(seed)
    moments = sorted(luck.sample(range(1, CELLS - 20), kills))
    found = {"parents killed": 0, "workers killed": 0, "commands": 0, "lost": 0}
    process: subprocess.Popen[bytes] | None = None
    before = 0
    for moment in moments:
        while before < CELLS or process is None or process.poll() is None:
            if process is None or process.poll() is not None:
                process = subprocess.Popen(command(folder), stdout=subprocess.DEVNULL)
                found["commands"] += 1
            now = finished_in(folder)
            found["lost"] += max(0, before - now)
            before = now
            workers = workers_of(process.pid)
            if now >= moment and workers:
                break
            time.sleep(0.005)
        else:
            break
        time.sleep(luck.random() * 0.1)
        victim = luck.choice([process.pid, *workers])
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        found["parents killed" if victim == process.pid else "workers killed"] += 1
        if victim == process.pid:
            process.wait()
    if process is not None:
        process.wait()
    found["commands"] += 1
    subprocess.run(command(folder), stdout=subprocess.DEVNULL, check=True)
    return found


def report(kills: int, seed: int) -> dict[str, object]:
    """Endure kills, and compare with an undisturbed sweep."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found: dict[str, object] = dict(endure(folder, kills, seed))
        here = sim.sweep(folder / "killed.yaml", out=folder)
        there = sim.sweep(folder / "killed.yaml", executor="threads")
        for one in (here, there):
            del one.tables["cells"]["seconds"]  # which never repeat
        found["whole at the end"] = here.reused
        found["failed"] = here.failed
        found["same tables"] = all(
            table_bits(here.tables[name]) == table_bits(there.tables[name]) for name in here.tables
        )
        jobs = make_sweep_plan(folder / "killed.yaml").jobs
        kept, again = evaluate(jobs, store=folder / STORE), evaluate(jobs, executor="threads")
        found["reused at the end"] = kept.reused
        found["same sketches"] = all(table_bits(kept.table(name)) == table_bits(again.table(name)) for name in SKETCHES)
        with sqlite3.connect(folder / STORE / FILE) as ledger:
            found["cells"], found["recorded"] = ledger.execute("SELECT count(*), sum(times) FROM cells").fetchone()
    return found


if __name__ == "__main__":
    print(json.dumps(report(int(sys.argv[1]), seed=1), indent=1))
