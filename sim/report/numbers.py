"""Numbers as a page tells them: by their unit, a share in per cent and its change in percentage points."""

import math

from sim.experiments.effect import Interval

NONE = "-"


def number(value: float, unit: str = "") -> str:
    """A level."""
    if not math.isfinite(value):
        return NONE
    if unit == "share":
        return f"{100 * value:.2f}%"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"


def change(value: float, unit: str = "") -> str:
    """A difference, with its sign; one that four decimals would hide keeps two digits."""
    if not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    scaled, end = (100 * value, " pp") if unit == "share" else (value, "")
    if abs(scaled) >= 100:
        return f"{scaled:+,.1f}{end}"
    return (f"{scaled:+.4f}" if abs(scaled) >= 0.001 else f"{scaled:+.2g}") + end


def bounds(low: float, high: float, unit: str = "") -> str:
    """The bounds of an interval of a difference."""
    return f"{change(low, unit)} to {change(high, unit)}" if math.isfinite(low) and math.isfinite(high) else NONE


def between(interval: Interval, unit: str = "") -> str:
    """The bounds of an interval, or that one replicate has none; of what no replicate has a value of, nothing."""
    if interval.n == 1:
        return "one replicate, no interval"
    return bounds(interval.low, interval.high, unit) if interval.n else NONE


def count(how_many: int, what: str) -> str:
    """A number of things: 1 day, 1,200 users."""
    return f"{how_many:,} {what}{'' if how_many == 1 else 's'}"


def size(run: dict[str, object], replicates: int) -> str:
    """How large a study was: users, length, replicates."""
    length = count(int(str(run["ticks"])), str(run.get("tick", "day")))
    return f"{count(int(str(run['users'])), 'user')}, {length}, n = {count(replicates, 'replicate')}"
