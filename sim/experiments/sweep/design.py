"""Designs: which points of a space of parameters are run."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.sweep import MOST_POINTS, Design, SweepFile
from sim.scenario.vary import Level


def points_of(file: SweepFile) -> list[tuple[Level, ...]]:
    """A level of every parameter, for every point of the design. Raises ScenarioError if there are too many."""
    if file.design.is_sampled:
        shares = unit_points(file.design, len(file.groups))
        of_group = {k: g for g, group in enumerate(file.groups) for k in group}
        return [tuple(p.at(row[of_group[k]]) for k, p in enumerate(file.parameters)) for row in shares.tolist()]
    if file.design.kind == "list":
        return list(zip(*(parameter.levels for parameter in file.parameters), strict=True))
    lengths = group_lengths(file)
    if math.prod(lengths) > MOST_POINTS:
        message = f"a grid of {' x '.join(map(str, lengths))} has {math.prod(lengths):,} points; at most {MOST_POINTS:,}, or a design of sobol"
        raise ScenarioError([Fault(*file.parameters[0].place, "vary", message)])
    return [_grid_point(file, place) for place in itertools.product(*map(range, lengths))]


def group_lengths(file: SweepFile) -> tuple[int, ...]:
    """How many values each group of parameters has that move together."""
    return tuple(len(file.parameters[group[0]].levels) for group in file.groups)


def _grid_point(file: SweepFile, place: Sequence[int]) -> tuple[Level, ...]:
    chosen = {k: file.parameters[k].levels[at] for group, at in zip(file.groups, place, strict=True) for k in group}
    return tuple(chosen[k] for k in range(len(file.parameters)))


def unit_points(design: Design, dimensions: int) -> NDArray[np.float64]:
    """Points of a sampled design in the unit cube, shape (points, dimensions), all below 1.

    latin_hypercube: one point in every n-th part of every dimension (McKay, Beckman & Conover 1979); sobol: a scrambled
    Sobol sequence (Sobol 1967, Owen 1998).
    """
    import warnings

    from scipy.stats import qmc

    assert design.points is not None  # a sampled design has them, see Design
    if design.kind == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=design.seed).random(design.points))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about balance, which `note_on` tells
        drawn = qmc.Sobol(dimensions, rng=design.seed).random(design.points)
    return np.minimum(np.asarray(drawn), np.nextafter(1.0, 0.0))


def note_on(design: Design) -> str:
    """What a user should know of a design, or nothing."""
    n = design.points or 0
    if design.kind != "sobol" or n & (n - 1) == 0:
        return ""
    below = 1 << (n.bit_length() - 1)
    return f"{n} is no power of two, so these Sobol points are not balanced; {below} or {2 * below} would be."
