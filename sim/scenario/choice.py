"""Names of decision rules in a scenario, and the shares of users who follow them."""

import difflib
from typing import Annotated

from pydantic import AfterValidator, Field

from sim.model.choice.decision_rule import exists, rule_names
from sim.model.choice.mixture import MOST_RULES

__all__ = ["MOST_RULES", "DecisionRuleName", "Share", "Shares", "as_shares"]


def _known(name: str) -> str:
    if exists(name):
        return name
    known = rule_names()
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise ValueError(f"{name[:60]!r} is not a rule of choice; allowed: {', '.join(known)}.{hint}")


DecisionRuleName = Annotated[str, AfterValidator(_known)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Shares(dict[str, float]):
    """Shares by name, not to be changed: a scenario that holds them can be a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def as_shares(given: dict[str, float]) -> Shares:
    """The shares, if they leave room for one another."""
    total = sum(given.values())
    if total > 1.0 + 1e-9:
        raise ValueError(f"the shares sum to {total:g}; give at most 1, what is left over follows `rule`")
    return Shares(given)
