"""Claims as a terminal shows them: what is claimed, what the model says, whether it holds and what that hinges on; or JSON."""

import math
from typing import Any

from rich.console import Console

from sim.experiments.claims.answer import hinge, rows_of_claims
from sim.experiments.claims.judge import FAILS, HOLDS
from sim.experiments.claims.study import ClaimsResult
from sim.report.numbers import bounds, change, number

STYLES = {HOLDS: "green", FAILS: "red"}


def told(row: dict[str, Any]) -> str:
    """What the model says of a claim: both arms and the difference with its interval."""
    unit = row["unit"]
    of = f" ({row['group']})" if row["group"] else ""
    arms = f"{row['measure']}{of} {number(row['arm'], unit)} against {number(row['against'], unit)} ({unit})"
    return f"{arms}: {change(row['difference'], unit)}, 95% {bounds(row['low'], row['high'], unit)}, n {row['n']}"


def print_claims(console: Console, result: ClaimsResult, quiet: bool) -> None:
    """Every claim as a few lines, and the answer."""
    for row in rows_of_claims(result):
        console.print(row["text"], style="bold", markup=False, soft_wrap=True)
        says = f"  claimed: {row['measure']} {row['says']}" + (
            f" by more than {row['margin']:.3g}" if row["margin"] else ""
        )
        console.print(says + (f" [{row['source']}]" if row["source"] else ""), markup=False, soft_wrap=True)
        console.print(f"  model:   {told(row)}", markup=False, soft_wrap=True)
        console.print(f"  verdict: {row['verdict']}", style=STYLES.get(row["verdict"], "yellow"), markup=False)
        console.print(f"  hinges:  {hinge(row)}\n", markup=False, soft_wrap=True)
    failures = result.tables["failures"]
    for reason, count in zip(*(column.tolist() for column in failures.values()), strict=True) if failures else ():
        console.print(f"{count} cells failed: {reason}", markup=False, soft_wrap=True)
    console.print(result.summary(), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very study is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def as_record(result: ClaimsResult) -> dict[str, Any]:
    """Claims as one JSON-ready object: rows, every trial, the answer, where it is stored. NaN becomes null."""

    def plain(table: dict[str, Any]) -> list[dict[str, Any]]:
        rows = zip(*(column.tolist() for column in table.values()), strict=True)
        return [
            {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in zip(table, row, strict=True)}
            for row in rows
        ]

    return {
        "name": result.manifest["name"],
        "run_id": result.manifest["run_id"],
        "claims": plain(result.tables["claims"]),
        "trials": plain(result.tables["trials"]),
        "failed_cells": result.manifest["failed_cells"],
        "answer": result.summary(),
        "path": None if result.path is None else str(result.path),
    }
