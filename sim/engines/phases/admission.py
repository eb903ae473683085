"""Who the gate admits."""

from numpy import float64, int64

from sim.draws import GATE, luck
from sim.engines.compiled import RULE_KINDS, phase, use_rules
from sim.engines.layout import BLOCK
from sim.engines.memory import byte_column, chosen_row, float_column, function_at, int_column, own_totals, short_column
from sim.model import columns as c
from sim.model import totals as n
from sim.model.calendar import GATE_ACTIVE, GATE_DAY
from sim.model.choice.mixture import rule_in
from sim.model.choice.review import prizes_per_day, review_due, total_prize
from sim.model.gates.entry import levels_of, offer, opened
from sim.model.states import ENTERED, INVITED

use_rules()

admission_at = function_at(RULE_KINDS["admission"])


@phase
def admission_phase(desk, p, today, low, high):
    """Phase admission: everybody on a day of the gate; on others, at a gate with a door, those who may have come to it."""
    size = high - low
    ids, liquidities = int_column(desk, c.ID, low, high), int_column(desk, c.LIQUIDITY, low, high)
    scores, starting = short_column(desk, c.SCORE, low, high), short_column(desk, c.STARTING_SCORE, low, high)
    since, admits = short_column(desk, c.ADMITTED_DAY, low, high), byte_column(desk, c.ADMITTED, low, high)
    responsive, knows = byte_column(desk, c.RESPONSIVE, low, high), byte_column(desk, c.KNOWS, low, high)
    worths, beliefs = float_column(desk, c.CIRCLE_WORTH, low, high), byte_column(desk, c.BELIEF, low, high)
    if today.flags & GATE_ACTIVE == 0:
        for k in range(size):
            admits[k] = 0
        return 0
    admission = admission_at(desk.admission)
    everybody, sells, tick = today.flags & GATE_DAY != 0, p.gate_sells != 0, today.tick
    day, days_to_end = (tick - p.gate_start) * p.tick_days, today.ticks_to_end * p.tick_days
    levels, count = levels_of(p), p.gate_levels
    chosen = chosen_row(desk, 0, 0, BLOCK)
    facing = 0
    if everybody:
        for k in range(size):
            chosen[facing] = k
            facing += 0 if sells & (admits[k] & ENTERED != 0) else 1
    else:
        outside = 0
        for k in range(size):
            chosen[outside] = k
            invited, interested = admits[k] & INVITED != 0, sells & (knows[k] & responsive[k] == 1)
            outside += (admits[k] & ENTERED == 0) & (invited | interested)
        for j in range(outside):
            k = chosen[j]
            chosen[facing] = k
            facing += (admits[k] & INVITED != 0) | review_due(tick, int64(ids[k]), p.review_ticks)
    newly = fees = 0
    for j in range(facing):
        k = chosen[j]
        invited, entered = int64(admits[k]) & INVITED, int64(admits[k]) & ENTERED
        offered = 0.0
        if sells and knows[k] & responsive[k] == 1:
            prize = total_prize(prizes_per_day(p, float64(worths[k]), today.appeal, today.exclusivity, today.offer))
            strives = (p.placebo_rules >> rule_in(int64(beliefs[k]))) & 1 == 0
            offered = offer(strives, days_to_end, prize, int64(liquidities[k]), p.choice_discount)
        standing, _, _, _ = luck(p.seed_low, p.seed_high, GATE, 0, int64(ids[k]), 0)
        flags = opened(
            admission,
            levels,
            count,
            standing,
            float64(scores[k]),
            float64(starting[k]),
            day,
            1.0 if invited != 0 else 0.0,
            offered,
            today.cutoff,
            today.tie,
        )
        admits[k] = flags | invited
        if flags & ENTERED != 0 and entered == 0:
            fee = min(p.gate_fee, int64(liquidities[k]))
            liquidities[k] -= fee
            fees += fee
            if since[k] < 0:
                since[k] = tick
                newly += 1
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.NEWLY_ADMITTED] += newly
    total[n.FEES_FEN] += fees
    return 0
