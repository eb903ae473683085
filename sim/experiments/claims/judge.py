"""From an interval to a verdict, and from verdicts over the values of a setting to what a claim hinges on."""

from collections.abc import Sequence
from typing import Any

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "undecided"


def verdict(says: str, low: float, high: float, margin: float = 0.0) -> str:
    """Whether a claim holds: says: rises, falls or unchanged; low, high: interval of the paired difference (equal where all
    differences are the same); margin: largest difference that does not count, in the unit of the measure.
    """
    if not low <= high:  # not a number: too few replicates
        return UNDECIDED
    if says == "unchanged":
        if -margin <= low and high <= margin:
            return HOLDS
        return FAILS if high < -margin or low > margin else UNDECIDED
    if says == "falls":
        low, high = -high, -low
    if low > margin:
        return HOLDS
    return FAILS if high < margin or low == high else UNDECIDED


def turns(here: str, there: str) -> bool:
    """Whether a verdict there is another than here: the contrary, or one at all where here is none."""
    return there != UNDECIDED and there != here


def steps_to(values: Sequence[Any], own: Any, place: int) -> int:
    """How many steps lie between a setting's own value and the value at a place, among the values tried in order.

    Numbers are put in order of size with the own value among them; of names each is one step away.
    """
    numbers = [value for value in (*values, own) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) != len(values) + 1:
        return 1
    order = sorted(set(numbers))
    return abs(order.index(values[place]) - order.index(own))
