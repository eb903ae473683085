"""A rising threshold: easy at first, harder with every month, so that standing still is falling behind."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_rising(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted from `a` points up on the first day, `b` more each day, up to `c`."""
    return 1.0 if score >= min(a + b * max(day, 0.0), c) else 0.0


class Rising(GateSettings):
    """A threshold that rises with time."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_rising)
    kind: Literal["rising"] = Field("rising", description="Kind of gate [kind]")
    threshold: int = quantity(700, "Score from which users are admitted on the first day", "points", low=350, high=951)
    rise: float = quantity(10.0, "Rise of the threshold", "points/month", low=0, high=600)
    highest: int = quantity(
        750,
        "Threshold at which the rise stops",
        "points",
        source="rule of the campus circles, 9553.com/article/78046",
        grade="B",
        low=350,
        high=951,
    )

    @model_validator(mode="after")
    def _rises(self) -> "Rising":
        if self.highest < self.threshold:
            raise ValueError(
                f"the threshold starts at {self.threshold} and stops at {self.highest}, below; give a higher highest"
            )
        return self

    def numbers(self) -> Four:
        """a: first threshold (points); b: rise (points/day, months of 30 days); c: last threshold (points)."""
        return (float(self.threshold), self.rise / 30.0, float(self.highest), 0.0)
