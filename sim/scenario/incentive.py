"""Red packets: what the platform gives, and how people take it."""

from typing import Literal

from pydantic import Field, model_validator

from sim.scenario.moment import LAST_DAY
from sim.scenario.quantity import quantity
from sim.scenario.strict import Strict


class IncentivePolicy(Strict):
    """Money given to users, part of which they pass on to contacts. All days are counted from midnight."""

    kind: Literal["none", "red_packet"] = Field(
        "none",
        description="What is given: none or red_packet [kind]",
        json_schema_extra={"unit": "kind", "source": "lever of policy", "grade": "-"},
    )
    budget: float = quantity(
        1.0,
        "Money for the whole run, given and not come back",
        "CNY/user of the platform",
        source="500 million CNY on the eve of 2015 for 500 million users, technode.com",
        grade="B",
        low=0,
        high=10_000,
    )
    amount: float = quantity(2.0, "What a packet from the platform holds", "CNY", low=0.01, high=1000)
    sent: float = quantity(
        0.01, "Packets that the platform gives a day, while the budget lasts", "1/user/day", low=0, high=1
    )
    sent_again: float = quantity(
        0.0, "Packets that it gives a day besides, to those who have opened one before", "1/opener/day", low=0, high=1
    )
    passed_on: float = quantity(0.50, "Part of what is opened that is passed on", "share", low=0, high=1)
    split: int = quantity(3, "Contacts among whom that is shared", "contacts", low=1, high=100)
    start: int = quantity(14, "Day from which packets are given", "day", low=0, high=LAST_DAY)
    end: int | None = quantity(
        None, "Day from which no more are given; while the budget lasts if not given", "day", low=1, high=LAST_DAY
    )
    every: int | None = quantity(
        None,
        "Days from one campaign's start to the next one's; a single campaign if not given",
        "days",
        low=1,
        high=LAST_DAY,
    )

    @model_validator(mode="after")
    def _one_a_day(self) -> "IncentivePolicy":
        if self.sent + self.sent_again > 1.0:
            raise ValueError(
                f"sent {self.sent:g} and sent_again {self.sent_again:g} are together more than a packet a user and day; give at most 1"
            )
        return self

    @model_validator(mode="after")
    def _in_order(self) -> "IncentivePolicy":
        if self.end is not None and self.end <= self.start:
            raise ValueError(
                f"the campaign ends on day {self.end}, not after it starts on day {self.start}; give a later end"
            )
        if self.every is not None and self.end is None:
            raise ValueError("a campaign that comes again (every) needs an end; give one")
        if self.every is not None and self.end is not None and self.every < self.end - self.start:
            raise ValueError(
                f"every {self.every} days is less than the campaign's {self.end - self.start}; give at least that"
            )
        return self


class PacketsWorld(Strict):
    """How people take a red packet."""

    opening_new: float = quantity(0.30, "Chance that somebody opens a first packet", "share", low=0, high=1)
    opening_used: float = quantity(
        0.80, "Chance that somebody who has opened one before opens the next, when rested", "share", low=0, high=1
    )
    responsive_factor: float = quantity(
        1.5, "Factor on that chance of users who respond to a threshold", "factor", low=0, high=100
    )
    tiredness: float = quantity(
        0.50, "Part of the chance that is gone right after opening (saturation)", "share", low=0, high=1
    )
    rest_days: float = quantity(3.0, "Time in which that wears off by 63%", "days", above=0, high=365)
    payments: float = quantity(0.30, "Chance that a payment follows an opening", "share", low=0, high=1)
    smallest: float = quantity(0.10, "Smallest packet that is passed on", "CNY", low=0.01, high=1000)
