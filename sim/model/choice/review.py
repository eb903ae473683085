"""A review: the user weighs rest, spend, repay and upload, and takes one with logit noise (McFadden's discrete choice).

A plan is in the running only if it would bring admission nearer: an effort that cannot arrive before the gate ends, or
that the gate does not reward, is worth nothing and is never taken, noise or not.
"""

from typing import NamedTuple

from sim.model.choice.prospect import OUT_OF_THE_RUNNING, Prospect
from sim.model.numerics import exponential
from sim.model.outlook import believed_score, best_conceivable_score, nth_undeclared
from sim.model.rule import rule
from sim.model.score import asset_count
from sim.model.states import REPAY, REST, SPEND, UPLOAD


class GateView(NamedTuple):
    """What the gate looks like from a review day: the gate's four numbers, and days from today."""

    a: float
    b: float
    c: float
    d: float
    day: float
    days_to_start: float
    days_to_end: float
    days_to_publication: float
    publication_interval: float
    publications_ahead: int


class Standing(NamedTuple):
    """Where this user stands towards the gate: score on day 0, and days since first admitted (-1 never)."""

    starting_score: float
    days_since_admission: float


class Costs(NamedTuple):
    """What the plans cost this user (CNY, CNY/day)."""

    spend_per_day: float
    repay_per_day: float
    upload_each: float


@rule
def goal_score(admission, gate, starting_score, days):
    """Lowest whole score that the gate rewards with at least half of what the highest gets, in `days` days (bisection);
    951 if none is admitted.
    """
    day = gate.day + days
    half = 0.5 * admission(950.0, starting_score, day, gate.a, gate.b, gate.c, gate.d)
    if half <= 0.0:
        return 951.0
    below, goal = 349, 950
    while goal - below > 1:
        middle = (below + goal) // 2
        if admission(middle * 1.0, starting_score, day, gate.a, gate.b, gate.c, gate.d) >= half:
            goal = middle
        else:
            below = middle
    return goal * 1.0


@rule
def plan_prospect(
    admission,
    plan_value,
    table,
    outlook,
    gate,
    standing,
    plan,
    declared,
    prize_per_day,
    cost_per_day,
    cost_at_once,
    discount,
):
    """Best value (CNY) over the publications ahead of a plan; OUT_OF_THE_RUNNING if it never raises the chance of admission."""
    best = OUT_OF_THE_RUNNING
    starting_score = standing.starting_score
    for ahead in range(gate.publications_ahead):
        days = gate.days_to_publication + gate.publication_interval * ahead
        arrival = max(days, gate.days_to_start)
        if arrival >= gate.days_to_end:
            break
        score = believed_score(outlook, plan, days, declared)
        with_plan = admission(
            score,
            starting_score,
            gate.day + days,
            gate.a,
            gate.b,
            gate.c,
            gate.d,
        )
        if with_plan > 0.0:
            rest_score = believed_score(outlook, REST, days, outlook.declared)
            at_rest = admission(
                rest_score,
                starting_score,
                gate.day + days,
                gate.a,
                gate.b,
                gate.c,
                gate.d,
            )
            gain = with_plan - at_rest
            if gain > 0.0:
                goal = goal_score(admission, gate, starting_score, days)
                prospect = Prospect(
                    plan,
                    arrival,
                    gate.days_to_end,
                    prize_per_day * gain,
                    cost_per_day,
                    cost_at_once,
                    discount,
                    gate.days_to_start,
                    gate.days_to_publication,
                    gate.publication_interval,
                    ahead + 1.0,
                    max(goal - outlook.published, 0.0),
                    max(goal - starting_score, 0.0),
                    goal - rest_score,
                    score - rest_score,
                    standing.days_since_admission,
                )
                best = max(best, plan_value(prospect, table))
            if with_plan >= 1.0:  # a later publication cannot bring more
                break
    return best


@rule
def logit_choice(spend, repay, upload, scale, uniform):
    """Plan taken when rest is worth 0 and the others what is given (CNY): chances in proportion to e**(value / scale)."""
    top = max(max(0.0, spend), max(repay, upload))
    rest_weight = exponential((0.0 - top) / scale)
    spend_weight = exponential((spend - top) / scale) if spend > OUT_OF_THE_RUNNING else 0.0
    repay_weight = exponential((repay - top) / scale) if repay > OUT_OF_THE_RUNNING else 0.0
    upload_weight = exponential((upload - top) / scale) if upload > OUT_OF_THE_RUNNING else 0.0
    point = uniform * (rest_weight + spend_weight + repay_weight + upload_weight)
    if point < rest_weight:
        return REST
    if point < rest_weight + spend_weight:
        return SPEND
    if point < rest_weight + spend_weight + repay_weight:
        return REPAY
    return UPLOAD if upload_weight > 0.0 else REST


@rule
def prize_per_day(circle_worth, comment_part, other_part, appeal, exclusivity, perks):
    """Worth of being admitted (CNY/day): the parts of the circle that the gate covers, as lively as the circle is now,
    commenting more the fewer may; and the other perks of a high score.
    """
    return circle_worth * appeal * (comment_part * exclusivity + other_part) + perks


@rule
def out_of_reach(admission, outlook, gate, starting_score, owned):
    """Whether even all efforts together fail, on the first publication ahead and on the last: then every plan fails.

    Spares most users, who are far from the gate, the weighing of plans.
    """
    first = gate.days_to_publication
    last = first + gate.publication_interval * (gate.publications_ahead - 1)
    furthest = best_conceivable_score(outlook, owned, last)
    return (
        admission(furthest, starting_score, gate.day + first, gate.a, gate.b, gate.c, gate.d) <= 0.0
        and admission(furthest, starting_score, gate.day + last, gate.a, gate.b, gate.c, gate.d) <= 0.0
    )


@rule
def choose_plan(
    admission, plan_value, table, outlook, gate, standing, owned, prize_per_day, costs, discount, scale, uniform
):
    """The plan a responsive user who knows takes at a review (REST, SPEND, REPAY or UPLOAD)."""
    spend = plan_prospect(
        admission,
        plan_value,
        table,
        outlook,
        gate,
        standing,
        SPEND,
        outlook.declared,
        prize_per_day,
        costs.spend_per_day,
        0.0,
        discount,
    )
    repay = OUT_OF_THE_RUNNING
    if outlook.debt > 0.0:
        repay = plan_prospect(
            admission,
            plan_value,
            table,
            outlook,
            gate,
            standing,
            REPAY,
            outlook.declared,
            prize_per_day,
            costs.repay_per_day,
            0.0,
            discount,
        )
    upload = OUT_OF_THE_RUNNING
    undeclared = asset_count(owned & ~outlook.declared & 7)
    for count in range(1, undeclared + 1):
        value = plan_prospect(
            admission,
            plan_value,
            table,
            outlook,
            gate,
            standing,
            UPLOAD,
            nth_undeclared(owned, outlook.declared, count),
            prize_per_day,
            0.0,
            costs.upload_each * count,
            discount,
        )
        upload = max(upload, value)
    if max(spend, max(repay, upload)) == OUT_OF_THE_RUNNING:
        return REST
    return logit_choice(spend, repay, upload, scale, uniform)


@rule
def review_due(day, user, review_days):
    """Whether it is the user's review day: every `review_days` days, spread over the users by their number."""
    return (day + user) % review_days == 0
