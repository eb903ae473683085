"""Goal gradient: the nearer the goal, the more it draws; after the reward, a pause.

Kivetz, Urminsky & Zheng (2006), JMR: effort rises with the share of the original distance that is behind one, not with the
points left as such, and falls back once the reward is earned. Here that share raises the draw of the prize, linearly.
"""

from typing import TYPE_CHECKING

import numpy as np

from sim.model.choice.decision_rule import DecisionRule, Table
from sim.model.choice.forward_looking import net_present_value
from sim.model.rule import rule

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


@rule
def share_ahead(points_missing, points_missing_at_start):
    """Part of the original distance to the gate that is still ahead, 0 to 1; 1 for one who has fallen back behind it."""
    if points_missing <= 0.0:
        return 0.0
    return points_missing / max(points_missing_at_start, points_missing)


@rule
def value_goal_gradient(prospect, table):
    """Net present value (CNY) of a prize that draws the more the nearer it is; out of the running during the pause.

    table: extra draw of the prize at the goal (share), pause after first being admitted (days).
    """
    if 0.0 <= prospect.days_since_admission < table[1]:
        return -1e300
    ahead = share_ahead(prospect.points_missing, prospect.points_missing_at_start)
    return net_present_value(
        prospect.days_to_admission,
        prospect.days_to_end,
        prospect.prize_per_day * (1.0 + table[0] * (1.0 - ahead)),
        prospect.cost_per_day,
        prospect.cost_at_once,
        prospect.discount,
    )


def prepare(scenario: "Scenario") -> Table:
    """The rule's numbers."""
    choice = scenario.world.choice
    return np.array([choice.goal_gradient, choice.reward_pause])


RULE = DecisionRule("goal_gradient", value_goal_gradient, prepare)
