"""What is kept of a cell, and the bytes that it travels and is stored as."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.results.table import Table

TEXT = "text"
"""Kind of a column of texts, however long; every other kind is numpy's own name of the type, such as <f8."""
PLAIN = "biuf"
"""Kinds of numpy types whose memory is their value."""


@dataclass(frozen=True)
class Outcome:
    """One finished cell. reason: why it failed, empty if it did not; seconds: of work; tables: the sketches, by name."""

    key: str
    reason: str
    seconds: float
    measures: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


class Packed(NamedTuple):
    """An outcome as bytes. shape: names of the measures and names and kinds of the tables' columns, as JSON; body: all
    values, in that order. Two outcomes of one shape differ in numbers only, and can share a shard.
    """

    key: str
    reason: str
    seconds: float
    shape: str
    body: bytes

    def unpacked(self, keep: Collection[str] | None = None) -> Outcome:
        """The outcome. keep: the tables wanted (all if not given)."""
        if self.reason:
            return Outcome(self.key, self.reason, self.seconds)
        measures, tables = unpack(self.shape, self.body)
        kept = {name: table for name, table in tables.items() if keep is None or name in keep}
        return Outcome(self.key, "", self.seconds, measures, kept)


class Shape(NamedTuple):
    """Names of the measures, and by table the names and kinds of its columns."""

    measures: tuple[str, ...]
    tables: dict[str, tuple[tuple[str, str], ...]]


@lru_cache(64)
def shape_of(text: str) -> Shape:
    """The shape that a JSON text says."""
    data = json.loads(text)
    tables = {name: tuple((column, kind) for column, kind in columns) for name, columns in data["tables"].items()}
    return Shape(tuple(data["measures"]), tables)


@lru_cache(64)
def _shape_text(measures: tuple[str, ...], tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> str:
    return json.dumps({"measures": measures, "tables": dict(tables)})


def _kind(column: NDArray[Any]) -> str:
    if column.dtype.kind == "U":
        return TEXT
    if column.dtype.kind not in PLAIN:
        raise TypeError(f"a column of {column.dtype} cannot be kept of a cell; give numbers or texts")
    return column.dtype.str


def as_kind(column: NDArray[Any], kind: str) -> NDArray[Any]:
    """A column in the type that a kind stands for; texts are as wide as the longest."""
    if kind == TEXT:
        return np.array(column.tolist(), dtype=str)
    return column.astype(np.dtype(kind), copy=False)


def pack(outcome: Outcome) -> Packed:
    """An outcome as bytes. Raises TypeError for a column that is neither numbers nor texts."""
    if outcome.reason:
        return Packed(outcome.key, outcome.reason, outcome.seconds, "", b"")
    parts = [np.array(list(outcome.measures.values()), np.float64).tobytes()]
    tables = dict(outcome.tables)
    for table in tables.values():
        rows = next((len(column) for column in table.values()), 0)
        parts.append(np.int64(rows).tobytes())
        for column in table.values():
            if column.dtype.kind == "U":
                texts = [text.encode() for text in column.tolist()]
                parts += [np.cumsum([0, *map(len, texts)], dtype=np.int64).tobytes(), *texts]
            else:
                parts.append(np.ascontiguousarray(column).tobytes())
    kinds = tuple((name, tuple((c, _kind(v)) for c, v in table.items())) for name, table in tables.items())
    shape = _shape_text(tuple(outcome.measures), kinds)
    return Packed(outcome.key, "", outcome.seconds, shape, b"".join(parts))


def unpack(shape: str, body: bytes) -> tuple[dict[str, float], dict[str, Table]]:
    """Measures and tables from bytes, to the bit as they were packed (texts only as wide as the longest)."""
    names, tables = shape_of(shape)
    at = 0

    def take(kind: Any, count: int) -> NDArray[Any]:
        nonlocal at
        found = np.frombuffer(body, kind, count, at)
        at += found.nbytes
        return found

    measures = dict(zip(names, take(np.float64, len(names)).tolist(), strict=True))
    found: dict[str, Table] = {}
    for table, columns in tables.items():
        rows = int(take(np.int64, 1)[0])
        found[table] = {}
        for column, kind in columns:
            if kind != TEXT:
                found[table][column] = take(kind, rows)
                continue
            ends = take(np.int64, rows + 1)
            texts = [body[at + low : at + high].decode() for low, high in pairwise(ends)]
            found[table][column] = np.array(texts, dtype=str)
            at += int(ends[-1])
    return measures, found
