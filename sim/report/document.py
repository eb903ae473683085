"""The tables of MODEL.md that committed results tell: written between marks, so that no figure is typed by hand.

python -m sim.report.document [MODEL.md [FOLDER]] (sim/model/MODEL.md from results/reference)
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.facts_table import facts_table

if TYPE_CHECKING:
    import pandas as pd


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)])


def _read(file: Path) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(file)


def patterns(folder: Path) -> str:
    """Every target of the facts, with source, grade, value and verdict."""
    return facts_table(json.loads((folder / "facts" / "facts.json").read_text(encoding="utf-8")))


KINDS = ("start", "income", "file", "role", "responsive")
WORLD = "as is"


def who_pays(folder: Path) -> str:
    """What gates at 750 and 650 do to groups of users: who is admitted, and by how much their visits and debt change."""
    groups = _read(folder / "comparisons" / "policies_2016" / "groups.csv")
    here = groups[groups["world"] == WORLD].set_index(["policy", "kind", "group", "measure"]).sort_index()
    rows = []
    for kind in KINDS:
        names = groups.loc[groups["kind"] == kind, "group"].drop_duplicates()
        for name in names:
            cells = [f"{name} ({kind})" if kind in ("start", "income") else name]
            for policy in ("gate_750", "gate_650"):
                seen = here.loc[(policy, kind, name)]
                cells += [
                    f"{seen.loc['admitted', 'policy_mean']:.1%}",
                    _difference(seen.loc["visits"], 4),
                    _difference(seen.loc["debt"], 1),
                ]
            rows.append(cells)
    measures = ("admitted at the end", "visits (1/user/day)", "debt (CNY/user)")
    return _markdown(("group", *(f"{gate}: {one}" for gate in ("750", "650") for one in measures)), rows)


def _difference(row: "pd.Series[Any]", digits: int) -> str:
    return f"{row['difference']:+.{digits}f} ({row['low']:+.{digits}f} to {row['high']:+.{digits}f})"


def density(folder: Path) -> str:
    """How often the density test rejects, by world and cutoff."""
    table = _read(folder / "density" / "power.csv")
    distances = sorted(table["distance"].unique())
    rows = []
    for (gate, responds), here in table.groupby(["gate", "responds"], sort=False):
        by_distance = here.set_index("distance")
        rows.append([str(gate), str(responds), *(_share(by_distance.loc[one]) for one in distances)])
    return _markdown(
        ("gate", "who responds", *(f"at {one:+d}" if one else "at the gate" for one in distances)),
        rows,
    )


def _share(row: "pd.Series[Any]") -> str:
    if not row["tests"]:
        return "too few users"
    return f"{row['rejected']:.0%} of {row['tests']:.0f} ({row['low']:.0%} to {row['high']:.0%})"


def search(folder: Path) -> str:
    """The finalists of the shipped search: what the search promised and what fresh seeds confirm, by objective, and regret."""
    finalists, regret = (_read(folder / "optimise" / f"{name}.csv") for name in ("finalists", "regret"))
    worst = regret.drop_duplicates("policy").set_index("policy")["worst_regret"]
    rows = [
        [
            row["policy"],
            row["objective"],
            *(f"{row[name]:+.3g}" for name in ("first_seeds", "search")),
            f"{row['confirmed']:+.3g} ({row['low']:+.3g} to {row['high']:+.3g})",
            f"{row['curse']:+.2g} ({row['curse_low']:+.2g} to {row['curse_high']:+.2g})",
            f"{worst[row['policy']]:.2g}",
        ]
        for row in finalists.to_dict("records")
    ]
    head = ("policy", "gain in", "first seeds", "search", "fresh seeds", "winner's curse", "largest regret")
    return _markdown(head, rows)


def calibration(folder: Path) -> str:
    """The shipped calibration: estimates with their intervals, then every target."""
    parameters, targets = (_read(folder / "calibrate" / f"{name}.csv") for name in ("parameters", "targets"))
    rows = [
        [
            f"`{row['parameter']}`",
            f"{row['estimate']:.3g} {row['unit']}",
            f"{row['low']:.3g} to {row['high']:.3g}",
            "identified" if row["identified"] else "not identified",
        ]
        for row in parameters.to_dict("records")
    ]
    rows += [
        [
            f"{row['target']}, {row['moment']}" + (" (held out)" if row["held_out"] else ""),
            f"{row['model']:.4f}, observed {row['observed']:.4f}",
            f"gap {row['gap']:+.2f} standard errors",
            "met" if row["met"] else "**missed**",
        ]
        for row in targets.to_dict("records")
    ]
    return _markdown(("", "value", "95% interval, or gap", ""), rows)


def hangs(folder: Path) -> str:
    """On which assumptions the headline hangs: Sobol indices with their intervals, the largest total first, luck last."""
    indices = _read(folder / "sensitivity" / "indices.csv")
    luck = indices["input"] == "seed"
    ordered = [
        *indices[~luck].sort_values("total", ascending=False).to_dict("records"),
        *indices[luck].to_dict("records"),
    ]
    rows = [
        [
            "luck (the seed)" if row["input"] == "seed" else f"`{row['input']}`",
            *(f"{row[one]:.2f} ({row[f'{one}_low']:.2f} to {row[f'{one}_high']:.2f})" for one in ("total", "first")),
        ]
        for row in ordered
    ]
    return _markdown(("assumption", "total index (95% interval)", "alone (first-order index)"), rows)


def robustness(folder: Path) -> str:
    """The headline under every variant, by channel."""
    rows = [
        [
            row["family"],
            row["variant"],
            f"{row['difference']:+.4f}" + ("" if row["n"] == 1 else f" ({row['low']:+.4f} to {row['high']:+.4f})"),
            *(f"{row[one]:+.4f}" for one in ("circle", "effort", "habit")),
            f"{row['sign']}, by {row['channel']}",
        ]
        for row in _read(folder / "robustness" / "robustness.csv").to_dict("records")
    ]
    return _markdown(("family", "variant", "visits (1/user/day)", "circle", "effort", "habit", "reading"), rows)


BLOCKS: dict[str, Callable[[Path], str]] = {
    "patterns": patterns,
    "who pays": who_pays,
    "density": density,
    "search": search,
    "calibration": calibration,
    "hangs": hangs,
    "robustness": robustness,
}
"""What stands between the marks of each name."""


def within(text: str, name: str) -> str:
    """What stands between the two marks of a name. Raises ValueError where they are not there."""
    _, begin, after = text.partition(f"<!-- {name}: begin -->\n")
    inside, end, _ = after.partition(f"\n<!-- {name}: end -->")
    if not begin or not end:
        raise ValueError(f"the document has no marks <!-- {name}: begin --> and <!-- {name}: end -->")
    return inside


def written(text: str, folder: Path) -> str:
    """The document with every block as the results in a folder tell it."""
    for name, made in BLOCKS.items():
        begin, end = (f"<!-- {name}: {which} -->" for which in ("begin", "end"))
        text = text.replace(f"{begin}\n{within(text, name)}\n{end}", f"{begin}\n{made(folder)}\n{end}")
    return text


if __name__ == "__main__":
    given = [Path(one) for one in sys.argv[1:]]
    document, results = [*given, *(Path("sim/model/MODEL.md"), Path("results/reference"))[len(given) :]]
    document.write_text(written(document.read_text(encoding="utf-8"), results), encoding="utf-8")
