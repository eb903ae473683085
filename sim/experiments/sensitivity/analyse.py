"""The study itself, over whatever answers to points: screen the inputs, then apportion the variance among those kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.experiments.sensitivity.designs import SEED, index_design, need_salib, screening_design
from sim.experiments.sensitivity.estimates import (
    PARTS,
    Outputs,
    independent,
    index_table,
    profile_table,
    screening_table,
    turning,
    whole_blocks,
)
from sim.results.table import Table
from sim.scenario.sensitivity import SensitivityKeys

Respond = Callable[[NDArray[np.float64], NDArray[np.int64]], Outputs]
"""Outputs at points (shape (points, inputs), in the unit cube; NaN: as the scenario has it) on seeds (number of each, from 0);
NaN where a cell failed."""


@dataclass(frozen=True)
class Analysis:
    """What a study found. kept: inputs of the indices; tables: see `estimates`; dropped: blocks left out, by design.

    spread: mean, standard deviation, 2.5% and 97.5% quantile of the output over the space of the inputs kept, share of it below
    zero, points; and the share of the screening's points, over the space of all inputs, at which it is above zero.
    """

    kept: tuple[str, ...]
    tables: dict[str, Table]
    dropped: dict[str, int] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)


def analyse(
    inputs: tuple[str, ...], respond: Respond, keys: SensitivityKeys, named: Mapping[str, int] | None = None
) -> Analysis:
    """Study how the output that `respond` gives depends on the inputs and on the seed.

    named: inputs that are names, and how many each has; the others are numbers. Raises ResultError where SALib is missing or
    too many cells fail.
    """
    need_salib()
    tables: dict[str, Table] = {}
    dropped: dict[str, int] = {}
    spread: dict[str, float] = {}
    kept = inputs
    if keys.trajectories:
        design = screening_design(inputs, keys.trajectories, keys.seed)
        outputs = respond(design.unit[:, :-1], design.seeds)
        whole = whole_blocks(design, outputs, keys.least)
        screened = screening_table(design, whole, keys.resamples, keys.seed)
        kept = chosen(inputs, screened, keys.keep)
        screened["kept"] = np.isin(screened["input"], [*kept, SEED])
        screened |= turning(design, whole)
        spread["screened_above_zero"] = float((whole.outputs > 0.0).mean())
        tables["screening"], dropped["screening"] = screened, whole.dropped
    columns = [inputs.index(name) for name in kept]
    design = index_design(kept, keys.rows, keys.seed)
    points = np.full((len(design.unit), len(inputs)), np.nan)
    points[:, columns] = design.unit[:, :-1]
    outputs = respond(points, design.seeds)
    whole = whole_blocks(design, outputs, keys.least)
    tables["indices"], dropped["indices"] = index_table(design, whole, keys.resamples, keys.seed), whole.dropped
    unit, drawn = independent(design, whole)
    parts = {name: (named or {}).get(name, PARTS) for name in kept}
    tables["profile"] = profile_table(kept, parts, unit, drawn)
    return Analysis(kept, tables, dropped, spread | spread_of(drawn))


def chosen(inputs: tuple[str, ...], screened: Table, keep: int) -> tuple[str, ...]:
    """The inputs of largest mu*, in their order; those that change nothing only where nothing else is left."""
    size = dict(zip(screened["input"].tolist(), screened["mu_star"].tolist(), strict=True))
    first = sorted(inputs, key=lambda name: -size[name])[:keep]
    moving = [name for name in first if size[name] > 0.0] or first[:1]
    return tuple(name for name in inputs if name in moving)


def spread_of(outputs: Outputs) -> dict[str, float]:
    """How far the output spreads over the space."""
    low, high = np.percentile(outputs, (2.5, 97.5))
    return {
        "mean": float(outputs.mean()),
        "deviation": float(outputs.std(ddof=1)),
        "low": float(low),
        "high": float(high),
        "below_zero": float((outputs < 0.0).mean()),
        "points": float(outputs.size),
    }
