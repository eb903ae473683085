"""Luck and rates of the visits of a tick, by kind."""

from numpy import float32, int32, int64

from sim.draws import VISITS, fifth, philox
from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import ANSWERS, BLOCK
from sim.engines.memory import (
    answers_of,
    byte_column,
    chosen_row,
    feeds_of,
    flag_row,
    float_column,
    int_column,
    luck_row,
    own_totals,
    rate_row,
    short_column,
)
from sim.engines.rows import CHECK, HABIT, IN_CIRCLE, PAYMENT, RIVAL, ZERO
from sim.model import columns as c
from sim.model import totals as n
from sim.model.calendar import GATE_ACTIVE, GATE_AHEAD, PUBLICATION_DAY
from sim.model.choice.mixture import rule_in
from sim.model.circle import ATTENTION, PULL, acting_role, circle_of, circle_rate, may_use, noticed_rate
from sim.model.counts import ONE
from sim.model.score import LOWEST
from sim.model.states import COMMENT, MOST_GROUPS, POSTER, REST, SEEKER, SPEND, VIEW
from sim.model.usage import checks_rate, displacement, expected_visits, habit_rate, payments_rate

use_rules()


@phase
def luck_phase(desk, p, today, low, high):
    """Words of luck for each user's visits, each to the row of its kind of visit."""
    ids = int_column(desk, c.ID, low, high)
    tick, seed_low, seed_high = today.tick, p.seed_low, p.seed_high
    habits, rivals, payments, checks, in_circle = (
        luck_row(desk, HABIT, 0, BLOCK),
        luck_row(desk, RIVAL, 0, BLOCK),
        luck_row(desk, PAYMENT, 0, BLOCK),
        luck_row(desk, CHECK, 0, BLOCK),
        luck_row(desk, IN_CIRCLE, 0, BLOCK),
    )
    for k in range(high - low):
        w0, w1, w2, w3 = philox(int64(ids[k]), 0, tick, VISITS, seed_low, seed_high)
        habits[k] = w0
        rivals[k] = w1
        payments[k] = w2
        checks[k] = w3
    for k in range(high - low):
        in_circle[k] = fifth(habits[k], rivals[k], payments[k])
    return 0


@phase
def rates_phase(desk, p, today, low, high):
    """Phase acts, first part: the rate of every kind of visit in this tick."""
    days = float32(today.active_days)
    size = high - low
    by_habit, by_payment, by_check = (
        rate_row(desk, HABIT, 0, BLOCK),
        rate_row(desk, PAYMENT, 0, BLOCK),
        rate_row(desk, CHECK, 0, BLOCK),
    )
    by_rival = rate_row(desk, RIVAL, 0, BLOCK)
    check_rate, weight = float32(p.usage_check_rate), float32(p.usage_habit_weight)
    boost = float32(p.choice_spend_boost)
    bases, habits = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.HABIT, low, high)
    payment_rates, rivals = (
        float_column(desk, c.PAYMENT_RATE, low, high),
        float_column(desk, c.RIVAL_RATE, low, high),
    )
    plans, knowing = byte_column(desk, c.PLAN, low, high), byte_column(desk, c.KNOWS, low, high)
    responsive = byte_column(desk, c.RESPONSIVE, low, high)
    for k in range(size):
        expected = expected_visits(bases[k], payment_rates[k], check_rate)
        by_habit[k] = habit_rate(bases[k], habits[k], expected, weight) * days
    for k in range(size):
        by_payment[k] = payments_rate(payment_rates[k], plans[k] == SPEND, boost) * days
    striving_checks = float32(p.usage_striving_checks)
    looked_up = PUBLICATION_DAY | GATE_AHEAD
    curious = p.score_matters == 1 and today.flags & looked_up == looked_up
    publication_checks = float32(p.usage_publication_checks) if curious else ONE
    for k in range(size):
        factor = publication_checks if knowing[k] & responsive[k] == 1 else ONE
        by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, factor) * days
    if curious and p.placebo_rules != 0:
        beliefs = byte_column(desk, c.BELIEF, low, high)
        for k in range(size):
            if (p.placebo_rules >> rule_in(int64(beliefs[k]))) & 1 != 0:
                by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, 1.0) * days
    for k in range(size):
        by_rival[k] = rivals[k] * days
    return 0


@phase
def circle_rates_phase(desk, p, today, low, high):
    """Phase acts, first part while the circle is open: circle visits, and what of the rival's visits they displace."""
    days = float32(today.active_days)
    size = high - low
    gate_active = today.flags & GATE_ACTIVE != 0
    roles, admitted = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.ADMITTED, low, high)
    knowing, scores = byte_column(desk, c.KNOWS, low, high), short_column(desk, c.SCORE, low, high)
    bases, rivals = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.RIVAL_RATE, low, high)
    in_circle, by_rival = rate_row(desk, IN_CIRCLE, 0, BLOCK), rate_row(desk, RIVAL, 0, BLOCK)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    answers = answers_of(desk, 0, 0, ANSWERS)
    acting, groups = chosen_row(desk, 1, 0, BLOCK), int32(today.open_groups)
    for k in range(size):
        acting[k] = acting_role(int32(roles[k]), groups)
    onlooker = float32(p.circle_onlooker_visits * today.pull)
    seeker = float32(p.circle_seeker_visits * today.pull)
    feeds = feeds_of(desk, 0, 0, 3 * MOST_GROUPS)
    poster = float32(p.circle_poster_visits * feeds[PULL] * (1.0 + feeds[ATTENTION]))
    for k in range(size):
        rate = circle_rate(acting[k], bases[k], onlooker, seeker, poster)
        in_circle[k] = rate if knowing[k] == 1 else ZERO
    if p.circles > 1:  # posters are drawn by the circle of their own
        for k in range(size):
            flags[k] = knowing[k] & (acting[k] == POSTER)
        for j in range(flagged(flags, size, chosen)):
            k = chosen[j]
            own = circle_of(p, int64(roles[k]))
            pull = p.circle_poster_visits * feeds[PULL + own] * (1.0 + feeds[ATTENTION + own])
            in_circle[k] = circle_rate(int64(POSTER), bases[k], ZERO, ZERO, float32(pull))
    # Those who may not comment are the many under a gate; a comment's pull is worked out for the others alone.
    commenters = 0
    needed = p.gate_covers & (COMMENT | VIEW) if gate_active else 0
    for k in range(size):
        flags[k] = knowing[k] & ((acting[k] == POSTER) | ((needed & ~int64(admitted[k])) == 0))
        commenters += flags[k]
    for k in range(size):
        flags[k] &= acting[k] == SEEKER
    comment_pull = float32(p.circle_comment_pull * today.exclusivity)
    for j in range(flagged(flags, size, chosen)):
        k = chosen[j]
        in_circle[k] = noticed_rate(in_circle[k], answers[scores[k] - LOWEST], comment_pull)
    own_totals(desk, 0, 0, n.COUNT)[n.COMMENTERS] += commenters
    if gate_active and (p.gate_covers & VIEW) != 0:
        for k in range(size):
            if not may_use(VIEW, int64(acting[k]), gate_active, p.gate_covers, int64(admitted[k])):
                in_circle[k] = ZERO
    if p.switch_attention == 1:
        minutes, budget = float32(p.usage_circle_minutes), float32(p.usage_attention_minutes)
        for k in range(size):
            by_rival[k] = rivals[k] * (ONE - displacement(in_circle[k], minutes, budget)) * days
    for k in range(size):
        in_circle[k] *= days
    return 0
