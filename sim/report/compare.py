"""A comparison as a terminal shows it, within 100 columns; or one JSON object."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from sim.experiments.compare.answer import answer, scope
from sim.experiments.compare.verdict import BETTER, BROKEN, EQUIVALENT, HIGHER, KEPT, LOWER, UNDECIDED, WORSE
from sim.report.length import length_of
from sim.results.table import Table, frame, rows_of, where
from sim.scenario.comparison import ALL_WORLDS

if TYPE_CHECKING:
    from sim.experiments.compare.compare import ComparisonResult

WIDTH = 100
MOST_WORLDS = 4
"""Worlds that the table of worlds has room for; more are in the stored tables."""
MARKS = {BETTER: "+", WORSE: "-", HIGHER: "+", LOWER: "-", EQUIVALENT: "=", UNDECIDED: "?"}
"""Verdicts where there is no room for a word."""
SHOWN_KINDS = ("income", "file", "role", "start")


def number(value: float, signed: bool = True) -> str:
    """A number with four decimals while it is small, fewer then."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf"
    digits = 4 if abs(value) < 10 else 2 if abs(value) < 1000 else 0
    return f"{value:{'+' if signed else ''},.{digits}f}"


def _p(value: float) -> str:
    return "-" if math.isnan(value) else "<0.001" if value < 0.001 else f"{value:.3f}"


def _shown(columns: list[str]) -> Any:
    from rich.table import Table as Shown

    shown = Shown(box=None, pad_edge=False, padding=(0, 1))
    for place, name in enumerate(columns):
        shown.add_column(name, justify="right" if place else "left", no_wrap=place > 0, overflow="fold")
    return shown


def print_comparison(console: Console, result: "ComparisonResult", *, quiet: bool) -> None:
    """The tables of a comparison and its answer."""
    told = result.manifest
    run = told["run"]
    worlds = f"{len(told['worlds'])} world{'s' if len(told['worlds']) > 1 else ''}"
    console.print(
        f"{told['name']}: {len(told['policies'])} policies, {worlds}, {run['users']:,} users, {length_of(run)}, "
        f"{told['replicates']} replicates, seed {run['seed']}, baseline {told['baseline']}",
        markup=False,
        width=WIDTH,
    )
    console.print()
    for table in (_main(result), _by_world(result), _costs(result), _guarded(result), _gainers(result)):
        if table is not None:
            console.print(table, width=WIDTH)
            console.print()
    console.print(answer(result), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very comparison is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def _main(result: "ComparisonResult") -> Any:
    """The primary measure over all worlds: a row per policy, the best mean first."""
    told, world = result.manifest, scope(result)
    effects = where(result.tables["effects"], measure=told["primary"], world=world)
    best = where(result.tables["best"], world=world)
    head = f"{told['primary']}, {world}" if len(told["worlds"]) > 1 else told["primary"]
    shown = _shown([head, "mean", "difference", "95% interval", "BCa bootstrap", "p adj.", "verdict", "best"])
    good = int(effects["good"][0]) or 1
    for place in np.argsort(-good * best["mean"], kind="stable"):
        policy, mean, chance = (best[name][place] for name in ("policy", "mean", "best"))
        row = where(effects, policy=policy)
        cells = ["baseline", "", "", "", ""]
        if rows_of(row):
            value = {name: column[0] for name, column in row.items()}
            cells = [
                number(value["difference"]),
                _bounds(value["low"], value["high"]),
                _bounds(value["low_bca"], value["high_bca"]),
                _p(value["p_adjusted"]),
                str(value["verdict"]),
            ]
        shown.add_row(str(policy)[:24], number(mean, False), *cells, "-" if math.isnan(chance) else f"{chance:.0%}")
    return shown


def _bounds(low: float, high: float) -> str:
    return "-" if math.isnan(low) else f"{number(low)} {number(high)}"


def _by_world(result: "ComparisonResult") -> Any:
    """The primary difference in each world, with the verdict as a mark, and the most regret."""
    worlds = result.manifest["worlds"]
    if not 1 < len(worlds) <= MOST_WORLDS:
        return None
    marks = ", ".join(
        f"{mark} {word}" for mark, word in (("+", "better"), ("-", "worse"), ("=", "equivalent"), ("?", "undecided"))
    )
    effects = where(result.tables["effects"], measure=result.manifest["primary"])
    if not effects["good"][0]:
        marks = marks.replace("better", "higher").replace("worse", "lower")
    shown = _shown(["difference in", *(world[:16] for world in worlds), "most regret"])
    shown.caption, shown.caption_justify = marks, "left"
    for place, policy in enumerate(result.tables["policies"]["policy"]):
        cells = []
        for world in worlds:
            row = where(effects, policy=policy, world=world)
            told = f"{number(row['difference'][0])} {MARKS[str(row['verdict'][0])]}" if rows_of(row) else "baseline"
            cells.append(told)
        shown.add_row(str(policy)[:24], *cells, number(result.tables["policies"]["most_regret"][place], False))
    return shown


def _costs(result: "ComparisonResult") -> Any:
    """What each policy spends on incentives and what that brings per CNY, where any spends."""
    if not rows_of(result.tables["costs"]):
        return None
    table = where(result.tables["costs"], world=scope(result))
    shown = _shown(["incentives", "CNY/user/day", f"{result.manifest['primary']} per CNY", "95% interval (Fieller)"])
    for place, policy in enumerate(table["policy"]):
        spent, ratio, low, high = (float(table[name][place]) for name in ("spent", "per_cny", "low", "high"))
        told = ["0", "costs nothing", "-"] if spent == 0.0 else [number(spent), number(ratio), _bounds(low, high)]
        shown.add_row(str(policy)[:24], *told)
    return shown


def _guarded(result: "ComparisonResult") -> Any:
    """Guardrails that not every policy keeps in every world."""
    table = result.tables["guardrails"]
    if not rows_of(table):
        return None
    open_ = (table["verdict"] != KEPT) & (table["world"] != ALL_WORLDS)
    if not open_.any():
        return None
    shown = _shown(["guardrail", "policy", "world", "95% interval", "limit", "verdict"])
    order = np.flatnonzero(open_)
    for place in sorted(order, key=lambda k: table["verdict"][k] != BROKEN)[:20]:
        row = {name: column[place] for name, column in table.items()}
        shown.add_row(
            str(row["guardrail"]),
            str(row["policy"])[:16],
            str(row["world"])[:14],
            _bounds(row["low"], row["high"]),
            number(row["limit"]),
            str(row["verdict"]),
        )
    return shown


def _gainers(result: "ComparisonResult") -> Any:
    """Which group's visits each policy raises and lowers most, of those whose interval leaves zero out."""
    table = where(result.tables["groups"], measure="visits", world=scope(result))
    if not rows_of(table):
        return None
    keep = np.isin(table["kind"], SHOWN_KINDS)
    table = {name: column[keep] for name, column in table.items()}
    shown = _shown(["visits of groups", "gain most", "pay most"])
    for policy in result.manifest["policies"][1:]:
        mine = where(table, policy=policy)
        shown.add_row(policy[:24], _extreme(mine, mine["low"] > 0, 1), _extreme(mine, mine["high"] < 0, -1))
    return shown


def _extreme(table: Table, certain: Any, sign: int) -> str:
    if not certain.any():
        return "nobody for certain"
    at = np.flatnonzero(certain)[np.argmax(sign * table["difference"][certain])]
    return f"{table['group'][at]} ({number(table['difference'][at])})"


def as_record(result: "ComparisonResult") -> dict[str, Any]:
    """A comparison as one JSON-ready object; NaN and infinity become null."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    told = {name: result.manifest[name] for name in ("name", "status", "run_id", "baseline", "policies", "worlds")}
    told |= {name: result.manifest[name] for name in ("primary", "margin", "correction", "replicates")}
    told |= {
        "reused": result.reused,
        "path": None if result.path is None else str(result.path),
        "answer": answer(result),
    }
    for name in ("policies", "effects", "groups", "guardrails", "best", "costs"):
        key = "by_policy" if name == "policies" else name
        rows = frame(result.tables[name]).to_dict("records")
        told[key] = [{str(column): plain(value) for column, value in row.items()} for row in rows]
    return told
