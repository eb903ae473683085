"""Forward-looking choice (the default): discounted value of being admitted, less the discounted cost of getting there."""

from sim.model.choice.decision_rule import DecisionRule
from sim.model.numerics import exponential
from sim.model.rule import rule


@rule
def net_present_value(arrival_days, end_days, prize_per_day, cost_per_day, cost_at_once, discount):
    """Value today (CNY) of a prize (CNY/day) from arrival to end, less a cost (CNY/day) until arrival and one at once (CNY).

    Closed form: prize * (e**-rT - e**-rE) / r - cost * (1 - e**-rT) / r - cost at once.
    """
    arrival = exponential(-discount * arrival_days)
    end = exponential(-discount * end_days)
    prize = prize_per_day * (arrival - end) / discount
    return prize - cost_per_day * (1.0 - arrival) / discount - cost_at_once


@rule
def value_forward_looking(prospect, table):
    """Net present value of the plan (CNY)."""
    return net_present_value(
        prospect.days_to_admission,
        prospect.days_to_end,
        prospect.prize_per_day,
        prospect.cost_per_day,
        prospect.cost_at_once,
        prospect.discount,
    )


RULE = DecisionRule("forward_looking", value_forward_looking)
