"""The store of cells in a folder: a reader that also writes."""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.recent import Recent
from sim.results.cells.ledger import checkpoint, open_to_write, told, writing
from sim.results.cells.origin import Origin, as_text, squeezed
from sim.results.cells.outcome import Outcome, Packed, shape_of
from sim.results.cells.reader import CellReader
from sim.results.cells.shards import MEASURES, read_shard, shard_file, shard_number, write_shard
from sim.results.cells.together import Together, of_bodies, of_outcomes

SHARD_CELLS = 512
"""Most cells of a shard: while one is cut, all that is kept of them is in memory a few times over."""
SHARD_BYTES = 32_000_000
"""Bytes of outcomes after which a shard is full, however few cells they are of (whole users are large)."""
RECENT_SCENARIOS = 64
"""Scenarios whose text is kept at hand."""
SMALL_SHARDS = 8
"""Shards at most half full that may lie about before some are made one."""


def _short_hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


class CellStore(CellReader):
    """Finished cells in a folder; nothing is written or made there before `prepare` or `record`. Use it in a `with`.

    Every method raises ResultError, with a sentence, where files cannot be read or written; nothing recorded is lost then.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._writes = False
        self._base: tuple[str, bytes] | None = None
        # Many cells are of one scenario, whose text takes longer to make than its record to write.
        self._scenario_text = Recent[dict[str, Any], bytes](as_text, RECENT_SCENARIOS)
        self._squeezed = Recent[bytes, bytes](self._against_base, RECENT_SCENARIOS)

    def _against_base(self, text: bytes) -> bytes:
        assert self._base is not None  # the first text is the base
        return squeezed(text, self._base[1])

    def close(self) -> None:
        """Let go of the ledger."""
        super().close()
        self._writes = False

    def prepare(self) -> None:
        """Make the store ready to be written, or say why it cannot be; remove what a killed process left half done."""
        with told(self.folder):
            connection = self._open()
            with writing(connection):
                self._remove_orphans(connection)

    def record(self, finished: Iterable[tuple[Packed, Origin]]) -> None:
        """Record outcomes with what they are outcomes of; they are on the disk on return.

        A cell that is finished already keeps its first outcome; one that failed takes the new one.
        """
        with told(self.folder):
            connection = self._open()
            with writing(connection):
                for packed, origin in finished:
                    self._record(connection, packed, origin)
            self._cut(connection, whole=True)

    def settle(self) -> None:
        """Move all outcomes to shards, and make small ones one."""
        if self._connection is None or not self._writes:
            return
        with told(self.folder):
            self._cut(self._connection, whole=False)
            self._merge(self._connection)
            checkpoint(self._connection)

    def forget(self, unwanted: Callable[[], Iterable[str]]) -> int:
        """Forget cells; returns how many. unwanted: gives their keys, asked while nobody else writes."""
        with told(self.folder):
            connection = self._open()
            with writing(connection):
                gone = list(unwanted())
                shards = {kept.shard for kept in self.known(gone).values() if kept.shard is not None}
                for table in ("cells", "journal"):
                    connection.executemany(f"DELETE FROM {table} WHERE key = ?", [(key,) for key in gone])
                replaced = [self._rewrite(connection, [shard]) for shard in sorted(shards)]
                connection.execute("DELETE FROM bases WHERE id NOT IN (SELECT base FROM cells)")
            for old in replaced:
                self._unlink(old)
            # Where others are at it, or there is no room, the file stays as large as it is.
            with suppress(sqlite3.OperationalError):
                connection.execute("VACUUM")
            checkpoint(connection)
        return len(gone)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or not self._writes:
            self.close()
            self._connection = open_to_write(self.folder)
            self._writes = True
        return self._connection

    def _record(self, connection: sqlite3.Connection, packed: Packed, origin: Origin) -> None:
        key = packed.key
        before = connection.execute("SELECT reason FROM cells WHERE key = ?", (key,)).fetchone()
        if before is not None:
            connection.execute("UPDATE cells SET times = times + 1 WHERE key = ?", (key,))
        if before is not None and (not before[0] or packed.reason):
            if packed.reason and before[0]:
                connection.execute(
                    "UPDATE cells SET reason = ?, seconds = ?, recorded = ? WHERE key = ?",
                    (packed.reason, packed.seconds, time.time(), key),
                )
            return
        if before is None:
            text = self._scenario_text(origin.scenario)
            if self._base is None:
                self._base = (_short_hash(text), text)
            connection.execute("INSERT OR IGNORE INTO bases VALUES (?, ?)", self._base)
            values = (key, packed.reason, packed.seconds, time.time(), origin.name, self._base[0])
            more = (self._squeezed(text), origin.seed, origin.reference, origin.users, origin.code)
            connection.execute(
                "INSERT INTO cells VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", values + more
            )
        else:
            connection.execute(
                "UPDATE cells SET reason = '', seconds = ?, recorded = ? WHERE key = ?",
                (packed.seconds, time.time(), key),
            )
        if not packed.reason:
            shape = packed.shape.encode()
            connection.execute("INSERT OR IGNORE INTO shapes VALUES (?, ?)", (_short_hash(shape), shape))
            row = (key, _short_hash(shape), len(packed.body), packed.body)
            connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?)", row)

    def _cut(self, connection: sqlite3.Connection, *, whole: bool) -> None:
        """Move outcomes from the ledger to shards: whole shards only, or all there are."""
        while True:
            cells, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM journal").fetchone()
            if not cells or (whole and cells < SHARD_CELLS and size < SHARD_BYTES):
                return
            with writing(connection):
                first = connection.execute("SELECT shape FROM journal GROUP BY shape ORDER BY count(*) DESC").fetchone()
                if first is None:  # another process was quicker
                    return
                text = self._shape_text(first[0])
                keys: list[str] = []
                bodies: list[bytes] = []
                taken = 0
                rows = connection.execute("SELECT key, body FROM journal WHERE shape = ? ORDER BY key", first)
                for key, body in rows:
                    keys.append(key)
                    bodies.append(body)
                    taken += len(body)
                    if len(keys) >= SHARD_CELLS or taken >= SHARD_BYTES:
                        break
                rows.close()
                self._add_shard(connection, first[0], of_bodies(keys, bodies, shape_of(text)))
                connection.executemany("DELETE FROM journal WHERE key = ?", [(key,) for key in keys])

    def _add_shard(self, connection: sqlite3.Connection, shape: str, cells: Together) -> None:
        """Write a shard of cells in order of their keys, and name it in the ledger, within a transaction."""
        keys = cells.keys.tolist()
        added = connection.execute("INSERT INTO shards (shape, cells) VALUES (?, ?)", (shape, len(keys)))
        shard = added.lastrowid
        assert shard is not None  # a row was added
        write_shard(self._shards, shard, cells, shape_of(self._shape_text(shape)))
        places = [(shard, row, key) for row, key in enumerate(keys)]
        connection.executemany("UPDATE cells SET shard = ?, row = ? WHERE key = ?", places)

    def _merge(self, connection: sqlite3.Connection) -> None:
        """Make shards at most half full one, where there are many."""
        question = "SELECT id, cells FROM shards WHERE shape = ? AND cells <= ? ORDER BY cells, id"
        for (shape,) in connection.execute("SELECT DISTINCT shape FROM shards").fetchall():
            with writing(connection):
                small = connection.execute(question, (shape, SHARD_CELLS // 2)).fetchall()
                if len(small) <= SMALL_SHARDS:
                    continue
                together, cells = [], 0
                for shard, count in small:
                    cells += count
                    if cells > SHARD_CELLS:
                        break
                    together.append(shard)
                old = self._rewrite(connection, together)
            self._unlink(old)

    def _rewrite(self, connection: sqlite3.Connection, shards: list[int]) -> list[int]:
        """Make one shard of the cells of some (of one shape) that the ledger still has, within a transaction.

        Returns the shards whose files are to be removed once the transaction is done.
        """
        outcomes: list[Outcome] = []
        shape = ""
        for shard in shards:
            (shape,) = connection.execute("SELECT shape FROM shards WHERE id = ?", (shard,)).fetchone()
            left = {key for (key,) in connection.execute("SELECT key FROM cells WHERE shard = ?", (shard,))}
            if left:
                whole = read_shard(self._shards, shard, shape_of(self._shape_text(shape)))
                outcomes += [outcome for outcome in whole if outcome.key in left]
            connection.execute("DELETE FROM shards WHERE id = ?", (shard,))
        if outcomes:
            outcomes.sort(key=lambda outcome: outcome.key)
            self._add_shard(connection, shape, of_outcomes(outcomes, shape_of(self._shape_text(shape))))
        return shards

    def _unlink(self, shards: list[int]) -> None:
        for shard in shards:
            with suppress(OSError):
                # First its measures: a reader then knows that the whole shard goes.
                shard_file(self._shards, shard, MEASURES).unlink()
                for file in self._shards.glob(f"{shard:06d}-*.parquet"):
                    file.unlink()

    def _remove_orphans(self, connection: sqlite3.Connection) -> None:
        """Remove files that the ledger does not name: their writer was killed (nobody else writes now)."""
        if not self._shards.is_dir():
            return
        named = {shard for (shard,) in connection.execute("SELECT id FROM shards")}
        for file in self._shards.iterdir():
            if shard_number(file) not in named:
                file.unlink()
