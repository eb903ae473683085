"""Tiers: every feature has a threshold of its own, so that a score opens the circle piece by piece."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.model.gates.threshold import admission_threshold
from sim.scenario.gate import Feature, GateLevel, GateSettings
from sim.scenario.quantity import quantity


class Tiers(GateSettings):
    """Features open at scores of their own."""

    rewards_score: ClassVar[bool] = True
    admission = staticmethod(admission_threshold)
    covers: tuple[Feature, ...] = Field(
        ("view", "like", "tip", "comment"),
        strict=False,
        description="Features with a tier; the others are open to all [features]",
        json_schema_extra={"unit": "features", "source": "assumption", "grade": "-"},
    )
    kind: Literal["tiers"] = Field("tiers", description="Kind of gate [kind]")
    view: int = quantity(
        600, "Score that opens viewing", "points", source="perks at 600, slackerblud.com", grade="C", low=350, high=951
    )
    like: int = quantity(
        650, "Score that opens liking", "points", source="perks at 650, China Daily 2017", grade="B", low=350, high=951
    )
    tip: int = quantity(
        700, "Score that opens tipping", "points", source="perks at 700, jingdaily.com", grade="B", low=350, high=951
    )
    comment: int = quantity(
        750, "Score that opens commenting", "points", source="9553.com/article/78046", grade="B", low=350, high=951
    )
    post: int = quantity(600, "Score that opens posting, to posters", "points", low=350, high=951)

    def levels(self) -> tuple[GateLevel, ...]:
        """One level per score, with all the features that it opens; without a feature one that opens nothing, at once."""
        scores = {feature: int(getattr(self, feature)) for feature in self.covers}
        return tuple(
            GateLevel(
                tuple(feature for feature in self.covers if scores[feature] == score), (float(score), 0.0, 0.0, 0.0)
            )
            for score in sorted(set(scores.values()))
        ) or (GateLevel((), (0.0, 0.0, 0.0, 0.0)),)
