"""The fitted scenario as a file that extends base.yaml, so that it can lie anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.scenario.calibration import CalibrationFile
from sim.scenario.files import related, shipped_folder
from sim.scenario.load import load_shipped, resolved
from sim.scenario.reader import ScenarioError

if TYPE_CHECKING:
    from sim.experiments.calibrate.study import CalibrationResult

BASE = "base.yaml"


def shipped_baseline(file: CalibrationFile) -> str | None:
    """The file's baseline by its name among the shipped scenarios; None where it is not one of them."""
    if file.base.baseline is None:
        return None
    place = file.places[("baseline",)]
    try:
        found = related(Path(place[0]), file.base.baseline, place, "baseline")
    except ScenarioError:
        return None
    folder = shipped_folder().resolve()
    return found.relative_to(folder).as_posix() if found.is_relative_to(folder) else None


def changes(base: Any, given: Any) -> Any:
    """What has to be merged over one resolved scenario to get another; a mapping of another `kind` stands whole."""
    if not (isinstance(base, dict) and isinstance(given, dict)) or base.get("kind") != given.get("kind"):
        return given
    return {key: changes(base.get(key), value) for key, value in given.items() if key not in base or base[key] != value}


def fitted_text(result: "CalibrationResult") -> str:
    """The scenario as YAML: a comment with the intervals, then what differs from base.yaml."""
    manifest, table = result.manifest, result.tables["parameters"]
    lines = [f"# Fitted by scoregate calibrate ({manifest['calibrate']['method']}), calibration {manifest['run_id']}."]
    columns = ("parameter", "estimate", "low", "high", "identified")
    for name, estimate, low, high, identified in zip(*(table[column].tolist() for column in columns), strict=True):
        told = (
            f"95% interval {low:.4g} to {high:.4g}"
            if identified
            else "not identified by the targets: its interval is its range"
        )
        lines.append(f"# {name}: {estimate:.4g}; {told}")
    fitted = manifest["scenarios"]["fitted"]
    made = changes(resolved(load_shipped(BASE)), fitted) | {
        "name": f"{fitted['name']}_fitted"[:80],
        "note": f"{fitted['name']} with its parameters fitted.",
    }
    text = yaml.safe_dump({"extends": BASE, **made}, sort_keys=False, allow_unicode=True, width=120)
    return "\n".join(lines) + "\n" + text
