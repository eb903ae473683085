"""What every kind of gate has: settings with dates, and the one shape in which the engines see it.

A kind is a subclass of `GateSettings` in a file of its own below `sim.model.gates`, or in a package of anybody's. It gives
its rule, the numbers that the rule takes, and says what it asks of a user; engines and reports know no kind by name.
"""

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from sim.model.gates.ranking import NOBODY
from sim.scenario.moment import Day
from sim.scenario.quantity import quantity
from sim.scenario.strict import Strict

Feature = Literal["view", "like", "tip", "comment", "post"]
Four = tuple[float, float, float, float]
"""The numbers a, b, c and d of an admission rule; those it does not need are 0."""

MOST_LEVELS = 5
"""Levels that a gate may have: one per feature at most."""


class GateLevel(NamedTuple):
    """One level of a gate: the features that it opens to those whom the rule admits with these four numbers."""

    opens: tuple[Feature, ...]
    numbers: Four


class GateSettings(Strict):
    """What every gate has: what it covers and its dates (days of the run; day 0 is the first)."""

    has_circle: ClassVar[bool] = True
    """There is a circle at all."""
    guards: ClassVar[bool] = True
    """Something is closed to those who are not admitted; otherwise nobody is asked."""
    rewards_score: ClassVar[bool] = False
    """A higher score can open the gate, so that effort for the score can pay off."""
    admission: ClassVar[Callable[..., float]]
    """The rule: see `sim.model.gates`."""

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
    announced: Day | None = quantity(
        None, "Day on which the rule is made known; the start if not given", "day", low=0, high=7300
    )
    start: Day | None = quantity(
        None, "First day of the rule; the circle's opening if not given", "day", low=0, high=7300
    )
    end: Day | None = quantity(
        None, "Day from which the rule no longer holds, as users foresee; never if not given", "day", low=0, high=7300
    )
    dropped: Day | None = quantity(
        None,
        "Day from which the rule no longer holds, to everybody's surprise; never if not given",
        "day",
        low=0,
        high=7300,
    )

    def numbers(self) -> Four:
        """The four numbers that the gate's admission rule takes."""
        return (0.0, 0.0, 0.0, 0.0)

    def levels(self) -> tuple[GateLevel, ...]:
        """The gate's levels (1 to MOST_LEVELS), the lowest first: one that opens all that it covers, unless a kind has more."""
        return (GateLevel(self.covers, self.numbers()),)

    def turns_away(self) -> bool:
        """Whether some score could keep somebody out, so that people look at theirs because of the gate."""
        worst = (
            350,
            950,
            1_000_000,
            0,
            0.0,
            NOBODY,
            0.0,
        )  # the lowest score now, the highest at the start, uninvited, no offer
        return self.rewards_score and any(self.admission(*worst, *level.numbers) < 1.0 for level in self.levels())

    def places(self, users: int) -> int | None:  # noqa: ARG002
        """How many of the users are admitted, at a gate that ranks them by score; None at one that does not rank."""
        return None

    def fee(self) -> float | None:
        """What admission costs, once (CNY), at a gate that sells it; None at one that does not sell."""
        return None

    def invitations(self) -> int:
        """How many of their contacts those who are admitted invite; 0 at a gate that knows no invitations."""
        return 0

    @model_validator(mode="after")
    def _dates_in_order(self) -> "GateSettings":
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(
                f"the rule ends on day {self.end}, not after its start on day {self.start}; give a later end"
            )
        if self.start is not None and self.dropped is not None and self.dropped <= self.start:
            raise ValueError(
                f"the rule is dropped on day {self.dropped}, not after its start on day {self.start}; drop it later"
            )
        if self.end is not None and self.dropped is not None and self.dropped >= self.end:
            raise ValueError(
                f"the rule is dropped on day {self.dropped}, not before its end on day {self.end}; leave one of them out"
            )
        if self.announced is not None and self.start is not None and self.announced > self.start:
            raise ValueError(
                f"the rule is announced on day {self.announced}, after its start on day {self.start}; announce it by then"
            )
        if len(set(self.covers)) != len(self.covers):
            raise ValueError(f"covers names a feature twice: {', '.join(self.covers)}")
        return self
