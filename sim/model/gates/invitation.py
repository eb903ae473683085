"""Invitation: a few are admitted by lot, and everybody admitted invites some contacts, the score ignored."""

from typing import Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import Four, GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_invitation(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted if invited, and otherwise with chance `a`, the luck drawn once."""
    return 1.0 if invited > 0.0 else a


class Invitation(GateSettings):
    """By invitation of those who are in."""

    admission = staticmethod(admission_invitation)
    kind: Literal["invitation"] = Field("invitation", description="Kind of gate [kind]")
    seeds: float = quantity(0.001, "Share of users admitted by lot on the first day", "share", low=0, high=1)
    each: int = quantity(3, "Contacts that each of the admitted invites, at most", "contacts", low=0, high=50)

    def invitations(self) -> int:
        """How many each invites."""
        return self.each

    def numbers(self) -> Four:
        """a: share of seeds."""
        return (self.seeds, 0.0, 0.0, 0.0)
