"""A decomposition as a terminal shows it, and as a record for JSON."""

import math
from fractions import Fraction
from typing import Any

from rich.console import Console

from sim.experiments.decompose.decomposition import Decomposition
from sim.experiments.decompose.reading import can_be_read, reading
from sim.experiments.decompose.rounding import decimals_for, rounded
from sim.experiments.decompose.sentence import sentence, shown, signed
from sim.experiments.decompose.split import OTHER, TOTAL
from sim.experiments.effect import Interval
from sim.report.length import length_of

OFF = {OTHER: "with all of them off", TOTAL: ""}


def _bounds(interval: Interval, decimals: int) -> str:
    return "-" if math.isnan(interval.low) else f"{signed(interval.low, decimals)} to {signed(interval.high, decimals)}"


def _share(part: Fraction, total: Fraction, is_clear: bool) -> str:
    """Share of the total, where that is clearly not zero."""
    return f"{float(part / total):.1%}" if is_clear and total else "-"


def print_decomposition(console: Console, result: Decomposition, quiet: bool) -> None:
    """A row per part, the printed parts summing to the printed total; the interaction; the answer; where it is stored."""
    from rich.table import Table as Shown

    run = result.manifest["scenarios"]["policy"]["run"]
    console.print(
        f"{result.manifest['name']}: {result.measure}, {result.unit}; {run['users']:,} users, {length_of(run)}, "
        f"{len(result.splits)} of {run['replicates']} replicates, seed {run['seed']}",
        markup=False,
    )
    decimals = decimals_for(result.parts_mean)
    parts = rounded(result.parts_mean, decimals)
    rows = parts | {TOTAL: sum(parts.values(), Fraction(0))}
    exact = result.parts_mean | {TOTAL: result.total_mean}
    is_clear = result.interval(TOTAL).excludes_zero
    table = Shown(box=None, pad_edge=False)
    for column in ("carried by", "part", "95% interval", "share", "alone", "last", "switched off"):
        table.add_column(column, justify="left" if column in ("carried by", "switched off") else "right")
    for name, part in rows.items():
        first = last = ""
        if name in result.mechanisms:
            first, last = (signed(result.interval(name, column).mean, decimals) for column in ("alone", "last"))
        off = OFF[name] if name in OFF else result.manifest["mechanisms"][name]["off"]
        table.add_row(
            name,
            shown(exact[name], part, decimals),
            _bounds(result.interval(name), decimals),
            _share(exact[name], exact[TOTAL], is_clear),
            first,
            last,
            off,
        )
    console.print(table)
    together = result.interaction
    bounds = "" if math.isnan(together.low) else f" (95% interval {_bounds(together, decimals)})"
    console.print(
        f"Part: mean over all orders of switching on. Alone: switched on first; last: switched on last. "
        f"Interaction, what all bring more than each alone: {signed(together.mean, decimals)}{bounds}.",
        markup=False,
        soft_wrap=True,
    )
    console.print()
    console.print(sentence(result), markup=False, soft_wrap=True)
    for number, reason in result.left_out.items():
        console.print(f"Replicate {number} is left out: {reason}.", markup=False, soft_wrap=True)
    if result.path is not None and not quiet:
        state = "This very decomposition is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def as_record(result: Decomposition) -> dict[str, Any]:
    """The decomposition as plain values; NaN as null. `exact`: mean part as a fraction."""

    def told(interval: Interval) -> dict[str, Any]:
        bounds = {"mean": interval.mean, "low": interval.low, "high": interval.high}
        return {name: None if math.isnan(value) else value for name, value in bounds.items()} | {"n": interval.n}

    exact = result.parts_mean | {TOTAL: result.total_mean}
    rows = []
    for name, mean in exact.items():
        row = {"part": name, "exact": str(mean), **told(result.interval(name))}
        if name in result.mechanisms:
            row |= {column: told(result.interval(name, column)) for column in ("alone", "last")}
        rows.append(row)
    record = {
        "name": result.manifest["name"],
        "path": str(result.path) if result.path else None,
        "reused": result.reused,
        "answer": sentence(result),
        "measure": result.measure,
        "unit": result.unit,
        "parts": rows,
        "interaction": told(result.interaction),
        "left_out": result.left_out,
    }
    return record | ({"reading": reading(result)._asdict()} if can_be_read(result) else {})
