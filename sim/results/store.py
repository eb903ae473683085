"""Results on disk: <out>/<scenario>/<run id>/ with manifest.json and one Parquet file per table."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results.table import Table, read_parquet, rows_of, write_parquet
from sim.results.title import retold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.experiments.plan import RunPlan
    from sim.experiments.run import Result


class ResultError(ValueError):
    """A stored result that cannot be read or written; the message says what to do."""


def slug(name: str) -> str:
    """A scenario's name as a folder name: letters, digits, dots, dashes and underscores of any script, at most 60."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._")[:60] or "unnamed"


def place_of(out: Path, name: str, key: str) -> Path:
    """The folder of the result `key` of what is called `name`: below the name's own folder.

    Names of which `slug` makes the same differ in a mark of the name, put where it changed something or where the result of
    another name stands; a result that was stored without the mark stays where it is.
    """
    plain = out / slug(name) / key
    stored = _name_in(plain)
    if stored == name or (stored is None and slug(name) == name):
        return plain
    return out / f"{slug(name)}-{hashlib.sha256(name.encode()).hexdigest()[:6]}" / key


def _name_in(folder: Path) -> str | None:
    """The name that the result in a folder goes by; None if there is none that can be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(manifest.get("name")) if isinstance(manifest, dict) else None


def folder(out: Path, plan: "RunPlan", users_sample: int, status: str = "complete", finished: int = 0) -> Path:
    """The folder of a run's result."""
    name = plan.key
    if users_sample:
        name += f"-users{'all' if users_sample < 0 else users_sample}"
    if status != "complete":
        name += f"-stopped{finished}"
    return place_of(out, plan.arms["policy"].name, name)


def existing(out: Path, plan: "RunPlan", users_sample: int) -> "Result | None":
    """The stored result of the very same run, or None. Raises ResultError where something else stands in its place."""
    path = folder(out, plan, users_sample)
    if not (path / "manifest.json").is_file():
        if path.is_dir() and any(path.iterdir()):
            raise ResultError(f"{path}: not a whole result (no manifest.json); remove the folder and run again")
        return None
    result = read(path)
    result.reused = True
    result.manifest = retold(result.manifest, plan.changes)
    return result


def write(out: Path, plan: "RunPlan", result: "Result", users_sample: int = 0) -> Path:
    """Write a result: first beside its place, then moved there in one step. Returns the folder; raises ResultError."""
    status, finished = result.manifest["status"], result.manifest["replicates_finished"]
    target = folder(out, plan, users_sample, status, finished)
    write_tables(target, result.manifest, result.tables, out)
    return target


def check_place(out: Path) -> None:
    """Raises ResultError if results cannot be written below `out`; to be asked before a run, which may take long."""
    above = out.absolute()
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        reason = "Not a directory"
    elif not os.access(above, os.W_OK | os.X_OK):
        reason = "Permission denied"
    else:
        return
    raise ResultError(f"{out}: results cannot be written here ({reason}); give another folder with --out")


def write_tables(target: Path, manifest: dict[str, Any], tables: "Mapping[str, Table]", out: Path) -> None:
    """Write tables and a manifest as the folder `target` below `out`, whole or not at all; one that is there stays. Raises ResultError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if (target / "manifest.json").is_file():
            return
        place = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    except OSError as error:
        raise ResultError(
            f"{out}: results cannot be written here ({error.strerror}); give another folder with --out"
        ) from None
    try:
        for name, table in tables.items():
            if rows_of(table):
                write_parquet(table, place / f"{name}.parquet")
        (place / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
        place.chmod(0o755)
        os.replace(place, target)
    except BaseException as error:  # stopped while writing, too: nothing half done stays
        shutil.rmtree(place, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        if (target / "manifest.json").is_file():  # another process finished the same run first
            return
        raise ResultError(
            f"{target}: the result cannot be written ({error.strerror}); free some space or give another folder with --out"
        ) from None


def read(path: Path) -> "Result":
    """Read a stored result of a run; raises ResultError if it is none."""
    from sim.experiments.run import TABLES, Result

    return Result(*read_tables(path, TABLES), path)


def read_tables(path: Path, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Table]]:
    """Manifest and tables of a stored result, a table that is not there as an empty one; raises ResultError if it is none."""
    try:
        manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        files = {name: path / f"{name}.parquet" for name in names}
        tables = {name: read_parquet(file) if file.is_file() else {} for name, file in files.items()}
    except (OSError, ValueError) as error:
        raise ResultError(
            f"{path}: not a whole result ({type(error).__name__}); remove the folder and run again"
        ) from None
    return manifest, tables
