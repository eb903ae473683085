"""The chapter of a sweep: a line, heat maps or the part of every parameter, for every measure kept; and every point."""

import math
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.compare.answer import listed
from sim.experiments.sweep.influence import Influence, influences
from sim.experiments.sweep.result import SweepResult
from sim.experiments.sweep.summary import MOST_NAMED
from sim.report.numbers import bounds, change, number, size
from sim.report.page.chart import Chart, Control, Step, Trace, axis, band, error_bars, line, named
from sim.report.page.origin import again, origin, scenario_section
from sim.report.page.parts import Block, Card, Chapter, Grid, Section
from sim.report.page.theme import AROUND_ZERO, LEVELS
from sim.report.plain import short
from sim.results.table import rows_of

AS = {"policy": "policy, before anything is varied", "baseline": "baseline of the first point"}
"""What the scenarios that a sweep keeps are."""
ONE_BY_ONE = (
    "Without the files: save the whole scenarios above as policy.yaml and baseline.yaml, and run one point as "
    "scoregate run policy.yaml --baseline baseline.yaml --set PATH=VALUE."
)
"""What is told of a sweep stored by a version that kept no file."""
MOST_MAPS = 6
"""Pairs of parameters with a heat map of their own; of more parameters, the first pairs."""
MOST_NUMBERS = 130
"""Cells of a heat map that are still large enough to hold their number."""


def chapter(result: SweepResult) -> Chapter:
    """A sweep as a chapter."""
    told = result.manifest
    paired = result.paired
    against = f", against {told['scenarios']['baseline']['name']}" if paired else ""
    what = f"the effect on {result.primary}" if paired else result.primary
    names = [short(name) for name in result.names]
    on = listed(names) if len(names) <= MOST_NAMED else f"{len(names)} parameters"
    scenarios = {AS.get(arm, arm): scenario for arm, scenario in told["scenarios"].items()}
    sections = [
        Section("What moves it", tuple(_charts(result))),
        Section("What is varied", (_parameters(result),)),
        Section("Every point", (_points(result),)),
        *([Section("Failures", (_failures(result),))] if result.failed else []),
        scenario_section(scenarios, is_pair=False),
        origin(told, more=again(told, "scoregate sweep sweep.yaml", ONE_BY_ONE)),
    ]
    return Chapter(
        "sweep",
        str(told["name"]),
        f"How does {what} depend on {on}{against}?",
        result.summary(),
        tuple(_cards(result)),
        tuple(sections),
        str(told.get("note") or ""),
    )


def _size(result: SweepResult) -> str:
    return size(result.manifest["scenarios"]["policy"]["run"], result.manifest["replicates_finished"])


def _column(result: SweepResult, measure: str, name: str) -> NDArray[np.float64]:
    return np.asarray(result.of(measure)[name], dtype=float)


def _unit(result: SweepResult, measure: str) -> str:
    return str(result.of(measure)["unit"][0])


def _told(result: SweepResult, value: float, unit: str) -> str:
    return change(value, unit) if result.paired else number(value, unit)


def _where(result: SweepResult, place: int) -> str:
    """A point by its values, or by its number where these are many."""
    if len(result.parameters) > MOST_NAMED:
        return f"point {place}"
    points = result.tables["points"]
    values = (_value(points[one["path"]].tolist()[place]) for one in result.parameters)
    return ", ".join(f"{short(name)} {value}" for name, value in zip(result.names, values, strict=True))


def _what(result: SweepResult, measure: str) -> str:
    """What is shown of a measure, with its unit."""
    return f"{'effect on ' if result.paired else ''}{measure} ({_unit(result, measure)})"


def _cards(result: SweepResult) -> list[Card]:
    values, unit = _column(result, result.primary, result.estimate), _unit(result, result.primary)
    points = rows_of(result.tables["points"])
    cards = [
        Card("points", f"{points:,}", f"{result.tables['cells']['reason'].size:,} cells, {result.failed:,} failed"),
        Card("replicates", str(result.manifest["replicates_finished"]), _size(result)),
    ]
    if np.isfinite(values).any():
        for word, place in (("largest", int(np.nanargmax(values))), ("smallest", int(np.nanargmin(values)))):
            told = _told(result, float(values[place]), unit)
            cards.append(
                Card(f"{word} {'effect on ' if result.paired else ''}{result.primary}", told, _where(result, place))
            )
    if result.paired:
        low, high = (_column(result, result.primary, bound) for bound in ("low", "high"))
        above, below = int((low > 0).sum()), int((high < 0).sum())
        cards.append(
            Card("points where the sign is certain", f"{above + below:,}", f"{above:,} above zero, {below:,} below")
        )
    return cards


def _charts(result: SweepResult) -> list[Block]:
    if result.manifest["design"]["kind"] != "grid":
        return _influence_charts(result)
    dimensions = result.manifest["dimensions"]
    if len(dimensions) == 1:
        return [_line(result)]
    pairs = list(combinations(range(len(dimensions)), 2))
    blocks: list[Block] = [_heat_map(result, *pair) for pair in pairs[:MOST_MAPS]]
    if len(pairs) > MOST_MAPS:
        blocks.append(
            f"{len(pairs) - MOST_MAPS} more pairs of parameters are left out; every point is in the table below."
        )
    return blocks + (_influence_charts(result) if len(dimensions) > 2 else [])


def _label(result: SweepResult, dimension: list[int]) -> str:
    """Label of an axis: names and units of the parameters that move along it."""
    told = []
    for k in dimension:
        unit = result.parameters[k]["unit"]
        told.append(f"{short(result.names[k])} ({unit})" if unit and unit != "kind" else short(result.names[k]))
    return ", with ".join(told)


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int | np.number) else str(value)


def _measure_control(result: SweepResult, steps: list[Step]) -> Control | None:
    start = list(result.manifest["measures"]).index(result.primary)
    return Control("select", "Measure", tuple(steps), start) if len(steps) > 1 else None


def _line(result: SweepResult) -> Chart:
    view = result.view()
    values = view.coords[view.dims[0]][1]
    is_number = values.dtype.kind in "if"
    order = np.argsort(values) if is_number else np.arange(values.size)
    x: Any = values[order] if is_number else np.arange(values.size)
    parameter = result.parameters[result.manifest["dimensions"][0][0]]

    def traces(measure: str) -> list[Trace]:
        mean, low, high = (_column(result, measure, name)[order] for name in (result.estimate, "low", "high"))
        if is_number:
            return [
                *band(x, low, high, "@policy", "effect"),
                line(x, mean, "mean", "@policy") | {"mode": "lines+markers", "showlegend": False},
            ]
        bars = error_bars(low.tolist(), mean.tolist(), high.tolist(), "y")
        look = {"marker": {"color": "@policy", "size": 9}, "showlegend": False}
        return [{"type": "scatter", "mode": "markers", "x": x, "y": mean, **look, **bars}]

    label = _label(result, result.manifest["dimensions"][0])
    below = (
        axis(label, type="log" if parameter["log"] else "linear")
        if is_number
        else axis(label, **named([str(v) for v in values]))
    )
    measures = result.manifest["measures"]
    steps = [
        Step(m, dict(enumerate(traces(m))), {"yaxis": axis(_what(result, m), zeroline=result.paired)}) for m in measures
    ]
    mean, low, high = (_column(result, result.primary, name) for name in (result.estimate, "low", "high"))
    unit, n = _unit(result, result.primary), result.of(result.primary)["n"]
    rows = tuple(
        (_value(values[k]), _told(result, float(mean[k]), unit), bounds(float(low[k]), float(high[k]), unit), str(n[k]))
        for k in order
    )
    return Chart(
        f"{_what(result, result.primary).split(' (')[0].capitalize()}, by {short(result.names[0])}",
        "A line with its band over the values of the parameter.",
        f"{_size(result)}. Line or dots: mean over replicates; band or whiskers: 95% t interval at each point.",
        tuple(traces(result.primary)),
        {"xaxis": below, "yaxis": axis(_what(result, result.primary), zeroline=result.paired)},
        (short(result.names[0]), result.primary, "95% interval", "n"),
        rows,
        _measure_control(result, steps),
    )


def _heat_map(result: SweepResult, down: int, across: int) -> Chart:
    """The mean over the other parameters' values at every pair of values of two."""
    dimensions = result.manifest["dimensions"]
    others = tuple(k for k in range(len(dimensions)) if k not in (down, across))

    def table(measure: str, figure: str) -> NDArray[np.float64]:
        values = result.view(measure, figure).values
        if others:
            known = np.isfinite(values)
            count = known.sum(axis=others)
            values = np.where(known, values, 0.0).sum(axis=others) / np.where(count, count, np.nan)
        return values[np.ix_(order_y, order_x)]

    view = result.view()
    y, x = (view.coords[result.names[dimensions[k][0]]][1] for k in (down, across))
    order_y, order_x = (np.argsort(v) if v.dtype.kind in "if" else np.arange(v.size) for v in (y, x))
    y_names, x_names = [_value(v) for v in y[order_y]], [_value(v) for v in x[order_x]]

    def trace(measure: str) -> Trace:
        values, unit = table(measure, result.estimate), _unit(result, measure)
        widest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
        scale: Trace = {"colorscale": LEVELS, "zauto": True}
        if result.paired:
            scale = {"colorscale": AROUND_ZERO, "zmin": -widest, "zmax": widest, "zmid": 0}
        texts = [[_told(result, float(value), unit) for value in row] for row in values]
        hover = [
            [
                f"{result.names[dimensions[down][0]]} {a}, {result.names[dimensions[across][0]]} {b}: {texts[i][j]}"
                for j, b in enumerate(x_names)
            ]
            for i, a in enumerate(y_names)
        ]
        return {
            "type": "heatmap",
            "z": values,
            "x": list(range(len(x_names))),
            "y": list(range(len(y_names))),
            "text": texts,
            "numbered": values.size <= MOST_NUMBERS,
            "hovertext": hover,
            "hoverinfo": "text",
            "xgap": 1,
            "ygap": 1,
            "colorbar": {"title": {"text": _unit(result, measure), "side": "right"}, "thickness": 14},
            **scale,
        }

    def uncertain(measure: str) -> Trace:
        low, high = (result.view(measure, figure).values[np.ix_(order_y, order_x)] for figure in ("low", "high"))
        rows, columns = np.nonzero((low <= 0) & (high >= 0))
        return {
            "type": "scatter",
            "mode": "markers",
            "x": columns,
            "y": rows + 0.33,
            "marker": {"symbol": "x-thin", "size": 6, "line": {"width": 1.4, "color": "@text"}},
            "name": "95% interval covers zero",
            "hoverinfo": "skip",
            "showlegend": bool(rows.size),
        }

    has_crosses = result.paired and not others
    measures = result.manifest["measures"]
    made = {m: [trace(m), *([uncertain(m)] if has_crosses else [])] for m in measures}
    steps = [Step(m, dict(enumerate(made[m]))) for m in measures]
    primary = made[result.primary]
    label_y, label_x = _label(result, dimensions[down]), _label(result, dimensions[across])
    told = "" if not others else f" Mean over {', '.join(short(result.names[dimensions[k][0]]) for k in others)}."
    crosses = " Crosses: the 95% t interval covers zero." if has_crosses else ""
    return Chart(
        f"Heat map: {short(result.names[dimensions[down][0]])} by {short(result.names[dimensions[across][0]])}",
        "A map of squares, a row for each value of one parameter and a column for each of the other; colour and number tell the mean.",
        f"{_what(result, result.primary)}, or the measure chosen. {_size(result)}. Colour: mean over replicates.{told}{crosses}",
        tuple(primary),
        {
            "xaxis": axis(label_x, **named(x_names, most=16)),
            "yaxis": axis(label_y, **named(y_names, most=16)),
            "map": True,
        },
        (f"{short(result.names[dimensions[down][0]])} \\ {short(result.names[dimensions[across][0]])}", *x_names),
        tuple((name, *primary[0]["text"][k]) for k, name in enumerate(y_names)),
        _measure_control(result, steps),
        height=max(380, 170 + 34 * len(y_names)),
    )


def _influence_charts(result: SweepResult) -> list[Block]:
    found = influences(result)
    return [_ranking(result, found), _scatter(result, found)]


def _ranking(result: SweepResult, found: list[Influence]) -> Block:
    known = [one for one in found if math.isfinite(one.correlation.mean)]
    if not known:
        return "No parameter has an order and enough points for a rank correlation."
    known.sort(key=lambda one: -abs(one.correlation.mean))
    mean = [one.correlation.mean for one in known]
    names = [one.name for one in known]
    low, high = ([getattr(one.correlation, bound) for one in known] for bound in ("low", "high"))
    return Chart(
        "Which parameter moves it most",
        "Bars: the rank correlation of every parameter with the effect, the strongest first.",
        f"Spearman's rank correlation (no unit) with {_what(result, result.primary)}; n = {known[0].effect.size:,} points. Whiskers: 95% interval (Fisher's z).",
        (
            {
                "type": "bar",
                "orientation": "h",
                "x": mean,
                "y": list(range(len(names))),
                "marker": {"color": "@policy/0.7"},
                "hovertext": [
                    f"{n}: {m:+.2f} ({a:+.2f} to {b:+.2f})" for n, m, a, b in zip(names, mean, low, high, strict=True)
                ],
                "hoverinfo": "text",
                "showlegend": False,
                **error_bars(low, mean, high, "x"),
            },
        ),
        {
            "xaxis": axis("rank correlation", range=[-1.05, 1.05], zeroline=True),
            "yaxis": named(names, autorange="reversed"),
        },
        ("parameter", "rank correlation", "95% interval"),
        tuple(
            (one.path, f"{m:+.2f}", f"{a:+.2f} to {b:+.2f}")
            for one, m, a, b in zip(known, mean, low, high, strict=True)
        ),
        height=130 + 28 * len(names),
    )


def _scatter(result: SweepResult, found: list[Influence]) -> Chart:
    def traces(one: Influence) -> list[Trace]:
        is_number = one.values.dtype.kind in "if"
        places = {str(name): k for k, name in enumerate(one.centres)}
        x: Any = one.values if is_number else [places[str(value)] for value in one.values]
        centres: Any = one.centres if is_number else list(range(one.centres.size))
        mean = [interval.mean for interval in one.means]
        bars = error_bars([i.low for i in one.means], mean, [i.high for i in one.means], "y")
        bars["error_y"]["color"] = "@baseline"
        cloud = {"type": "scatter", "mode": "markers", "name": "points", "x": x, "y": one.effect}
        return [
            cloud | {"marker": {"color": "@grey/0.6", "size": 5}},
            {"type": "scatter", "mode": "lines+markers", "name": "mean of a bin", "x": centres, "y": mean}
            | {"line": {"color": "@baseline", "width": 2}, "marker": {"color": "@baseline", "size": 8}, **bars},
        ]

    def below(one: Influence) -> Trace:
        title = f"{short(one.name)} ({one.unit})" if one.unit and one.unit != "kind" else short(one.name)
        if one.values.dtype.kind not in "if":
            return axis(title, type="linear", **named([str(v) for v in one.centres]))
        return axis(title, type="log" if one.log else "linear", tickvals=None, ticktext=None)

    order = sorted(found, key=lambda one: -abs(one.correlation.mean) if math.isfinite(one.correlation.mean) else 0.0)
    steps = tuple(Step(one.name, dict(enumerate(traces(one))), {"xaxis": below(one)}) for one in order)
    unit = _unit(result, result.primary)
    rows = []
    for one in order:
        for centre, interval in zip(one.centres, one.means, strict=True):
            told = bounds(interval.low, interval.high, unit)
            rows.append((one.path, _value(centre), _told(result, interval.mean, unit), told, str(interval.n)))
    return Chart(
        "One parameter at a time",
        "Dots: every point of the sweep by one parameter; a line through the means of bins.",
        f"{_what(result, result.primary)}. {_size(result)}. Grey: points, mean over replicates. Line: mean over the points of a bin; whiskers: its 95% t interval.",
        tuple(traces(order[0])),
        {"xaxis": below(order[0]), "yaxis": axis(_what(result, result.primary), zeroline=result.paired)},
        ("parameter", "centre of the bin", "mean", "95% interval", "n (points)"),
        tuple(rows),
        Control("select", "Parameter", steps) if len(steps) > 1 else None,
    )


def _parameters(result: SweepResult) -> Grid:
    rows = []
    for parameter in result.parameters:
        values = result.tables["points"][parameter["path"]]
        distinct = np.unique(values)
        span = (
            f"{_value(distinct[0])} to {_value(distinct[-1])}"
            if distinct.dtype.kind in "if"
            else ", ".join(map(str, distinct[:8]))
        )
        rows.append(
            (parameter["path"], parameter["role"], parameter["unit"], span, str(distinct.size), parameter["meaning"])
        )
    design = str(result.manifest["design"]["kind"]).replace("_", " ")
    note = result.manifest.get("design_note") or ""
    caption = f"Design: {design}, {rows_of(result.tables['points']):,} points. {note}".strip()
    return Grid(caption, ("path", "role", "unit", "values", "how many", "meaning"), tuple(rows), frozenset((4,)))


def _points(result: SweepResult) -> Grid:
    unit, effects = _unit(result, result.primary), result.of(result.primary)
    columns = [result.tables["points"][parameter["path"]].tolist() for parameter in result.parameters]
    mean, low, high = (_column(result, result.primary, name) for name in (result.estimate, "low", "high"))
    rows = tuple(
        (
            str(point),
            *(_value(column[point]) for column in columns),
            _told(result, float(mean[point]), unit),
            bounds(float(low[point]), float(high[point]), unit),
            str(effects["n"][point]),
            str(effects["failed"][point]),
        )
        for point in range(mean.size)
    )
    head = (
        "point",
        *(short(name) for name in result.names),
        _what(result, result.primary),
        "95% interval",
        "n",
        "failed",
    )
    return Grid(
        f"Every point: {_what(result, result.primary)}. {_size(result)}.",
        head,
        rows,
        frozenset(range(len(head))),
        folded=True,
    )


def _failures(result: SweepResult) -> Grid:
    reasons = result.tables["cells"]["reason"]
    kinds, counts = np.unique(reasons[reasons != ""], return_counts=True)
    rows = tuple((str(reason), str(count)) for reason, count in zip(kinds, counts, strict=True))
    return Grid("Cells that failed, by reason.", ("reason", "cells"), rows, frozenset((1,)))
