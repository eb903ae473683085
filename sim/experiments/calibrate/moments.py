"""Targets as moments: what each asks of a run, what was observed, and with what error.

A moment of a whole run is one number. A curve, or a moment of one day, is compared with the course of the measure that every
finished cell keeps, means over at most 120 stretches of the run: observations of one stretch are averaged, so that like is compared
with like. A histogram of scores is compared bin by bin, as shares of users, with that of the run's last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.experiments.calibrate.simulator import Values
from sim.experiments.cell import BIN
from sim.experiments.cells.outcome import Cells
from sim.experiments.cells.reduce import MOST_POINTS, kept_over_time
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS, of_whom
from sim.experiments.compare.plan import KNOWN
from sim.experiments.measured import lacking
from sim.model.calendar import ticks_per_day
from sim.results.table import Table, rows_of
from sim.scenario.calibration import CalibrationFile, Target
from sim.scenario.observed import read_curve, read_histogram
from sim.scenario.reader import Fault, Place, ScenarioError
from sim.scenario.words import suggestion

LOWEST, HIGHEST = 350, 950
"""Ends of the scores."""
HALF = 0.5
"""Users added to every observed bin (Jeffreys), so that an empty one has an error too."""


@dataclass(frozen=True)
class Moments:
    """Moments of one target, in order. names: what each is, within the target; values: observed; covariance: of their errors;
    unit: of all; held: whether the target is held out; kind: moment, curve or scores; stretches: of the course, or first rows of the
    bins in the model's histogram.
    """

    target: str
    names: tuple[str, ...]
    values: Values
    covariance: Values
    unit: str
    held: bool
    kind: str
    asked: Target
    stretches: NDArray[np.int64]

    def of(self, cells: Cells) -> Values:
        """The model's values, shape (jobs, moments), NaN where a cell failed."""
        if self.kind == "curve":
            assert self.asked.measure is not None
            series = _by_job(cells, cells.table("series"), self.asked.measure)
            return series[:, self.stretches] if series.size else np.full((len(cells), len(self.names)), np.nan)
        if self.kind == "scores":
            counts = _by_job(cells, cells.table("scores"), "users")
            if not counts.size:
                return np.full((len(cells), len(self.names)), np.nan)
            return np.add.reduceat(counts, self.stretches, axis=1) / counts.sum(axis=1, keepdims=True)
        assert self.asked.measure is not None
        groups = cells.table("groups") if self.asked.group is not None else {}
        return of_whom(cells, groups, self.asked.measure, self.asked.group)[:, None]


def _by_job(cells: Cells, table: Table, name: str) -> Values:
    """A column of a sketch of equal length for all jobs, shape (jobs, rows), NaN where a cell failed; empty where all did."""
    if not rows_of(table):
        return np.empty((0, 0))
    jobs, values = table["job"], np.asarray(table[name], float)
    seen = np.unique(jobs)
    found = np.full((len(cells), values.size // seen.size), np.nan)
    found[seen] = values.reshape(seen.size, -1)
    return found


def stretch_ends(file: CalibrationFile) -> Values:
    """Days at which the stretches of a run's course end (see `cells.reduce.course`)."""
    ticks, per_day = file.base.run.ticks, ticks_per_day(file.base)
    return np.asarray(np.linspace(0, ticks, min(ticks, MOST_POINTS) + 1).round().astype(int)[1:] / per_day)


def moments_of(file: CalibrationFile) -> tuple[Moments, ...]:
    """The moments of all targets of a file, fitted ones first. Raises ScenarioError with all faults."""
    found: list[Moments] = []
    faults: list[Fault] = []
    for key in ("targets", "held_out"):
        targets: Sequence[Target] = getattr(file.keys, key)
        for number, target in enumerate(targets):
            path: Place = (key, str(number))
            before = len(faults)
            faults += _unknown(file, target, path)
            if len(faults) == before:
                try:
                    found.append(_moments(file, target, path, key == "held_out"))
                except ScenarioError as error:
                    faults += error.faults
    names = [one.target for one in found]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            faults.append(
                file.fault(("targets",), f"{name} is named {names.count(name)} times; keep one, fitted or held out")
            )
    if faults:
        raise ScenarioError(faults)
    return tuple(found)


def _unknown(file: CalibrationFile, target: Target, path: Place) -> list[Fault]:
    """Faults of names in a target that there are not."""
    if target.measure is None:
        return []
    over_time = target.curve is not None or target.day is not None
    known = kept_over_time(file.base) if over_time else tuple(KNOWN if target.group is None else GROUP_MEASURES)
    faults = []
    if target.measure not in known:
        what = "kept over time" if over_time else "a measure" if target.group is None else "a measure of groups"
        faults.append(
            file.fault((*path, "measure"), f"{target.measure!r} is not {what}.{suggestion(target.measure, known)}")
        )
    elif not over_time and (why := lacking(target.measure, file.base, target.group is not None)):
        message = f"{target.measure} is not measured, as {why}; switch it on, or leave the target out"
        faults.append(file.fault((*path, "measure"), message))
    if target.group is not None:
        kinds = GROUPS.get(target.group.kind)
        if kinds is None:
            message = f"{target.group.kind!r} is not a kind of group.{suggestion(target.group.kind, GROUPS)}"
            faults.append(file.fault((*path, "group", "kind"), message))
        elif target.group.group not in kinds:
            message = f"{target.group.group!r} is not one of {', '.join(kinds)}"
            faults.append(file.fault((*path, "group", "group"), message))
    return faults


def _moments(file: CalibrationFile, target: Target, path: Place, held: bool) -> Moments:
    """The moments of one target."""
    make = partial(Moments, target=str(target), held=held, asked=target)
    if target.scores is not None:
        return _of_scores(make, file.beside((*path, "scores"), target.scores), target.error)
    assert target.measure is not None
    unit = (KNOWN if target.group is None else GROUP_MEASURES)[target.measure][0]
    if target.curve is not None:
        return _of_curve(make, file, file.beside((*path, "curve"), target.curve), target, unit)
    assert target.value is not None
    assert target.error is not None
    kind, stretches, name = "moment", np.zeros(0, np.int64), "whole run"
    if target.day is not None:
        kind, stretches, name = "curve", _stretches(file, np.array([target.day])), f"day {target.day:g}"
        if stretches[0] < 0:
            raise ScenarioError([file.fault((*path, "day"), f"{target.day:g} given; {_length(file)}")])
    values, covariance = np.array([target.value]), np.array([[target.error**2]])
    return make(names=(name,), values=values, covariance=covariance, unit=unit, kind=kind, stretches=stretches)


def _length(file: CalibrationFile) -> str:
    return f"the run has days 0 to {stretch_ends(file)[-1]:g}"


def _stretches(file: CalibrationFile, days: Values) -> NDArray[np.int64]:
    """The stretch in which each day lies, -1 outside the run."""
    ends = stretch_ends(file)
    tiny = 1e-6  # dates of an hour are no round numbers
    found = np.searchsorted(ends, days + tiny, side="right")
    return np.where((days < 0) | (found >= ends.size), -1, found)


def _of_curve(make: "partial[Moments]", file: CalibrationFile, path: Path, target: Target, unit: str) -> Moments:
    curve = read_curve(path, file.base.world.calendar.start_date, target.error, target.of)
    places = _stretches(file, curve.day)
    inside = places >= 0
    if not inside.all():
        lost = curve.day[~inside]
        message = f"{lost.size} of {inside.size} days lie outside the run, such as {lost[0]:g}; {_length(file)}"
        raise ScenarioError([Fault(str(path), 0, 0, "day", message)])
    stretches, which, counts = np.unique(places, return_inverse=True, return_counts=True)
    values = np.bincount(which, curve.value) / counts
    variances = np.bincount(which, curve.error**2) / counts**2
    days = np.bincount(which, curve.day) / counts
    return make(
        names=tuple(f"day {day:.4g}" for day in days),
        values=values,
        covariance=np.diag(variances),
        unit=unit,
        kind="curve",
        stretches=stretches,
    )


def _of_scores(make: "partial[Moments]", path: Path, error: float | None) -> Moments:
    """Shares of users by bin. Their errors are those of a multinomial sample, and the target's own on top where it has one."""
    histogram = read_histogram(path, BIN, LOWEST, HIGHEST)
    users = histogram.users + HALF
    shares = users / users.sum()
    covariance = (np.diag(shares) - np.outer(shares, shares)) / users.sum()
    if error is not None:
        covariance = covariance + np.diag(np.full(shares.size, error**2))
    edges = histogram.edge.tolist()
    inner = [f"{low} to {high - 1}" for low, high in pairwise(edges[1:])]
    names = [f"below {edges[1]}", *inner, f"{edges[-1]} or more"]
    stretches = np.append(0, (histogram.edge[1:] - LOWEST) // BIN)  # the first bin is open below, as the last is above
    return make(
        names=tuple(names), values=shares, covariance=covariance, unit="share", kind="scores", stretches=stretches
    )
