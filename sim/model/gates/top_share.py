"""The top share: admitted by rank, not by score, so that one user's rise is another one's fall.

Everybody is ranked anew on the day after each publication (`ranking.py`); equal scores are told apart by standing luck.
"""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.rule import rule
from sim.scenario.gate import GateSettings
from sim.scenario.quantity import quantity


@rule
def admission_top_share(score, starting_score, day, invited, offer, cutoff, tie, a, b, c, d):
    """Admitted above the score of the last place; at that very score, those with a standing luck below `tie`."""
    if score > cutoff:
        return 1.0
    return tie if score == cutoff else 0.0


class TopShare(GateSettings):
    """The users with the highest scores, as many as a share of all."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_top_share)
    kind: Literal["top_share"] = Field("top_share", description="Kind of gate [kind]")
    share: float = quantity(
        0.01,
        "Share of users admitted, by rank of the score",
        "share",
        source="about 1% at 750 or more, between two lenders' traces",
        grade="D",
        low=0,
        high=1,
    )

    def turns_away(self) -> bool:
        """Unless there is a place for everybody."""
        return self.share < 1.0

    def places(self, users: int) -> int:
        """The share of the users, rounded."""
        return round(self.share * users)
