"""What a sweep found."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.view import View, figure_of, short_names
from sim.results.table import Table, frame, where

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("points", "cells", "effects")


@dataclass
class SweepResult:
    """Tables of a sweep (see `sim.experiments.sweep.tables`), by name, as columns.

    manifest: where it all comes from; path: the folder it is stored in, or None; reused: whether it was read back.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """What is varied: path, role (world, policy, switch, run), unit, meaning."""
        found: list[dict[str, Any]] = self.manifest["parameters"]
        return found

    @property
    def paired(self) -> bool:
        """Whether there is a baseline to compare with."""
        return "difference" in self.tables["effects"]

    @property
    def primary(self) -> str:
        """The measure that the sweep is about."""
        return str(self.manifest["primary"])

    @property
    def failed(self) -> int:
        """How many cells failed."""
        return int((self.tables["cells"]["reason"] != "").sum())

    @property
    def estimate(self) -> str:
        """Column of the effects that an interval is about: the paired difference, or the policy's mean without a baseline."""
        return "difference" if self.paired else "policy"

    def of(self, measure: str) -> Table:
        """The effects on one measure, a row per point in order. Raises KeyError."""
        kept = self.manifest["measures"]
        if measure not in kept:
            raise KeyError(f"{measure!r} was not kept; known: {', '.join(kept)}")
        return where(self.tables["effects"], measure=measure)

    @cached_property
    def names(self) -> list[str]:
        """Short names of the parameters, in order: the last part of the path, or more where that is not unique."""
        return short_names([parameter["path"] for parameter in self.parameters])

    def frame(self, measure: str | None = None) -> "pd.DataFrame":
        """A row per point and measure (or of one measure): parameters by path, then the effect with its interval."""
        effects = self.tables["effects"] if measure is None else self.of(measure)
        points = {name: column[effects["point"]] for name, column in self.tables["points"].items()}
        return frame(points | effects)

    def cells(self) -> "pd.DataFrame":
        """A row per cell: parameters by path, replicate, seed, arm, reason of a failure, seconds, measures kept."""
        cells = self.tables["cells"]
        points = {name: column[cells["point"]] for name, column in self.tables["points"].items()}
        return frame(points | cells)

    def view(self, measure: str | None = None, figure: str | None = None) -> View:
        """A figure of every point, by parameter: an axis a parameter for a grid, else one axis of points.

        measure: the primary one if not given; figure: column of the effects (the paired difference if not given, or the
        policy's mean without a baseline), such as low, high, policy, n. Raises KeyError.
        """
        measure = self.primary if measure is None else measure
        effects = self.of(measure)
        found = figure_of(effects, self.estimate if figure is None else figure, "sweep")
        groups, shape = self.manifest["dimensions"], tuple(self.manifest["shape"])
        is_grid = self.manifest["design"]["kind"] == "grid"
        dims = tuple(self.names[group[0]] for group in groups) if is_grid else ("point",)
        coords = {} if is_grid else {"point": ("point", self.tables["points"]["point"])}
        for axis, group in enumerate(groups):
            coords |= {self.names[k]: (dims[axis], self._along(k, axis, shape)) for k in group}
        return View(dims, coords, found.reshape(shape), measure, str(effects["unit"][0]))

    def _along(self, parameter: int, axis: int, shape: tuple[int, ...]) -> NDArray[Any]:
        """Values of one parameter along its axis of the grid."""
        column = self.tables["points"][self.parameters[parameter]["path"]].reshape(shape)
        return np.moveaxis(column, axis, 0).reshape(shape[axis], -1)[:, 0]

    def summary(self) -> str:
        """What the sweep found, in a sentence or two."""
        from sim.experiments.sweep.summary import sentence

        return sentence(self)
