"""The policy: what the platform decides. A circle with dates, a campaign, and one gate of some kind."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import PydanticKnownError, core_schema

from sim.model.gates import find_gate, gate_kinds
from sim.scenario.finance import CreditPolicy, LendingPolicy
from sim.scenario.gate import GateSettings
from sim.scenario.incentive import IncentivePolicy
from sim.scenario.moment import LAST_DAY, Day
from sim.scenario.quantity import Named, quantity
from sim.scenario.strict import Strict


def _gate_of(value: Any) -> GateSettings:
    """The settings of a gate given as a mapping, by its `kind`."""
    if isinstance(value, GateSettings):
        return value
    if not isinstance(value, dict):
        raise PydanticKnownError("dict_type")
    if "kind" not in value:
        raise PydanticKnownError("union_tag_not_found", {"discriminator": "'kind'"})
    kind = value["kind"]
    settings = find_gate(kind) if isinstance(kind, str) else None
    if settings is None:
        told = {"discriminator": "'kind'", "tag": str(kind), "expected_tags": ", ".join(gate_kinds())}
        raise PydanticKnownError("union_tag_invalid", told)
    return settings.model_validate(value)


class _ByKind:
    """Looks a gate up by its kind when a scenario is read, so that kinds can be added after the schema was imported."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_gate_of)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        choices = {kind: settings.__pydantic_core_schema__ for kind, settings in gate_kinds().items()}
        return handler(core_schema.tagged_union_schema(choices, "kind"))


Gate = Annotated[GateSettings, _ByKind()]


def _no_circle() -> GateSettings:
    return _gate_of({"kind": "none"})


class CirclePolicy(Strict):
    """When the circle is there, and which of its posting groups have a day of their own."""

    opens: Day = quantity(14, "Day on which the circle opens", "day", low=0, high=LAST_DAY)
    closes: Day | None = quantity(
        None, "Day from which the circle is gone, as users foresee; never if not given", "day", low=0, high=LAST_DAY
    )
    dissolved: Day | None = quantity(
        None,
        "Day from which the circle is gone, to everybody's surprise; never if not given",
        "day",
        low=0,
        high=LAST_DAY,
    )
    openings: Annotated[dict[str, Annotated[Day, Field(ge=0, le=LAST_DAY)]], AfterValidator(Named)] = Field(
        default_factory=Named,
        description="Day on which a posting group's own circle opens, such as {white_collar: 15}; the others open with the first [day by group]",
        json_schema_extra={"unit": "day by group", "source": "lever of policy", "grade": "-"},
    )

    @model_validator(mode="after")
    def _dates_in_order(self) -> "CirclePolicy":
        if self.closes is not None and self.closes <= self.opens:
            raise ValueError(
                f"the circle closes on day {self.closes}, not after it opens on day {self.opens}; give a later day"
            )
        if self.dissolved is not None and self.dissolved <= self.opens:
            raise ValueError(
                f"the circle is dissolved on day {self.dissolved}, not after it opens on day {self.opens}; give a later day"
            )
        if self.closes is not None and self.dissolved is not None and self.dissolved >= self.closes:
            raise ValueError(
                f"the circle is dissolved on day {self.dissolved}, not before it closes on day {self.closes}; leave one of them out"
            )
        for group, day in self.openings.items():
            last = min(gone for gone in (self.closes, self.dissolved, float("inf")) if gone is not None)
            if not self.opens <= day < last:
                raise ValueError(
                    f"the circle of {group} opens on day {day}; give a day while the circle is there (from day {self.opens})"
                )
        return self


class CampaignPolicy(Strict):
    """The campaign that makes the circle known, from the day it opens or its gate is announced, whichever is first."""

    days: Day = quantity(14, "Length of the campaign", "days", low=0, high=7300)
    reach: float = quantity(
        1.0, "Strength of the campaign, relative to the world's campaign rate", "factor", low=0, high=1000
    )


class Policy(Strict):
    """What the platform decides."""

    gate: Gate = Field(default_factory=_no_circle)
    circle: CirclePolicy = CirclePolicy()
    campaign: CampaignPolicy = CampaignPolicy()
    credit: CreditPolicy = CreditPolicy()
    lending: LendingPolicy = LendingPolicy()
    incentive: IncentivePolicy = IncentivePolicy()

    @model_validator(mode="after")
    def _gate_within_circle(self) -> "Policy":
        gate, circle = self.gate, self.circle
        if not gate.has_circle:
            return self
        start = circle.opens if gate.start is None else gate.start
        for gone in (circle.closes, circle.dissolved):
            if gone is not None and start >= gone:
                raise ValueError(
                    f"the gate starts on day {start}, when the circle is gone (day {gone}); start it earlier"
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
        if gate.start is None and gate.dropped is not None and gate.dropped <= start:
            raise ValueError(
                f"the rule is dropped on day {gate.dropped}, not after its start with the circle on day {start}; drop it later"
            )
        return self
