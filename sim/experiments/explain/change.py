"""What would have to be different for an effort to pay, found by holding the same review again with one thing changed."""

from typing import NamedTuple

from sim.experiments.explain.reason import Reason, Why, best_of
from sim.experiments.explain.recall import Review, hold_review
from sim.model.states import PLANS, REST

FARTHEST = 200
"""Points up to which a lower gate is looked for."""
LARGEST = 1024.0
"""Factor up to which a worth of admission is looked for."""


class Change(NamedTuple):
    """What would turn the user to an effort (or from it): None where nothing within the limits does.

    nearer: points by which the gate would have to be lower, and the plan that then pays; without_effort: whether the user would
    rather be admitted at rest then; worth: factor on what admission is worth to the user, at which the best plan is worth
    as much as rest.
    """

    nearer: int | None = None
    plan: str | None = None
    without_effort: bool = False
    worth: float | None = None


def best_value(review: Review) -> tuple[float, str] | None:
    """Value (CNY) and name of the best plan that is an effort; None if none is in the running."""
    found = [best for plan in range(len(PLANS)) if plan != REST if (best := best_of(review.weighed, plan))]
    return max(((one.value, PLANS[one.prospect.plan]) for one in found), default=None)


def what_would_change(why: Why) -> Change:
    """What would change the mind of a user who weighs plans; nothing for the others."""
    if why.review is None or why.reason in (Reason.NO_EFFORT, Reason.SURE):
        return Change()
    best = best_value(why.review)
    if best is not None and best[0] > 0.0:
        return Change(worth=_worth(why.review, 0.0, 1.0))
    lower, plan, sure = _nearer(why.review)
    worth = _worth(why.review, 1.0, LARGEST) if best is not None else None
    return Change(lower, plan, sure, worth)


def _nearer(review: Review) -> tuple[int | None, str | None, bool]:
    """The fewest points by which a lower gate would make a plan worth more than rest, or admit the user at rest."""
    for points in range(1, FARTHEST + 1):
        best = best_value(hold_review(review.user, review.tick, nearer=points))
        if best is not None and best[0] > 0.0:
            return points, best[1], False
        if best is None and _sure(review, points):
            return points, None, True
    return None, None, False


def _sure(review: Review, points: int) -> bool:
    from sim.model.choice.review import levels_not_sure

    user, gate = review.user, review.gate
    admission = user.model.admission
    nearer = lambda score, *rest: admission(score + points, *rest)  # noqa: E731
    return bool(levels_not_sure(nearer, user.outlook(), gate, float(user.starting_score)) == 0)


def _worth(review: Review, low: float, high: float) -> float | None:
    """The factor between `low` and `high` at which the best plan is worth as much as rest (bisection); None if there is none."""

    def pays(factor: float) -> bool:
        best = best_value(hold_review(review.user, review.tick, worth=factor))
        return best is not None and best[0] > 0.0

    if pays(low) or not pays(high):
        return None
    while high / max(low, 1e-3) > 1.005:
        middle = (low + high) / 2 if low < 1.0 else (low * high) ** 0.5
        if pays(middle):
            high = middle
        else:
            low = middle
        if high < 1e-3:
            return None
    return high
