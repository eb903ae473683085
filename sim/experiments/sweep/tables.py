"""The tables of a sweep: its points, its cells, and the effect at every point with its interval."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.outcome import Cells
from sim.experiments.effect import t_interval
from sim.experiments.sweep.plan import SweepPlan
from sim.model.measures import MEASURES, USER_MEASURES
from sim.results.table import Table

UNITS = {m.name: (m.unit, m.good) for m in MEASURES} | {name: (m.unit, m.good) for name, m in USER_MEASURES.items()}
"""Unit and good direction of every measure, by name."""


def values_of(plan: SweepPlan, parameter: int) -> NDArray[Any]:
    """The value of one parameter (by place) at every point: numbers if all are, else text."""
    values = [point.levels[parameter].value for point in plan.points]
    return np.array(values) if plan.parameters[parameter].is_numeric else np.array([str(value) for value in values])


def point_table(plan: SweepPlan) -> Table:
    """A row per point: its number and the value of every parameter, by path."""
    columns = {parameter.path: values_of(plan, k) for k, parameter in enumerate(plan.parameters)}
    return {"point": np.arange(len(plan.points))} | columns


def cell_table(plan: SweepPlan, cells: Cells) -> Table:
    """A row per cell: point, replicate, seed, arm, key, reason (empty if it did not fail), seconds of work, measures kept."""
    arms, n = plan.arms, plan.replicates
    place = np.arange(len(plan.jobs))
    return {
        "point": place // (n * len(arms)),
        "replicate": place // len(arms) % n,
        "seed": np.array([job.seed for job in plan.jobs]),
        "arm": np.array(arms)[place % len(arms)],
        "key": np.array(cells.keys),
        "reason": np.array(cells.reasons),
        "seconds": np.array(cells.seconds),
        **cells.some_measures(plan.file.measures),
    }


def effect_table(plan: SweepPlan, cells: Table) -> Table:
    """A row per point and measure kept, the primary one first. cells: as of `cell_table`.

    measure, unit, good (as in `Measure`); policy: its mean over replicates; with a baseline also baseline, difference (paired) and
    relative (over the baseline's mean); low, high: 95% interval (Student's t over replicates) of the difference, or without a
    baseline of the policy's mean; n: replicates in which both arms have a value; failed: cells of the point that failed.
    """
    arms, points = plan.arms, len(plan.points)
    failed = (cells["reason"] != "").reshape(points, -1).sum(axis=1)
    names = [plan.file.primary, *(name for name in plan.file.measures if name != plan.file.primary)]
    parts = []
    for name in names:  # one at a time: the rows of all, as they are made, take many times the room of the table
        values = cells[name].reshape(points, plan.replicates, len(arms))
        rows = [_row(point, name, values[point], int(failed[point])) for point in range(points)]
        parts.append({column: np.array([row[column] for row in rows]) for column in rows[0]})
    return {column: np.stack([part.pop(column) for part in parts], axis=1).ravel() for column in tuple(parts[0])}


def _row(point: int, name: str, values: NDArray[np.float64], failed: int) -> dict[str, Any]:
    """One row of the effects. values: shape (replicates, arms)."""
    unit, good = UNITS[name]
    policy = _mean(values[:, 0])
    row = {"point": point, "measure": name, "unit": unit, "good": good, "policy": policy}
    if values.shape[1] == 1:
        interval = t_interval(values[:, 0])
    else:
        baseline, interval = _mean(values[:, 1]), t_interval(values[:, 0] - values[:, 1])
        relative = interval.mean / baseline if baseline else float("nan")
        row |= {"baseline": baseline, "difference": interval.mean, "relative": relative}
    return row | {"low": interval.low, "high": interval.high, "n": interval.n, "failed": failed}


def _mean(values: NDArray[np.float64]) -> float:
    seen = values[~np.isnan(values)]
    return float(seen.mean()) if seen.size else float("nan")
