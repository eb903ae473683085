"""The circles before the tick begins: what all users see of them."""

from sim.engines.compiled import phase, use_rules
from sim.engines.memory import feeds_of, purses_of, totals_of
from sim.model import totals as n
from sim.model.calendar import CIRCLE_LIVE
from sim.model.circle import (
    ATTENTION,
    ESCROW,
    MOTIVATION,
    PULL,
    TIP_EACH,
    circle_today,
    open_groups,
    ticks_late,
    together,
)
from sim.model.clock import active_days
from sim.model.states import MOST_GROUPS

use_rules()


@phase
def circle_phase(desk, p, today, low, high):
    """Phase circle: each circle's state from the last day's totals; the last tick's tips shared out among its posts."""
    today.active_days = active_days(p, today.tick)
    today.open_groups = open_groups(p, today.tick)
    before = totals_of(desk, today.tick, 0, n.COUNT)
    feeds, purses = feeds_of(desk, 0, 0, 3 * MOST_GROUPS), purses_of(desk, 0, 0, 2 * MOST_GROUPS)
    live = today.flags & CIRCLE_LIVE != 0
    appeals, pulls, exclusive, escrow = 0.0, 0.0, 1.0, 0
    for circle in range(p.circles):
        purses[ESCROW + circle] += before[n.CIRCLE_TIPS_FEN + circle] - before[n.CIRCLE_TIPS_RECEIVED_FEN + circle]
        escrow += purses[ESCROW + circle]
        posted = before[n.CIRCLE_POSTS + circle]
        purses[TIP_EACH + circle] = purses[ESCROW + circle] // posted if posted > 0 else 0
        posts = reactions = 0
        for back in range(min(p.ticks_per_day, today.tick)):
            row = totals_of(desk, today.tick - back, 0, n.COUNT)
            posts += row[n.CIRCLE_POSTS + circle]
            reactions += row[n.CIRCLE_REACTIONS + circle]
        motivation, appeal, pull, attention = p.circle_first_motivation, 0.0, 0.0, 0.0
        ticks_open = today.ticks_open - ticks_late(p, circle)
        if live and ticks_open >= 0:
            motivation, appeal, pull, attention, exclusive = circle_today(
                p,
                ticks_open * p.tick_days,
                feeds[MOTIVATION + circle],
                posts,
                reactions,
                before[n.KNOWING],
                before[n.COMMENTERS],
            )
        feeds[MOTIVATION + circle] = motivation
        feeds[PULL + circle] = pull
        feeds[ATTENTION + circle] = attention
        appeals = together(appeals, appeal)
        pulls = together(pulls, pull)
    today.escrow = escrow
    today.appeal = appeals
    today.pull = pulls
    today.exclusivity = exclusive
    return 0
