"""The circle before the day begins: what all users see of it."""

from sim.engines.compiled import phase, use_rules
from sim.engines.memory import totals_of
from sim.model import totals as n
from sim.model.calendar import CIRCLE_LIVE
from sim.model.circle import circle_today, open_groups
from sim.model.clock import active_days

use_rules()


@phase
def circle_phase(desk, p, today, low, high):
    """Phase circle: the circle's state from the last day's totals; the last tick's tips shared out among its posts."""
    today.active_days = active_days(p, today.tick)
    today.open_groups = open_groups(p, today.tick)
    before = totals_of(desk, today.tick, 0, n.COUNT)
    today.escrow += before[n.TIPS_FEN] - before[n.TIPS_RECEIVED_FEN]
    today.tip_each = today.escrow // before[n.POSTED] if before[n.POSTED] > 0 else 0
    posts = reactions = 0
    for back in range(min(p.ticks_per_day, today.tick)):
        row = totals_of(desk, today.tick - back, 0, n.COUNT)
        posts += row[n.POSTED]
        reactions += row[n.LIKES] + row[n.COMMENTS] + row[n.TIPS]
    motivation, appeal, pull, attention, exclusive = p.circle_first_motivation, 0.0, 0.0, 0.0, 1.0
    if today.flags & CIRCLE_LIVE != 0:
        motivation, appeal, pull, attention, exclusive = circle_today(
            p,
            today.ticks_open * p.tick_days,
            today.motivation,
            posts,
            reactions,
            before[n.KNOWING],
            before[n.COMMENTERS],
        )
    today.motivation = motivation
    today.appeal = appeal
    today.pull = pull
    today.attention = attention
    today.exclusivity = exclusive
    return 0
