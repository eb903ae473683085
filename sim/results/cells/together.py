"""Outcomes of many cells of one shape taken together, as a shard holds them: measures as rows, each table below the last one's."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.results.cells.outcome import TEXT, Outcome, Shape
from sim.results.table import Table, rows_of, stacked

CELL = "cell"
"""Column that says which of the cells a row is of."""


class Together(NamedTuple):
    """keys: text (cells); measures: float64 (cells, measures); tables: by name, with the column CELL (int32) first."""

    keys: NDArray[np.str_]
    measures: NDArray[np.float64]
    tables: dict[str, Table]


def of_outcomes(outcomes: Sequence[Outcome], shape: Shape) -> Together:
    """Outcomes together, in their order."""
    measures = np.array([[outcome.measures[name] for name in shape.measures] for outcome in outcomes], np.float64)
    tables = {}
    for name in shape.tables:
        of_each = [outcome.tables[name] for outcome in outcomes]
        cells = _cells([rows_of(table) for table in of_each])
        tables[name] = {CELL: cells, **stacked(of_each)} if cells.size else {}
    return Together(np.array([outcome.key for outcome in outcomes]), measures, tables)


def _cells(rows: Sequence[int]) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(rows), dtype=np.int32), rows)


class _Piece(NamedTuple):
    """A column in bodies that are laid out alike. low, high: its bytes; ends: of its texts, where it is one of texts."""

    table: str
    column: str
    kind: str
    rows: int
    low: int
    high: int
    ends: tuple[int, ...]


def _layout(shape: Shape, body: bytes) -> tuple[_Piece, ...]:
    """Where everything is in a body (see `pack`), measures left out."""
    at = 8 * len(shape.measures)
    pieces = []
    for table, columns in shape.tables.items():
        rows = int.from_bytes(body[at : at + 8], "little")
        at += 8
        for column, kind in columns:
            ends: tuple[int, ...] = ()
            if kind == TEXT:
                ends = tuple(np.frombuffer(body, np.int64, rows + 1, at).tolist())
                at += 8 * (rows + 1)
            low, at = at, at + (ends[-1] if ends else rows * np.dtype(kind).itemsize)
            pieces.append(_Piece(table, column, kind, rows, low, at, ends))
    return tuple(pieces)


def of_bodies(keys: Sequence[str], bodies: Sequence[bytes], shape: Shape) -> Together:
    """As `of_outcomes` of what the bodies hold, to the bit; most cells of an experiment are laid out alike, and read at once."""
    alike: dict[tuple[_Piece, ...], list[int]] = {}
    for place, body in enumerate(bodies):
        alike.setdefault(_layout(shape, body), []).append(place)
    measures = np.empty((len(bodies), len(shape.measures)))
    rows = {name: np.zeros(len(bodies), np.int64) for name in shape.tables}
    for pieces, places in alike.items():
        for piece in pieces:
            rows[piece.table][places] = piece.rows
    starts = {name: np.cumsum(of_each) - of_each for name, of_each in rows.items()}
    parts: dict[tuple[str, str], list[tuple[NDArray[np.int64], NDArray[Any]]]] = {}
    for pieces, places in alike.items():
        block = np.frombuffer(b"".join(bodies[place] for place in places), np.uint8).reshape(len(places), -1)
        measures[places] = _as(block[:, : measures.shape[1] * 8], np.dtype(np.float64))
        for piece in pieces:
            where = (starts[piece.table][places][:, np.newaxis] + np.arange(piece.rows)).ravel()
            parts.setdefault((piece.table, piece.column), []).append((where, _values(block, piece)))
    tables: dict[str, Table] = {}
    for name, columns in shape.tables.items():
        cells = _cells(rows[name].tolist())
        tables[name] = (
            {CELL: cells, **{column: _joined(parts[name, column]) for column, _ in columns}} if cells.size else {}
        )
    return Together(np.array(keys), measures, tables)


def _as(block: NDArray[np.uint8], kind: np.dtype[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(block).view(kind)


def _values(block: NDArray[np.uint8], piece: _Piece) -> NDArray[Any]:
    """A column of all bodies of a block, one below the other."""
    mine = block[:, piece.low : piece.high]
    if piece.kind != TEXT:
        return _as(mine, np.dtype(piece.kind)).ravel()
    if (mine == mine[0]).all():
        return np.tile(np.array(list(_texts(mine[0], piece)), dtype=str), len(block))
    return np.array([text for body in mine for text in _texts(body, piece)], dtype=str)


def _texts(body: NDArray[np.uint8], piece: _Piece) -> Iterator[str]:
    whole = body.tobytes()
    return (whole[low:high].decode() for low, high in pairwise(piece.ends))


def _joined(parts: Sequence[tuple[NDArray[np.int64], NDArray[Any]]]) -> NDArray[Any]:
    """Values put where they belong."""
    whole = np.empty(sum(where.size for where, _ in parts), np.result_type(*(values.dtype for _, values in parts)))
    for where, values in parts:
        whole[where] = values
    return whole
