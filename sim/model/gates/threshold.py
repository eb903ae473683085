"""A hard threshold on the published score: the rule of November 2016 at 750."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_threshold(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted from `a` points up."""
    return 1.0 if score >= a else 0.0


class Threshold(GateSettings):
    """A hard threshold on the published score."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_threshold)
    kind: Literal["threshold"] = Field("threshold", description="Kind of gate [kind]")
    threshold: int = quantity(
        750,
        "Score from which users are admitted",
        "points",
        source="rule of the campus circles, 9553.com/article/78046",
        grade="B",
        low=350,
        high=951,
    )

    def numbers(self) -> Four:
        """a: the threshold (points)."""
        return (float(self.threshold), 0.0, 0.0, 0.0)
