"""After-effects as a terminal shows them, and as rows for JSON."""

import math
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.experiments.after.measures import AFTER_MEASURES, interval_of
from sim.experiments.effect import Interval
from sim.experiments.goal import goal_sentence
from sim.experiments.summary import no_publication_sentence
from sim.report.length import length_of
from sim.results.table import Table
from sim.results.title import SIZE, title
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiments.after.study import AfterResult

REASONS = {
    "half_life": "the gate does not end within the run, or it has no clear effect, or one that has not halved by the end",
    "net_rise": "nobody was seen to cross 60 days into the run",
}
"""Why a measure may have no value."""


def _number(value: float, unit: str, part: bool = False) -> str:
    """As text, signed where it is a change or a difference; part: it is a share of a whole."""
    if math.isnan(value):
        return "-"
    if part:
        return f"{100 * value:.3f}%"
    return f"{100 * value:+.3f}%" if unit == "share" else f"{value:+.4f}" if unit != "days" else f"{value:.1f}"


def _bounds(interval: Interval, unit: str, part: bool = False) -> str:
    if math.isnan(interval.low):
        return "-"
    return f"{_number(interval.low, unit, part)} to {_number(interval.high, unit, part)}"


def after_lines(table: Table) -> list[str]:
    """A line per after-effect that a run has measured."""
    lines = []
    for measure in AFTER_MEASURES:
        if not table or measure.name not in table["measure"]:
            continue
        interval = interval_of(table, measure.name)
        if math.isnan(interval.mean):
            lines.append(f"{measure.name}: no value ({REASONS[measure.name]}).")
        else:
            interval_text = "" if math.isnan(interval.low) else f" (95% interval {_bounds(interval, measure.unit)})"
            unit = "" if measure.unit == "share" else f" {measure.unit}"
            lines.append(
                f"{measure.name}: {_number(interval.mean, measure.unit)}{unit}{interval_text}: {measure.meaning}."
            )
    return lines


def after_rows(table: Table) -> list[dict[str, Any]]:
    """After-effects as JSON-ready rows, NaN as null."""

    def plain(value: float) -> float | None:
        return None if math.isnan(value) else value

    rows = []
    for measure in AFTER_MEASURES:
        if table and measure.name in table["measure"]:
            found = interval_of(table, measure.name)
            told = {"mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high), "n": found.n}
            rows.append(measure._asdict() | told)
    return rows


def print_after(console: Console, result: "AfterResult", quiet: bool) -> None:
    """A study of after-effects: a row per measure, and the curve around the day of crossing, month by month."""
    from rich.table import Table as Shown

    run = result.manifest["scenarios"]["policy"]["run"]
    console.print(
        f"{title(result.manifest, SIZE)}: {run['users']:,} users, {length_of(run)}, {run['replicates']} replicates, seed {run['seed']}",
        markup=False,
    )
    shown = Shown(box=None, pad_edge=False)
    for name in ("measure", "unit", "value", "95% interval", "meaning"):
        shown.add_column(name, justify="right" if name == "value" else "left")
    for measure in AFTER_MEASURES:
        found = result.intervals[measure.name]
        kind = measure.unit, measure.part
        shown.add_row(measure.name, measure.unit, _number(found.mean, *kind), _bounds(found, *kind), measure.meaning)
    console.print(shown)
    console.print()
    console.print(answer(result), markup=False, soft_wrap=True)
    if result.path is not None and not quiet:
        state = "This very study is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def print_density(console: Console, table: Table) -> None:
    """Density tests: a row per world and cutoff."""
    from rich.table import Table as Shown

    title = "Does the density of scores jump? (rddensity; the gate is at 0, where the others are dummies)"
    shown = Shown(box=None, pad_edge=False, title=title, title_justify="left")
    shown.add_column("world")
    for name in ("points from the gate", "t", "p", "bandwidth below", "above", "users below", "above"):
        shown.add_column(name, justify="right")
    for k, world in enumerate(table["world"].tolist()):
        numbers = [float(table[name][k]) for name in ("t", "p", "bandwidth_below", "bandwidth_above", "below", "above")]
        forms = ("+.2f", ".3f", ".0f", ".0f", ",.0f", ",.0f")
        told = [
            "-" if math.isnan(number) else format(number, form) for number, form in zip(numbers, forms, strict=True)
        ]
        shown.add_row(world, f"{int(table['distance'][k]):+d}", *told)
    console.print(shown)


def density_rows(table: Table) -> list[dict[str, Any]]:
    """Density tests as JSON-ready rows, NaN as null."""
    names = list(table)
    return [
        {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in zip(names, row, strict=True)
        }
        for row in zip(*(table[name].tolist() for name in names), strict=True)
    ]


def answer(result: "AfterResult") -> str:
    """What the study says in a few sentences: of the rise before the gate, and whether an effort can have paid at all."""
    policy = Scenario.model_validate(result.manifest["scenarios"]["policy"])
    return _rise(result) + goal_sentence(policy) + no_publication_sentence(policy)


def _rise(result: "AfterResult") -> str:
    found = result.intervals
    here, phantom, net = found["crossing_rise"].mean, found["phantom_rise"].mean, found["net_rise"].mean
    if math.isnan(here):
        return (
            "Nobody was seen to reach the gate's score 60 days or more into the run, so no curve can be aligned there."
        )
    text = f"In the 30 days before reaching the gate's score visits were {here:+.2%} over the 30 before those"
    if math.isnan(phantom):
        return text + "; nobody reached it in the placebo to compare with."
    effort, drift, luck = (found[f"admitted_by_{way}"].mean for way in ("effort", "drift", "luck"))
    text += f"; {phantom:+.2%} where nobody responds (the phantom); {net:+.2%} is left of it, person by person."
    if not math.isnan(drift):
        text += f" Admitted later: {effort:.3%} of users by effort, {drift:.3%} by drift, {luck:.3%} by luck."
    return text
