"""Run the variants, and say whether sign and channel of the finding are the same in all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.evaluate import Told, evaluate
from sim.experiments.cells.job import Job
from sim.experiments.claims.judge import FAILS, HOLDS, verdict
from sim.experiments.effect import t_interval
from sim.experiments.robustness.variants import Variant
from sim.results.table import Table
from sim.scenario.load import load_shipped

POLICY, BASELINE = "gate_750.yaml", "open_circle.yaml"
TICKS = 180
EFFORT = ("visits_payment", "visits_score", "visits_credit")
"""Channels by which effort for a score shows in visits."""
CHANNELS = {"circle": ("visits_circle",), "effort": EFFORT, "habit": ("visits_habit",)}


def robustness(
    chosen: Sequence[Variant], *, ticks: int = TICKS, out: Path | None = None, progress: Told | None = None
) -> Table:
    """A row per variant: the paired difference in visits (1/user/day) with its 95% t interval, its parts by channel, both in words.

    chosen: variants to run; ticks: days of each run; out: folder to keep cells under (not kept if not given).
    """
    jobs = [job for variant in chosen for job in jobs_of(variant, ticks)]
    cells = evaluate(jobs, store=None if out is None else out / "cells", progress=progress, keep=())
    if cells.failures:
        place, reason = next(iter(cells.failures.items()))
        raise RuntimeError(f"{len(cells.failures)} cells failed, number {place} because: {reason}")
    rows, first = [], 0
    for variant in chosen:
        cut = slice(first, first + 2 * variant.replicates)
        first = cut.stop
        rows.append(_row(variant, {name: column[cut].reshape(-1, 2) for name, column in cells.measures.items()}))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def jobs_of(variant: Variant, ticks: int) -> list[Job]:
    """The cells of a variant: by replicate, the gate and then the circle open to all."""
    settings = [*variant.settings, f"run.users={variant.users}", f"run.ticks={ticks}"]
    arms = [load_shipped(name, settings) for name in (POLICY, BASELINE)]
    return [Job(arm, arm.run.seed + replicate) for replicate in range(variant.replicates) for arm in arms]


def _row(variant: Variant, measures: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """measures: by name, shape (replicates, 2 arms)."""
    paired = {name: values[:, 0] - values[:, 1] for name, values in measures.items()}
    found = t_interval(paired["visits"])
    parts = {name: float(np.sum([paired[channel] for channel in of], axis=0).mean()) for name, of in CHANNELS.items()}
    low, high = (found.mean, found.mean) if found.n == 1 else (found.low, found.high)
    return {
        "family": variant.family,
        "variant": variant.name,
        "users": variant.users,
        "n": found.n,
        "baseline": float(measures["visits"][:, 1].mean()),
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        **parts,
        "sign": _sign(low, high),
        "channel": _channel(parts["circle"], parts["effort"]),
    }


def _sign(low: float, high: float) -> str:
    """In words; of a single replicate the sign of its difference."""
    if low == high == 0.0:
        return "zero"
    fewer = verdict("falls", low, high)
    return "fewer" if fewer == HOLDS or low == high < 0 else "more" if fewer == FAILS else "undecided"


def _channel(circle: float, effort: float) -> str:
    """Which moves visits more: the circle or effort for the score."""
    return "none" if circle == effort == 0.0 else "circle" if abs(circle) >= abs(effort) else "effort"


def answer(table: Table) -> str:
    """In how many variants sign and channel are those of the finding, in which they are not, and how many rows tell nothing new."""
    same = (table["sign"] == "fewer") & (table["channel"] == "circle")
    others = [
        f"{family}: {name} ({sign} visits, by {channel})"
        for family, name, sign, channel in zip(
            *(table[key][~same].tolist() for key in ("family", "variant", "sign", "channel")), strict=True
        )
    ]
    told = f"In {int(same.sum())} of {same.size} variants the gate at 750 brings fewer visits than the open circle, and by the circle"
    told += (
        f"; {different(table)} of them differ in their figures, as the scenario as shipped stands in several families."
    )
    single = table["variant"][table["n"] == 1].tolist()
    told += f" Of a single run, without an interval: {'; '.join(single)}." if single else ""
    return told + (f" Otherwise: {'; '.join(others)}." if others else "")


def different(table: Table) -> int:
    """Rows that are not the same to the digit as one before."""
    figures = ("users", "n", "baseline", "difference", "circle", "effort", "habit")
    return len(set(zip(*(table[name].tolist() for name in figures), strict=True)))
