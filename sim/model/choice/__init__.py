"""Mechanism 4, choice. One shape: a decision rule puts a money value on a plan; `review.py` compares the plans.

A way of choosing is one file with one `DecisionRule`. Engines receive the rules of a scenario and know none by name.
"""

from sim.model.choice import dynamic_programming, forward_looking, goal_gradient, myopic, none
from sim.model.choice.decision_rule import DecisionRule, decision_rule, register, rule_names

__all__ = ["DecisionRule", "decision_rule", "register", "rule_names"]

for _module in (forward_looking, goal_gradient, myopic, dynamic_programming, none):
    register(_module.RULE)
