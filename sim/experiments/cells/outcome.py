"""The outcomes of many jobs, read as they are asked for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from sim.results.cells.outcome import Outcome, Packed, pack
from sim.results.cells.reader import CellReader
from sim.results.table import Table, frame, stacked, with_constants

if TYPE_CHECKING:
    import pandas as pd

SKETCHES = ("groups", "scores", "series")
"""Tables kept of a cell beside its measures: groups (as of a run), scores (histogram at the end), series (a few measures over time)."""


Value = TypeVar("Value")


class Finished(Protocol):
    """Where finished cells are read from, by key."""

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells."""

    def measures(self, keys: Sequence[str], names: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
        """Measures (every one, or those of these names that there are), a value per key (NaN where there is none)."""

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

    def measures(self, keys: Sequence[str], names: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
        """Measures (every one, or those of these names that there are), a value per key (NaN where there is none)."""
        with CellReader(self._folder) as cells:
            return cells.measures(keys, names)

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One sketch, a table per key (empty where there is none)."""
        with CellReader(self._folder) as cells:
            return cells.tables(name, keys)


class InMemory:
    """Finished cells where no store is given. keep: the sketches to keep (all if not given)."""

    def __init__(self, keep: Collection[str] | None = None) -> None:
        self._keep = keep
        self._packed: dict[str, Packed] = {}

    def add(self, packed: Packed) -> None:
        """Keep an outcome."""
        if self._keep is not None:
            packed = pack(packed.unpacked(self._keep))
        self._packed[packed.key] = packed

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells."""
        return [self._packed[key].unpacked() for key in keys]

    def measures(self, keys: Sequence[str], names: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
        """Measures (every one, or those of these names that there are), a value per key (NaN where there is none)."""
        found: dict[str, NDArray[np.float64]] = {}
        for place, key in enumerate(keys):
            for name, value in self._packed[key].unpacked(()).measures.items():
                if names is None or name in names:
                    found.setdefault(name, np.full(len(keys), np.nan))[place] = value
        return found

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One sketch, a table per key (empty where there is none)."""
        return [self._packed[key].unpacked((name,)).tables.get(name, {}) for key in keys]


class Later(Mapping[str, Value]):
    """A mapping that is made when it is looked at, and not kept."""

    def __init__(self, make: Callable[[], Mapping[str, Value]]) -> None:
        self._make = make

    def __getitem__(self, name: str) -> Value:
        return self._make()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())


class Outcomes(Sequence[Outcome]):
    """So many outcomes, each made when it is looked at, and not kept: of thousands there is never more than one."""

    def __init__(self, count: int, make: Callable[[int], Outcome]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Outcome: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Outcome, ...]: ...
    def __getitem__(self, place: int | slice) -> Outcome | tuple[Outcome, ...]:
        found = range(self._count)[place]
        return self._make(found) if isinstance(found, int) else tuple(map(self._make, found))


class Cells:
    """Outcomes of jobs, in the order of the jobs.

    outcomes: one per job; reused: how many of them were at hand already; source: where their contents are read from when they
    are asked for (the outcomes themselves, if it is not given).
    """

    def __init__(self, outcomes: Sequence[Outcome], reused: int = 0, source: Finished | None = None) -> None:
        if source is None:
            source = InMemory()
            for outcome in outcomes:
                source.add(pack(outcome))
        self._source = source
        self.outcomes: Sequence[Outcome] = tuple(outcomes)
        self._finished: Sequence[tuple[str, str, float]] = [(one.key, one.reason, one.seconds) for one in self.outcomes]
        self.reused = reused

    @classmethod
    def of(cls, source: Finished, finished: Sequence[tuple[str, str, float]], reused: int) -> "Cells":
        """Outcomes that are in `source`, by key, reason and seconds; their contents are read when they are looked at."""
        cells = cls((), reused, source)

        def measures(place: int) -> dict[str, float]:
            return {name: float(column[place]) for name, column in cells.measures.items()}

        def tables(key: str) -> Mapping[str, Table]:
            return source.outcomes([key])[0].tables

        def outcome(place: int) -> Outcome:
            key, reason, seconds = finished[place]
            if reason:
                return Outcome(key, reason, seconds)
            return Outcome(key, reason, seconds, Later(partial(measures, place)), Later(partial(tables, key)))

        cells.outcomes, cells._finished = Outcomes(len(finished), outcome), finished
        return cells

    def __len__(self) -> int:
        return len(self.outcomes)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Identity of the cell of every job."""
        return tuple(key for key, _, _ in self._finished)

    @property
    def reasons(self) -> list[str]:
        """Why each job failed; empty where it did not."""
        return [reason for _, reason, _ in self._finished]

    @property
    def seconds(self) -> list[float]:
        """Seconds of work on each job."""
        return [seconds for _, _, seconds in self._finished]

    @property
    def failures(self) -> dict[int, str]:
        """Reasons of the failed jobs, by their place."""
        return {place: reason for place, reason in enumerate(self.reasons) if reason}

    @cached_property
    def measures(self) -> dict[str, NDArray[np.float64]]:
        """Every measure, a value per job (NaN where the cell failed)."""
        return self._source.measures(self.keys)

    def measure(self, name: str) -> NDArray[np.float64]:
        """One measure, a value per job (NaN where the cell failed)."""
        return self.measures.get(name, np.full(len(self.keys), np.nan)).copy()

    def some_measures(self, names: Collection[str]) -> dict[str, NDArray[np.float64]]:
        """Measures of these names, a value per job (NaN where the cell failed or has none); the others are never held."""
        found = self._source.measures(self.keys, names)
        return {name: found.get(name, np.full(len(self.keys), np.nan)) for name in names}

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
