"""No circle at all: the platform before."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import GateSettings


@rule
def admission_none(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Nobody is admitted: there is nothing to be admitted to."""
    return 0.0


class NoCircle(GateSettings):
    """No circle at all: the platform before."""

    has_circle: ClassVar[bool] = False
    guards: ClassVar[bool] = False
    admission = staticmethod(admission_none)
    kind: Literal["none"] = Field("none", description="Kind of gate [kind]")
