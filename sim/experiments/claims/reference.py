"""The small reference result of the shipped claims, and how to make it again.

python -m sim.experiments.claims.reference [FOLDER] (cells are kept under results, so that a stopped one goes on)
"""

import sys
from pathlib import Path

from rich.console import Console

from sim.experiments.claims.study import ClaimsResult, claims
from sim.results.rounding import rounded
from sim.results.table import frame

FILE = "claims/article"


def write(result: ClaimsResult, folder: Path) -> None:
    """Write claims, trials and the answer of a study into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("claims", "trials"):
        frame(rounded(result.tables[name])).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(result.summary() + "\n", encoding="utf-8")


def make(folder: Path, out: Path | None = Path("results")) -> None:
    """Put the shipped claims to the test at their shipped size; write tables, answer and figure into a folder."""
    from sim.report.cells_progress import cells_reporter
    from sim.report.claims_figure import draw_claims

    with cells_reporter(Console(stderr=True), silent=False) as progress:
        result = claims(FILE, out=out, progress=progress)
    write(result, folder)
    (folder / "claims.png").unlink(missing_ok=True)  # a figure that is there is kept, and would be of the tables before
    draw_claims(result, folder, ("png",))


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/claims"))
