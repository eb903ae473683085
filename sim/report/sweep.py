"""A sweep as a terminal shows it: the plan, a table of points or of influences, the answer; or one JSON object."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.experiments.sweep.influence import influences
from sim.experiments.sweep.result import SweepResult
from sim.report.length import length_of

if TYPE_CHECKING:
    from sim.experiments.sweep.cost import Cost
    from sim.experiments.sweep.plan import SweepPlan

MOST_ROWS = 64
"""Points of which each has a row in the table; of more, the influence of every parameter is told instead."""
MOST_COLUMNS = 5
"""Parameters that have a column in that table; of more, a point is told by its number and their influence follows."""


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def plan_record(plan: "SweepPlan", cost: "Cost") -> dict[str, Any]:
    """A plan and its cost as one JSON-ready object."""
    return {
        "name": plan.base.name,
        "design": plan.file.design.kind,
        "parameters": [
            {"path": p.path, "role": p.role, "unit": p.unit, "values": _range(plan, k)}
            for k, p in enumerate(plan.parameters)
        ],
        "points": len(plan.points),
        "replicates": plan.replicates,
        "cells": cost.cells,
        "at_hand": cost.at_hand,
        "failed_before": cost.failed,
        "user_days": cost.user_days,
        "seconds": round(cost.seconds, 1),
        "memory_bytes": cost.memory,
        "workers": cost.workers,
        "note": plan.note,
    }


def _range(plan: "SweepPlan", parameter: int) -> str:
    """The values of a parameter, in short."""
    span = plan.parameters[parameter].span
    if span is not None:
        return f"{span.low:g} to {span.high:g}{' (log)' if span.log else ''}"
    values = [level.value for level in plan.parameters[parameter].levels]
    texts = [f"{v:.4g}" if isinstance(v, (int, float)) and not isinstance(v, bool) else str(v) for v in values]
    return ", ".join(texts) if len(texts) <= 6 else f"{', '.join(texts[:3])}, ... {texts[-1]} ({len(texts)})"


def print_plan(console: Console, plan: "SweepPlan", cost: "Cost") -> None:
    """What will be run, and what it will cost."""
    shape = " x ".join(map(str, plan.shape))
    console.print(
        f"{plan.base.name}: {plan.file.design.kind.replace('_', ' ')} of {shape} points, {plan.replicates} replicates, "
        f"{plan.base.run.users:,} users, {length_of(plan.base.run.model_dump())}",
        markup=False,
    )
    rows = [("vary", "role", "unit", "values")]
    rows += [(p.path, p.role, p.unit, _range(plan, k)) for k, p in enumerate(plan.parameters)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        console.print(f"  {line.rstrip()}", markup=False, soft_wrap=True)
    shared = f" ({cost.shared:,} fewer, as points share baselines)" if cost.shared else ""
    console.print(f"{cost.cells:,} cells{shared}, {_at_hand(cost)}", markup=False, soft_wrap=True)
    if cost.user_days:
        console.print(
            f"to run: {cost.user_days / 1e6:,.1f} million user-{plan.base.run.tick}s, about {_duration(cost.seconds)} and "
            f"{cost.memory / 1e9:.1f} GB of memory with {cost.workers} cells at once",
            markup=False,
            soft_wrap=True,
        )
    if plan.note:
        console.print(plan.note, markup=False)


def _at_hand(cost: "Cost") -> str:
    """How many cells are finished already, and how many of those failed."""
    if not cost.at_hand:
        return "none of them at hand"
    failed = f", {cost.failed:,} of them failed (--retry-failed runs those again)" if cost.failed else ""
    return f"{cost.at_hand:,} of them at hand{failed}"


def _figure(value: float, unit: str, signed: bool) -> str:
    if math.isnan(value):
        return "-"
    sign = "+" if signed else ""
    if unit == "share":
        return f"{100 * value:{sign}.3f}{'pp' if signed else '%'}"
    return f"{value:{sign}.4f}" if abs(value) < 100 else f"{value:{sign},.1f}"


def print_sweep(console: Console, result: SweepResult, quiet: bool) -> None:
    """The tables of a sweep and its answer."""
    few, narrow = len(result.tables["points"]["point"]) <= MOST_ROWS, len(result.parameters) <= MOST_COLUMNS
    if few:
        console.print(_points(result))
    if few and not narrow:
        console.print()
    if not (few and narrow):
        console.print(_influence(result))
    reasons = result.tables["cells"]["reason"]
    for reason, count in zip(*np.unique(reasons[reasons != ""], return_counts=True), strict=True):
        console.print(f"{count} cells failed: {reason}", markup=False, soft_wrap=True)
    console.print()
    console.print(result.summary(), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very sweep is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def _points(result: SweepResult) -> Table:
    """A row per point: parameters (or its number), primary measure in both arms, the effect with its interval, n, failed."""
    effects = result.of(result.primary)
    unit, paired = str(effects["unit"][0]), result.paired
    shown = Table(box=None, pad_edge=False, title=f"{result.primary} ({unit})", title_justify="left")
    columns = {
        name: result.tables["points"][parameter["path"]]
        for name, parameter in zip(result.names, result.parameters, strict=True)
    }
    if len(columns) > MOST_COLUMNS:
        columns = {"point": result.tables["points"]["point"]}
    for name in columns:
        shown.add_column(name, justify="right")
    for name in ("policy", *(("baseline", "difference") if paired else ()), "95% interval", "n", "failed"):
        shown.add_column(name, justify="right")
    for point in range(effects["n"].size):
        row = [f"{c[point]:.5g}" if c.dtype.kind == "f" else str(c[point]) for c in columns.values()]
        row.append(_figure(float(effects["policy"][point]), unit, False))
        if paired:
            row.append(_figure(float(effects["baseline"][point]), unit, False))
            row.append(_figure(float(effects["difference"][point]), unit, True))
        low, high = float(effects["low"][point]), float(effects["high"][point])
        bounds = "-" if math.isnan(low) else f"{_figure(low, unit, paired)} to {_figure(high, unit, paired)}"
        shown.add_row(*row, bounds, str(effects["n"][point]), str(effects["failed"][point]))
    return shown


def _influence(result: SweepResult) -> Table:
    """A row per parameter, the most influential first: the effect at both ends of its range, and its rank correlation."""
    effects = result.of(result.primary)
    unit, paired = str(effects["unit"][0]), result.paired
    what = f"Effect on {result.primary} ({unit})" if paired else f"{result.primary} ({unit})"
    shown = Table(box=None, pad_edge=False, title=f"{what}: what moves it", title_justify="left")
    shown.add_column("parameter")
    for name in ("lowest part", "mean there", "highest part", "mean there", "rank correlation", "95% interval"):
        shown.add_column(name, justify="right")
    found = influences(result)
    found.sort(key=lambda one: -abs(one.correlation.mean) if not math.isnan(one.correlation.mean) else 0.0)
    for one in found:
        ends = [text for k in (0, -1) for text in (_place(one.centres[k]), _figure(one.means[k].mean, unit, paired))]
        rho = one.correlation
        known = not math.isnan(rho.mean)
        shown.add_row(
            one.path,
            *ends,
            f"{rho.mean:+.2f}" if known else "-",
            f"{rho.low:+.2f} to {rho.high:+.2f}" if known else "-",
        )
    return shown


def _place(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, np.number) else str(value)


def as_record(result: SweepResult) -> dict[str, Any]:
    """A sweep as one JSON-ready object: every point and measure, the sentence, where it is stored. NaN becomes null."""
    columns = {name: values.tolist() for name, values in result.tables["points"].items()}
    effects = {name: values.tolist() for name, values in result.tables["effects"].items()}

    def rows(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
        return [
            {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in zip(table, row, strict=True)}
            for row in zip(*table.values(), strict=True)
        ]

    reasons = result.tables["cells"]["reason"]
    return {
        "name": result.manifest["name"],
        "run_id": result.manifest["run_id"],
        "parameters": result.parameters,
        "primary": result.primary,
        "replicates": result.manifest["replicates_finished"],
        "cells": int(reasons.size),
        "failed": result.failed,
        "reasons": sorted(set(reasons[reasons != ""].tolist())),
        "reused": result.reused,
        "path": str(result.path) if result.path is not None else None,
        "answer": result.summary(),
        "points": rows(columns),
        "effects": rows(effects),
    }
