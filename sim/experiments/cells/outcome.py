"""The outcomes of many jobs, read as they are asked for."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from sim.results.cells.outcome import Outcome, Packed
from sim.results.cells.reader import CellReader
from sim.results.table import Table, frame, stacked, with_constants

if TYPE_CHECKING:
    import pandas as pd

SKETCHES = ("groups", "scores", "series")
"""Tables kept of a cell beside its measures: groups (as of a run), scores (histogram at the end), series (a few measures over time)."""

AT_ONCE = 200
"""Outcomes read together when they are walked through."""


class Finished(Protocol):
    """Where finished cells are read from, by key."""

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells."""

    def measures(self, keys: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Every measure, a value per key (NaN where there is none)."""

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One sketch, a table per key (empty where there is none)."""


class InStore:
    """Finished cells of a store, which is opened for each question only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells."""
        with CellReader(self._folder) as cells:
            return cells.outcomes(keys)

    def measures(self, keys: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Every measure, a value per key (NaN where there is none)."""
        with CellReader(self._folder) as cells:
            return cells.measures(keys)

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One sketch, a table per key (empty where there is none)."""
        with CellReader(self._folder) as cells:
            return cells.tables(name, keys)


class InMemory:
    """Finished cells where no store is given. keep: the sketches to keep."""

    def __init__(self, keep: Collection[str]) -> None:
        self._keep = keep
        self._packed: dict[str, Packed] = {}

    def add(self, packed: Packed) -> None:
        """Keep an outcome."""
        if not packed.reason and set(SKETCHES) - set(self._keep):
            from sim.results.cells.outcome import pack

            packed = pack(packed.unpacked(self._keep))
        self._packed[packed.key] = packed

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells."""
        return [self._packed[key].unpacked() for key in keys]

    def measures(self, keys: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Every measure, a value per key (NaN where there is none)."""
        found: dict[str, NDArray[np.float64]] = {}
        for place, key in enumerate(keys):
            for name, value in self._packed[key].unpacked(()).measures.items():
                found.setdefault(name, np.full(len(keys), np.nan))[place] = value
        return found

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One sketch, a table per key (empty where there is none)."""
        return [self._packed[key].unpacked((name,)).tables.get(name, {}) for key in keys]


class Outcomes(Sequence[Outcome]):
    """Outcomes in the order of their jobs, read when they are looked at."""

    def __init__(self, source: Finished, keys: Sequence[str]) -> None:
        self._source = source
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> Outcome: ...
    @overload
    def __getitem__(self, place: slice) -> "Outcomes": ...
    def __getitem__(self, place: int | slice) -> "Outcome | Outcomes":
        """The outcome at a place, or those of a slice."""
        if isinstance(place, slice):
            return Outcomes(self._source, self._keys[place])
        return self._source.outcomes([self._keys[place]])[0]

    def __iter__(self):  # type: ignore[no-untyped-def]
        """The outcomes in order, some hundred in memory at a time."""
        for start in range(0, len(self._keys), AT_ONCE):
            yield from self._source.outcomes(self._keys[start : start + AT_ONCE])


class Cells:
    """Outcomes of jobs, in the order of the jobs; nothing but their keys is held until it is asked for.

    keys: identity of each; failures: reasons of the failed jobs, by their place; seconds: of work, per job; reused: how many
    of the jobs were at hand already.
    """

    def __init__(
        self,
        source: Finished,
        keys: Sequence[str],
        failures: dict[int, str],
        seconds: NDArray[np.float64],
        reused: int = 0,
    ) -> None:
        self._source = source
        self.keys = tuple(keys)
        self.failures = failures
        self.seconds = seconds
        self.reused = reused

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def outcomes(self) -> Outcomes:
        """One per job, read as it is looked at."""
        return Outcomes(self._source, self.keys)

    @cached_property
    def measures(self) -> dict[str, NDArray[np.float64]]:
        """Every measure, a value per job (NaN where the cell failed)."""
        return self._source.measures(self.keys)

    def measure(self, name: str) -> NDArray[np.float64]:
        """One measure, a value per job (NaN where the cell failed)."""
        return self.measures.get(name, np.full(len(self.keys), np.nan))

    def table(self, name: str) -> Table:
        """One sketch of all jobs below one another, with the column `job` (place among the jobs) first."""
        found: Iterable[Table] = (
            with_constants(table, {"job": place}) for place, table in enumerate(self._source.tables(name, self.keys))
        )
        return stacked(found)

    def frame(self) -> "pd.DataFrame":
        """Measures as a DataFrame, a row per job."""
        return frame(dict(self.measures))


__all__ = ["SKETCHES", "Cells", "Outcome"]
