"""A study of sensitivity as a terminal shows it: a table of indices, what was screened out, the answer; or one JSON object."""

import math
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.experiments.sensitivity.answer import ranked
from sim.experiments.sensitivity.designs import SEED
from sim.experiments.sensitivity.study import SensitivityResult
from sim.results.table import rows_of, where


def print_sensitivity(console: Console, result: SensitivityResult, quiet: bool) -> None:
    """The tables of a study and its answer."""
    console.print(_indices(result))
    if rows_of(result.tables["screening"]):
        console.print()
        console.print(_screening(result))
    failures = result.tables["failures"]
    for reason, count in (
        zip(*(failures[name].tolist() for name in ("reason", "cells")), strict=True) if failures else ()
    ):
        console.print(f"{count} cells failed: {reason}", markup=False, soft_wrap=True)
    console.print()
    console.print(result.summary(), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very study is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def _shown(title: str, *columns: str) -> Table:
    shown = Table(box=None, pad_edge=False, title=title, title_justify="left")
    shown.add_column("input")
    for name in columns:
        shown.add_column(name, justify="right")
    return shown


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}"


def _indices(result: SensitivityResult) -> Table:
    """A row per input kept, the one on which most hangs first, and the seed last."""
    manifest, indices, profile = result.manifest, result.tables["indices"], result.tables["profile"]
    what = f"the effect on {manifest['primary']}" if manifest["paired"] else manifest["primary"]
    title = f"Shares of the variance of {what}"
    shown = _shown(title, "alone", "95% interval", "in all", "95% interval", "mean from", "to")
    last = [row for row, name in enumerate(indices["input"].tolist()) if name == SEED]
    for row in [*ranked(indices), *last]:
        name = str(indices["input"][row])
        shares = [
            text
            for key in ("first", "total")
            for text in (
                f"{indices[key][row]:.2f}",
                _interval(indices[f"{key}_low"][row], indices[f"{key}_high"][row]),
            )
        ]
        here = where(profile, input=name)
        ends = [f"{here['mean'][k]:+.4f} at {here['value'][k]}" for k in (0, -1)] if name != SEED else ["", ""]
        shown.add_row(name if name != SEED else "seed (luck)", *shares, *ends)
    return shown


def _screening(result: SensitivityResult) -> Table:
    """A row per input, the one that moves most first."""
    screening = result.tables["screening"]
    shown = _shown(
        f"Screening: what a move over the whole range does ({result.manifest['unit']})",
        *("mu*", "95% interval", "mu", "sigma", "kept"),
    )
    for row in np.argsort(-screening["mu_star"], kind="stable"):
        name = str(screening["input"][row])
        low, high = screening["low"][row], screening["high"][row]
        shown.add_row(
            *(name if name != SEED else "seed (luck)", f"{screening['mu_star'][row]:.4f}", f"{low:.4f} to {high:.4f}"),
            *(f"{screening['mu'][row]:+.4f}", f"{screening['sigma'][row]:.4f}"),
            "" if name == SEED else "yes" if screening["kept"][row] else "no",
        )
    return shown


def as_record(result: SensitivityResult) -> dict[str, Any]:
    """A study as one JSON-ready object: indices, screening, profile, the answer, where it is stored. NaN becomes null."""
    manifest = result.manifest
    kept = ("name", "run_id", "primary", "unit", "inputs", "kept", "spread", "dropped_blocks", "failed_cells")
    return {name: manifest[name] for name in kept} | {
        "reused": result.reused,
        "path": str(result.path) if result.path is not None else None,
        "answer": result.summary(),
        **{name: rows(result.tables[name]) for name in ("indices", "screening", "profile", "failures")},
    }


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """A table as a list of rows; NaN becomes null."""
    columns = [column.tolist() for column in table.values()]
    return [
        {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in zip(table, row, strict=True)}
        for row in (zip(*columns, strict=True) if columns else ())
    ]
