"""Names of decision rules in a scenario, and the shares of users who follow them."""

import difflib
from typing import Annotated

from pydantic import AfterValidator

from sim.model.choice.decision_rule import exists, rule_names
from sim.model.choice.mixture import MOST_RULES
from sim.scenario.quantity import Named, Share

__all__ = ["MOST_RULES", "DecisionRuleName", "Named", "Share", "as_shares"]


def _known(name: str) -> str:
    if exists(name):
        return name
    known = rule_names()
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise ValueError(f"{name[:60]!r} is not a rule of choice; allowed: {', '.join(known)}.{hint}")


DecisionRuleName = Annotated[str, AfterValidator(_known)]


def as_shares(given: dict[str, float]) -> Named:
    """The shares, if they leave room for one another."""
    total = sum(given.values())
    if total > 1.0 + 1e-9:
        raise ValueError(f"the shares sum to {total:g}; give at most 1, what is left over follows `rule`")
    return Named(given)
