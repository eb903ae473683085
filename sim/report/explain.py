"""The explanation of one user's day as a terminal shows it, and as JSON has it."""

from dataclasses import asdict
from typing import Any

from rich.console import Console

from sim.experiments.explain.events import figures, traits
from sim.experiments.explain.explain import Explanation, World
from sim.model.calendar import date_of

TITLES = {"policy": "with the policy", "baseline": "in the baseline"}


def as_record(found: Explanation) -> dict[str, Any]:
    """JSON-ready: per world the reason, the plans weighed and the sentences; and the life side by side."""
    worlds = {
        arm: {
            "scenario": world.life.scenario.name,
            "plan": world.why.plan,
            "reason": world.why.reason.name.lower(),
            "options": [asdict(option) for option in world.why.options],
            "would_change": world.change._asdict(),
            "sentences": world.sentences,
            "figures": figures(world.life),
        }
        for arm, world in found.worlds.items()
    }
    told = [{"day": day, "policy": here, "baseline": there} for day, here, there in found.events]
    head = {"scenario": found.name, "seed": found.seed, "user": found.user, "day": found.day}
    return head | {"traits": traits(found.policy.life), "worlds": worlds, "events": told}


def print_explanation(console: Console, found: Explanation, quiet: bool) -> None:
    """Who the user is, why they do what they do in each world, and their life in both side by side."""
    from rich.table import Table

    date = date_of(found.policy.life.scenario, found.day).isoformat()
    console.print(
        f"{found.name}: user {found.user} on day {found.day} ({date}), seed {found.seed}", markup=False, soft_wrap=True
    )
    console.print("; ".join(f"{name} {value}" for name, value in traits(found.policy.life).items()), markup=False)
    for arm, world in found.worlds.items():
        console.print(f"\nWhy, {TITLES[arm]} ({world.life.scenario.name})", markup=False, style="bold")
        for sentence in world.sentences:
            console.print(sentence, markup=False)
        if len(world.why.options) > 1:
            console.print(_options(world))
    if quiet:
        return
    console.print("\nThe same user's life in both worlds", style="bold")
    table = Table(box=None, pad_edge=False)
    table.add_column("day", justify="right")
    for arm in found.worlds:
        table.add_column(TITLES[arm])
    for day, here, there in found.events:
        table.add_row(str(day), *(here, there)[: len(found.worlds)])
    if not found.events:
        table.add_row("-", *("nothing yet" for _ in found.worlds))
    table.add_section()
    told = [figures(world.life) for world in found.worlds.values()]
    for name in told[0]:
        table.add_row("end", *(f"{name}: {one[name]}" for one in told))
    console.print(table)


def _options(world: World) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("plan", "value (CNY)", "cost (CNY)", "prize (CNY/day)", "days", "points", "chance"):
        table.add_column(name, justify="left" if name == "plan" else "right")
    for option in world.why.options:
        if option.plan == "rest":
            table.add_row("rest", "0", "0", "-", "-", "-", f"{option.chance:.2%}")
        elif option.value is None and not option.days:  # it cannot be taken at all
            table.add_row(option.plan, *("-",) * 5, "0.00%")
        elif option.value is None:
            table.add_row(
                option.plan, "-", f"{option.cost:.2f}", "-", f"{option.days:.0f}", f"{option.points:+.0f}", "0.00%"
            )
        else:
            table.add_row(
                option.plan,
                f"{option.value:+.2f}",
                f"{option.cost:.2f}",
                f"{option.prize_per_day:.2f}",
                f"{option.days:.0f}",
                f"{option.points:+.0f}",
                f"{option.chance:.2%}",
            )
    return table
