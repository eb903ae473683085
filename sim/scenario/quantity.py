"""A number of a scenario with everything a reader must know about it, written once at the field."""

from typing import Annotated, Any

from pydantic import Field

SOURCES = "A source names a paper, a site or an article; 'assumption' marks a default to vary, never a truth."


def quantity(
    default: Any,
    meaning: str,
    unit: str,
    *,
    source: str = "assumption",
    grade: str = "-",
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> Any:
    """A pydantic field: default, meaning, unit, allowed range, source and grade (A paper, B press, C weak, M recalled, D derived).

    low/high are allowed themselves; above/below are not.
    """
    return Field(
        default=default,
        ge=low,
        le=high,
        gt=above,
        lt=below,
        description=f"{meaning} [{unit}]",
        json_schema_extra={"unit": unit, "source": source, "grade": grade},
    )


Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Named(dict[str, float]):
    """Numbers by name, not to be changed: a scenario that holds them can be a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))
