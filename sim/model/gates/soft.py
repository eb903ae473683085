"""A soft gate: the chance to be admitted rises with the score instead of jumping.

The rise is a straight line between two scores, not an S: exactly 0 below and 1 above, so that those far from it know that
no effort counts, and a gate far below everybody is no gate at all.
"""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_soft(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Chance 0 at `a` points, 1 at `b`, in a straight line between."""
    return min(max((score - a) / (b - a), 0.0), 1.0)


class Soft(GateSettings):
    """The chance to be admitted rises with the score."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_soft)
    kind: Literal["soft"] = Field("soft", description="Kind of gate [kind]")
    lowest: int = quantity(700, "Score up to which nobody is admitted", "points", low=0, high=950)
    surest: int = quantity(800, "Score from which everybody is admitted", "points", low=1, high=1600)

    @model_validator(mode="after")
    def _rises(self) -> "Soft":
        if self.surest <= self.lowest:
            raise ValueError(
                f"the chance is 0 up to {self.lowest} points and 1 from {self.surest}; give a surest above the lowest"
            )
        return self

    def numbers(self) -> Four:
        """a, b: the scores at which the chance is 0 and 1 (points)."""
        return (float(self.lowest), float(self.surest), 0.0, 0.0)
