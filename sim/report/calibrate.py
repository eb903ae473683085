"""A calibration as a terminal shows it: parameters, fit per target, the answer; or one JSON object."""

from typing import Any

from rich.console import Console
from rich.table import Table

from sim.experiments.calibrate.study import CalibrationResult
from sim.report.sensitivity import rows

MOST_ROWS = 40
"""Moments shown; the stored table has them all."""


def print_calibration(console: Console, result: CalibrationResult, quiet: bool) -> None:
    """The tables of a calibration and its answer."""
    console.print(_parameters(result))
    console.print()
    console.print(_targets(result))
    console.print()
    console.print(result.summary(), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very calibration is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def _shown(title: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    shown = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for name in texts:
        shown.add_column(name)
    for name in numbers:
        shown.add_column(name, justify="right")
    return shown


def _parameters(result: CalibrationResult) -> Table:
    """A row per parameter."""
    shown = _shown("Parameters", ("parameter",), ("estimate", "95% interval", "range", "unit", "identified"))
    for row in rows(result.tables["parameters"]):
        shown.add_row(
            *(row["parameter"], f"{row['estimate']:.4g}"),
            f"{row['low']:.4g} to {row['high']:.4g}" if row["identified"] else "the range",
            f"{row['from']:g} to {row['to']:g}",
            row["unit"],
            "no" if not row["identified"] else "at an end" if row["at_end"] else "yes",
        )
    return shown


def _targets(result: CalibrationResult) -> Table:
    """A row per moment, as far as there is room; those of the first targets first."""
    table = rows(result.tables["targets"])
    left = f" (the first {MOST_ROWS} of {len(table)} moments)" if len(table) > MOST_ROWS else ""
    title = f"Targets, and the fitted model on fresh seeds{left}"
    shown = _shown(title, ("target", "moment"), ("observed", "error", "model", "gap in errors", "met", ""))
    for row in table[:MOST_ROWS]:
        shown.add_row(
            *(
                row["target"],
                row["moment"],
                f"{row['observed']:.4g}",
                f"{row['error']:.2g}",
                _number(row["model"], ".4g"),
            ),
            *(_number(row["gap"], "+.2f"), "yes" if row["met"] else "no", "held out" if row["held_out"] else "fitted"),
        )
    return shown


def _number(value: float | None, form: str) -> str:
    return "failed" if value is None else format(value, form)


def as_record(result: CalibrationResult) -> dict[str, Any]:
    """A calibration as one JSON-ready object: tables, the answer, where it is stored. NaN becomes null."""
    manifest = result.manifest
    kept = ("name", "run_id", "calibrate", "points_run", "failed", "reasons")
    return {name: manifest[name] for name in kept} | {
        "reused": result.reused,
        "path": str(result.path) if result.path is not None else None,
        "answer": result.summary(),
        **{name: rows(result.tables[name]) for name in ("parameters", "directions", "targets")},
    }
