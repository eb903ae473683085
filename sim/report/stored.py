"""Stored results of every kind, read back for reports; nothing here runs a model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.results.find import FACTS, find
from sim.results.store import ResultError, read_tables


@dataclass(frozen=True)
class StoredResult:
    """A result read back. kind: one of `READERS` or `WITHOUT_PAGE`; result: of the class of that kind."""

    kind: str
    folder: Path
    result: Any

    @property
    def trimmed_to(self) -> tuple[str, ...] | None:
        """Kinds of figures that are all it still holds the figures of; None if it is whole."""
        kinds = getattr(self.result, "manifest", {}).get("trimmed_to")
        return None if kinds is None else tuple(map(str, kinds))

    @property
    def trimmed(self) -> str:
        """What a result that is not whole lacks, in words."""
        kept = ", ".join(self.trimmed_to or ())
        return f"{self.folder}: trimmed to what is behind its figures ({kept})"


def _run(folder: Path) -> Any:
    from sim.results.store import read

    return read(folder)


def _sweep(folder: Path) -> Any:
    from sim.experiments.sweep.result import TABLES, SweepResult

    return SweepResult(*read_tables(folder, TABLES), folder, reused=True)


def _compare(folder: Path) -> Any:
    from sim.experiments.compare.compare import ComparisonResult
    from sim.experiments.compare.tables import TABLES

    return ComparisonResult(*read_tables(folder, TABLES), folder, reused=True)


def _decompose(folder: Path) -> Any:
    from sim.experiments.decompose.decomposition import TABLES, Decomposition

    return Decomposition(*read_tables(folder, TABLES), folder, reused=True)


def _after(folder: Path) -> Any:
    from sim.experiments.after.study import TABLES, AfterResult

    return AfterResult(*read_tables(folder, TABLES), folder, reused=True)


def _facts(folder: Path) -> Any:
    from sim.report.page.of_facts import read

    return read(folder)


READERS: dict[str, Callable[[Path], Any]] = {
    "run": _run,
    "sweep": _sweep,
    "compare": _compare,
    "decompose": _decompose,
    "after": _after,
    "facts": _facts,
}
"""By kind, as the manifest tells it."""


def _claims(folder: Path) -> Any:
    from sim.experiments.claims.study import TABLES, ClaimsResult

    return ClaimsResult(*read_tables(folder, TABLES), folder, reused=True)


def _sensitivity(folder: Path) -> Any:
    from sim.experiments.sensitivity.study import TABLES, SensitivityResult

    return SensitivityResult(*read_tables(folder, TABLES), folder, reused=True)


def _optimise(folder: Path) -> Any:
    from sim.experiments.optimise.study import TABLES, OptimiseResult

    return OptimiseResult(*read_tables(folder, TABLES), folder, reused=True)


def _calibrate(folder: Path) -> Any:
    from sim.experiments.calibrate.study import TABLES, CalibrationResult

    return CalibrationResult(*read_tables(folder, TABLES), folder, reused=True)


WITHOUT_PAGE: dict[str, Callable[[Path], Any]] = {
    "claims": _claims,
    "sensitivity": _sensitivity,
    "optimise": _optimise,
    "calibrate": _calibrate,
}
"""The same of results that have figures, but no page."""


def load(out: Path, given: str) -> StoredResult:
    """The stored result that `given` means (see `find`). Raises ResultError."""
    folder = find(out, given)
    if not (folder / "manifest.json").is_file():
        return StoredResult("facts", folder, _facts(folder))
    manifest, _ = read_tables(folder, ())
    kind = str(manifest.get("kind", "run")) if isinstance(manifest, dict) else "none"
    readers = READERS | WITHOUT_PAGE
    if kind not in readers:
        raise ResultError(f"{folder}: a result of kind {kind}, which cannot be shown; known: {', '.join(readers)}")
    return StoredResult(kind, folder, readers[kind](folder))


def facts_beside(out: Path) -> StoredResult | None:
    """The check of the facts stored under a folder of results, if there is one. Raises ResultError if it is damaged."""
    folder = out / "check_facts"
    return StoredResult("facts", folder, _facts(folder)) if (folder / FACTS).is_file() else None


def load_all(out: Path, given: list[str]) -> list[StoredResult]:
    """Several results in order. Raises ResultError with every fault at once."""
    found, faults = [], []
    for one in dict.fromkeys(given):
        try:
            found.append(load(out, one))
        except ResultError as error:
            faults.append(str(error))
    if faults:
        raise ResultError("\n".join(faults))
    return found
