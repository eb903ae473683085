"""Which decision rules a scenario's users follow, and who follows which.

The rule of a user is drawn once by addressed luck and kept in the upper bits of the column `belief`, which has room.
"""

from typing import TYPE_CHECKING

from sim.draws import ASSETS, luck
from sim.model.choice.decision_rule import DecisionRule, decision_rule
from sim.model.rule import rule

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

MOST_RULES = 16
"""Few enough for the upper six bits of a byte."""

LEAST_SHARE = 1e-9
"""Below this a share is what rounding left of none."""


def rules_of(scenario: "Scenario") -> tuple[tuple[DecisionRule, float], ...]:
    """Decision rules that occur, in the order of their codes, each with the luck below which a user follows it.

    Rules of the mixture by name, then the scenario's own; the last takes the rest. A rule without users gets no code, so
    that a mixture that is all one rule is that rule alone.
    """
    if not scenario.switches.choice:
        return ((decision_rule("none"), 1.0),)
    shares = {name: share for name, share in sorted(scenario.mixture.items()) if share > LEAST_SHARE}
    rest = 1.0 - sum(shares.values())
    if rest > LEAST_SHARE:
        shares[scenario.rule] = shares.pop(scenario.rule, 0.0) + rest
    found: list[tuple[DecisionRule, float]] = []
    below = 0.0
    for name, share in shares.items():
        below += share
        found.append((decision_rule(name), below))
    return (*found[:-1], (found[-1][0], 1.0))


@rule
def rule_luck(p, who):
    """The luck that decides which rule a user follows."""
    _, _, _, u_rule = luck(p.seed_low, p.seed_high, ASSETS, 0, who, 0)
    return u_rule


@rule
def with_rule(belief, code):
    """The column `belief` with the code of a decision rule in its upper bits."""
    return belief | (code << 2)


@rule
def belief_in(column):
    """What the user believes, of the column `belief`."""
    return column & 3


@rule
def rule_in(column):
    """Code of the user's decision rule, of the column `belief`."""
    return column >> 2
