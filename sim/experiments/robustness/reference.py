"""The small reference result: a table, a figure and the answer, and how to make them again.

python -m sim.experiments.robustness.reference [FOLDER] (cells are kept under results, so that a stopped one goes on)
"""

import sys
from pathlib import Path

from rich.console import Console

from sim.experiments.robustness.study import answer, robustness
from sim.experiments.robustness.variants import SIZES, variants
from sim.results.rounding import rounded
from sim.results.table import frame


def make(folder: Path, most_users: int = max(SIZES), out: Path | None = Path("results")) -> None:
    """Run all variants of at most so many users; write table, answer and figure into a folder."""
    from sim.report.cells_progress import cells_reporter
    from sim.report.robustness_figure import draw_robustness

    with cells_reporter(Console(stderr=True), silent=False) as progress:
        table = robustness(variants(most_users), out=out, progress=progress)
    folder.mkdir(parents=True, exist_ok=True)
    frame(rounded(table)).to_csv(folder / "robustness.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(answer(table) + "\n", encoding="utf-8")
    draw_robustness(table, folder / "robustness.png")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/robustness"))
