"""What happened to one user, day by day, and how it stands in both worlds side by side."""

from sim.experiments.explain.life import Life, Row
from sim.model.calendar import PUBLICATION, ticks_per_day
from sim.model.states import ASSETS, ENTERED, INVITED, PLANS, ROLE, ROLES, VIEWED

Table = list[tuple[int, str, str]]
"""Rows: day, what happened in the policy's world, what happened in the baseline's ("" nothing)."""


def _tick_events(before: Row, after: Row, published: bool) -> list[str]:
    told = []
    if after["knows"] and not before["knows"]:
        told.append("learned of the circle")
    if after["role"] >= VIEWED > before["role"]:
        told.append("first visit to the circle")
    if after["admitted"] & INVITED and not before["admitted"] & INVITED:
        told.append("invited by a contact")
    if published:
        change = after["score"] - before["score"]
        told.append(f"score {before['score']} to {after['score']}" if change else f"score stays {after['score']}")
    if after["admitted"] & ENTERED and not before["admitted"] & ENTERED:
        told.append("admitted")
    if before["admitted"] & ENTERED and not after["admitted"] & ENTERED:
        told.append("no longer admitted")
    if after["plan"] != before["plan"]:
        told.append(f"plan: {PLANS[before['plan']]} to {PLANS[after['plan']]}")
    proved = after["declared"] & ~before["declared"]
    told += [f"proved the {name.replace('_', ' ')}" for k, name in enumerate(ASSETS) if proved >> k & 1]
    return told


def events(life: Life) -> list[tuple[int, str]]:
    """Day and what happened, in order."""
    made = []
    for tick in range(life.ticks):
        published = bool(life.calendar.flags[tick] & PUBLICATION)
        told = _tick_events(life.rows[tick], life.rows[tick + 1], published)
        made += [(life.day_of(tick), what) for what in told]
    return made


def side_by_side(policy: Life, baseline: Life | None) -> Table:
    """Every day on which something happened in either world."""
    here, there = events(policy), events(baseline) if baseline is not None else []
    days = sorted({day for day, _ in [*here, *there]})
    return [
        (day, *("; ".join(what for on, what in one if on == day) for one in (here, there)))  # type: ignore[misc]
        for day in days
    ]


def figures(life: Life) -> dict[str, str]:
    """How the user stands at the end, by what it is called, with units."""
    now, days = life.now, max(life.ticks / ticks_per_day(life.scenario), 1e-9)
    learned, admitted = now["learned_day"], now["admitted_day"]
    return {
        "visits so far": f"{now['visits']:,} ({now['visits'] / days:.2f} a day)",
        "published score": f"{now['score']} ({now['score'] - now['starting_score']:+d} since day 0)",
        "knows of the circle": f"since day {life.day_of(learned)}" if learned >= 0 else "no",
        "admitted": _admitted(life, admitted),
        "plan": PLANS[now["plan"]],
        "cash": f"{now['liquidity'] / 100:,.0f} CNY",
        "debt": f"{now['debt'] / 100:,.0f} CNY",
        "recent spend": f"{float(now['recent_spend']):,.0f} CNY/day",
    }


def _admitted(life: Life, first: int) -> str:
    if first < 0:
        return "never"
    state = "" if life.now["admitted"] & ENTERED else ", not now"
    return f"since day {life.day_of(first)}{state}" if not state else f"first on day {life.day_of(first)}{state}"


def traits(life: Life) -> dict[str, str]:
    """What the user is like from the first day to the last, the same in both worlds."""
    row = life.rows[0]
    owned = [name.replace("_", " ") for k, name in enumerate(ASSETS) if row["owned"] >> k & 1]
    return {
        "role": ROLES[row["role"] & ROLE],
        "income": f"{row['income'] / 100:,.0f} CNY a month",
        "responds to a threshold": "yes" if row["responsive"] else "no",
        "central-bank file": "yes" if row["has_file"] else "no",
        "owns": ", ".join(owned) or "no asset that could be proved",
        "contacts": str(life.contacts),
        "circle is worth": f"{float(row['circle_worth']):.2f} CNY a day, when lively",
        "score on day 0": str(row["starting_score"]),
    }
