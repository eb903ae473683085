"""The chapter of a run: visits, channels, groups, what must not get worse, scores, plans, awareness."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiments.effect import Effect
from sim.experiments.summary import channels_shown
from sim.model.measures import EFFORT_CHANNELS
from sim.report.after import after_lines
from sim.report.numbers import between, bounds, change, number, size
from sim.report.page.chart import Chart, Control, Ours, Step, Trace, axis, band, error_bars, line, named, upright
from sim.report.page.origin import origin, scenario_section
from sim.report.page.parts import Block, Card, Chapter, Grid, Section
from sim.report.plain import short
from sim.report.series import (
    arms,
    by_replicate,
    group_effects,
    last_week,
    per_day,
    plan_shares,
    score_days,
    score_shares,
)
from sim.report.terminal import MEANINGS
from sim.results.title import note, title

if TYPE_CHECKING:
    from sim.experiments.run import Result

COLOURS = {"policy": ("@policy", "solid"), "baseline": ("@baseline", "dash")}
PLAN_LOOKS = {"spend": ("@policy", "/"), "repay": ("@baseline", "."), "upload": ("@third", "x")}
"""Colour and pattern of the plans: either is enough to tell them apart."""
LEAST_DIFFERENCE = 1e-12
PERCENT = Ours("%{y:.2f}%")
MEAN_AND_BAND = "Line: mean over replicates; band: lowest to highest replicate; no 95% interval is drawn."


def chapter(result: "Result") -> Chapter:
    """A run as a chapter."""
    manifest = result.manifest
    policy = title(manifest)
    question = f"How often do people use the platform under {policy}?"
    if result.paired:
        baseline = manifest["scenarios"]["baseline"]["name"]
        question = f"What does {policy} change in how often people use the platform, against {baseline}?"
    after = after_lines(result.tables["after"])
    sections = [
        Section("Visits over time", tuple(_visits(result))),
        *([Section("Through which channel", (_channels(result),))] if result.paired else []),
        *([Section("Who gains and who pays", (_groups(result),))] if group_effects(result) else []),
        *([Section("Guardrails: what must not get worse", (_guardrails(result),))] if result.paired else []),
        *([Section("Score distribution", (_scores(result),))] if score_days(result) else []),
        Section("Who makes an effort", (_plans(result),)),
        Section("Awareness and admission", (_awareness(result),)),
        *([Section("After-effects", tuple(after))] if after else []),
        Section("Every measure", (_measures(result),)),
        scenario_section(manifest["scenarios"]),
        origin(manifest),
    ]
    return Chapter(
        "run",
        policy,
        question,
        result.summary(),
        tuple(_cards(result)),
        tuple(sections),
        note(manifest),
    )


def _size(result: "Result") -> str:
    return size(result.manifest["scenarios"]["policy"]["run"], result.manifest["replicates_finished"])


def _cards(result: "Result") -> list[Card]:
    effects = result.effects
    visits = effects["visits"]
    cards = [Card("visits per user and day", number(visits.policy), "")]
    if result.paired:
        cards[0] = Card("visits per user and day", number(visits.policy), f"baseline {number(visits.baseline)}")
        relative = f"{visits.relative:+.2%}, " if np.isfinite(visits.relative) else ""
        effect = Card("effect on visits", change(visits.interval.mean), f"{relative}95%: {between(visits.interval)}")
        feed = effects["visits_circle"].interval
        effort = sum(effects[f"visits_{channel}"].interval.mean for channel in EFFORT_CHANNELS)
        cards += [
            effect,
            Card("of it in the circle (the feed)", change(feed.mean), f"95%: {between(feed)}"),
            Card("of it by efforts for the score", change(effort), "to pay, to look at the score, errands of credit"),
        ]
    striving = sum(effects[f"plan_{plan}"].policy for plan in PLAN_LOOKS)
    cards += [
        Card("users making an effort", number(striving, "share"), "on an average day"),
        Card("users admitted", number(effects["admitted"].policy, "share"), "at the end"),
    ]
    return cards


def _gate(result: "Result") -> Trace:
    """The mark of the day on which the circle opens, if it does."""
    policy = result.manifest["scenarios"]["policy"]["policy"]
    return {} if policy["gate"]["kind"] == "none" else upright(policy["circle"]["opens"], "circle opens")


def _days(result: "Result", ticks: int) -> NDArray[np.float64]:
    return np.arange(ticks) / per_day(result)


def _with_band(days: NDArray[np.float64], values: NDArray[np.float64], name: str, arm: str) -> list[Trace]:
    colour, dash = COLOURS[arm]
    mean = line(days, values.mean(axis=0), name, colour, dash=dash) | {"legendgroup": arm}
    return [*(band(days, values.min(axis=0), values.max(axis=0), colour, arm) if len(values) > 1 else []), mean]


def _table_of(
    days: NDArray[np.float64], columns: dict[str, NDArray[np.float64]], unit: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Head and rows of a table by day: a row a day, the last tick of it."""
    every = max(round(1 / (days[1] - days[0])) if days.size > 1 else 1, 1)
    rows = [
        (f"{days[k]:g}", *(number(float(column[k]), unit) for column in columns.values()))
        for k in range(every - 1, days.size, every)
    ]
    return ("day", *columns), tuple(rows)


def _visits(result: "Result") -> list[Block]:
    means = {arm: last_week(by_replicate(result, arm, "visits"), per_day(result)) for arm, _ in arms(result)}
    days = _days(result, means["policy"].shape[1])
    if not np.isfinite(means["policy"]).any():
        return ["The run is shorter than a week, so there is no mean of seven days to show."]
    seen = np.isfinite(means["policy"]).all(axis=0)
    days, means = days[seen], {arm: values[:, seen] for arm, values in means.items()}
    traces = [trace for arm, name in arms(result) for trace in _with_band(days, means[arm], name, arm)]
    unit = "Visits per user and day, mean of the last 7 days."
    columns = {f"{arm}: {name}": means[arm].mean(axis=0) for arm, name in arms(result)}
    head, rows = _table_of(days, columns, "")
    day_axis = axis("day of the run")
    blocks: list[Block] = [
        Chart(
            "Visits to the platform",
            "Lines over the days of the run: visits per user and day, one line for the policy and one for the baseline.",
            f"{unit} {_size(result)}. {MEAN_AND_BAND}",
            tuple(traces),
            {"xaxis": day_axis, "yaxis": axis("visits (1/user/day)"), **_gate(result)},
            head,
            rows,
        )
    ]
    if result.paired:
        difference = means["policy"] - means["baseline"]
        head, rows = _table_of(days, {"difference": difference.mean(axis=0)}, "")
        blocks.append(
            Chart(
                "Difference to the baseline",
                "A line over the days of the run: visits per user and day under the policy less those of the baseline.",
                f"{unit} {_size(result)}, on the same people and luck. {MEAN_AND_BAND}",
                tuple(_with_band(days, difference, "difference", "policy")),
                {"xaxis": day_axis, "yaxis": axis("difference (1/user/day)", zeroline=True), **_gate(result)},
                head,
                rows,
                height=280,
            )
        )
    return blocks


def _channels(result: "Result") -> Chart:
    channels = channels_shown(result.effects)
    names = ["visits", *(f"visits_{channel}" for channel in channels)]
    labels = ["all", *channels]
    found = [result.effects[name].interval for name in names]
    mean = [one.mean for one in found]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": mean,
        "y": list(range(len(names))),
        "marker": {"color": ["@policy", *["@policy/0.55"] * len(channels)]},
        "hovertext": [
            f"{label}: {change(one.mean)} ({between(one)})" for label, one in zip(labels, found, strict=True)
        ],
        "hoverinfo": "text",
        "showlegend": False,
        **error_bars([one.low for one in found], mean, [one.high for one in found], "x"),
    }
    return Chart(
        "Change in visits by channel",
        "Bars: the difference in visits to the baseline, in all and by channel.",
        f"Visits per user and day. {_size(result)}. Bars: paired mean; whiskers: 95% t interval over replicates.",
        (trace,),
        {
            "xaxis": axis("difference in visits (1/user/day)", zeroline=True),
            "yaxis": named(labels, autorange="reversed"),
        },
        ("channel", "meaning", "policy", "baseline", "difference", "95% interval"),
        tuple(
            (label, MEANINGS[name], number(e.policy), number(e.baseline), change(e.interval.mean), between(e.interval))
            for label, name, e in zip(labels, names, (result.effects[name] for name in names), strict=True)
        ),
        height=330,
    )


def _groups(result: "Result") -> Chart:
    found = group_effects(result)
    kinds = list(dict.fromkeys(one.kind for one in found))
    looks = ("@policy", "@baseline", "@third", "@grey", "@fourth")
    symbols = ("circle", "square", "triangle-up", "diamond", "x")
    traces = []
    for place, kind in enumerate(kinds):
        mine = [(row, one) for row, one in enumerate(found) if one.kind == kind]
        mean = [one.interval.mean for _, one in mine]
        whiskers = error_bars([one.interval.low for _, one in mine], mean, [one.interval.high for _, one in mine], "x")
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": mean,
                "y": [row for row, _ in mine],
                "name": kind,
                "marker": {"color": looks[place % 5], "symbol": symbols[place % 5], "size": 9},
                "hovertext": [f"{one.group}: {change(one.interval.mean)} ({between(one.interval)})" for _, one in mine],
                "hoverinfo": "text",
                **whiskers,
            }
        )
    return Chart(
        "Effect on visits, group by group",
        "Dots with whiskers: the difference in visits to the baseline of each group of users.",
        f"Visits per user of the group and day. {_size(result)}. Dots: paired mean; whiskers: 95% t interval, each alone.",
        tuple(traces),
        {
            "xaxis": axis("difference in visits (1/user of the group/day)", zeroline=True),
            "yaxis": named([one.group for one in found], autorange="reversed"),
        },
        ("kind", "group", "users", "policy", "baseline", "difference", "95% interval"),
        tuple(
            (
                one.kind,
                one.group,
                f"{one.users:,.0f}",
                number(one.policy),
                number(one.baseline),
                change(one.interval.mean),
                between(one.interval),
            )
            for one in found
        ),
        height=140 + 26 * len(found),
    )


def _reading(effect: Effect) -> str:
    """What an interval says of a measure with a good direction."""
    if effect.interval.n > 1 and effect.interval.excludes_zero:
        return "better" if effect.interval.mean * effect.good > 0 else "worse"
    return "the same" if abs(effect.interval.mean) < LEAST_DIFFERENCE else "not certain"


def _guardrails(result: "Result") -> Grid:
    rows = [
        (
            name,
            MEANINGS[name],
            effect.unit,
            number(effect.policy, effect.unit),
            number(effect.baseline, effect.unit),
            change(effect.interval.mean, effect.unit),
            between(effect.interval, effect.unit),
            _reading(effect),
        )
        for name, effect in result.effects.items()
        if effect.good < 0 or name in ("daily_active", "attention_share")
    ]
    head = ("measure", "meaning", "unit", "policy", "baseline", "difference", "95% interval", "reading")
    return Grid(
        f"Measures of which less is better, and two of which more is. {_size(result)}. 95% t intervals of the paired difference.",
        head,
        tuple(rows),
        frozenset((3, 4, 5, 6)),
    )


def _scores(result: "Result") -> Chart:
    days = score_days(result)
    last = len(days) - 1
    shown = arms(result)
    first_edges, first = score_shares(result, "policy", days[0])
    width = 10
    traces: list[Trace] = [
        {
            "type": "bar",
            "x": first_edges + width / 2,
            "y": score_shares(result, arm, days[last])[1],
            "name": short(name),
            "width": width * (1.0 if arm == "policy" else 0.45),
            "marker": {"color": COLOURS[arm][0] + ("/0.75" if arm == "policy" else "")},
            "hovertemplate": PERCENT,
        }
        for arm, name in shown
    ]
    traces.append(
        line(first_edges + width / 2, first, f"day {days[0]:g}", "@faint", width=1.5)
        | {"line": {"color": "@faint", "shape": "hvh", "width": 1.5, "dash": "dot"}}
    )
    steps = tuple(
        Step(f"day {day:g}", {k: {"y": score_shares(result, arm, day)[1]} for k, (arm, _) in enumerate(shown)})
        for day in days
    )
    everything = np.concatenate([score_shares(result, arm, day)[1] for arm, _ in shown for day in days])
    held = first_edges[: first.size]
    seen = [
        held[score_shares(result, arm, day)[1] > 0] for arm, _ in shown for day in (days[0], days[last])
    ]  # where anybody is
    low, high = min(int(part.min()) for part in seen), max(int(part.max()) for part in seen) + width
    threshold = result.manifest["scenarios"]["policy"]["policy"]["gate"].get("threshold")
    mark = upright(threshold, f"gate {threshold:g}") if isinstance(threshold, int | float) else {}
    rows = []
    table = {(arm, day): score_shares(result, arm, day)[1] for arm, _ in shown for day in days}
    for place, edge in enumerate(held.tolist()):
        if low <= edge < high:
            rows.append(
                (f"{edge} to {edge + width - 1}", *(f"{table[arm, d][place]:.2f}" for d in days for arm, _ in shown))
            )
    head = ("points", *(f"{arm}, day {day:g}" for day in days for arm, _ in shown))
    return Chart(
        "Published scores, day by day",
        "Bars: share of users in bins of 10 points, under the policy and the baseline; a dotted outline: the first day.",
        f"Share of users (%) in bins of 10 points. {_size(result)}. Mean over replicates; no interval is shown.",
        tuple(traces),
        {
            "barmode": "overlay",
            "xaxis": axis("published score (points)", range=[low - width, high + width]),
            "yaxis": axis("users (% per 10 points)", range=[0, 1.08 * float(everything.max())]),
            **mark,
        },
        head,
        tuple(rows),
        Control("slider", "Day of the run", steps, last),
    )


def _plans(result: "Result") -> Block:
    found = plan_shares(result)
    if found is None:
        return "Nobody responsive knew of a gate, so nobody weighed an effort."
    if not any(share.any() for share in found.shares.values()):
        return "Nobody made an effort near the gate."
    middle = found.distance + 12.5
    traces = tuple(
        {
            "type": "bar",
            "x": middle,
            "y": share,
            "name": kind,
            "marker": {
                "color": PLAN_LOOKS[kind][0],
                "pattern": {
                    "shape": PLAN_LOOKS[kind][1],
                    "solidity": 0.25,
                    "fillmode": "overlay",
                    "fgcolor": "@ground",
                },
            },
            "width": 22,
            "hovertemplate": PERCENT,
        }
        for kind, share in found.shares.items()
    )
    rows = tuple(
        (
            f"{distance + 1} to {distance + 25}",
            f"{users:,.0f}",
            *(f"{share[place]:.2f}" for share in found.shares.values()),
        )
        for place, (distance, users) in enumerate(zip(found.distance.tolist(), found.users.tolist(), strict=True))
    )
    return Chart(
        "Plan choice by distance to the gate",
        "Stacked bars: of the responsive users who know of the gate, the share on each plan, by points missing to the gate.",
        f"Share (%) of responsive users who know, all publications and replicates together. {_size(result)}. "
        "The others of each bin rest; no interval is shown.",
        traces,
        {
            "barmode": "stack",
            "xaxis": axis("points missing to the gate (right: above it)", autorange="reversed"),
            "yaxis": axis("responsive users who know (%)"),
            **upright(0.0, "the gate"),
        },
        ("points missing", "user-months", *(f"{kind} (%)" for kind in found.shares)),
        rows,
    )


def _awareness(result: "Result") -> Chart:
    shown = (("knowing", "Know of the circle"), ("viewers", "Have seen it"), ("admitted", "Admitted by the gate"))
    values = {m: {arm: 100 * by_replicate(result, arm, m) for arm, _ in arms(result)} for m, _ in shown}
    days = _days(result, next(iter(values["knowing"].values())).shape[1])

    def traces(measure: str) -> list[Trace]:
        return [t for arm, name in arms(result) for t in _with_band(days, values[measure][arm], name, arm)]

    columns = {f"{label}: {arm}": values[m][arm].mean(axis=0) / 100 for m, label in shown for arm, _ in arms(result)}
    head, rows = _table_of(days, columns, "share")
    steps = tuple(Step(label, {k: {"y": t["y"]} for k, t in enumerate(traces(m))}) for m, label in shown)
    return Chart(
        "Who knows, who looks, who is let in",
        "Lines over the days of the run: the share of users who know of the circle, have seen it or are admitted.",
        f"Share of all users (%). {_size(result)}. {MEAN_AND_BAND}",
        tuple(traces("knowing")),
        {"xaxis": axis("day of the run"), "yaxis": axis("users (%)", rangemode="tozero"), **_gate(result)},
        head,
        rows,
        Control("select", "Show", steps),
    )


def _measures(result: "Result") -> Grid:
    paired = result.paired
    rows: list[tuple[str, ...]] = []
    for name, effect in result.effects.items():
        row: tuple[str, ...] = (name, MEANINGS[name], effect.unit, number(effect.policy, effect.unit))
        if paired:
            told: Any = effect.interval
            row += (
                number(effect.baseline, effect.unit),
                change(told.mean, effect.unit),
                bounds(told.low, told.high, effect.unit),
            )
        rows.append(row)
    head = ("measure", "meaning", "unit", "policy", *(("baseline", "difference", "95% interval") if paired else ()))
    caption = f"All {len(rows)} measures. {_size(result)}."
    return Grid(caption, head, tuple(rows), frozenset(range(3, len(head))), folded=True)
