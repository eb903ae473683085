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
    """Tables one below the other; empty ones are left out.

    A column of numbers that one of them lacks, as where only one arm has lenders, is filled with NaN, or 0 in whole numbers.
    """
    kept = [table for table in tables if rows_of(table)]
    kinds = {name: column.dtype for table in kept for name, column in table.items()}

    def column(table: Table, name: str) -> NDArray[Any]:
        if name in table:
            return table[name]
        return np.full(rows_of(table), np.nan if kinds[name].kind == "f" else 0, kinds[name])

    return {name: np.concatenate([column(table, name) for table in kept]) for name in kinds}


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

    pq.write_table(pa.Table.from_arrays([_arrow(column) for column in table.values()], names=list(table)), path)


def _arrow(column: NDArray[Any]) -> Any:
    """A column as Arrow has it, made from its memory (any other way asks whether it might be a data frame's, and loads pandas)."""
    import pyarrow as pa

    if column.dtype.kind == "U":
        texts = [str(text).encode() for text in column]
        offsets = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(texts))]
        return pa.Array.from_buffers(pa.string(), len(texts), buffers)
    if column.dtype == "datetime64[D]":
        days = column.astype(np.int32)
        return pa.Array.from_buffers(pa.date32(), days.size, [None, pa.py_buffer(days.tobytes())])
    if column.dtype.kind == "b":
        column = column.astype(np.uint8)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(column.dtype), column.size, [None, pa.py_buffer(np.ascontiguousarray(column))]
    )


def read_parquet(path: Path) -> Table:
    """Read a table from a Parquet file; raises OSError or ValueError if it is none."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        read = file.read()
    return {name: _numpy(read.column(name)) for name in read.column_names}


def _numpy(column: Any) -> NDArray[Any]:
    """A column as numpy has it, from its memory (see `_arrow`)."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return np.array(column.to_pylist(), dtype=str)
    kind = np.dtype("i4") if pa.types.is_date32(column.type) else np.dtype(column.type.to_pandas_dtype())
    parts = [
        np.frombuffer(chunk.buffers()[1], kind, count=len(chunk), offset=chunk.offset * kind.itemsize)
        for chunk in column.chunks
        if len(chunk)
    ]
    whole = np.concatenate(parts) if parts else np.zeros(0, kind)
    return whole.astype("datetime64[D]") if pa.types.is_date32(column.type) else whole


def frame(table: Table) -> "pd.DataFrame":
    """The table as a DataFrame."""
    import pandas as pd

    return pd.DataFrame(
        {name: column.astype(object) if column.dtype.kind == "U" else column for name, column in table.items()}
    )
