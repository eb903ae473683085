"""The monthly statement."""

from numpy import float64, int64

from sim.draws import STATEMENT, luck
from sim.engines.compiled import phase, use_rules
from sim.engines.layout import BLOCK
from sim.engines.memory import count_row, float_column, int_column, own_totals
from sim.engines.rows import ERRANDS
from sim.model import columns as c
from sim.model import totals as n
from sim.model.money import buffer_months, living_shock, statement
from sim.model.numerics import standard_normal
from sim.model.score import record_after_statement

use_rules()


@phase
def statement_phase(desk, p, today, low, high):
    """Phase statement."""
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes = int_column(desk, c.ID, low, high), int_column(desk, c.INCOME, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    abilities, records = float_column(desk, c.TRUE_ABILITY, low, high), float_column(desk, c.RECORD, low, high)
    errands = count_row(desk, ERRANDS, 0, BLOCK)
    for k in range(high - low):
        income = int64(incomes[k])
        uniform, _, _, _ = luck(p.seed_low, p.seed_high, STATEMENT, today.tick, int64(ids[k]), 0)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float64(abilities[k]))
        liquidity, debt, living, added, due, paid, saved = statement(
            int64(liquidities[k]),
            int64(debts[k]),
            income,
            months,
            p.money_living_share,
            living_shock(p.money_living_spread, standard_normal(uniform)),
            p.money_minimum_payment,
            p.money_interest,
            p.money_limit_months,
        )
        liquidities[k] = liquidity
        debts[k] = debt
        errands[k] = (due > 0) & (paid > 0)
        if due > 0:
            records[k] = record_after_statement(
                float64(records[k]),
                paid > 0,
                p.score_streak_gain,
                p.score_missed_loss,
                p.score_uninformed_record,
                p.score_record_forgetting,
            )
            total[n.BILLS] += 1
            total[n.BILLS_MISSED] += paid == 0
        total[n.INCOME_FEN] += income
        total[n.LIVING_FEN] += living
        total[n.INTEREST_FEN] += added
        total[n.REPAID_BILL_FEN] += paid
        total[n.SAVED_FEN] += saved
    return 0
