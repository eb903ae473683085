"""What the lab says, as HTML: faults, figures of both worlds, one user's reasons. All text is escaped here."""

import html
from collections.abc import Sequence
from typing import Any

from sim.experiments.explain.events import figures, traits
from sim.experiments.explain.explain import Explanation
from sim.lab.charts import NAMES
from sim.lab.session import Session
from sim.model.measures import MEASURES
from sim.report.numbers import change, number

MEANINGS = {measure.name: (measure.meaning, measure.unit) for measure in MEASURES}
SHOWN = (
    "visits",
    "visits_circle",
    "visits_score",
    "visits_habit",
    "visits_rival",
    "knowing",
    "admitted",
    "plan_spend",
    "plan_repay",
    "plan_upload",
    "debt",
)
"""Measures told in figures, in order."""
ALERT = "background:#fdecea;border-left:4px solid #b3261e;padding:4px 10px;color:#5f1a15"
WIDE = "overflow-x:auto"
"""What is wider than the page is scrolled sideways in its own box."""


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p style='margin:4px 0'>{html.escape(line)}</p>" for line in lines)


def _row(cells: Sequence[str], tag: str = "td", numbers: bool = False) -> str:
    first = "padding:2px 10px 2px 0;text-align:left;vertical-align:top"
    aligned = first.replace("left", "right") + (";white-space:nowrap" if tag == "td" else "")
    style = aligned if numbers else first
    made = "".join(
        f"<{tag} style='{style if place else first}'>{html.escape(cell)}</{tag}>" for place, cell in enumerate(cells)
    )
    return f"<tr>{made}</tr>"


def alert(lines: Sequence[str]) -> str:
    """What is wrong; nothing if there are no lines."""
    return f"<div role='alert' style='{ALERT}'>{_paragraphs(lines)}</div>" if lines else ""


def status(parts: Sequence[str]) -> str:
    """Where the session stands, in one line."""
    return f"<p style='margin:4px 0'>{html.escape('; '.join(parts))}.</p>"


def figures_table(session: Session) -> str:
    """The figures of both worlds so far, which at the end are those of a run: a mean over days, or the last day's value."""
    if not session.day:
        return ""
    found = {arm: session.figures(arm) for arm in session.arms}
    names = [name for name in SHOWN if name in found["policy"]]
    is_paired = "baseline" in found
    heads = [NAMES[arm] for arm in found] + (["difference"] if is_paired else [])
    rows = [_row(["so far", *heads], "th", numbers=True)]
    for name in names:
        meaning, unit = MEANINGS[name]
        values = [number(world[name], unit) for world in found.values()]
        if is_paired:
            values.append(change(found["policy"][name] - found["baseline"][name], unit))
        rows.append(_row([f"{meaning} ({unit})", *values], numbers=True))
    return f"<div style='{WIDE}'><table id='figures'>{''.join(rows)}</table></div>"


def _options(found: Any) -> str:
    if len(found.why.options) < 2:
        return ""
    rows = [_row(["plan", "value (CNY)", "cost (CNY)", "chance"], "th")]
    for option in found.why.options:
        value = "-" if option.value is None else f"{option.value:+.2f}"
        cost = "-" if option.value is None and not option.days else f"{option.cost:.2f}"
        rows.append(_row([option.plan, value, cost, f"{option.chance:.2%}"]))
    return f"<table>{''.join(rows)}</table>"


def explanation(found: Explanation) -> str:
    """One user's reasons, and their life in both worlds."""
    who = "; ".join(f"{name} {value}" for name, value in traits(found.policy.life).items())
    parts = [f"<h3>User {found.user} on day {found.day}</h3>", _paragraphs([who])]
    for arm, world in found.worlds.items():
        parts += [f"<h4>Why, {NAMES[arm]}</h4>", _paragraphs(world.sentences), _options(world)]
    heads = [NAMES[arm] for arm in found.worlds]
    rows = [_row(["day", *heads], "th")]
    rows += [_row([str(day), *(here, there)[: len(heads)]]) for day, here, there in found.events]
    ends = [figures(world.life) for world in found.worlds.values()]
    rows += [_row(["now", *(f"{name}: {end[name]}" for end in ends)]) for name in ends[0]]
    parts.append(f"<h4>The same life in both worlds</h4><div style='{WIDE}'><table>{''.join(rows)}</table></div>")
    return "".join(parts)
