"""Reading cells from their store."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.results.cells.ledger import open_to_read, told
from sim.results.cells.origin import Origin, expanded
from sim.results.cells.outcome import Outcome, Packed, Shape, shape_of
from sim.results.cells.shards import read_measures, read_shard, read_table
from sim.results.store import ResultError
from sim.results.table import Table

AT_ONCE = 500
"""Keys in one question to the ledger."""

FORGET = "forget its cells with: scoregate results prune --damaged"

Read = TypeVar("Read")


class Kept(NamedTuple):
    """What the ledger says of a cell. reason: why it failed, empty if it did not; recorded: seconds since 1970; times: how
    often an outcome was handed in; shard, row: where the outcome is (None: still in the ledger).
    """

    key: str
    reason: str
    seconds: float
    recorded: float
    times: int
    name: str
    seed: int
    code: str
    shard: int | None
    row: int | None


COLUMNS = ", ".join(Kept._fields)


class CellReader:
    """Finished cells in a folder, for reading; use it in a `with`. A folder that is not there has no cells.

    Every method raises ResultError, with a sentence, where files cannot be read or a cell asked for is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shards = folder / "shards"
        self._texts: dict[tuple[str, str], bytes] = {}
        with told(folder):
            self._connection = open_to_read(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the ledger."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def known(self, keys: Iterable[str]) -> dict[str, Kept]:
        """What the ledger says of those cells of `keys` that it has."""
        found = {}
        for row in self._about(f"SELECT {COLUMNS} FROM cells", keys):
            kept = Kept(*row)
            found[kept.key] = kept
        return found

    def cells(self) -> list[Kept]:
        """All cells, in order of their keys."""
        return [Kept(*row) for row in self._ask(f"SELECT {COLUMNS} FROM cells ORDER BY key")]

    def starting_with(self, start: str) -> list[str]:
        """Keys that start so, at most some."""
        low, high = start.lower(), start.lower() + "~"  # which follows every digit and letter
        return [key for (key,) in self._ask("SELECT key FROM cells WHERE key >= ? AND key < ? LIMIT 6", (low, high))]

    def damaged(self) -> list[str]:
        """Keys of the cells whose shards cannot be read."""
        found = []
        for shard, shape in self._ask("SELECT id, shape FROM shards ORDER BY id"):
            try:
                read_shard(self._shards, shard, shape_of(self._shape_text(shape)))
            except (OSError, ValueError, KeyError):
                found += [key for (key,) in self._ask("SELECT key FROM cells WHERE shard = ? ORDER BY key", (shard,))]
        return found

    def origin(self, key: str) -> Origin:
        """What a cell is a cell of. Raises KeyError if there is no such cell."""
        rows = self._ask("SELECT base, origin, seed, reference, users, code FROM cells WHERE key = ?", (key,))
        if not rows:
            raise KeyError(key)
        base, origin, *others = rows[0]
        return Origin(expanded(origin, self._text("bases", base)), *others)

    def outcome(self, key: str) -> Outcome:
        """All that is kept of a cell."""
        return next(iter(self.outcomes([key])))

    def outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        """All that is kept of some cells, in their order."""
        return self._steadily(lambda: self._outcomes(keys))

    def measures(self, keys: Sequence[str], names: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
        """Measures of some cells, a value per key (NaN where the cell failed or has none of that name).

        names: of those wanted (every one if not given); one that no cell has is left out.
        """
        return self._steadily(lambda: self._measures(keys, names))

    def tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        """One table of each of some cells (an empty one where the cell failed or has none of that name)."""
        return self._steadily(lambda: self._tables(name, keys))

    def _outcomes(self, keys: Sequence[str]) -> list[Outcome]:
        known = self.known(keys)
        self._check_all(keys, known)
        shapes = self._shapes_of(known.values())
        values = self._measures(keys)
        names = dict.fromkeys(name for shape in shapes.values() for name in shape.tables)
        tables = {name: self._tables(name, keys) for name in names}
        found = []
        for place, key in enumerate(keys):
            kept = known[key]
            if kept.reason:
                found.append(Outcome(key, kept.reason, kept.seconds))
                continue
            measures = {name: float(values[name][place]) for name in shapes[key].measures}
            own = {name: tables[name][place] for name in shapes[key].tables}
            found.append(Outcome(key, "", kept.seconds, measures, own))
        return found

    def _check_all(self, keys: Iterable[str], known: Collection[str]) -> None:
        """Raise ResultError where some of `keys` are not in the ledger."""
        if missing := len({key for key in keys if key not in known}):
            raise ResultError(
                f"{self.folder}: {missing} of the cells asked for are not stored (any more); run them again"
            )

    def _measures(self, keys: Sequence[str], wanted: Collection[str] | None = None) -> dict[str, NDArray[np.float64]]:
        found: dict[str, NDArray[np.float64]] = {}
        order: list[tuple[int, Sequence[str]]] = []

        def take(places: NDArray[Any], names: Sequence[str], values: NDArray[np.float64]) -> None:
            order.append((int(places.min()), names))
            for column, name in enumerate(names):
                if wanted is not None and name not in wanted:
                    continue
                if name not in found:
                    found[name] = np.full(len(keys), np.nan)
                found[name][places] = values[:, column]

        for shard, places, rows in self._places(keys):  # one at a time, as all together are as large as what is found
            shape = self._shard_shape(shard)
            take(places, shape.measures, read_measures(self._shards, shard, shape, rows))
        for place, outcome in self._in_journal(keys, ()):
            take(np.array([place]), tuple(outcome.measures), np.array([list(outcome.measures.values())]))
        order.sort(key=lambda part: part[0])  # so that the order of the names is that of the cells
        names = dict.fromkeys(name for _, names in order for name in names)
        return {name: found[name] for name in names if name in found}

    def _tables(self, name: str, keys: Sequence[str]) -> list[Table]:
        found: list[Table] = [{} for _ in keys]
        for shard, places, rows in self._places(keys):
            tables = read_table(self._shards, shard, name, self._shard_shape(shard), rows.tolist())
            for place, table in zip(places.tolist(), tables, strict=True):
                found[place] = table
        for place, outcome in self._in_journal(keys, (name,)):
            found[place] = outcome.tables.get(name, {})
        return found

    def _places(self, keys: Sequence[str]) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
        """Per shard that holds some of `keys`: its number, their places among the keys and their rows in it."""
        where = {key: (shard, row) for key, shard, row in self._about("SELECT key, shard, row FROM cells", keys)}
        self._check_all(keys, where)
        by_shard: dict[int, list[tuple[int, int]]] = {}
        for place, key in enumerate(keys):
            shard, row = where[key]
            if shard is not None:
                by_shard.setdefault(shard, []).append((place, row))
        del where  # which is large
        for shard, pairs in by_shard.items():
            both = np.array(pairs)
            yield shard, both[:, 0], both[:, 1]

    def _in_journal(self, keys: Sequence[str], keep: Collection[str]) -> Iterator[tuple[int, Outcome]]:
        """Those of `keys` whose outcomes are still in the ledger, with their places among the keys."""
        places: dict[str, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        for key, shape, body in self._about("SELECT key, shape, body FROM journal", keys):
            outcome = Packed(key, "", 0.0, self._shape_text(shape), body).unpacked(keep)
            for place in places[key]:
                yield place, outcome

    def _shapes_of(self, kept: Iterable[Kept]) -> dict[str, Shape]:
        """The shape of each cell that did not fail, by key."""
        cells = [one for one in kept if not one.reason]
        found = {one.key: self._shard_shape(one.shard) for one in cells if one.shard is not None}
        waiting = [one.key for one in cells if one.shard is None]
        for key, shape in self._about("SELECT key, shape FROM journal", waiting):
            found[key] = shape_of(self._shape_text(shape))
        return found

    def _shard_shape(self, shard: int) -> Shape:
        return shape_of(self._shape_text(self._ask("SELECT shape FROM shards WHERE id = ?", (shard,))[0][0]))

    def _shape_text(self, shape: str) -> str:
        return self._text("shapes", shape).decode()

    def _text(self, table: str, name: str) -> bytes:
        """A text that the ledger has once for many cells."""
        if (table, name) not in self._texts:
            self._texts[table, name] = bytes(self._ask(f"SELECT text FROM {table} WHERE id = ?", (name,))[0][0])
        return self._texts[table, name]

    def _steadily(self, read: Callable[[], Read]) -> Read:
        """Read from one state of the ledger; again from a newer one if another process made shards one meanwhile."""
        for turn in range(5):
            own = self._connection is not None and not self._connection.in_transaction
            if own:
                self._ask("BEGIN")
            try:
                return read()
            except FileNotFoundError:
                time.sleep(0.05 * turn)
            except (OSError, ValueError) as error:
                if isinstance(error, ResultError):
                    raise
                raise ResultError(f"{self._shards}: a shard cannot be read ({error}); {FORGET}") from None
            finally:
                if own:
                    self._ask("COMMIT")
        raise ResultError(f"{self._shards}: a file is missing; {FORGET}")

    def _ask(self, question: str, values: Sequence[Any] = ()) -> list[Any]:
        if self._connection is None:
            return []
        with told(self.folder):
            return self._connection.execute(question, values).fetchall()

    def _about(self, question: str, keys: Iterable[str]) -> Iterator[Any]:
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            yield from self._ask(f"{question} WHERE key IN ({','.join('?' * len(some))})", some)
