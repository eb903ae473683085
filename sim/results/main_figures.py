"""The main figures of a stored result by name, whatever its kind, so that two of them can be laid side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.results.table import Table, read_parquet, rows_of, where

MOST_NAMED = 4
"""Parameters by which a point of a sweep is named; with more, its number among the points of that very design."""


class Rows(NamedTuple):
    """Main figures that are the rows of one table. table: its name; name: of a figure, with columns in braces; value: column."""

    table: str
    name: str
    value: str


ROWS = {
    "after": Rows("after", "{measure}", "value"),
    "claims": Rows("claims", "{claim}: {measure}", "difference"),
    "sensitivity": Rows("screening", "mu* of {input}", "mu_star"),
    "optimise": Rows("finalists", "{objective} of {policy}", "confirmed"),
    "calibrate": Rows("parameters", "{parameter}", "estimate"),
}
"""By kind of result."""


def main_figures(folder: Path, manifest: Mapping[str, Any]) -> dict[str, float]:
    """Means over replicates: of a run every measure in either arm, of a sweep or comparison every effect on the primary measure,
    of a decomposition its parts, of other studies the rows of their main table. Raises OSError, ValueError or KeyError.
    """
    kind = str(manifest.get("kind", "run"))
    if kind == "run":
        return _of_run(_table(folder, "runs"))
    if kind == "sweep":
        return _of_sweep(folder, manifest)
    if kind == "compare":
        effects = where(_table(folder, "effects"), measure=manifest["primary"])
        return _named(effects, "{measure}, {policy} in {world}", "difference")
    if kind == "decompose":
        return _named(_table(folder, "parts"), f"{manifest['measure']}, {{part}}", "value")
    return _named(_table(folder, ROWS[kind].table), ROWS[kind].name, ROWS[kind].value) if kind in ROWS else {}


def _table(folder: Path, name: str) -> Table:
    file = folder / f"{name}.parquet"
    return read_parquet(file) if file.is_file() else {}


def _named(table: Table, name: str, value: str) -> dict[str, float]:
    """The values of a column by a name made of the others; the mean where a name comes up again."""
    found: dict[str, list[float]] = {}
    for row in zip(*table.values(), strict=True):
        told = dict(zip(table, row, strict=True))
        found.setdefault(name.format(**told), []).append(float(told[value]))
    return {key: float(np.mean(values)) for key, values in found.items()}


def _of_run(runs: Table) -> dict[str, float]:
    names = [name for name in runs if name not in ("arm", "replicate", "seed", "seconds")]
    arms = list(dict.fromkeys(runs["arm"].tolist())) if rows_of(runs) else []
    return {f"{arm}.{name}": float(np.mean(where(runs, arm=arm)[name])) for arm in arms for name in names}


def _of_sweep(folder: Path, manifest: Mapping[str, Any]) -> dict[str, float]:
    points, primary = _table(folder, "points"), str(manifest["primary"])
    effects = where(_table(folder, "effects"), measure=primary)
    values = effects["difference" if "difference" in effects else "policy"]
    names = [name for name in points if name != "point"]
    design = manifest["design"]
    told = ", ".join(f"{part} {design[part]}" for part in ("points", "seed") if design[part] is not None)

    def name(point: int) -> str:
        if len(names) > MOST_NAMED:
            return f"{primary} at point {point} ({design['kind']}, {told})"
        return f"{primary} at " + ", ".join(f"{path} {_text(points[path][point])}" for path in names)

    return {name(int(point)): float(value) for point, value in zip(effects["point"], values, strict=True)}


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, np.floating) else str(value)
