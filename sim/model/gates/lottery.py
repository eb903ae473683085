"""A lottery: the same share admitted, the score ignored. The control that separates exclusivity from the score."""

from typing import Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_lottery(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted with chance `a`, whatever the score; the luck is drawn once per user and stands."""
    return a


class Lottery(GateSettings):
    """The same share admitted by lot, the score ignored."""

    admission = staticmethod(admission_lottery)
    kind: Literal["lottery"] = Field("lottery", description="Kind of gate [kind]")
    share: float = quantity(
        0.01,
        "Share of users admitted by lot",
        "share",
        source="about 1% at 750 or more, between two lenders' traces",
        grade="D",
        low=0,
        high=1,
    )

    def numbers(self) -> Four:
        """a: the share admitted."""
        return (self.share, 0.0, 0.0, 0.0)
