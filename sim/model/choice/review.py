"""A review: the user weighs rest, spend, repay and upload, and takes one with logit noise (McFadden's discrete choice).

A plan is in the running only if it would bring admission nearer, or a perk that has a score level of its own: an effort that
cannot arrive before the gate ends, or that nothing rewards, is worth nothing and is never taken, noise or not.
"""

from typing import NamedTuple

from sim.model.choice.bounds import highest_score, lowest_score_at_rest
from sim.model.choice.perks import NO_PERKS, Perks, highest_perk, perks_gained, perks_of
from sim.model.choice.prospect import OUT_OF_THE_RUNNING, Prospect
from sim.model.gates.entry import Level, level_chance, levels_of
from sim.model.numerics import exponential
from sim.model.outlook import believed_score, best_conceivable_score, nth_undeclared
from sim.model.rule import rule
from sim.model.score import HIGHEST, asset_count
from sim.model.states import REPAY, REST, SPEND, UPLOAD

ALL_LEVELS = 31
"""Flags of all levels that a gate may have."""


class GateView(NamedTuple):
    """What the gate looks like from a review day: its levels, the last place if it ranks, days, and perks with levels of their own.

    levels: padded, `level_count` of them hold; day: since the gate's start; the other days: from today.
    """

    levels: tuple[Level, Level, Level, Level, Level]
    level_count: int
    cutoff: float
    tie: float
    day: float
    days_to_start: float
    days_to_end: float
    days_to_publication: float
    publication_interval: float
    publications_ahead: int
    perks: Perks = NO_PERKS


@rule
def gate_view(p, tick, cutoff, tie, ticks_to_start, ticks_to_end, ticks_to_publication, offer):
    """The gate as it looks in a tick; users believe that publications after the next are 30 days apart.

    offer: factor on perks, by the merchants that give them.
    """
    return GateView(
        levels_of(p),
        p.gate_levels,
        cutoff,
        tie,
        (tick - p.gate_start) * p.tick_days,
        ticks_to_start * p.tick_days,
        ticks_to_end * p.tick_days,
        ticks_to_publication * p.tick_days,
        30.0,
        p.choice_horizon,
        perks_of(p, offer),
    )


@rule
def chance_later(admission, gate, number, score, starting_score, days):
    """Chance of admission to a level of the gate that a score would give in so many days, if the last place stays as it is."""
    return level_chance(
        admission, gate.levels[number], score, starting_score, gate.day + days, 0.0, 0.0, gate.cutoff, gate.tie
    )


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
def goal_score(admission, gate, number, starting_score, days):
    """Lowest whole score that a level of the gate rewards with at least half of what the highest gets, in `days` days
    (bisection); 951 if none is admitted.
    """
    half = 0.5 * chance_later(admission, gate, number, 950.0, starting_score, days)
    if half <= 0.0:
        return 951.0
    below, goal = 349, 950
    while goal - below > 1:
        middle = (below + goal) // 2
        if chance_later(admission, gate, number, middle * 1.0, starting_score, days) >= half:
            goal = middle
        else:
            below = middle
    return goal * 1.0


@rule
def last_publication(gate):
    """Days to the last publication that a user looks ahead to."""
    return gate.days_to_publication + gate.publication_interval * (gate.publications_ahead - 1)


@rule
def levels_not_sure(admission, outlook, gate, starting_score):
    """Levels (flags) that a user at rest may miss on the first publication ahead or the last: only these are worth weighing."""
    first, last = gate.days_to_publication, last_publication(gate)
    score = lowest_score_at_rest(outlook, first, last)
    levels = 0
    for number in range(gate.level_count):
        if (
            chance_later(admission, gate, number, score, starting_score, first) < 1.0
            or chance_later(admission, gate, number, score, starting_score, last) < 1.0
        ):
            levels = levels | (1 << number)
    return levels


@rule
def levels_in_reach(admission, gate, levels, score, starting_score):
    """Those of the levels (flags) that a score opens with some chance on the first publication ahead or the last."""
    first, last = gate.days_to_publication, last_publication(gate)
    reached = 0
    for number in range(gate.level_count):
        if levels & (1 << number) != 0 and (
            chance_later(admission, gate, number, score, starting_score, first) > 0.0
            or chance_later(admission, gate, number, score, starting_score, last) > 0.0
        ):
            reached = reached | (1 << number)
    return reached


@rule
def plan_prospect(
    admission,
    plan_value,
    table,
    outlook,
    gate,
    standing,
    levels,
    plan,
    declared,
    prizes,
    cost_per_day,
    cost_at_once,
    discount,
):
    """Best value (CNY) over the publications ahead of a plan; OUT_OF_THE_RUNNING if it never raises a chance of admission, nor
    brings a perk that has a level of its own.

    levels: those worth weighing (flags); prizes: worth of every level (CNY/day), each won with the rise in the chance of it.
    """
    furthest = highest_score(outlook, plan, declared, gate.days_to_publication, last_publication(gate))
    starting_score = standing.starting_score
    levels = levels_in_reach(admission, gate, levels, furthest, starting_score)
    perks, published = gate.perks, outlook.published
    highest_sought = highest_perk(perks, published, furthest)
    if levels == 0 and highest_sought == 0.0:
        return OUT_OF_THE_RUNNING
    best = OUT_OF_THE_RUNNING
    for ahead in range(gate.publications_ahead):
        days = gate.days_to_publication + gate.publication_interval * ahead
        arrival = max(days, gate.days_to_start)
        if arrival >= gate.days_to_end:
            break
        score = believed_score(outlook, plan, days, declared)
        score_at_rest = -1.0  # worked out only where it is needed
        certain, prize, gained, goal = True, 0.0, -1, 0.0
        for number in range(gate.level_count):
            if levels & (1 << number) == 0:
                continue
            with_plan = chance_later(admission, gate, number, score, starting_score, days)
            certain = certain and with_plan >= 1.0
            if with_plan > 0.0:
                if score_at_rest < 0.0:
                    score_at_rest = believed_score(outlook, REST, days, outlook.declared)
                gain = with_plan - chance_later(admission, gate, number, score_at_rest, starting_score, days)
                if gain > 0.0:
                    gained = number
                    prize = prize + prizes[number] * gain
        if highest_sought > 0.0:
            certain = certain and score >= highest_sought
            if score_at_rest < 0.0:
                score_at_rest = believed_score(outlook, REST, days, outlook.declared)
            held = max(published, score_at_rest)
            goal = highest_perk(perks, held, score)
            prize = prize + perks_gained(perks, held, score)
        if gained >= 0:
            # With several levels the goal is the last that the plan brings nearer, or a perk beyond.
            goal = max(goal, goal_score(admission, gate, gained, starting_score, days))
        if goal > 0.0:
            prospect = Prospect(
                plan,
                arrival,
                gate.days_to_end,
                prize,
                cost_per_day,
                cost_at_once,
                discount,
                gate.days_to_start,
                gate.days_to_publication,
                gate.publication_interval,
                ahead + 1.0,
                max(goal - outlook.published, 0.0),
                max(goal - starting_score, 0.0),
                goal - score_at_rest,
                score - score_at_rest,
                standing.days_since_admission,
            )
            best = max(best, plan_value(prospect, table))
        if certain:  # a later publication cannot bring more
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
    commenting more the fewer may; and the other perks of a high score, if they come with the gate.
    """
    return circle_worth * appeal * (comment_part * exclusivity + other_part) + perks


@rule
def prizes_per_day(p, circle_worth, appeal, exclusivity, offer):
    """Worth of being admitted to each level of the gate (CNY/day); offer: factor on perks, by the merchants that give them."""
    return (
        prize_per_day(
            circle_worth, p.gate_comment_worth_0, p.gate_worth_0, appeal, exclusivity, p.gate_perks_0 * offer
        ),
        prize_per_day(
            circle_worth, p.gate_comment_worth_1, p.gate_worth_1, appeal, exclusivity, p.gate_perks_1 * offer
        ),
        prize_per_day(
            circle_worth, p.gate_comment_worth_2, p.gate_worth_2, appeal, exclusivity, p.gate_perks_2 * offer
        ),
        prize_per_day(
            circle_worth, p.gate_comment_worth_3, p.gate_worth_3, appeal, exclusivity, p.gate_perks_3 * offer
        ),
        prize_per_day(
            circle_worth, p.gate_comment_worth_4, p.gate_worth_4, appeal, exclusivity, p.gate_perks_4 * offer
        ),
    )


@rule
def total_prize(prizes):
    """Worth of being admitted to all levels (CNY/day)."""
    return prizes[0] + prizes[1] + prizes[2] + prizes[3] + prizes[4]


@rule
def out_of_reach(admission, outlook, gate, starting_score, owned):
    """Whether even all efforts together fail, on the first publication ahead and on the last: then every plan fails.

    Spares most users, who are far from the gate, the weighing of plans.
    """
    furthest = best_conceivable_score(outlook, owned, last_publication(gate))
    return (
        levels_in_reach(admission, gate, ALL_LEVELS, furthest, starting_score) == 0
        and highest_perk(gate.perks, outlook.published, furthest) == 0.0
    )


@rule
def has_all_perks(outlook, gate):
    """Whether no perk has a level above the score that the user holds."""
    return highest_perk(gate.perks, outlook.published, HIGHEST) == 0.0


@rule
def choose_plan(admission, plan_value, table, outlook, gate, standing, owned, prizes, costs, discount, scale, uniform):
    """The plan a responsive user who knows takes at a review (REST, SPEND, REPAY or UPLOAD)."""
    levels = levels_not_sure(admission, outlook, gate, standing.starting_score)
    if levels == 0 and has_all_perks(outlook, gate):
        return REST
    spend = plan_prospect(
        admission,
        plan_value,
        table,
        outlook,
        gate,
        standing,
        levels,
        SPEND,
        outlook.declared,
        prizes,
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
            levels,
            REPAY,
            outlook.declared,
            prizes,
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
            levels,
            UPLOAD,
            nth_undeclared(owned, outlook.declared, count),
            prizes,
            0.0,
            costs.upload_each * count,
            discount,
        )
        upload = max(upload, value)
    if max(spend, max(repay, upload)) == OUT_OF_THE_RUNNING:
        return REST
    return logit_choice(spend, repay, upload, scale, uniform)


@rule
def review_due(tick, user, review_ticks):
    """Whether it is time for the user's review: every `review_ticks` ticks, spread over the users by their number."""
    return (tick + user) % review_ticks == 0
