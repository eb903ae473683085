"""The bill of the platform's credit line on the day it is due."""

from numpy import float64, int64

from sim.engines.compiled import phase, use_rules
from sim.engines.layout import BLOCK
from sim.engines.memory import account_column, count_row, float_column, int_column, own_totals, standing_column
from sim.engines.rows import ERRANDS
from sim.model import columns as c
from sim.model import totals as n
from sim.model.credit import CLOSED, bill_settled
from sim.model.score import record_after_default, record_after_statement

use_rules()


@phase
def bill_phase(desk, p, today, low, high):
    """Phase bill: paid or missed, interest, fee, default."""
    total = own_totals(desk, 0, 0, n.COUNT)
    incomes, records = int_column(desk, c.INCOME, low, high), float_column(desk, c.RECORD, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    limits, bills = account_column(desk, c.LIMIT, low, high), account_column(desk, c.BILLED, low, high)
    misses, errands = standing_column(desk, c.MISSED, low, high), count_row(desk, ERRANDS, 0, BLOCK)
    for k in range(high - low):
        billed, debt = int64(bills[k]), int64(debts[k])
        if min(billed, debt) == 0:
            continue
        liquidity, before = int64(liquidities[k]), int64(misses[k])
        paid, added, fee, lost, missed = bill_settled(p, liquidity, int64(incomes[k]), debt, billed, before)
        liquidities[k] = liquidity - paid
        debts[k] = debt - paid + added + fee - lost
        bills[k] = 0
        misses[k] = missed
        record = record_after_statement(
            float64(records[k]),
            missed == 0,
            p.score_streak_gain,
            p.score_missed_loss,
            p.score_uninformed_record,
            p.score_record_forgetting,
        )
        if missed == CLOSED:
            record = record_after_default(record, p.score_default_loss)
            limits[k] = 0
            total[n.LINE_DEFAULTS] += 1
        elif missed > 0:
            limits[k] = int64(limits[k] * (1.0 - p.credit_limit_cut))
        records[k] = record
        errands[k] += paid > 0
        total[n.BILLS] += 1
        total[n.BILLS_MISSED] += missed > 0
        total[n.REPAID_BILL_FEN] += paid
        total[n.INTEREST_FEN] += added
        total[n.LATE_FEES_FEN] += fee
        total[n.WRITTEN_OFF_FEN] += lost
    return 0
