"""Observations of the user's own, from CSV or Parquet: a curve over time, or a histogram of scores."""

import csv
import math
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.files import shown
from sim.scenario.reader import Fault, ScenarioError

LARGEST_FILE = 50_000_000
MOST_FAULTS = 20


class Row(NamedTuple):
    """A row as text by column, and the line it stands on (0 in Parquet)."""

    line: int
    cells: dict[str, str]


class Curve(NamedTuple):
    """A measure over time. day: of the run, shape (n,); value: (n,), unit of the measure; error: (n,), one standard error."""

    day: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]


class Histogram(NamedTuple):
    """Users by score. edge: lower edge of each bin, rising; users: in each bin, whose last is open above."""

    edge: NDArray[np.int64]
    users: NDArray[np.float64]


class _Reader:
    """Reads numbers from a file and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.where = shown(path)
        self.faults: list[Fault] = []
        self.columns, self.rows = _read(path, self.where)

    def fault(self, line: int, column: str, message: str) -> None:
        """Add a fault at a line."""
        self.faults.append(Fault(self.where, line, 0, column, message))

    def need(self, *names: str) -> None:
        """Every one of these columns must be there."""
        for name in names:
            if name not in self.columns:
                self.fault(1, name, f"no such column; the file has {', '.join(self.columns) or 'none'}")
        if not self.rows:
            self.fault(0, "", "no rows")

    def number(self, row: Row, column: str, least: float = -math.inf) -> float:
        """A number of a row, NaN with a fault."""
        given = row.cells[column]
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < least:
            bound = "" if least == -math.inf else f" of {least:g} or more"
            self.fault(row.line, column, f"{given!r} given; a number{bound} is wanted")
            return math.nan
        return value

    def done(self) -> None:
        """Raise what was wrong."""
        if self.faults:
            raise ScenarioError(self.faults[:MOST_FAULTS])


def _read(path: Path, where: str) -> tuple[list[str], list[Row]]:
    """Columns and rows of a file. Raises ScenarioError."""

    def fault(message: str, line: int = 0) -> ScenarioError:
        return ScenarioError([Fault(where, line, 0, "", message)])

    if path.suffix.lower() not in (".csv", ".parquet"):
        raise fault("neither .csv nor .parquet; give a file of one of these kinds")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise fault(f"{path.stat().st_size:,} bytes; give at most {LARGEST_FILE:,}")
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            table = pq.read_table(path)
            columns = [str(name) for name in table.column_names]
            rows = [Row(0, {name: str(value) for name, value in row.items()}) for row in table.to_pylist()]
            return columns, rows
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            columns = [name.strip() for name in next(reader, [])]
            rows = []
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(columns):
                    raise fault(f"{len(cells)} cells; the first line names {len(columns)} columns", reader.line_num)
                rows.append(Row(reader.line_num, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
            return columns, rows
    except UnicodeDecodeError:
        raise fault("not UTF-8 text; save the file as UTF-8") from None
    except ScenarioError:
        raise
    except OSError as error:
        raise fault(f"cannot be read: {error.strerror or error}") from None
    except (ValueError, csv.Error) as error:  # pyarrow's errors of form are ValueErrors
        raise fault(f"not a table that can be read: {' '.join(str(error).split())[:120]}") from None


def read_curve(path: Path, start: date, error: float | None, of: float | None) -> Curve:
    """A curve from the columns day (of the run, 0 the first) or date, value, and error unless one is given for all.

    start: date of day 0; of: users of whom values and errors are counts (shares or means per user if not given). Raises
    ScenarioError with all faults found.
    """
    reader = _Reader(path)
    dated = "date" in reader.columns and "day" not in reader.columns
    reader.need("date" if dated else "day", "value", *(["error"] if error is None else []))
    reader.done()
    days, values, errors = [], [], []
    for row in reader.rows:
        days.append(_day(reader, row, start) if dated else reader.number(row, "day"))
        values.append(reader.number(row, "value"))
        errors.append(error if error is not None else reader.number(row, "error"))
        if errors[-1] <= 0:
            reader.fault(row.line, "error", f"{errors[-1]:g} given; an error is above 0")
    reader.done()
    share = 1.0 if of is None else 1.0 / of
    scaled = 1.0 if error is not None else share  # an error of the scenario file is in the unit of the measure already
    return Curve(np.array(days), np.array(values) * share, np.array(errors) * scaled)


def _day(reader: _Reader, row: Row, start: date) -> float:
    try:
        moment = datetime.fromisoformat(row.cells["date"])
    except ValueError:
        reader.fault(
            row.line, "date", f"{row.cells['date']!r} given; a date such as 2016-11-28 or 2016-11-28 17:00 is wanted"
        )
        return math.nan
    return (moment - datetime.combine(start, time())).total_seconds() / 86_400


def read_histogram(path: Path, width: int, lowest: int, highest: int) -> Histogram:
    """A histogram from the columns score (lower edge of a bin, up to the next one) and users.

    width: edges must be multiples of it, as the model's histogram has bins of it; lowest, highest: ends of the scores. Raises
    ScenarioError with all faults found.
    """
    reader = _Reader(path)
    reader.need("score", "users")
    reader.done()
    edges: list[float] = []
    users: list[float] = []
    for row in reader.rows:
        edge = reader.number(row, "score")
        if not math.isnan(edge) and (edge % width or not lowest <= edge <= highest):
            reader.fault(
                row.line, "score", f"{edge:g} given; an edge is a multiple of {width} from {lowest} to {highest}"
            )
        elif edges and edge <= edges[-1]:
            reader.fault(row.line, "score", f"{edge:g} given after {edges[-1]:g}; edges rise")
        edges.append(edge)
        users.append(reader.number(row, "users", 0.0))
    if len(edges) < 2 or not any(count > 0 for count in users):
        reader.fault(0, "", "fewer than two bins, or nobody in them")
    reader.done()
    return Histogram(np.array(edges, np.int64), np.array(users))
