"""What a check of the facts writes: the table as JSON, and the figure of the viewer curve."""

import json
from pathlib import Path

from sim.experiments.facts.check import Row, as_records
from sim.experiments.facts.row import Effort
from sim.experiments.facts.viewers import curves, unavailable
from sim.results.store import ResultError


def write_facts(rows: list[Row], effort: Effort, folder: Path) -> list[Path]:
    """Write facts.json and, where there is a curve, viewers.png and viewers.svg; returns the files. Raises ResultError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table = folder / "facts.json"
        table.write_text(json.dumps(as_records(rows), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if unavailable():
            return [table]
        from sim.report.facts_figures import draw_viewers

        return [table, *draw_viewers(curves(effort), folder)]
    except OSError as error:
        raise ResultError(f"{folder}: cannot be written ({error.strerror}); give another folder with --out") from None
