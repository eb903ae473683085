"""The policy: what the platform decides. A circle with dates, a campaign, and one gate of some kind."""

from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import PydanticKnownError, core_schema

from sim.model.gates import find_gate, gate_kinds
from sim.scenario.gate import GateSettings
from sim.scenario.quantity import quantity
from sim.scenario.world import Strict


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

    gate: Gate = Field(default_factory=_no_circle)
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
        if gate.start is None and gate.dropped is not None and gate.dropped <= start:
            raise ValueError(
                f"the rule is dropped on day {gate.dropped}, not after its start with the circle on day {start}; drop it later"
            )
        return self
