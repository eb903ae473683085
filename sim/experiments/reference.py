"""The small reference results that README shows, and how to make them again.

python -m sim.experiments.reference [FOLDER]
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sim.experiments.run import Result, run

NAMES = ("gate_750", "open_circle", "placebo", "lottery")
FIGURES = ("visits", "channels", "plans")
BEHIND = {"ticks": ("arm", "replicate", "seed", "day", "date", "visits"), "runs": None, "plans": None}
"""Tables behind those figures, with the columns that are drawn (None: all)."""
KEPT = "behind"
"""Folder for them below that of the reference results: too deep to be listed, verified or pruned with what runs have stored."""
DIGITS = 10
"""Digits kept in the tables: more than anybody reads, fewer than depend on how a library adds up."""


def effect_table(result: Result) -> pd.DataFrame:
    """The effects of a run, rounded to the digits kept."""
    table = result.effect()
    numbers = table.select_dtypes("number").columns
    table[numbers] = table[numbers].map(lambda value: float(f"{value:.{DIGITS}g}"))
    return table


def keep(result: Result, folder: Path) -> Result:
    """Store what is behind the figures of a run as a result that `scoregate plot` draws, in place of one that is there.

    Raises ResultError where it cannot be written.
    """
    from sim.results.store import write_tables

    tables = {
        table: {name: result.tables[table][name] for name in names or result.tables[table]}
        for table, names in BEHIND.items()
    }
    shutil.rmtree(folder, ignore_errors=True)
    write_tables(folder, result.manifest | {"trimmed_to": list(FIGURES)}, tables, folder)
    return replace(result, tables=tables | {name: {} for name in result.tables if name not in BEHIND}, path=folder)


def make(folder: Path) -> None:
    """Run the shipped scenarios at their shipped size; write a table each, what is behind the figures of the first, those figures
    (drawn from it), and the answers.
    """
    from sim.report.figures import draw

    folder.mkdir(parents=True, exist_ok=True)
    answers = []
    for name in NAMES:
        result = run(f"{name}.yaml")
        effect_table(result).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        answers.append(result.summary())
        if name == NAMES[0]:
            draw(keep(result, folder / KEPT / name), folder, kinds=FIGURES, formats=("png",))
    (folder / "answers.txt").write_text("\n".join(answers) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference"))
