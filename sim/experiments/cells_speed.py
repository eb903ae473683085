"""What the experiment engine costs beside the bare kernel, beside Mesa's batch_run, and on one worker beside several.

python -m sim.experiments.cells_speed [small | large | again | memory | all] [--mesa CELLS]

small: 1,000 cells of 1,000 users for 60 days, each time a whole `scoregate sweep` in a new process, next to the kernel on as
many user-days in one batch and to mesa.batch_run over the readable engine (on --mesa cells, scaled up; 100 are a tenth).
large: 64 cells of 100,000 users for 90 days with 1 worker and with one per processor.
again: a finished sweep of 1,000 cells, given once more.
memory: most memory that a process of a sweep of 10,000 cells takes, and of one of 100.
All are repeated in turn, so that what else the machine does falls on each; medians of ratios count.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sim.engines.fast import FastEngine, default_threads
from sim.scenario.load import load_shipped

ROUNDS = 3

SWEEP = """\
extends: gate_750.yaml
name: cells_speed
vary:
  {vary}
run: {{users: {users}, ticks: {days}}}
replicates: {replicates}
"""
POLICIES = "policy.gate.threshold: {from: 600, to: 840, step: 5}"
"""49 gates, and the baseline they share: cells of one seed have the same people."""
WORLDS = "world.population.seeker_share: {{from: 0.2, to: 0.4, points: {points}}}"
"""Worlds in which everybody is another: no cell shares people with more than its baseline."""


def command(folder: str, vary: str, replicates: int, users: int, days: int, workers: int | None = None) -> list[str]:
    """The command of a sweep into a folder, in which its file is written."""
    file = Path(folder) / "cells_speed.yaml"
    file.write_text(SWEEP.format(vary=vary, replicates=replicates, users=users, days=days))
    given = [sys.executable, "-m", "sim", "sweep", str(file), "--out", folder, "--no-figures", "--quiet"]
    return given + (["--workers", str(workers)] if workers else [])


def taken(given: list[str]) -> float:
    """Seconds that a command takes in a new process."""
    started = time.perf_counter()
    subprocess.run(given, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def swept(vary: str, replicates: int, users: int, days: int, workers: int | None = None) -> float:
    """Seconds that a sweep takes from the command to the answer, in a new process and an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        return taken(command(folder, vary, replicates, users, days, workers))


def peak(replicates: int, users: int, days: int) -> int:
    """Bytes that the largest process of a sweep of 50 cells a replicate takes at most."""
    watch = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    with tempfile.TemporaryDirectory() as folder:
        given = [*command(folder, POLICIES, replicates, users, days, default_threads()), "--executor", "processes"]
        told = subprocess.run([sys.executable, "-c", watch, *given], check=True, capture_output=True, text=True).stdout
    return int(told) * (1 if sys.platform == "darwin" else 1024)


def batch(users: int, days: int) -> tuple[float, float]:
    """Seconds to make the people of one large population, and to run it, by all processors."""
    scenario = load_shipped("gate_750.yaml", [f"run.users={users}", f"run.ticks={days}"])
    started = time.perf_counter()
    engine = FastEngine(scenario, 1, default_threads())
    made = time.perf_counter()
    engine.run(days)
    return made - started, time.perf_counter() - made


def mesa_seconds(cells: int, users: int, days: int) -> float:
    """Seconds that mesa.batch_run takes for a cell of the readable engine, from so many of them."""
    import mesa

    from sim.engines.readable import GateModel

    started = time.perf_counter()
    mesa.batch_run(
        GateModel,
        {"users": users, "seed": list(range(cells))},
        number_processes=default_threads(),
        max_steps=days,
        display_progress=False,
    )
    return (time.perf_counter() - started) / cells


def small(mesa_cells: int) -> None:
    """Print the first comparison."""
    cells, users, days = 1000, 1000, 60
    FastEngine(load_shipped("gate_750.yaml", ["run.users=2000", "run.ticks=30"]), 1).run(30)
    ratios: dict[str, list[float]] = {}
    of_policies = []
    for _ in range(ROUNDS):
        people, kernel = batch(cells * users, days)
        policies = swept(POLICIES, 20, users, days)
        worlds = swept(WORLDS.format(points=500), 1, users, days)
        of_policies.append(policies)
        print(
            f"kernel {kernel:.2f} s (people before it {people:.2f}); sweep of policies {policies:.2f}, of worlds {worlds:.2f}"
        )
        for name, seconds in (("policies", policies), ("worlds", worlds)):
            ratios.setdefault(f"{name}: (seconds - 2) / kernel", []).append((seconds - 2) / kernel)
            ratios.setdefault(f"{name}: (seconds - 2) / (people + kernel)", []).append(
                (seconds - 2) / (people + kernel)
            )
    for name, values in ratios.items():
        print(f"{name:45} {median(values):.2f}")
    if mesa_cells:
        each = mesa_seconds(mesa_cells, users, days)
        print(f"mesa.batch_run {each:.2f} s a cell; {each * cells / median(of_policies):,.0f} times the sweep")


def large() -> None:
    """Print the second comparison."""
    ratios = []
    for _ in range(ROUNDS):
        one, many = (
            swept(POLICIES.replace("600", "690"), 2, 100_000, 90, workers) for workers in (1, default_threads())
        )
        ratios.append(one / many)
        print(f"64 cells of 100,000 users for 90 days: 1 worker {one:.1f} s, {default_threads()} workers {many:.1f} s")
    print(f"{'times faster':45} {median(ratios):.2f}")


def again() -> None:
    """Print how long a finished sweep takes to answer."""
    with tempfile.TemporaryDirectory() as folder:
        given = command(folder, POLICIES, 20, 1000, 60)
        first = taken(given)
        seconds = median(taken(given) for _ in range(ROUNDS))
    print(f"1,000 cells of 1,000 users for 60 days: {first:.2f} s; the same command again {seconds:.2f} s")


def memory(few: int = 2, many: int = 200, users: int = 200, days: int = 20) -> None:
    """Print the peaks of a sweep of few replicates and of one of many, of 50 cells each."""
    one, other = peak(few, users, days), peak(many, users, days)
    print(
        f"{50 * few:,} cells: {one / 1e6:.0f} MB at most; {50 * many:,} cells: {other / 1e6:.0f} MB; {other / one:.2f} times"
    )


PARTS = ("small", "large", "again", "memory")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--mesa", type=int, default=10, metavar="CELLS", help="cells for mesa.batch_run (0: none)")
    asked = parser.parse_args()
    for part in PARTS if asked.what == "all" else (asked.what,):
        {"small": lambda: small(asked.mesa), "large": large, "again": again, "memory": memory}[part]()
