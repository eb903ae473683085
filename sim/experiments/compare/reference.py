"""The small reference results of the shipped comparisons, and how to make them again.

python -m sim.experiments.compare.reference [FOLDER] (cells are kept under results, so that a stopped one goes on)
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.experiments.compare.compare import ComparisonResult, compare
from sim.results.rounding import rounded
from sim.results.table import frame

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("policies_2016", "information", "gate_vs_red_packet")
EFFECTS = ("measure", "world", "policy", "policy_mean", "baseline_mean", "difference", "low", "high", "n", "verdict")
GROUPS = (
    "kind",
    "group",
    "measure",
    "world",
    "policy",
    "policy_mean",
    "baseline_mean",
    "difference",
    "low",
    "high",
    "n",
)
GROUPED = {
    "policies_2016": {
        "measure": ("visits", "debt", "admitted"),
        "world": ("as is", "many respond"),
        "policy": ("gate_650", "gate_750", "stretch"),
    }
}
"""Comparisons of which it is kept who gains and who pays, and what of it: the whole table is long."""


def kept(result: ComparisonResult) -> "dict[str, pd.DataFrame]":
    """What is kept of a comparison: effects on the primary measure and on those of the guardrails, costs, and groups where asked."""
    measures = {result.manifest["primary"], *result.tables["guardrails"]["measure"].tolist()}
    effects = frame(rounded(result.tables["effects"]))
    tables = {"effects": effects[effects["measure"].isin(measures)][list(EFFECTS)]}
    costs = frame(rounded(result.tables["costs"]))
    if len(costs):
        tables["costs"] = costs
    if result.manifest["name"] in GROUPED:
        groups = frame(rounded(result.tables["groups"]))
        for column, wanted in GROUPED[result.manifest["name"]].items():
            groups = groups[groups[column].isin(wanted)]
        tables["groups"] = groups[list(GROUPS)]
    return tables


def write(result: ComparisonResult, folder: Path) -> None:
    """Write what is kept of a comparison, and its answer, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in kept(result).items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "answer.txt").write_text(result.summary() + "\n", encoding="utf-8")


def make(folder: Path, out: Path | None = Path("results"), names: tuple[str, ...] = NAMES) -> None:
    """Run the shipped comparisons at their shipped size; write what is kept of each into a folder of its name."""
    from sim.report.cells_progress import cells_reporter

    for name in names:
        with cells_reporter(Console(stderr=True), silent=False) as progress:
            result = compare(f"comparisons/{name}", out=out, progress=progress)
        write(result, folder / name)


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/comparisons"))
