"""The chapter of a study of after-effects: visits around the day of crossing, and every measure."""

from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.after.measures import AFTER_MEASURES
from sim.report.after import answer
from sim.report.after_figures import weekly_curve
from sim.report.numbers import NONE, between, change, number, size
from sim.report.page.chart import Chart, axis, line, upright
from sim.report.page.origin import origin, scenario_section
from sim.report.page.parts import Block, Card, Chapter, Grid, Section
from sim.results.title import note, title

if TYPE_CHECKING:
    from sim.experiments.after.study import AfterResult

CURVES = (
    ("policy", "under the gate", "@policy", "solid"),
    ("same", "the same people, nobody responds", "@baseline", "dash"),
    ("placebo", "phantom: who cross where nobody responds", "@grey", "dot"),
    ("net", "difference of the first two", "@third", "solid"),
)
CARDS = ("crossing_rise", "phantom_rise", "net_rise", "admitted_by_effort")


def chapter(result: "AfterResult") -> Chapter:
    """A study of after-effects as a chapter."""
    manifest = result.manifest
    told = size(manifest["scenarios"]["policy"]["run"], manifest["replicates_finished"])
    cards = tuple(
        Card(measure.name.replace("_", " "), _value(result, measure.name, measure.unit), measure.meaning)
        for measure in AFTER_MEASURES
        if measure.name in CARDS
    )
    rows = tuple(
        (
            measure.name,
            measure.meaning,
            measure.unit,
            _value(result, measure.name, measure.unit),
            _as_level(between(result.intervals[measure.name], measure.unit), measure.unit),
        )
        for measure in AFTER_MEASURES
    )
    grid = Grid(
        f"{told}. 95% t intervals over replicates.",
        ("measure", "meaning", "unit", "value", "95% interval"),
        rows,
        frozenset((3, 4)),
    )
    sections = (
        Section("Visits around the day of crossing", (_crossing(result, told),)),
        Section("Every measure", (grid,)),
        scenario_section(manifest["scenarios"]),
        origin(
            manifest,
            "Without the files: save the whole scenarios above as policy.yaml and baseline.yaml, then "
            "scoregate after policy.yaml --baseline baseline.yaml.",
        ),
    )
    return Chapter(
        "after-effects",
        title(manifest),
        f"What does {title(manifest)} leave behind, and who comes over its gate by effort, drift or luck?",
        answer(result),
        cards,
        sections,
        note(manifest),
    )


def _value(result: "AfterResult", name: str, unit: str) -> str:
    value = result.intervals[name].mean
    return _as_level(change(value, unit), unit) if unit == "share" else number(value, unit)


def _as_level(text: str, unit: str) -> str:
    """A share with its sign in per cent, as the terminal tells it: some of them are changes, others are not."""
    return text.replace(" pp", "%") if unit == "share" else text


def _crossing(result: "AfterResult", told: str) -> Block:
    table = result.tables["crossing"]
    replicates = np.unique(table["replicate"]).size
    day = table["day"][: table["day"].size // replicates]
    users = int(table["users"].reshape(replicates, -1)[:, 0].sum())
    curves = {name: weekly_curve(result, name).mean(axis=0) for name, *_ in CURVES}
    seen = [(name, label, colour, dash) for name, label, colour, dash in CURVES if np.isfinite(curves[name]).any()]
    if not seen:
        return "Nobody was seen to cross 60 days into the run, so there is no curve to show."
    rows = [
        (f"{at:g}", *(number(float(curves[name][k])) for name, *_ in seen))
        for k, at in enumerate(day.tolist())
        if any(np.isfinite(curves[name][k]) for name, *_ in seen)
    ]
    return Chart(
        "Visits, aligned at the first day at the gate's score",
        "Lines over the days from first reaching the gate's score: visits under the gate, of the same people where nobody "
        "responds, of those who cross there, and the difference.",
        f"Visits per user and day, mean of 7 days. {told}; {users:,} crossings. Lines: mean over replicates; no interval is shown.",
        tuple(line(day, curves[name], label, colour, dash=dash) for name, label, colour, dash in seen),
        {
            "xaxis": axis("days from first reaching the gate's score"),
            "yaxis": axis("visits (1/user/day)"),
            **upright(0, "reached"),
        },
        ("day", *(label for _, label, *_ in seen)),
        tuple(rows) or ((NONE,),),
    )
