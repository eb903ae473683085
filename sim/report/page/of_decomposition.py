"""The chapter of a decomposition: the waterfall of mechanisms, and the table behind it."""

import math
from fractions import Fraction

from sim.experiments.decompose.decomposition import Decomposition
from sim.experiments.decompose.reading import can_be_read, reading
from sim.experiments.decompose.rounding import decimals_for, rounded
from sim.experiments.decompose.sentence import shown, signed
from sim.experiments.decompose.split import OTHER, TOTAL
from sim.experiments.effect import Interval
from sim.report.numbers import change, number, size
from sim.report.page.chart import Chart, Trace, axis, named
from sim.report.page.origin import origin, scenario_section
from sim.report.page.parts import Card, Chapter, Grid, Section
from sim.results.table import where
from sim.results.title import note, title

ORDERS = "Part: mean over all orders of switching mechanisms on (Shapley value). Alone: switched on first; last: switched on last."


def chapter(result: Decomposition) -> Chapter:
    """A decomposition as a chapter."""
    scenarios = result.manifest["scenarios"]
    policy, baseline = title(result.manifest), scenarios["baseline"]["name"]
    left_out = [f"Replicate {number_} is left out: {reason}." for number_, reason in result.left_out.items()]
    sections = (
        Section("What carries the effect", (_waterfall(result), _parts(result), ORDERS, *left_out)),
        Section("Every coalition", (_coalitions(result),)),
        scenario_section(scenarios),
        origin(
            result.manifest,
            "Without the files: save the whole scenarios above as policy.yaml and baseline.yaml, then "
            f"scoregate decompose policy.yaml --baseline baseline.yaml --measure {result.measure}.",
        ),
    )
    return Chapter(
        "decomposition",
        policy,
        f"Which mechanism carries the effect of {policy} on {result.measure}, against {baseline}?",
        result.summary(),
        tuple(_cards(result)),
        sections,
        note(result.manifest),
    )


def _size(result: Decomposition) -> str:
    return size(result.manifest["scenarios"]["policy"]["run"], len(result.splits))


def _bounds(interval: Interval, decimals: int) -> str:
    if math.isnan(interval.low):
        return "one replicate, no interval"
    return f"{signed(interval.low, decimals)} to {signed(interval.high, decimals)}"


def _texts(result: Decomposition) -> dict[str, str]:
    """Parts and total as told: the parts sum to the total as printed."""
    decimals = decimals_for(result.parts_mean)
    exact = result.parts_mean | {TOTAL: result.total_mean}
    labels = rounded(result.parts_mean, decimals)
    labels[TOTAL] = sum(labels.values(), Fraction(0))
    return {name: shown(exact[name], labels[name], decimals) for name in exact}


def _cards(result: Decomposition) -> list[Card]:
    decimals = decimals_for(result.parts_mean)
    texts = _texts(result)
    total = result.interval(TOTAL)
    cards = [
        Card(f"effect on {result.measure} ({result.unit})", texts[TOTAL], f"95%: {_bounds(total, decimals)}"),
        *(
            Card(f"carried by {name}", texts[name], f"95%: {_bounds(result.interval(name), decimals)}")
            for name in result.mechanisms
        ),
    ]
    if can_be_read(result):
        found = reading(result)
        cards.append(Card("the event reads as", found.verdict, found.reason))
    return cards


def _waterfall(result: Decomposition) -> Chart:
    exact = result.parts_mean | {TOTAL: result.total_mean}
    texts, decimals = _texts(result), decimals_for(result.parts_mean)
    names = list(exact)
    base, heights, bottom = [], [float(value) for value in exact.values()], 0.0
    for name, height in zip(names, heights, strict=True):
        base.append(0.0 if name == TOTAL else bottom)
        bottom += height if name != TOTAL else 0.0
    intervals = [result.interval(name) for name in names]
    reach = [0.0 if math.isnan(one.low) else (one.high - one.low) / 2 for one in intervals]

    def trace(colour: str, shape: str, places: list[int]) -> Trace:
        hover = [f"{names[k]}: {texts[names[k]]} ({_bounds(intervals[k], decimals)})" for k in places]
        look = {"color": colour, "pattern": {"shape": shape, "solidity": 0.2, "fillmode": "overlay"}}
        whiskers = {"type": "data", "array": [reach[k] for k in places], "color": "@text", "thickness": 1.3, "width": 4}
        return {
            "type": "bar",
            "orientation": "h",
            "x": [heights[k] for k in places],
            "y": places,
            "base": [base[k] for k in places],
            "marker": look,
            "width": 0.6,
            "error_x": whiskers,
            "hovertext": hover,
            "hoverinfo": "text",
            "showlegend": False,
        }

    parts = range(len(names) - 1)
    traces = (
        trace("@policy", "", [k for k in parts if heights[k] >= 0]),
        trace("@baseline", "/", [k for k in parts if heights[k] < 0]),
        trace("@grey", "", [len(names) - 1]),
    )
    return Chart(
        "Waterfall of mechanisms",
        "Bars from nothing to the whole effect, a row each: what each mechanism adds or takes away, then the total.",
        f"Effect on {result.measure} ({result.unit}). {_size(result)}. Whiskers: 95% t interval over replicates. "
        "Parts sum to the total; hatched: falls.",
        traces,
        {
            "xaxis": axis(f"effect on {result.measure} ({result.unit})", zeroline=True),
            "yaxis": named(names, notes=[texts[name] for name in names], autorange="reversed"),
            "barmode": "overlay",
        },
        ("carried by", "part", "95% interval"),
        tuple((n, texts[n], _bounds(i, decimals)) for n, i in zip(names, intervals, strict=True)),
        height=110 + 46 * len(names),
    )


def _parts(result: Decomposition) -> Grid:
    decimals, texts = decimals_for(result.parts_mean), _texts(result)
    rows = []
    for name, text in texts.items():
        alone = last = off = ""
        if name in result.mechanisms:
            alone, last = (signed(result.interval(name, column).mean, decimals) for column in ("alone", "last"))
            off = str(result.manifest["mechanisms"][name]["off"])
        elif name == OTHER:
            off = "all of them off"
        rows.append((name, text, _bounds(result.interval(name), decimals), alone, last, off))
    together = result.interaction
    caption = (
        f"Parts of the effect on {result.measure} ({result.unit}). {_size(result)}. Interaction, what all bring more than "
        f"each alone: {signed(together.mean, decimals)} ({_bounds(together, decimals)})."
    )
    head = ("carried by", "part", "95% interval", "alone", "last", "switched off")
    return Grid(caption, head, tuple(rows), frozenset((1, 2, 3, 4)))


def _coalitions(result: Decomposition) -> Grid:
    table = result.tables["subsets"]
    rows = []
    for on in dict.fromkeys(table["on"].tolist()):
        mine = where(table, on=on)
        levels = (number(float(mine[arm].mean()), result.unit) for arm in ("policy", "baseline"))
        rows.append((on.replace("+", " + "), *levels, change(float(mine["effect"].mean()), result.unit)))
    caption = f"{result.measure} with only these mechanisms on, in both arms; mean over replicates. {_size(result)}."
    return Grid(caption, ("on", "policy", "baseline", "effect"), tuple(rows), frozenset((1, 2, 3)), folded=True)
