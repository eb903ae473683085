"""Nobody chooses: the placebo, in which every effort must vanish."""

from sim.model.choice.decision_rule import DecisionRule
from sim.model.rule import rule


@rule
def value_none(prospect, table):
    """No plan is ever worth anything."""
    return -1e300


RULE = DecisionRule("none", value_none, strives=False)
