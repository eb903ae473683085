"""Myopic choice: what lies beyond the next publication does not count, and all that is not now counts less.

The form is present bias (Laibson 1997, QJE; O'Donoghue & Rabin 1999, AER); that a deadline draws effort only shortly before
it is what Behrens, de Jong & van Ommeren (2021) find for flyers' status: a push just before the year's end, none earlier.
"""

from typing import TYPE_CHECKING

import numpy as np

from sim.model.choice.decision_rule import DecisionRule, Table
from sim.model.choice.forward_looking import net_present_value
from sim.model.rule import rule

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


@rule
def value_myopic(prospect, table):
    """Net present value (CNY) with the prize marked down, of a plan that arrives at the next publication and soon.

    table: farthest arrival that is seen (days), weight of what comes later (share). Costs until the arrival are now.
    """
    if prospect.publications > 1.0 or prospect.days_to_admission > table[0]:
        return -1e300
    return net_present_value(
        prospect.days_to_admission,
        prospect.days_to_end,
        prospect.prize_per_day * table[1],
        prospect.cost_per_day,
        prospect.cost_at_once,
        prospect.discount,
    )


def prepare(scenario: "Scenario") -> Table:
    """The rule's numbers."""
    choice = scenario.world.choice
    return np.array([choice.myopic_days, choice.present_bias])


RULE = DecisionRule("myopic", value_myopic, prepare)
