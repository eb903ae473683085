"""A day of the run in a scenario: a whole number, or one with a fraction where ticks are shorter than a day."""

from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer


def _plain(day: float) -> float:
    """Whole days without a point, as they are written."""
    return int(day) if day == int(day) else day


Day = Annotated[float, AfterValidator(_plain), PlainSerializer(lambda day: day, return_type=Any)]
"""Day of the run, day 0 the first; 10.5 is noon of day 10."""

LAST_DAY = 7300
