"""Nobody chooses: the placebo, in which every effort must vanish."""

from sim.model.rule import rule


@rule
def value_none(days_to_admission, days_to_end, prize_per_day, cost_per_day, cost_at_once, discount_per_day):
    """No plan is ever worth anything."""
    return -1e300
