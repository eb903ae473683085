"""Storage of the users: four arrays, one per type, a row per column of `sim.model.columns`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.columns import GROUPS, Column

Groups = tuple[tuple[str, tuple[Column, ...]], ...]

BYTES_PER_USER = sum(np.dtype(kind).itemsize * len(columns) for kind, columns in GROUPS)


class Columns:
    """State of all users. `columns["habit"]` is a view of one column, shape (users,)."""

    def __init__(self, users: int, groups: Groups = GROUPS) -> None:
        self.arrays: tuple[NDArray[Any], ...] = tuple(
            np.zeros((len(columns), users), dtype=kind) for kind, columns in groups
        )
        self._place = {
            column.name: (group, row) for group, (_, columns) in enumerate(groups) for row, column in enumerate(columns)
        }

    def __getitem__(self, name: str) -> NDArray[Any]:
        group, row = self._place[name]
        view: NDArray[Any] = self.arrays[group][row]
        return view

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self._place)

    @property
    def users(self) -> int:
        """Number of users."""
        return int(self.arrays[0].shape[1])

    def copy(self) -> "Columns":
        """A deep copy."""
        other = Columns.__new__(Columns)
        other.arrays = tuple(array.copy() for array in self.arrays)
        other._place = self._place
        return other

    def extended(self, groups: Groups) -> "Columns":
        """The same columns, not copied, and after them those of `groups` that are missing at the end, all 0."""
        new = groups[len(self.arrays) :]
        if not new:
            return self
        other = Columns(0, groups)
        other.arrays = self.arrays + tuple(np.zeros((len(columns), self.users), dtype=kind) for kind, columns in new)
        return other

    def permuted(self, order: NDArray[np.int64]) -> "Columns":
        """The same users in another order: place k holds user order[k]."""
        other = Columns.__new__(Columns)
        other.arrays = tuple(np.ascontiguousarray(array[:, order]) for array in self.arrays)
        other._place = self._place
        return other


class SideBySide:
    """Populations of the same columns and as many users: `side_by_side["habit"]` has the shape (populations, users)."""

    def __init__(self, populations: Sequence[Columns]) -> None:
        self._populations = populations
        self.names = populations[0].names

    def __getitem__(self, name: str) -> NDArray[Any]:
        of_each = [one[name] for one in self._populations]
        return np.stack(of_each) if len(of_each) > 1 else of_each[0][np.newaxis]
