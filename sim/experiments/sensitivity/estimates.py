"""Estimates: from the outputs of a design to the screening's and the indices' tables. They know no model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiments.effect import t_interval
from sim.experiments.sensitivity.designs import LEVELS, Design
from sim.results.store import ResultError
from sim.results.table import Table

Outputs = NDArray[np.float64]
PARTS = 4
"""Parts of an input's range whose mean outputs are told."""


@dataclass(frozen=True)
class Whole:
    """The blocks of a design in which no output is missing. unit, outputs: of their points; dropped: blocks left out."""

    unit: NDArray[np.float64]
    outputs: Outputs
    dropped: int


def whole_blocks(design: Design, outputs: Outputs, least: float) -> Whole:
    """A design without the blocks in which an output is missing (NaN). Raises ResultError where too few are left."""
    kept = ~np.isnan(outputs).reshape(design.blocks, design.block).any(axis=1)
    if kept.sum() < max(2, least * design.blocks):
        message = (
            f"cells failed in {int((~kept).sum())} of the {design.blocks} blocks of a design, which leaves too few"
        )
        raise ResultError(f"{message}; see why with scoregate results list, or narrow the ranges")
    points = np.repeat(kept, design.block)
    return Whole(design.unit[points], outputs[points], int((~kept).sum()))


def screening_table(design: Design, whole: Whole, resamples: int, seed: int) -> Table:
    """A row per input, the seed last: mu_star, low, high (its interval), mu, sigma; all in the output's unit over a whole range."""
    from SALib.analyze import morris

    found = morris.analyze(
        design.problem, whole.unit, whole.outputs, num_resamples=resamples, num_levels=LEVELS, seed=seed
    )
    size, half = np.asarray(found["mu_star"], float), np.asarray(found["mu_star_conf"], float)
    return {
        "input": np.array(design.names),
        "mu_star": size,
        "low": np.maximum(size - half, 0.0),
        "high": size + half,
        "mu": np.asarray(found["mu"], float),
        "sigma": np.asarray(found["sigma"], float),
    }


def turning(design: Design, whole: Whole) -> Table:
    """For every column of the design: in how many trajectories the output rises above zero as this input alone rises (turns_up), and
    in how many it falls back to zero or below (turns_down).

    A trajectory moves one input at a time, so that the sign there turns by that input and by nothing else; an input that changes
    nothing turns none. Shares of points above zero by the value of an input would not do: the points of a trajectory share
    most of their values, so that inputs which change nothing seem to matter by whatever trajectory they were high in.
    """
    shape = (-1, design.block)
    unit = whole.unit.reshape(*shape, len(design.names))
    above = (whole.outputs > 0.0).reshape(shape).astype(int)
    rising = np.sign(np.diff(unit, axis=1))  # of the one input that moves; 0 of all others
    turns = rising * np.diff(above, axis=1)[:, :, None]
    return {"turns_up": (turns > 0).sum(axis=(0, 1)), "turns_down": (turns < 0).sum(axis=(0, 1))}


def index_table(design: Design, whole: Whole, resamples: int, seed: int) -> Table:
    """A row per input, the seed last: first, total (indices), each with its interval by the bootstrap over blocks.

    All zero where the output does not vary at all.
    """
    columns = ("first", "first_low", "first_high", "total", "total_low", "total_high")
    if np.ptp(whole.outputs) == 0.0:
        nothing = np.zeros(len(design.names))
        return {"input": np.array(design.names)} | {name: nothing.copy() for name in columns}
    from SALib.analyze import sobol

    found = sobol.analyze(
        design.problem,
        whole.outputs,
        calc_second_order=False,
        num_resamples=resamples,
        keep_resamples=True,
        seed=seed,
    )
    table = {"input": np.array(design.names)}
    for name, key in (("first", "S1"), ("total", "ST")):
        low, high = np.percentile(found[f"{key}_conf_all"], (2.5, 97.5), axis=0)
        table |= {name: np.asarray(found[key], float), f"{name}_low": low, f"{name}_high": high}
    return {name: table[name] for name in ("input", *columns)}


def independent(design: Design, whole: Whole) -> tuple[NDArray[np.float64], Outputs]:
    """Points and outputs of the rows of A and B alone, which are independent draws from the whole space."""
    size = len(whole.outputs) // design.block
    unit = whole.unit.reshape(size, design.block, -1)[:, [0, -1]]
    return unit.reshape(2 * size, -1), whole.outputs.reshape(size, design.block)[:, [0, -1]].ravel()


def profile_table(names: tuple[str, ...], parts: dict[str, int], unit: NDArray[np.float64], outputs: Outputs) -> Table:
    """A row per input and part of its range: mean output there with a 95% t interval over points, and how many.

    names: of the inputs, by column of `unit`; parts: how many of each.
    """
    rows = []
    for column, name in enumerate(names):
        place = np.minimum((unit[:, column] * parts[name]).astype(int), parts[name] - 1)
        for part in range(parts[name]):
            found = t_interval(outputs[place == part])
            rows.append((name, part, found.mean, found.low, found.high, found.n))
    columns = zip(*rows, strict=True)
    return {
        key: np.array(column)
        for key, column in zip(("input", "part", "mean", "low", "high", "n"), columns, strict=True)
    }
