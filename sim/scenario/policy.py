"""The policy: what the platform decides. A circle with dates, a campaign, and one gate of some kind."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from sim.scenario.quantity import quantity
from sim.scenario.world import Strict

Feature = Literal["view", "like", "tip", "comment", "post"]


class GateSettings(Strict):
    """What every gate has: what it covers and its dates (days of the run; day 0 is the first)."""

    rewards_score: ClassVar[bool] = False
    has_circle: ClassVar[bool] = True

    covers: tuple[Feature, ...] = Field(
        ("comment",),
        strict=False,
        description="Features that only the admitted may use; posters may always comment and post [features]",
        json_schema_extra={
            "unit": "features",
            "source": "all view, like and tip; 750 to comment: 9553.com/article/78046, mbji.cn",
            "grade": "B",
        },
    )
    announced: int | None = quantity(
        None, "Day on which the rule is made known; the start if not given", "day", low=0, high=7300
    )
    start: int | None = quantity(
        None, "First day of the rule; the circle's opening if not given", "day", low=0, high=7300
    )
    end: int | None = quantity(
        None, "Day from which the rule no longer holds; never if not given", "day", low=0, high=7300
    )

    def numbers(self) -> tuple[float, float, float, float]:
        """The four numbers that the gate's admission rule takes."""
        return (0.0, 0.0, 0.0, 0.0)

    @model_validator(mode="after")
    def _dates_in_order(self) -> "GateSettings":
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(
                f"the rule ends on day {self.end}, not after its start on day {self.start}; give a later end"
            )
        if self.announced is not None and self.start is not None and self.announced > self.start:
            raise ValueError(
                f"the rule is announced on day {self.announced}, after its start on day {self.start}; announce it by then"
            )
        if len(set(self.covers)) != len(self.covers):
            raise ValueError(f"covers names a feature twice: {', '.join(self.covers)}")
        return self


class NoCircle(GateSettings):
    """No circle at all: the platform before."""

    has_circle: ClassVar[bool] = False
    kind: Literal["none"] = Field("none", description="Kind of gate [kind]")


class OpenCircle(GateSettings):
    """A circle without a gate, as earlier social attempts."""

    kind: Literal["open"] = Field("open", description="Kind of gate [kind]")


class Threshold(GateSettings):
    """A hard threshold on the published score."""

    rewards_score: ClassVar[bool] = True
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

    def numbers(self) -> tuple[float, float, float, float]:
        """The threshold."""
        return (float(self.threshold), 0.0, 0.0, 0.0)


class Lottery(GateSettings):
    """The same share admitted by lot, the score ignored."""

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

    def numbers(self) -> tuple[float, float, float, float]:
        """The share admitted."""
        return (self.share, 0.0, 0.0, 0.0)


Gate = Annotated[NoCircle | OpenCircle | Threshold | Lottery, Field(discriminator="kind")]


class CirclePolicy(Strict):
    """When the circle is there."""

    opens: int = quantity(14, "Day on which the circle opens", "day", low=0, high=7300)
    closes: int | None = quantity(
        None, "Day from which the circle is gone; never if not given", "day", low=0, high=7300
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> "CirclePolicy":
        if self.closes is not None and self.closes <= self.opens:
            raise ValueError(
                f"the circle closes on day {self.closes}, not after it opens on day {self.opens}; give a later day"
            )
        return self


class CampaignPolicy(Strict):
    """The campaign that makes the circle known, from the day it opens or its gate is announced, whichever is first."""

    days: int = quantity(14, "Length of the campaign", "days", low=0, high=7300)
    reach: float = quantity(
        1.0, "Strength of the campaign, relative to the world's campaign rate", "factor", low=0, high=1000
    )


class Policy(Strict):
    """What the platform decides."""

    gate: Gate = NoCircle()
    circle: CirclePolicy = CirclePolicy()
    campaign: CampaignPolicy = CampaignPolicy()

    @model_validator(mode="after")
    def _gate_within_circle(self) -> "Policy":
        gate, circle = self.gate, self.circle
        if not gate.has_circle:
            return self
        start = circle.opens if gate.start is None else gate.start
        if circle.closes is not None and start >= circle.closes:
            raise ValueError(
                f"the gate starts on day {start}, when the circle is gone (day {circle.closes}); start it earlier"
            )
        if gate.start is None and gate.announced is not None and gate.announced > start:
            raise ValueError(
                f"the rule is announced on day {gate.announced}, after its start with the circle on day {start}; "
                "announce it by then, or give a start"
            )
        if gate.start is None and gate.end is not None and gate.end <= start:
            raise ValueError(
                f"the rule ends on day {gate.end}, not after its start with the circle on day {start}; give a later end"
            )
        return self
