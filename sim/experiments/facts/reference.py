"""The small reference result of the facts: every target with what the full-size check gives for it, and how to make it again.

python -m sim.experiments.facts.reference [FOLDER]
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiments.facts.check import as_records, check_facts, summary
from sim.experiments.facts.row import Effort

DIGITS = 6
"""Digits kept: more than anybody reads, fewer than depend on how a library adds up."""


def cut(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records with their figures cut to the digits kept."""
    return [
        {name: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for name, value in one.items()}
        for one in records
    ]


def make(folder: Path) -> None:
    """Check the facts at full size; write the table and the answer in words into a folder."""
    from sim.engines.fast import default_threads

    rows = check_facts(Effort(1.0, default_threads()), lambda name: print(f"checking: {name}", file=sys.stderr))
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(cut(as_records(rows)), indent=1, ensure_ascii=False)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8")
    (folder / "answer.txt").write_text(summary(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/facts"))
