"""Stored results as a terminal shows them: the list, one result, the difference of two, verdicts, what prune frees."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from sim.results.listing import Entry, Stored
from sim.results.prune import Prunable
from sim.scenario.load import difference

if TYPE_CHECKING:
    from sim.experiments.verify import Verdict

COMPARED = ("kind", "seed", "measure", "code", "engine", "versions")
"""Facts of two results that are told where they differ."""
MOST_PATHS = 20
"""Paths, arms and differences of scenarios that are named before the rest are only counted."""
MOST_FIGURES = 60
"""Figures that are shown before the rest are only counted."""


def amount(size: int) -> str:
    """Bytes in a unit that reads well."""
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} B"


def _table(*columns: str) -> Table:
    shown = Table(box=None, pad_edge=False)
    for column in columns:
        shown.add_column(
            column.strip(), justify="right" if column.startswith(" ") else "left", overflow="fold", no_wrap=False
        )
    return shown


def print_listing(console: Console, entries: Sequence[Entry]) -> None:
    """The list of what is stored."""
    if not entries:
        console.print("Nothing is stored here yet.")
        return
    shown = _table("kind", "name", "when", " size", " cells", "where")
    for entry in entries:
        cells = (f"{entry.cells:,}" if entry.cells else "-") + (f" ({entry.failed:,} failed)" if entry.failed else "")
        shown.add_row(entry.kind, entry.name, entry.when, amount(entry.size), cells, str(entry.path))
    console.print(shown)


def print_stored(console: Console, stored: Stored) -> None:
    """One result: where it comes from, and its main figures."""
    console.print(stored.title, markup=False, soft_wrap=True)
    for name, fact in stored.facts.items():
        console.print(f"{name.replace('_', ' ')}: {fact}", markup=False, soft_wrap=True)
    for arm, scenario in list(stored.scenarios.items())[:MOST_PATHS]:
        run = scenario.get("run", {})
        gate = scenario.get("policy", {}).get("gate", {})
        told = ", ".join(f"{name} {value}" for name, value in gate.items() if value is not None)
        length = f"{run.get('users', 0):,} users, {run.get('ticks')} {run.get('tick', 'day')}s"
        console.print(f"{arm}: {scenario.get('name')}; {length}; gate {told}", markup=False, soft_wrap=True)
    _more(console, len(stored.scenarios), MOST_PATHS, "scenarios")
    if not stored.measures:
        console.print("No figures of its own are kept in a form that is shown here.")
        return
    shown = _table("measure", " value")
    for name, value in list(stored.measures.items())[:MOST_FIGURES]:
        shown.add_row(name, f"{value:.6g}")
    console.print(shown)
    _more(console, len(stored.measures), MOST_FIGURES, "figures, which --json tells")


def _more(console: Console, in_all: int, most: int, what: str) -> None:
    if in_all > most:
        console.print(f"and {in_all - most:,} more {what}")


def _short(stored: Stored) -> str:
    """A title as the head of a column: the start of a cell's key, the last folder of anything else."""
    return stored.title.rstrip("/").rpartition("/")[2][:16]


def print_difference(console: Console, one: Stored, other: Stored) -> None:
    """What differs between two results, in their scenarios and in their measures."""
    record = difference_record(one, other)
    for name in (name for name in COMPARED if one.facts.get(name) != other.facts.get(name)):
        console.print(
            f"{name}: {one.facts.get(name, '-')} and {other.facts.get(name, '-')}", markup=False, soft_wrap=True
        )
    if not record["scenario"]:
        console.print("The scenarios are the same.")
    else:
        shown = _table("scenario", _short(one), _short(other))
        for row in record["scenario"][:MOST_PATHS]:
            shown.add_row(row["path"], json.dumps(row["one"]), json.dumps(row["other"]))
        console.print(shown)
        _more(console, len(record["scenario"]), MOST_PATHS, "differences, which --json tells")
    console.print()
    if not record["measures"]:
        console.print("All measures are the same." if record["common"] else "They have no measure in common.")
        return
    shown = _table("measure", " " + _short(one), " " + _short(other), " difference")
    for row in record["measures"][:MOST_FIGURES]:
        shown.add_row(row["measure"], f"{row['one']:.6g}", f"{row['other']:.6g}", f"{row['other'] - row['one']:+.6g}")
    console.print(shown)
    _more(console, len(record["measures"]), MOST_FIGURES, "measures, which --json tells")


def difference_record(one: Stored, other: Stored) -> dict[str, Any]:
    """What differs between two results, JSON-ready; common: how many measures both have."""
    left, right = _whole(one, other), _whole(other, one)
    paths = [{"path": path, "one": here, "other": there} for path, here, there in difference(left, right)]
    common = [name for name in one.measures if name in other.measures]
    changed = [
        {"measure": name, "one": one.measures[name], "other": other.measures[name]}
        for name in common
        if repr(one.measures[name]) != repr(other.measures[name])
    ]
    return {"scenario": paths, "measures": changed, "common": len(common)}


def _whole(stored: Stored, other: Stored) -> dict[str, Any]:
    """What a result is of: the files that make it, where both have such; the one scenario, where both have one; or all of them."""
    if stored.files and other.files:
        return dict(stored.files)
    single = len(stored.scenarios) == len(other.scenarios) == 1
    return next(iter(stored.scenarios.values())) if single else dict(stored.scenarios)


def print_verdicts(console: Console, verdicts: "Sequence[Verdict]") -> None:
    """What making results again gave."""
    if not verdicts:
        console.print("Nothing is stored here that could be made again.")
        return
    shown = _table("kind", "result", "verdict", "note")
    for verdict in verdicts:
        shown.add_row(verdict.kind, verdict.title, verdict.verdict, verdict.note)
    console.print(shown)
    same = sum(verdict.verdict == "same" for verdict in verdicts)
    console.print(f"{same} of {len(verdicts)} came out the same to the bit.")


def print_prunable(console: Console, found: Prunable, done: bool) -> None:
    """What goes, or would go."""
    if not found:
        console.print("There is nothing to remove.")
        return
    console.print(
        f"{'Removed' if done else 'Would remove'}: {len(found.folders):,} folders ({amount(found.size)}), {found.cells:,} cells"
    )
    for path in found.folders[:MOST_PATHS]:
        console.print(f"  {path}", markup=False, soft_wrap=True)
    if len(found.folders) > MOST_PATHS:
        console.print(f"  and {len(found.folders) - MOST_PATHS:,} more")
