"""Which of the two readings of the event a decomposition supports: H1, the feed itself, or H2, the feed as bait."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from sim.experiments.decompose.decomposition import Decomposition
from sim.experiments.decompose.split import OTHER, TOTAL
from sim.experiments.effect import t_interval

READ = "visits"
"""The readings are about visits; of another measure's effect nothing is read."""
READINGS = {"H1": "the feed itself moves the visits", "H2": "the feed is the bait, and efforts move the visits"}
UNDECIDED = "undecided"


class Reading(NamedTuple):
    """verdict: H1, H2 or UNDECIDED; reason: in words."""

    verdict: str
    reason: str


def can_be_read(result: Decomposition) -> bool:
    """Whether the readings are about this effect: one on visits, and some arm has a circle to be the feed or the bait."""
    scenarios = result.manifest["scenarios"].values()
    kinds = [one.get("policy", {}).get("gate", {}).get("kind") for one in scenarios]
    return result.measure == READ and any(kind != "none" for kind in kinds)


def _sides(parts: Mapping[str, Fraction], sides: Mapping[str, str]) -> dict[str, float]:
    """Parts added up by the reading that their mechanism speaks for; what no mechanism carries speaks for OTHER."""
    found = {side: Fraction(0) for side in (*READINGS, OTHER)}
    for name, part in parts.items():
        side = OTHER if name == OTHER else sides[name]
        if side:
            found[side] += part
    return {side: float(value) for side, value in found.items()}


def reading(result: Decomposition) -> Reading:
    """The reading that the split of an effect on visits supports, at 95% (t over replicates).

    Two sides are weighed, the parts of the mechanisms that speak for H1 (feed) and for H2 (effort, and whatever credit follows).
    Habit speaks for neither, since it carries on what others began. With parts counted in the direction of the total effect,
    H1 or H2 is read if the interval of its side lies above zero, and so do the intervals of its excess over the other side
    and over what no mechanism carries. Undecided: anything else, a total whose interval contains zero (nothing to
    carry), or one replicate (no interval).
    """
    total = result.interval(TOTAL)
    if total.n < 2:
        return Reading(UNDECIDED, "one replicate has no interval")
    if not total.excludes_zero:
        return Reading(UNDECIDED, "the total effect may be zero")
    direction = 1.0 if total.mean > 0 else -1.0
    mechanisms = result.manifest["mechanisms"]
    sides = [_sides(one.parts, {name: mechanisms[name]["reading"] for name in mechanisms}) for one in result.splits]
    values = {side: direction * np.array([one[side] for one in sides]) for side in (*READINGS, OTHER)}
    for verdict, words in READINGS.items():
        own = values[verdict]
        excesses = [own - values[rival] for rival in values if rival != verdict]
        if all(t_interval(each).low > 0 for each in (own, *excesses)):
            return Reading(verdict, words)
    return Reading(UNDECIDED, "neither side clearly carries more than the other and the rest")
