"""Benchmarks: both engines in one sitting, memory per user, and the machine's copy bandwidth beside them."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sim.engines.columns import BYTES_PER_USER
from sim.engines.fast import DayZero, FastEngine, default_threads
from sim.engines.readable import ReadableEngine
from sim.scenario.load import load_shipped

READABLE_USERS = 500
READABLE_DAYS = 60


def copy_bandwidth(megabytes: int = 512, repeats: int = 5) -> float:
    """Bytes read plus bytes written per second when one thread copies a large array (GB/s)."""
    source = np.ones(megabytes * 125_000)
    target = np.empty_like(source)
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - started)
    return 2 * source.nbytes / best / 1e9


REPEATS = 3
"""Times that each engine is measured; the best counts, as others on the machine can only slow it down."""


def _rate(make: Callable[[], Any], users: int, days: int) -> float:
    """User-days a second of the quickest of several runs."""
    best = 0.0
    for _ in range(REPEATS):
        engine = make()
        started = time.perf_counter()
        engine.run(days)
        best = max(best, users * days / (time.perf_counter() - started))
    return best


EVERYTHING = (
    "policy.incentive.kind=red_packet",
    "policy.incentive.budget=1.0",
    "switches.market=true",
    "policy.credit.from_score=true",
    "world.choice.improvement=0.1",
)
"""Set on top of merchants.yaml, which has a gate, the credit line, four lenders, a learning bureau and merchants."""


def measure(users: int, days: int) -> dict[str, tuple[float | int, str]]:
    """Figures by name: (value, unit). The kernels are compiled before the clock starts; all run the gate at 750."""
    scenario = load_shipped("gate_750.yaml", [f"run.users={users}", f"run.ticks={days}"])
    small = load_shipped("gate_750.yaml", ["run.users=2000", f"run.ticks={days}"])
    FastEngine(small, 1, 2).run(30)
    threads = default_threads()
    figures: dict[str, tuple[float | int, str]] = {"users": (users, "users"), "days": (days, "days")}
    started = time.perf_counter()
    people = DayZero(scenario, 1, threads)
    figures["making people and contacts"] = (time.perf_counter() - started, "s")
    rates = {}
    for count in sorted({1, 2, threads}):
        rates[count] = _rate(partial(FastEngine, scenario, 1, count, people), users, days)
        figures[f"fast engine, {count} thread{'s' if count > 1 else ''}"] = (rates[count] / 1e6, "M user-days/s")
    readable = load_shipped("gate_750.yaml", [f"run.users={READABLE_USERS}", f"run.ticks={READABLE_DAYS}"])
    slow = _rate(partial(ReadableEngine, readable, 1), READABLE_USERS, READABLE_DAYS)
    best = max(rates.values())
    bandwidth = copy_bandwidth()
    figures["readable engine"] = (slow / 1e6, "M user-days/s")
    figures["fast over readable"] = (best / slow, "times")
    figures["state per user"] = (BYTES_PER_USER, "bytes")
    figures["contacts per user"] = ((people.contacts.others.nbytes + people.contacts.starts.nbytes) / users, "bytes")
    figures["copy bandwidth, 1 thread"] = (bandwidth, "GB/s")
    figures["bound by that bandwidth"] = (bandwidth * 1e3 / (1.5 * BYTES_PER_USER), "M user-days/s")
    figures |= _with_everything(users, days, sorted({1, 2, threads}))
    return figures


def _with_everything(users: int, days: int, counts: list[int]) -> dict[str, tuple[float | int, str]]:
    """Figures of the fast engine with every mechanism on, credit and four lenders included."""
    scenario = load_shipped("merchants.yaml", [*EVERYTHING, f"run.users={users}", f"run.ticks={days}"])
    small = load_shipped("merchants.yaml", [*EVERYTHING, "run.users=2000", "run.ticks=120"])
    seen = FastEngine(small, 1, 2)
    seen.run(120)
    office = seen.flywheel.office
    state = sum(array.nbytes for array in seen.columns.arrays) + (0 if office is None else office.nbytes)
    people = DayZero(scenario, 1, max(counts))
    figures: dict[str, tuple[float | int, str]] = {}
    for count in counts:
        rate = _rate(partial(FastEngine, scenario, 1, count, people), users, days)
        figures[f"every mechanism, {count} thread{'s' if count > 1 else ''}"] = (rate / 1e6, "M user-days/s")
    figures["every mechanism, state per user"] = (state / small.run.users, "bytes")
    return figures
