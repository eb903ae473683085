"""How high and how low a user's score can come over several publications: what a review may leave out without weighing it.

Each is one score for a whole stretch of days, with every part of it taken at its own best (or worst) end of the stretch.
"""

from sim.model.outlook import believed_score, debt_on_plan, score_with, spend_on_plan
from sim.model.rule import rule
from sim.model.states import KNOWN, REST, SPEND


@rule
def highest_score(outlook, plan, declared, first, last):
    """A score (points) that a plan does not exceed from `first` to `last` days from now.

    Recent spend goes one way, to the level of the plan; debt only falls.
    """
    if outlook.belief != KNOWN:  # so many points a day, more or less: the best is at one end
        return max(believed_score(outlook, plan, first, declared), believed_score(outlook, plan, last, declared))
    target = outlook.usual_spend * (1.0 + outlook.spend_boost) if plan == SPEND else outlook.usual_spend
    days = last if target > outlook.recent_spend else first
    return score_with(outlook, spend_on_plan(outlook, plan, days), debt_on_plan(outlook, plan, last), declared)


@rule
def lowest_score_at_rest(outlook, first, last):
    """A score (points) that a user at rest does not fall below from `first` to `last` days from now."""
    if outlook.belief != KNOWN:
        return min(
            believed_score(outlook, REST, first, outlook.declared),
            believed_score(outlook, REST, last, outlook.declared),
        )
    days = first if outlook.usual_spend > outlook.recent_spend else last
    return score_with(outlook, spend_on_plan(outlook, REST, days), outlook.debt, outlook.declared)
