"""Results as a terminal shows them: a short table and the answer; or one JSON object."""

import math
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from sim.experiments.summary import sentence, table
from sim.model.measures import MEASURES, USER_MEASURES
from sim.report.after import after_lines, after_rows
from sim.report.length import length_of
from sim.report.numbers import count
from sim.results.title import CHANGES, SIZE, changes_of, title

if TYPE_CHECKING:
    from sim.experiments.run import Result

MEANINGS = {m.name: m.meaning for m in MEASURES} | {name: m.meaning for name, m in USER_MEASURES.items()}


def _number(value: float, unit: str) -> str:
    if math.isnan(value):
        return "-"
    if unit == "share":
        return f"{100 * value:.2f}%"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"


def _change(value: float, unit: str) -> str:
    if math.isnan(value):
        return "-"
    if unit == "share":
        return f"{100 * value:+.3f}pp"
    return f"{value:+.4f}" if abs(value) < 100 else f"{value:+,.1f}"


def print_result(console: Console, result: "Result", *, quiet: bool, stopped: bool) -> None:
    """The table of a run and its sentence."""
    scenarios = result.manifest["scenarios"]
    run = scenarios["policy"]["run"]
    finished = result.manifest["replicates_finished"]
    console.print(
        f"{title(result.manifest, SIZE)}: {count(run['users'], 'user')}, {length_of(run)}, {count(finished, 'replicate')}, seed {run['seed']}, {result.manifest['engine']} engine",
        markup=False,
    )
    shown = Table(box=None, pad_edge=False)
    shown.add_column("measure")
    shown.add_column("unit")
    shown.add_column(scenarios["policy"]["name"][:24], justify="right")
    if result.paired:
        shown.add_column(scenarios["baseline"]["name"][:24], justify="right")
        shown.add_column("difference", justify="right")
        shown.add_column("95% interval", justify="right")
    for row in table(result):
        unit, change = row.unit, row.interval
        cells = [row.measure, unit, _number(row.policy, unit)]
        if result.paired:
            bounds = "-" if math.isnan(change.low) else f"{_change(change.low, unit)} to {_change(change.high, unit)}"
            cells += [_number(row.baseline, unit), _change(change.mean, unit), bounds]
        shown.add_row(*cells)
    console.print(shown)
    console.print()
    console.print(sentence(result), markup=False, soft_wrap=True)
    for line in after_lines(result.tables["after"]):
        console.print(line, markup=False, soft_wrap=True)
    if stopped:
        console.print(f"Stopped: {finished} of {run['replicates']} replicates are finished and kept.", markup=False)
    if quiet:
        return
    if result.path is not None:
        state = "This very run is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def as_record(result: "Result") -> dict[str, Any]:
    """A run as one JSON-ready object: every measure, the sentence, where it is stored. NaN becomes null."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and math.isnan(value) else value

    rows = [
        {key: plain(value) for key, value in row.items()}
        for row in (effect.as_row(result.paired) for effect in result.effects.values())
    ]
    return {
        "name": result.manifest["name"],
        **({CHANGES: list(changes)} if (changes := changes_of(result.manifest)) else {}),
        "status": result.manifest["status"],
        "run_id": result.manifest["run_id"],
        "replicates": result.manifest["replicates_finished"],
        "reused": result.reused,
        "path": str(result.path) if result.path is not None else None,
        "answer": sentence(result),
        "measures": rows,
        "after": after_rows(result.tables["after"]),
    }


def print_bench(console: Console, figures: dict[str, Any]) -> None:
    """Benchmark figures as a table."""
    shown = Table(box=None, pad_edge=False)
    for name in ("figure", "value", "unit"):
        shown.add_column(name, justify="right" if name == "value" else "left")
    for name, (value, unit) in figures.items():
        shown.add_row(name, f"{value:,.2f}" if isinstance(value, float) else f"{value:,}", unit)
    console.print(shown)
