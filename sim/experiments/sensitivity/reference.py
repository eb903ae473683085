"""The small reference result of the shipped study, which says on which assumptions the answer hangs, and how to make it again.

python -m sim.experiments.sensitivity.reference [FOLDER]
"""

import sys
from pathlib import Path

from sim.experiments.sensitivity.study import SensitivityResult, sensitivity
from sim.results.rounding import rounded
from sim.results.table import frame

FILE = "sensitivity/world"


def write(result: SensitivityResult, folder: Path) -> None:
    """Write indices, screening and the answer of a study into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("indices", "screening"):
        frame(rounded(result.tables[name])).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(result.summary() + "\n", encoding="utf-8")


def make(folder: Path, out: Path | None = None) -> None:
    """Run the shipped study at its shipped size (cells kept under `out` if it is given); write tables, answer and figure."""
    from sim.report.sensitivity_figures import draw_sensitivity

    result = sensitivity(FILE, out=out)
    write(result, folder)
    (folder / "sensitivity.png").unlink(missing_ok=True)  # a figure that is there is not drawn again
    draw_sensitivity(result, folder, ("png",))


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/sensitivity"))
