"""The small reference result of the shipped calibration, and how to make it again.

python -m sim.experiments.calibrate.reference [FOLDER] (cells are kept under results, so that a stopped one goes on)
"""

import sys
from pathlib import Path

from sim.experiments.calibrate.study import CalibrationResult, calibrate
from sim.results.rounding import rounded
from sim.results.table import frame

FILE = "calibration/viewers"
KEPT = ("parameters", "directions", "targets")


def write(result: CalibrationResult, folder: Path) -> None:
    """Write estimates, directions, the fit per target and the answer into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        frame(rounded(result.tables[name])).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(result.summary() + "\n", encoding="utf-8")


def make(folder: Path, out: Path | None = Path("results")) -> None:
    """Calibrate at the shipped size (cells kept under `out` if it is given); write tables, answer and figure into a folder."""
    from sim.report.calibrate_figures import draw_calibration

    result = calibrate(FILE, out=out, stage=lambda text: print(text, file=sys.stderr))
    write(result, folder)
    (folder / "calibration.png").unlink(missing_ok=True)  # a figure that is there is not drawn again
    draw_calibration(result, folder, ("png",))


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/calibrate"))
