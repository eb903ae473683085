"""The chapter of a comparison: a forest of policies, who gains and who pays, guardrails, the chance of being best."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.compare.answer import scope
from sim.experiments.compare.verdict import BETTER, BROKEN, EQUIVALENT, HIGHER, KEPT, LOWER, UNDECIDED, WORSE
from sim.report.numbers import NONE, bounds, change, number, size
from sim.report.page.chart import Chart, Control, Step, Trace, axis, error_bars, named
from sim.report.page.origin import many_scenarios, origin
from sim.report.page.parts import Card, Chapter, Grid, Section
from sim.report.page.theme import MARKS
from sim.results.table import Table, rows_of, where
from sim.scenario.comparison import ALL_WORLDS

if TYPE_CHECKING:
    from sim.experiments.compare.compare import ComparisonResult

LOOKS = {
    BETTER: ("@policy", "triangle-up"),
    HIGHER: ("@policy", "triangle-up"),
    WORSE: ("@baseline", "triangle-down"),
    LOWER: ("@baseline", "triangle-down"),
    EQUIVALENT: ("@third", "square"),
    UNDECIDED: ("@grey", "circle-open"),
}
"""Colour and mark by verdict: the mark says as much as the colour."""
KINDS = {"income": "income", "file": "credit file", "role": "role in the circle", "start": "score at the start"}
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "x")


def chapter(result: "ComparisonResult") -> Chapter:
    """A comparison as a chapter."""
    told = result.manifest
    policies, worlds = told["policies"], told["worlds"]
    over = f" in {len(worlds)} worlds" if len(worlds) > 1 else ""
    good = int(where(result.tables["effects"], measure=told["primary"])["good"][0])
    aim = "best for" if good else "of most effect on"
    scenarios = {(world, policy): told["scenarios"][world][policy] for world in worlds for policy in policies}
    sections = [
        Section("Policies against the baseline", (_forest(result), _best(result))),
        *([Section("Who gains and who pays", (_groups(result),))] if rows_of(result.tables["groups"]) else []),
        Section("Guardrails", (_guardrails(result),)),
        Section("Every measure", (_measures(result),)),
        many_scenarios(scenarios),
        origin(
            told,
            "Without the files: each whole scenario above can be saved and run by itself, as "
            "scoregate run POLICY.yaml --baseline BASELINE.yaml; with the same seeds it gives the same figures.",
        ),
    ]
    return Chapter(
        "comparison",
        str(told["name"]),
        f"Which of {len(policies) - 1} policies is {aim} {told['primary']}{over}, against {told['baseline']}?",
        result.summary(),
        tuple(_cards(result)),
        tuple(sections),
        str(told.get("note") or ""),
    )


def _size(result: "ComparisonResult") -> str:
    return size(result.manifest["run"], result.manifest["replicates"])


def _primary(result: "ComparisonResult", world: str) -> Table:
    return where(result.tables["effects"], measure=result.manifest["primary"], world=world)


def _cards(result: "ComparisonResult") -> list[Card]:
    table = result.tables["policies"]
    mine = _primary(result, scope(result))
    cards = []
    direction = int(mine["good"][0]) or 1
    seen = np.flatnonzero(np.isfinite(mine["difference"]))
    if seen.size:
        order = seen[np.argsort(-direction * mine["difference"][seen], kind="stable")]
        for word, place in (("greatest gain", order[0]), ("greatest loss", order[-1])):
            unit = str(mine["unit"][place])
            change_ = change(float(mine["difference"][place]), unit)
            cards.append(Card(f"{word} ({unit})", change_, str(mine["policy"][place])))
    if not np.isnan(table["best"]).all():
        best = int(np.nanargmax(table["best"]))
        cards.append(Card("chance of being best", f"{table['best'][best]:.0%}", str(table["policy"][best])))
    counts = [f"{word} {int((mine['verdict'] == word).sum())}" for word in LOOKS if (mine["verdict"] == word).any()]
    cards.append(Card("policies", str(mine["policy"].size), ", ".join(counts)))
    rails = where(result.tables["guardrails"], verdict=BROKEN) if rows_of(result.tables["guardrails"]) else {}
    broken = {(str(g), str(p)) for g, p in zip(rails["guardrail"], rails["policy"], strict=True)} if rails else set()
    cards.append(Card("guardrails broken", str(len(broken)), "by a policy, in some world"))
    return cards


def _order(result: "ComparisonResult") -> list[str]:
    """Policies but the baseline, the greatest difference over all worlds first."""
    here = _primary(result, scope(result))
    order = np.argsort(-np.nan_to_num(here["difference"], nan=-np.inf), kind="stable")
    return [str(policy) for policy in here["policy"][order]]


def _forest_traces(table: Table, order: list[str]) -> list[Trace]:
    """A trace a verdict, all of them in every world, so that worlds differ in values only."""
    places = np.array([order.index(str(policy)) for policy in table["policy"]])
    traces = []
    for verdict, (colour, symbol) in LOOKS.items():
        mine = (table["verdict"] == verdict) & np.isfinite(table["difference"])
        x, low, high = (table[name][mine] for name in ("difference", "low", "high"))
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": verdict,
                "showlegend": bool(mine.any()),
                "x": x,
                "y": places[mine],
                "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2, "color": colour}},
                "hovertext": [
                    f"{policy}: {change(float(d))} ({bounds(float(a), float(b))}), {verdict}"
                    for policy, d, a, b in zip(table["policy"][mine].tolist(), x, low, high, strict=True)
                ],
                "hoverinfo": "text",
                **error_bars(low.tolist(), x.tolist(), high.tolist(), "x"),
            }
        )
    return traces


def _forest(result: "ComparisonResult") -> Chart:
    told = result.manifest
    worlds = [scope(result), *(world for world in told["worlds"] if world != scope(result))]
    order, unit = _order(result), str(_primary(result, worlds[0])["unit"][0])
    steps = []
    for world in worlds:
        here = _primary(result, world)
        margin = here["margin"][here["margin"] > 0]
        band: Trace = {"shapes": []}
        if margin.size:
            reach = float(margin.mean())
            rectangle = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": -reach, "x1": reach, "layer": "below"}
            band = {"shapes": [{**rectangle, "fillcolor": "@grey/0.18", "line": {"width": 0}}]}
        patch = dict(enumerate(_forest_traces(here, order)))
        steps.append(Step(world, patch, band))
    effects = where(result.tables["effects"], measure=told["primary"])
    rows = tuple(
        (
            str(row["policy"]),
            str(row["world"]),
            number(row["policy_mean"], unit),
            change(row["difference"], unit),
            bounds(row["low"], row["high"], unit),
            bounds(row["low_bca"], row["high_bca"], unit),
            _p(row["p_adjusted"]),
            str(row["n"]),
            str(row["verdict"]),
        )
        for row in _rows(effects)
    )
    margin_text = "" if told["margin"] is None else f" Grey band: margin of {told['margin']}."
    return Chart(
        "Forest of policies",
        f"Marks with whiskers: the difference of every policy to {told['baseline']} in {told['primary']}; the shape tells the verdict.",
        f"{told['primary']} ({unit}). {_size(result)} on the same seeds. Whiskers: 95% t interval of the paired difference.{margin_text}",
        tuple(_forest_traces(_primary(result, worlds[0]), order)),
        {
            "xaxis": axis(f"difference in {told['primary']} ({unit})", zeroline=True),
            "yaxis": named(order, autorange=False, range=[len(order) - 0.5, -0.5]),
            **steps[0].layout,
        },
        ("policy", "world", "mean", "difference", "95% interval", "BCa bootstrap", "p adjusted", "n", "verdict"),
        rows,
        Control("select", "World", tuple(steps)) if len(steps) > 1 else None,
        height=190 + 30 * len(order),
    )


def _p(value: float) -> str:
    return NONE if np.isnan(value) else "<0.001" if value < 0.001 else f"{value:.3f}"


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*(c.tolist() for c in table.values()), strict=True)]


def _best(result: "ComparisonResult") -> Grid:
    rows = tuple(
        (
            str(row["policy"]),
            number(row["mean"]),
            NONE if np.isnan(row["best"]) else f"{row['best']:.0%}",
            change(row["worst_difference"]),
            str(row["worst_world"]) or NONE,
            number(row["most_regret"]),
            str(row["regret_world"]),
        )
        for row in _rows(result.tables["policies"])
    )
    head = ("policy", "mean", "chance of best", "worst difference", "in world", "most regret", "in world")
    caption = (
        f"{result.manifest['primary']} over all worlds, the baseline too. Chance: of being the best. {_size(result)}."
    )
    return Grid(caption, head, rows, frozenset((1, 2, 3, 5)))


def _group_traces(table: Table, order: list[str], most: int) -> list[Trace]:
    groups = list(dict.fromkeys(map(str, table["group"]))) if rows_of(table) else []
    traces: list[Trace] = []
    for number_ in range(most):
        trace: Trace = {"type": "scatter", "mode": "markers", "x": [], "y": [], "showlegend": False, "name": ""}
        trace |= {"error_x": {"array": [], "arrayminus": []}, "hovertext": [], "hoverinfo": "text"}
        if number_ < len(groups):
            mine = where(table, group=groups[number_])
            shift = 0.13 * (number_ - (len(groups) - 1) / 2)
            x, low, high = (mine[name].tolist() for name in ("difference", "low", "high"))
            trace |= {
                "x": x,
                "y": [order.index(str(policy)) + shift for policy in mine["policy"]],
                "name": groups[number_],
                "showlegend": True,
                "hovertext": [
                    f"{policy}, {groups[number_]}: {change(d)} ({bounds(a, b)})"
                    for policy, d, a, b in zip(mine["policy"].tolist(), x, low, high, strict=True)
                ],
                **error_bars(low, x, high, "x"),
            }
        trace["marker"] = {"color": MARKS[number_ % 5], "symbol": SYMBOLS[number_ % 5], "size": 8}
        traces.append(trace)
    return traces


def _groups(result: "ComparisonResult") -> Chart:
    table = where(result.tables["groups"], measure="visits", world=scope(result))
    order = _order(result)
    kinds = list(dict.fromkeys(map(str, table["kind"])))
    most = max(len(set(where(table, kind=kind)["group"])) for kind in kinds)
    steps = tuple(
        Step(KINDS.get(kind, kind), dict(enumerate(_group_traces(where(table, kind=kind), order, most))))
        for kind in kinds
    )
    rows = tuple(
        (
            str(row["policy"]),
            str(row["kind"]),
            str(row["group"]),
            number(row["baseline_mean"]),
            change(row["difference"]),
            bounds(row["low"], row["high"]),
            str(row["n"]),
        )
        for row in _rows(table)
    )
    over = " Mean over all worlds." if scope(result) == ALL_WORLDS else ""
    return Chart(
        "Change in visits by group",
        "Marks with whiskers: the difference in visits to the baseline under every policy, group by group.",
        f"Visits per user of the group and day. {_size(result)}. Whiskers: 95% t interval of the paired difference, each alone.{over}",
        tuple(_group_traces(where(table, kind=kinds[0]), order, most)),
        {
            "xaxis": axis("difference in visits (1/user of the group/day)", zeroline=True),
            "yaxis": named(order, autorange=False, range=[len(order) - 0.5, -0.5]),
        },
        ("policy", "kind", "group", "baseline", "difference", "95% interval", "n"),
        rows,
        Control("select", "Groups by", steps),
        height=210 + 42 * len(order),
    )


def _guardrails(result: "ComparisonResult") -> Grid | str:
    table = result.tables["guardrails"]
    if not rows_of(table):
        return "The file names no guardrails."
    found = _rows(table)
    rank = {BROKEN: 0, UNDECIDED: 1, KEPT: 2}
    found.sort(key=lambda row: rank.get(str(row["verdict"]), 3))
    rows = tuple(
        (
            str(row["guardrail"]),
            str(row["policy"]),
            str(row["world"]),
            change(row["difference"]),
            bounds(row["low"], row["high"]),
            change(row["limit"]),
            str(row["n"]),
            str(row["verdict"]),
        )
        for row in found
    )
    head = ("guardrail", "policy", "world", "difference", "95% interval", "limit", "n", "verdict")
    caption = f"Broken first. {_size(result)}. 95% t interval of the paired difference, in the unit of the measure."
    return Grid(caption, head, rows, frozenset((3, 4, 5, 6)))


def _measures(result: "ComparisonResult") -> Grid:
    world = scope(result)
    table = where(result.tables["effects"], world=world)
    rows = tuple(
        (
            str(row["measure"]),
            str(row["policy"]),
            str(row["unit"]),
            number(row["baseline_mean"], str(row["unit"])),
            change(row["difference"], str(row["unit"])),
            bounds(row["low"], row["high"], str(row["unit"])),
            str(row["verdict"]),
        )
        for row in _rows(table)
    )
    head = ("measure", "policy", "unit", "baseline", "difference", "95% interval", "verdict")
    return Grid(f"Every measure and policy, {world}. {_size(result)}.", head, rows, frozenset((3, 4, 5)), folded=True)
