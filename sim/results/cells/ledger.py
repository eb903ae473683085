"""The ledger: a SQLite file that says which cells are finished, and holds the newest outcomes until they move to shards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sim.results.store import ResultError

FORMAT = 1
FILE = "ledger.sqlite"
LONGEST_WAIT = 60.0
"""Seconds to wait for another process that is writing."""

TABLES = """
CREATE TABLE IF NOT EXISTS cells (
    key TEXT PRIMARY KEY,
    reason TEXT NOT NULL,       -- why it failed, empty if it did not
    seconds REAL NOT NULL,      -- of work
    recorded REAL NOT NULL,     -- seconds since 1970, UTC
    times INTEGER NOT NULL,     -- how often an outcome of it was handed in
    name TEXT NOT NULL,         -- of the scenario
    base TEXT NOT NULL,         -- what `origin` is squeezed against
    origin BLOB NOT NULL,       -- the resolved scenario
    seed INTEGER NOT NULL,
    reference INTEGER NOT NULL,
    users INTEGER NOT NULL,     -- users kept whole
    code TEXT NOT NULL,         -- hash of the code that decided the result
    shard INTEGER,              -- where the outcome is, none if in the journal or failed
    row INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_shard ON cells (shard) WHERE shard IS NOT NULL;
CREATE TABLE IF NOT EXISTS journal (key TEXT PRIMARY KEY, shape TEXT NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS shapes (id TEXT PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bases (id TEXT PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shards (id INTEGER PRIMARY KEY AUTOINCREMENT, shape TEXT NOT NULL, cells INTEGER NOT NULL);
"""


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Tell what goes wrong with files as a sentence: ResultError instead of the errors of SQLite and the system."""
    try:
        yield
    except sqlite3.Error as error:
        raise ResultError(f"{folder}: {_sentence(str(error))}") from None
    except OSError as error:
        raise ResultError(f"{folder}: {_sentence(error.strerror or str(error))}") from None


def _sentence(error: str) -> str:
    small = error.lower()
    if "full" in small or "no space" in small or "too large" in small or "disk i/o" in small or "quota" in small:
        return f"nothing more can be written ({error}); finished cells are kept: free some space and give the same command again"
    if (
        "readonly" in small
        or "read-only" in small
        or "permission" in small
        or "unable to open" in small
        or "directory" in small
        or "exists" in small
    ):
        return f"cells cannot be stored here ({error}); give another folder with --out"
    if "locked" in small or "busy" in small:
        return f"another process has been writing here for {LONGEST_WAIT:.0f} s; wait for it and give the same command again"
    if "malformed" in small or "not a database" in small:
        return f"the ledger of the cells is damaged ({error}); move {FILE} and shards/ away and run again"
    return f"cells cannot be stored or read here ({error})"


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    place = f"file:{quote(str(file.resolve()))}?{mode}"
    connection = sqlite3.connect(place, uri=True, timeout=LONGEST_WAIT, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check_format(connection: sqlite3.Connection, folder: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise ResultError(f"{folder}: cells of format {found}, which a newer scoregate wrote; this one reads {FORMAT}")


def open_to_read(folder: Path) -> sqlite3.Connection | None:
    """The ledger of a folder, to be read; None if there is none. A folder that cannot be written will do."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        connection = _connect(file, "mode=rw")
    except sqlite3.OperationalError:
        connection = _connect(file, "immutable=1")  # nobody can write here, so no lock is needed
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'shards'").fetchone():
        connection.close()  # its maker was killed before the first transaction
        return None
    _check_format(connection, folder)
    return connection


def open_to_write(folder: Path) -> sqlite3.Connection:
    """The ledger of a folder, made if need be; a transaction is on the disk when its COMMIT returns."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = _connect(folder / FILE, "mode=rwc")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _check_format(connection, folder)
        with writing(connection):
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that holds the lock for writing from its start; undone where anything goes wrong within."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move what nobody reads any more from the write-ahead log into the ledger's own file."""
    with closing(connection.execute("PRAGMA wal_checkpoint(PASSIVE)")) as done:
        done.fetchall()
