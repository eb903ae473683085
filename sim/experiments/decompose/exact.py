"""Measures as exact fractions: a mean of counts goes back to its whole number, any other float is taken as it stands."""

from fractions import Fraction

from sim.model.calendar import ticks_per_day
from sim.model.measures import MEASURES, USER_MEASURES
from sim.scenario.schema import Scenario

COUNTED = frozenset(measure.name for measure in MEASURES if measure.unit == "1/user/day" and measure.over == "mean")
"""Measures that are a whole number of visits over user-days."""

UNITS = {measure.name: measure.unit for measure in MEASURES} | {name: m.unit for name, m in USER_MEASURES.items()}
"""Unit of every measure that can be decomposed, by name."""


def exact(measure: str, value: float, scenario: Scenario) -> Fraction:
    """A measure of a run of `scenario` as a fraction.

    A count comes back whole from its mean: at the largest size of a run rounding is off by less than a hundredth of a visit.
    """
    if measure not in COUNTED:
        return Fraction(value)
    user_ticks = scenario.run.users * scenario.run.ticks
    per_day = ticks_per_day(scenario)
    return Fraction(round(value * user_ticks / per_day) * per_day, user_ticks)


def as_text(value: Fraction) -> str:
    """A fraction as text that `Fraction` reads again."""
    return f"{value.numerator}/{value.denominator}"
