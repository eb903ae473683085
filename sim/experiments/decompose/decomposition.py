"""A decomposition: an effect by coalition of mechanisms and replicate, and what follows from it."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.decompose.exact import UNITS
from sim.experiments.decompose.shapley import Coalition
from sim.experiments.decompose.split import OTHER, Split, split
from sim.experiments.effect import Interval, t_interval
from sim.results.table import Table, frame, where

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("subsets", "parts")
NOBODY = "none"
"""Name of the empty coalition in the table of subsets."""


def coalition_name(coalition: Coalition, mechanisms: tuple[str, ...]) -> str:
    """A coalition as text: its mechanisms in order, joined by +."""
    return "+".join(name for name in mechanisms if name in coalition) or NOBODY


@dataclass
class Decomposition:
    """Tables of a decomposition; in both, `exact` is the effect or part as a fraction, whose parts sum to the last digit.

    subsets: a row per replicate and coalition of mechanisms left on: the measure in both arms, and the effect. parts: a row per
    replicate and mechanism, OTHER and TOTAL: its part of the effect, and what it brings alone and last.
    manifest: where it comes from; path: the folder it is stored in, or None; reused: whether it was read back.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @property
    def measure(self) -> str:
        """The measure whose effect is split."""
        return str(self.manifest["measure"])

    @property
    def unit(self) -> str:
        """Its unit."""
        return UNITS[self.measure]

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Names of the mechanisms, in order."""
        return tuple(self.manifest["mechanisms"])

    @property
    def left_out(self) -> dict[str, str]:
        """Replicates that could not be split, each with the reason."""
        return dict(self.manifest["left_out"])

    @cached_property
    def splits(self) -> list[Split]:
        """The split of every replicate, exactly."""
        return splits_of(self.tables["subsets"], self.mechanisms)

    @cached_property
    def parts_mean(self) -> dict[str, Fraction]:
        """Mean part over replicates, by mechanism, then OTHER; exact, and so is their sum, the mean total."""
        names = (*self.mechanisms, OTHER)
        return {name: sum((one.parts[name] for one in self.splits), Fraction(0)) / len(self.splits) for name in names}

    @property
    def total_mean(self) -> Fraction:
        """Mean total effect over replicates, exact."""
        return sum((one.total for one in self.splits), Fraction(0)) / len(self.splits)

    def interval(self, name: str, column: str = "value") -> Interval:
        """95% t interval over replicates of a part (a mechanism, OTHER or TOTAL). column: value (the part), alone or last."""
        return t_interval(where(self.tables["parts"], part=name)[column])

    @cached_property
    def interaction(self) -> Interval:
        """What the mechanisms bring together more than each alone, with its 95% interval."""
        return t_interval(np.array([float(one.interaction) for one in self.splits]))

    @property
    def parts(self) -> "pd.DataFrame":
        """Parts as a DataFrame."""
        return frame(self.tables["parts"])

    @property
    def subsets(self) -> "pd.DataFrame":
        """Effects by coalition as a DataFrame."""
        return frame(self.tables["subsets"])

    def summary(self) -> str:
        """What it found, in a sentence or two."""
        from sim.experiments.decompose.sentence import sentence

        return sentence(self)


def splits_of(subsets: Table, mechanisms: tuple[str, ...]) -> list[Split]:
    """The split of every replicate, from the table of subsets."""
    found = []
    for replicate in dict.fromkeys(subsets["replicate"].tolist()):
        rows = where(subsets, replicate=replicate)
        effects = dict(zip(rows["on"].tolist(), map(Fraction, rows["exact"].tolist()), strict=True))

        def effect(coalition: Coalition, effects: dict[str, Fraction] = effects) -> Fraction:
            return effects[coalition_name(coalition, mechanisms)]

        found.append(split(mechanisms, effect))
    return found
