"""Payday, where credit is a business: income, living costs, instalments, the bill, savings, and what is left to need."""

from numpy import float64, int64

from sim.draws import STATEMENT, luck
from sim.engines.compiled import phase, use_rules
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    account_column,
    count_row,
    float_column,
    int_column,
    own_totals,
    short_column,
    standing_column,
)
from sim.engines.rows import ERRANDS
from sim.model import columns as c
from sim.model import totals as n
from sim.model.credit import limit_reviewed, line_target
from sim.model.lenders import OPEN, instalment, loan_after_payment
from sim.model.liquidity import month_begins, need_of
from sim.model.money import buffer_months, credit_limit, plain_bill, set_aside
from sim.model.score import record_after_statement

use_rules()


@phase
def payday_phase(desk, p, today, low, high):
    """Phase payday. A user pays lenders in an order of the user's own, so that no lender comes first with all."""
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes = int_column(desk, c.ID, low, high), int_column(desk, c.INCOME, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    abilities, records = float_column(desk, c.TRUE_ABILITY, low, high), float_column(desk, c.RECORD, low, high)
    spends, scores = float_column(desk, c.RECENT_SPEND, low, high), short_column(desk, c.SCORE, low, high)
    limits, bills = account_column(desk, c.LIMIT, low, high), account_column(desk, c.BILLED, low, high)
    needs, unmets = account_column(desk, c.NEED, low, high), account_column(desk, c.UNMET, low, high)
    misses, losts = standing_column(desk, c.MISSED, low, high), standing_column(desk, c.LOST, low, high)
    errands = count_row(desk, ERRANDS, 0, BLOCK)
    lenders = p.lender_count
    for k in range(high - low):
        who, income, debt = int64(ids[k]), int64(incomes[k]), int64(debts[k])
        cost, loss, _, _ = luck(p.seed_low, p.seed_high, STATEMENT, today.tick, who, 0)
        liquidity, lost, received, living, unmet = month_begins(
            p, int64(liquidities[k]), income, int64(losts[k]), cost, loss
        )
        losts[k] = lost
        billed = 0
        if p.switch_credit_line == 1:
            target = line_target(p, float64(spends[k]), float64(scores[k]))
            limits[k] = limit_reviewed(int64(limits[k]), target, int64(misses[k]), p.credit_limit_raise)
            billed = debt
            bills[k] = billed
        else:
            limit = credit_limit(income, p.money_limit_months)
            added, due, paid = plain_bill(liquidity, debt, limit, p.money_minimum_payment, p.money_interest)
            liquidity -= paid
            debts[k] = debt + added - paid
            if due > 0:
                records[k] = record_after_statement(
                    float64(records[k]),
                    paid > 0,
                    p.score_streak_gain,
                    p.score_missed_loss,
                    p.score_uninformed_record,
                    p.score_record_forgetting,
                )
                errands[k] += paid > 0
                total[n.BILLS] += 1
                total[n.BILLS_MISSED] += paid == 0
            total[n.INTEREST_FEN] += added
            total[n.REPAID_BILL_FEN] += paid
        asked = owed_in_all = 0
        for i in range(lenders):
            j = (who + i) % lenders
            debts_there = account_column(desk, c.OWED + j, low, high)
            owed = int64(debts_there[k])
            if owed == 0:
                continue
            states = standing_column(desk, c.LOAN + j, low, high)
            loan = int64(states[k])
            part = instalment(owed, loan)
            if part <= liquidity:
                liquidity -= part
                owed -= part
                debts_there[k] = owed
                states[k] = loan_after_payment(owed, loan)
                total[n.BACK_FEN + j] += part
            else:
                states[k] = loan | OPEN
                asked += part
            owed_in_all += owed
        need = need_of(unmet, asked, liquidity)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float64(abilities[k]))
        saved = set_aside(max(liquidity - billed - owed_in_all, 0), income, months)
        liquidities[k] = liquidity - saved
        needs[k] = need
        unmets[k] = unmet
        total[n.INCOME_FEN] += received
        total[n.LIVING_FEN] += living
        total[n.SAVED_FEN] += saved
        total[n.IN_NEED] += need > 0
        total[n.UNMET_FEN] += unmet if lenders == 0 else 0
    return 0
