"""Freeing space: what could go, and letting it go. What is being written is never touched."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from sim.results.cells.reader import CellReader, Kept
from sim.results.cells.store import CellStore
from sim.results.listing import CELLS, manifests, size_of
from sim.results.store import ResultError

LEFT_BEHIND = 3600.0
"""Seconds after which a half-written folder that nobody writes to any more is taken to be left behind."""
DAY = 86_400.0


@dataclass(frozen=True)
class Choice:
    """What is to go. older_than: days; failed: cells that failed; damaged: cells whose files cannot be read."""

    older_than: float | None = None
    failed: bool = False
    damaged: bool = False

    def of(self, kept: Kept, now: float) -> bool:
        """Whether a cell is to go for its age or its failure."""
        old = self.older_than is not None and now - kept.recorded > self.older_than * DAY
        return old or (self.failed and bool(kept.reason))


@dataclass(frozen=True)
class Prunable:
    """What would go. folders: of runs, studies, sweeps and comparisons, and half-written ones; cells: how many; size: bytes of
    the folders.
    """

    folders: tuple[Path, ...]
    cells: int
    size: int

    def __bool__(self) -> bool:
        return bool(self.folders or self.cells)


def prunable(out: Path, choice: Choice) -> Prunable:
    """What would go from under `out`. Raises ResultError."""
    if not out.is_dir():
        raise ResultError(f"{out}: no such folder of results; give another with --out")
    now = time.time()
    folders = [path for path in out.glob("*/.partial-*") if now - _last_write(path) > LEFT_BEHIND]
    folders += out.glob("*/.pruned-*")
    if choice.older_than is not None:
        limit = choice.older_than * DAY
        folders += [path for path, _ in manifests(out) if now - (path / "manifest.json").stat().st_mtime > limit]
    with CellReader(out / CELLS) as store:
        cells = len(_unwanted(store, choice, now))
    return Prunable(tuple(folders), cells, sum(map(size_of, folders)))


def prune(out: Path, choice: Choice) -> Prunable:
    """Remove what `prunable` tells; returns what is gone. Raises ResultError."""
    found = prunable(out, choice)
    for path in found.folders:
        gone = path if path.name.startswith(".") else path.with_name(f".pruned-{path.name}")
        try:
            path.rename(gone)  # first, so that nobody reads half a result
            shutil.rmtree(gone)
        except OSError as error:
            raise ResultError(f"{path}: cannot be removed ({error.strerror})") from None
    cells = 0
    if found.cells:
        with CellStore(out / CELLS) as store:
            store.prepare()
            cells = store.forget(lambda: _unwanted(store, choice, time.time()))
    return Prunable(found.folders, cells, found.size)


def _unwanted(store: CellReader, choice: Choice, now: float) -> list[str]:
    keys = [kept.key for kept in store.cells() if choice.of(kept, now)]
    return list(dict.fromkeys([*keys, *(store.damaged() if choice.damaged else ())]))


def _last_write(folder: Path) -> float:
    """When anything in a folder was last written (seconds since 1970); the far future for one that is just going."""
    try:
        return max(path.stat().st_mtime for path in [folder, *folder.rglob("*")])
    except OSError:
        return float("inf")
