"""How long a run is, in words."""

from typing import Any


def length_of(run: dict[str, Any]) -> str:
    """The length of a run (its settings as plain values) in its own ticks: 180 days, 2208 hours, 1 day."""
    ticks = run["ticks"]
    return f"{ticks} {run.get('tick', 'day')}{'' if ticks == 1 else 's'}"
