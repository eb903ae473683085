"""The small reference result of the shipped search over policies, and how to make it again.

python -m sim.experiments.optimise.reference [FOLDER] (cells are kept under results, so that a stopped one goes on)
"""

import sys
from pathlib import Path

from sim.experiments.optimise.study import TABLES, OptimiseResult, optimise
from sim.results.rounding import rounded
from sim.results.table import frame

FILE = "optimise/gate"


def write(result: OptimiseResult, folder: Path) -> None:
    """Write the tables of a search and its answer into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        frame(rounded(result.tables[name])).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(result.summary() + "\n", encoding="utf-8")


def make(folder: Path, out: Path | None = Path("results")) -> None:
    """Search at the shipped size (cells kept under `out` if it is given); write tables, answer and figure into a folder."""
    from sim.report.optimise_figures import draw_optimise

    result = optimise(FILE, out=out, stage=lambda text: print(text, file=sys.stderr))
    write(result, folder)
    (folder / "pareto.png").unlink(missing_ok=True)  # a figure that is there is not drawn again
    draw_optimise(result, folder, ("png",))


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/optimise"))
