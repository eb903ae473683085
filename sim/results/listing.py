"""What is stored under a folder of results: runs, studies, sweeps and comparisons (a folder each), and the cells."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.results.cells.reader import CellReader, Kept
from sim.results.main_figures import main_figures
from sim.results.store import ResultError
from sim.results.title import CHANGES, changes_of

CELLS = "cells"
"""Folder of the cell store under the folder of results."""
LEAST_OF_A_KEY = 4
"""Characters of a key that must be given to name a cell."""


@dataclass(frozen=True)
class Entry:
    """One row of the list. when: ISO time, UTC; size: bytes; cells: in a store, or that the result is made of (0: not told);
    failed: of them.
    """

    kind: str
    name: str
    when: str
    size: int
    cells: int
    failed: int
    path: Path


@dataclass(frozen=True)
class Stored:
    """One stored result, looked at closely.

    title: its key or folder; facts: where it comes from, in order; scenarios: resolved, by arm (of a comparison by policy and
    world); measures: its main figures by name; files: of a sweep or comparison, the files that make it again.
    """

    title: str
    facts: dict[str, str]
    scenarios: dict[str, dict[str, Any]]
    measures: dict[str, float]
    files: dict[str, Any] = field(default_factory=dict)


def manifests(out: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folders of stored results under `out`, with their manifests; what cannot be read is left out."""
    for file in sorted(out.glob("*/*/manifest.json")):
        if file.parent.name.startswith("."):
            continue
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(manifest, dict):
            yield file.parent, manifest


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def iso(seconds: float) -> str:
    """A time (seconds since 1970) as ISO text, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def listing(out: Path) -> list[Entry]:
    """Everything stored under `out`, the oldest first; the cells last, a row per scenario's name."""
    if not out.is_dir():
        raise ResultError(f"{out}: no such folder of results; give another with --out")
    rows = []
    for folder, manifest in manifests(out):
        kind = str(manifest.get("kind", "run")) + (" (stopped)" if manifest.get("status") == "stopped" else "")
        name, when = str(manifest.get("name", folder.parent.name)), str(manifest.get("started", ""))
        rows.append(Entry(kind, name, when, size_of(folder), *_counts(folder, manifest), folder))
    return sorted(rows, key=lambda row: row.when) + _cells(out / CELLS)


def _counts(folder: Path, manifest: dict[str, Any]) -> tuple[int, int]:
    """Cells that a result is made of (those that points share counted for each; 0 where its manifest does not tell), and failed ones."""
    kind, finished = manifest.get("kind", "run"), int(manifest.get("replicates_finished") or 0)
    failed = re.search(r"-failed(\d+)$", folder.name)
    cells = 0
    if kind == "compare":
        cells = len(manifest["policies"]) * len(manifest["worlds"]) * int(manifest["replicates"])
    elif kind == "sweep":
        cells = math.prod(manifest["shape"]) * len(manifest["scenarios"]) * finished
    elif kind == "decompose":
        cells = 2 ** len(manifest["mechanisms"]) * len(manifest["scenarios"]) * finished
    elif kind in ("run", "after"):
        cells = len(manifest.get("scenarios", ())) * finished
    return cells, int(failed.group(1)) if failed else 0


def _cells(folder: Path) -> list[Entry]:
    """The cells of a store, a row per scenario's name; their size is the store's, shared out by number."""
    with CellReader(folder) as store:
        by_name: dict[str, list[Kept]] = {}
        for kept in store.cells():
            by_name.setdefault(kept.name, []).append(kept)
    in_all = sum(map(len, by_name.values()))
    size = size_of(folder) if in_all else 0
    return [
        Entry(
            "cells",
            name,
            iso(max(kept.recorded for kept in cells)),
            size * len(cells) // in_all,
            len(cells),
            sum(bool(kept.reason) for kept in cells),
            folder,
        )
        for name, cells in sorted(by_name.items())
    ]


def look(out: Path, what: str) -> Stored:
    """A stored result by its folder, its run id, or the key of a cell (or the start of one). Raises ResultError."""
    for folder in (Path(what), out / what):
        if (folder / "manifest.json").is_file():
            return _folder(folder)
    found = [folder for folder, _ in manifests(out) if what and folder.name.startswith(what)]
    with CellReader(out / CELLS) as store:
        keys = store.starting_with(what) if len(what) >= LEAST_OF_A_KEY else []
        if len(found) + len(keys) > 1:
            names = ", ".join([*map(str, found), *keys][:6])
            raise ResultError(
                f"{what}: names {len(found) + len(keys)} results ({names}); give more of the key or folder"
            )
        if keys:
            return _cell(store, keys[0])
    if found:
        return _folder(found[0])
    raise ResultError(
        f"{what}: no stored result of that folder, run id or cell key under {out}; scoregate results list shows what there is"
    )


def _cell(store: CellReader, key: str) -> Stored:
    kept, origin = store.known([key])[key], store.origin(key)
    facts = {
        "kind": "cell",
        "name": kept.name,
        "status": f"failed: {kept.reason}" if kept.reason else "finished",
        "seed": str(kept.seed),
        "recorded": iso(kept.recorded),
        "seconds": f"{kept.seconds:.3f}",
        "code": kept.code,
    }
    return Stored(key, facts, {"cell": origin.scenario}, dict(store.outcome(key).measures))


FACTS = (
    *(
        "kind",
        "name",
        "note",
        "status",
        "run_id",
        "replicates_finished",
        "replicates",
        "baseline",
        "measure",
        "primary",
    ),
    *("margin", "correction", "until_width", "engine", "started", "seconds", "command"),
)


def _folder(folder: Path) -> Stored:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        measures = main_figures(folder, manifest)
    except (OSError, ValueError, KeyError) as error:
        raise ResultError(
            f"{folder}: not a whole result ({type(error).__name__}); remove the folder and run again"
        ) from None
    facts = {name: str(manifest[name]) for name in FACTS if manifest.get(name) not in (None, "")}
    if changes := changes_of(manifest):
        facts[CHANGES] = ", ".join(changes)
    facts["versions"] = ", ".join(f"{name} {version}" for name, version in manifest.get("versions", {}).items())
    return Stored(str(folder), facts, _by_arm(manifest.get("scenarios", {})), measures, manifest.get("files", {}))


def _by_arm(scenarios: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Scenarios by arm; those of a comparison, which stand by world and policy, by both in one name."""
    if all("run" in scenario for scenario in scenarios.values()):
        return scenarios
    return {f"{policy} in {world}": one for world, policies in scenarios.items() for policy, one in policies.items()}
