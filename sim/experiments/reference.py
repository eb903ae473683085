"""The small reference results that README shows, and how to make them again.

python -m sim.experiments.reference [FOLDER]
"""

import sys
from pathlib import Path

import pandas as pd

from sim.experiments.run import Result, run

NAMES = ("gate_750", "open_circle", "placebo", "lottery")
FIGURES = ("visits", "channels", "plans")
DIGITS = 10
"""Digits kept in the tables: more than anybody reads, fewer than depend on how a library adds up."""


def effect_table(result: Result) -> pd.DataFrame:
    """The effects of a run, rounded to the digits kept."""
    table = result.effect()
    numbers = table.select_dtypes("number").columns
    table[numbers] = table[numbers].map(lambda value: float(f"{value:.{DIGITS}g}"))
    return table


def make(folder: Path) -> None:
    """Run the shipped scenarios at their shipped size; write a table each, the figures of the first, and the answers."""
    from sim.report.figures import draw

    folder.mkdir(parents=True, exist_ok=True)
    answers = []
    for name in NAMES:
        result = run(f"{name}.yaml")
        effect_table(result).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        answers.append(result.summary())
        if name == NAMES[0]:
            draw(result, folder, kinds=FIGURES, formats=("png",))
    (folder / "answers.txt").write_text("\n".join(answers) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference"))
