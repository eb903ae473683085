"""A personal goal: the own score on day 0 and so many points more, as far for the low as for the high."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_stretch(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted from `a` points above the own starting score."""
    return 1.0 if score >= starting_score + a else 0.0


class Stretch(GateSettings):
    """Own starting score and so many points more."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_stretch)
    kind: Literal["stretch"] = Field("stretch", description="Kind of gate [kind]")
    points: int = quantity(30, "Points above the own score of day 0 to be admitted", "points", low=-600, high=601)

    def numbers(self) -> Four:
        """a: the points to gain."""
        return (float(self.points), 0.0, 0.0, 0.0)
