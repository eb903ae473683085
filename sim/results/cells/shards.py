"""Shards: the outcomes of many cells of one shape, as one Parquet file per table."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.cells.outcome import Outcome, Shape, as_kind
from sim.results.cells.together import CELL, Together
from sim.results.table import Table, read_parquet, rows_of, write_parquet

MEASURES = "measures"
KEY = "key"


def shard_file(folder: Path, shard: int, table: str) -> Path:
    """The file of one table of a shard."""
    return folder / f"{shard:06d}-{table}.parquet"


def shard_number(file: Path) -> int | None:
    """The number of the shard that a file belongs to; None for a file that is no whole one."""
    number = file.name.partition("-")[0]
    return int(number) if number.isdecimal() and file.suffix == ".parquet" else None


def synchronise(path: Path) -> None:
    """Have the disk hold what was written to a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():
            raise  # some systems cannot synchronise folders, and do not need to
    finally:
        os.close(handle)


def write_shard(folder: Path, shard: int, cells: Together, shape: Shape) -> None:
    """Write cells of one shape, in order of their keys, as the files of a shard; all there and on the disk afterwards."""
    tables: dict[str, Table] = {
        MEASURES: {KEY: cells.keys} | {name: cells.measures[:, k] for k, name in enumerate(shape.measures)},
        **cells.tables,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if not rows_of(table):
            continue
        partial = folder / f".partial-{shard:06d}-{name}"
        write_parquet(table, partial)
        synchronise(partial)
        os.replace(partial, shard_file(folder, shard, name))
    synchronise(folder)


def read_measures(folder: Path, shard: int, shape: Shape, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Measures of the cells in these rows of a shard: shape (rows, measures). Raises OSError or ValueError."""
    table = read_parquet(shard_file(folder, shard, MEASURES))
    whole = np.empty((rows.size, len(shape.measures)))
    for place, name in enumerate(shape.measures):
        whole[:, place] = table[name][rows]
    return whole


def read_table(folder: Path, shard: int, name: str, shape: Shape, rows: Iterable[int]) -> Iterator[Table]:
    """One table of each of the cells in these rows of a shard. Raises OSError or ValueError."""
    columns = shape.tables.get(name, ())
    table = _read_or_empty(folder, shard, name) if columns else {}
    cell = table.get(CELL, np.zeros(0, np.int32))
    for row in rows:
        low, high = np.searchsorted(cell, [row, row + 1])
        yield {column: as_kind(table[column][low:high] if table else np.zeros(0), kind) for column, kind in columns}


def _read_or_empty(folder: Path, shard: int, name: str) -> Table:
    """A table of a shard; one without a row in any cell has no file."""
    try:
        return read_parquet(shard_file(folder, shard, name))
    except FileNotFoundError:
        if not shard_file(folder, shard, MEASURES).exists():
            raise
        return {}


def read_shard(folder: Path, shard: int, shape: Shape) -> list[Outcome]:
    """All outcomes of a shard, their seconds left out. Raises OSError or ValueError."""
    keys = read_parquet(shard_file(folder, shard, MEASURES))[KEY]
    rows = np.arange(keys.size)
    values = read_measures(folder, shard, shape, rows)
    tables = {name: list(read_table(folder, shard, name, shape, rows.tolist())) for name in shape.tables}
    return [
        Outcome(
            str(key),
            "",
            0.0,
            dict(zip(shape.measures, values[row].tolist(), strict=True)),
            {name: tables[name][row] for name in shape.tables},
        )
        for row, key in enumerate(keys)
    ]
