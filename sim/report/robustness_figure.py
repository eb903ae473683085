"""The figure of robustness: the difference in visits under every variant, and what of it comes by the circle and by effort."""

from pathlib import Path

import numpy as np

from sim.report.style import BASELINE, POLICY, look, save
from sim.results.table import Table

GREY = "#7a7a7a"


def draw_robustness(table: Table, file: Path) -> None:
    """Draw a table of `sim.experiments.robustness` into a file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    families = table["family"].tolist()
    gaps = np.cumsum([0, *(one != other for one, other in zip(families[1:], families, strict=False))])
    places = -(np.arange(len(families)) + 1.2 * gaps)
    with look():
        figure = Figure(figsize=(8.6, 1.4 + 0.24 * (len(families) + 1.2 * gaps[-1])))
        axes = figure.add_subplot()
        axes.axvline(0.0, color="#444444", linewidth=0.8)
        axes.hlines(places, table["low"], table["high"], color="black", linewidth=1.4)
        axes.plot(table["difference"], places, "o", color="black", markersize=5, label="visits in all")
        axes.plot(table["circle"], places, "|", color=BASELINE, markersize=10, markeredgewidth=2, label="by the circle")
        axes.plot(
            table["effort"],
            places,
            "x",
            color=POLICY,
            markersize=6,
            markeredgewidth=1.6,
            label="by effort for the score",
        )
        axes.set_yticks(places, table["variant"].tolist(), fontsize=8)
        for place, family in zip(places, families, strict=True):
            if family is not None and place == places[families.index(family)]:
                axes.annotate(
                    family,
                    (0, place + 0.85),
                    xycoords=("axes fraction", "data"),
                    xytext=(-6, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=8.5,
                    fontweight="bold",
                )
        axes.set_ylim(places[-1] - 0.8, 1.6)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("gate at 750 less open circle (visits/user/day)")
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.06 + 0.4 / len(families)), ncols=3, fontsize=8)
        figure.text(
            0.01,
            0.004,
            f"{_sizes(table)};\n180 days, both arms on the same luck. Whiskers: 95% t interval over replicates.",
            fontsize=7.5,
            color="#444444",
            va="bottom",
        )
        figure.tight_layout(rect=(0, 0.03, 1, 1))
        file.parent.mkdir(parents=True, exist_ok=True)
        save(figure, file)


def _sizes(table: Table) -> str:
    usual = max(set(table["users"].tolist()), key=table["users"].tolist().count)
    n = int(table["n"][table["users"] == usual][0])
    single = [f"{users:,}" for users, n in zip(table["users"].tolist(), table["n"].tolist(), strict=True) if n == 1]
    told = f"; one run of {' and '.join(single)}, without an interval" if single else ""
    return f"{usual:,} users and {n} replicates unless the row says otherwise (everybody knows everybody: 2,000 users{told})"
