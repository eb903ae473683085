"""Forward-looking choice (the default): discounted value of being admitted, less the discounted cost of getting there."""

from sim.model.numerics import exponential
from sim.model.rule import rule


@rule
def value_forward_looking(days_to_admission, days_to_end, prize_per_day, cost_per_day, cost_at_once, discount_per_day):
    """Value of a plan (CNY today).

    days_to_admission: until the first publication at which the plan reaches the gate (or the gate's start, if later);
    days_to_end: until the gate ends; prize_per_day: worth of being admitted (CNY/day); cost_per_day: money, hassle and
    interest while on the way; cost_at_once: privacy; discount_per_day: impatience (> 0).
    Closed form: prize * (e**-rT - e**-rE) / r - cost * (1 - e**-rT) / r - cost at once.
    """
    arrival = exponential(-discount_per_day * days_to_admission)
    end = exponential(-discount_per_day * days_to_end)
    prize = prize_per_day * (arrival - end) / discount_per_day
    return prize - cost_per_day * (1.0 - arrival) / discount_per_day - cost_at_once
