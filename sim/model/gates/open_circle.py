"""A circle without a gate, as earlier social attempts."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import GateSettings


@rule
def admission_open(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Everybody is admitted."""
    return 1.0


class OpenCircle(GateSettings):
    """A circle without a gate, as earlier social attempts."""

    guards: ClassVar[bool] = False
    admission = staticmethod(admission_open)
    kind: Literal["open"] = Field("open", description="Kind of gate [kind]")
