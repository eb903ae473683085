"""Tables between a run and its files: a dict of columns, each a numpy array, all of one length.

pandas takes longer to load than many runs take, so only those who ask for a DataFrame pay for it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Table = dict[str, NDArray[Any]]
"""Columns by name; no column at all stands for no table."""


def rows_of(table: Table) -> int:
    """How many rows a table has."""
    return next((len(column) for column in table.values()), 0)


def with_constants(table: Table, constants: Mapping[str, Any]) -> Table:
    """A table with constant columns put before its own; an empty table stays empty."""
    size = rows_of(table)
    if not size:
        return {}
    return {name: np.full(size, value) for name, value in constants.items()} | table


def stacked(tables: Iterable[Table]) -> Table:
    """Tables one below the other (all with the same columns; empty ones are left out)."""
    kept = [table for table in tables if rows_of(table)]
    if not kept:
        return {}
    return {name: np.concatenate([table[name] for table in kept]) for name in kept[0]}


def where(table: Table, **values: Any) -> Table:
    """The rows in which every named column has the value given."""
    keep = np.ones(rows_of(table), bool)
    for name, value in values.items():
        keep &= table[name] == value
    return {name: column[keep] for name, column in table.items()}


def write_parquet(table: Table, path: Path) -> None:
    """Write a table to a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: column.tolist() if column.dtype.kind in "UO" else column for name, column in table.items()}), path)


def read_parquet(path: Path) -> Table:
    """Read a table from a Parquet file; raises OSError or ValueError if it is none."""
    import pyarrow.parquet as pq

    read = pq.read_table(path)
    return {name: _plain(read.column(name).to_numpy(zero_copy_only=False)) for name in read.column_names}


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """Text as numpy text, so that a table read back is like one just made."""
    return column.astype(str) if column.dtype == object and len(column) and isinstance(column[0], str) else column


def frame(table: Table) -> "pd.DataFrame":
    """The table as a DataFrame."""
    import pandas as pd

    return pd.DataFrame({name: column.astype(object) if column.dtype.kind == "U" else column for name, column in table.items()})
