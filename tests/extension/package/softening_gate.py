"""A kind of gate from outside the program, as a stranger would write it: the example of MODEL.md, 7.16."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.numerics import logistic
from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def leniency(day, patience):
    """Part of the points asked for that is still asked for after so many days (1 down to 0)."""
    return 1.0 / (1.0 + day / patience)


@rule
def admission_softening(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """An S-shaped chance around `a` points above the own starting score, `b` wide; what is asked shrinks over `c` days."""
    return logistic((score - starting_score - a * leniency(max(day, 0.0), c)) / b)


class Softening(GateSettings):
    """A personal goal that grows softer with time."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_softening)
    kind: Literal["softening"] = Field("softening", description="Kind of gate [kind]")
    points: float = quantity(20.0, "Points asked for on the first day", "points", low=0, high=600)
    width: float = quantity(5.0, "Width of the rise", "points", above=0, high=600)
    patience: float = quantity(30.0, "Days after which half is asked for", "days", above=0, high=7300)

    def numbers(self) -> Four:
        """a: points; b: width (points); c: patience (days)."""
        return (self.points, self.width, self.patience, 0.0)
