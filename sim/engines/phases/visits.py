"""The visits of a tick, and the users as it leaves them."""

from numpy import float32, int16, int64

from sim.engines.compiled import phase, use_rules
from sim.engines.layout import BLOCK
from sim.engines.memory import byte_column, count_row, float_column, int_column, own_totals, short_column
from sim.engines.rows import CHECK, ERRANDS, HABIT, IN_CIRCLE, PAYMENT, RIVAL, VISITS_TODAY
from sim.model import columns as c
from sim.model import totals as n
from sim.model.states import ENTERED, REPAY, SPEND, UPLOAD, VIEWED
from sim.model.usage import habit_after

use_rules()


@phase
def visits_phase(desk, p, today, low, high):
    """Phase acts, last part: the visits made, the habit that they leave, and the totals."""
    days, step = float32(p.tick_days), float32(p.habit_step)
    size = high - low
    habits, payments, checks = (
        count_row(desk, HABIT, 0, BLOCK),
        count_row(desk, PAYMENT, 0, BLOCK),
        count_row(desk, CHECK, 0, BLOCK),
    )
    in_circle, by_rival, errands = (
        count_row(desk, IN_CIRCLE, 0, BLOCK),
        count_row(desk, RIVAL, 0, BLOCK),
        count_row(desk, ERRANDS, 0, BLOCK),
    )
    visits = count_row(desk, VISITS_TODAY, 0, BLOCK)
    if p.switch_feed == 0:
        for k in range(size):
            in_circle[k] = 0
    for k in range(size):
        visits[k] = habits[k] + payments[k] + checks[k] + errands[k] + in_circle[k]
    sum_habit = sum_payment = sum_check = sum_credit = sum_circle = sum_rival = 0
    rival_active = 0
    for k in range(size):
        sum_habit += habits[k]
        sum_payment += payments[k]
        sum_check += checks[k]
        sum_credit += errands[k]
        sum_circle += in_circle[k]
        sum_rival += by_rival[k]
    for k in range(size):
        rival_active += by_rival[k] > 0
    habit = float_column(desk, c.HABIT, low, high)
    for k in range(size):
        habit[k] = habit_after(habit[k], float32(visits[k]), days, step)
    made, last = int_column(desk, c.VISITS_MADE, low, high), short_column(desk, c.LAST_VISIT_DAY, low, high)
    today_short, never = int16(today.tick), int16(-1)
    for k in range(size):
        made[k] += visits[k]
    for k in range(size):
        last[k] = max(last[k], today_short if visits[k] > 0 else never)
    for k in range(size):
        errands[k] = 0
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.VISITS_HABIT] += sum_habit
    total[n.VISITS_PAYMENT] += sum_payment
    total[n.VISITS_SCORE] += sum_check
    total[n.VISITS_CREDIT] += sum_credit
    total[n.VISITS_CIRCLE] += sum_circle
    total[n.VISITS_RIVAL] += sum_rival
    total[n.RIVAL_ACTIVE] += rival_active
    return 0


@phase
def stocks_phase(desk, p, today, low, high):
    """The totals that count users in a state, and their money, at the end of the tick."""
    size = high - low
    knows, admits, plans, roles = (
        byte_column(desk, c.KNOWS, low, high),
        byte_column(desk, c.ADMITTED, low, high),
        byte_column(desk, c.PLAN, low, high),
        byte_column(desk, c.ROLE, low, high),
    )
    scores, last = short_column(desk, c.SCORE, low, high), short_column(desk, c.LAST_VISIT_DAY, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    knowing = viewers = admitted = active = active_30 = points = high_scores = 0
    spending = repaying = uploading = liquidity = debt = 0
    day_ago, month_ago = int16(max(today.tick - p.ticks_per_day, -1)), int16(max(today.tick - p.month_ticks, -1))
    for k in range(size):
        knowing += int64(knows[k])
        viewers += roles[k] >= VIEWED
        admitted += admits[k] & ENTERED != 0
        spending += plans[k] == SPEND
        repaying += plans[k] == REPAY
        uploading += plans[k] == UPLOAD
    for k in range(size):
        points += int64(scores[k])
        high_scores += scores[k] >= 750
        active += last[k] > day_ago
        active_30 += last[k] > month_ago
    for k in range(size):
        liquidity += int64(liquidities[k])
        debt += int64(debts[k])
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.KNOWING] += knowing
    total[n.ADMITTED_USERS] += admitted
    total[n.ACTIVE] += active
    total[n.ACTIVE_30] += active_30
    total[n.VIEWERS] += viewers
    if p.circles > 1:
        for circle in range(p.circles):
            here = 0
            for k in range(size):
                here += (int64(roles[k]) >> circle) & VIEWED != 0
            total[n.CIRCLE_VIEWERS + circle] += here
    total[n.SCORE_POINTS] += points
    total[n.SCORE_750] += high_scores
    total[n.SPENDING] += spending
    total[n.REPAYING] += repaying
    total[n.UPLOADING] += uploading
    total[n.RESTING] += size - spending - repaying - uploading
    total[n.LIQUIDITY_FEN] += liquidity
    total[n.DEBT_FEN] += debt
    return 0
