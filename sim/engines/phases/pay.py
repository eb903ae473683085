"""Payments and early repayments."""

from numpy import float32, int64

from sim.draws import ERRAND, philox
from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    account_column,
    byte_column,
    chosen_row,
    count_row,
    flag_row,
    float_column,
    int_column,
    own_totals,
    rate_row,
    standing_column,
)
from sim.engines.rows import AGAIN, ERRANDS, PAYMENT, ZERO
from sim.model import columns as c
from sim.model import totals as n
from sim.model.counts import poisson_count
from sim.model.credit import held_back
from sim.model.money import charged, credit_limit, paid_in_cash, repayment, shopping_part
from sim.model.states import REPAY
from sim.model.usage import spend_after

use_rules()


@phase
def pay_phase(desk, p, today, low, high):
    """Phase acts, third part: payments and early repayments, and the average of recent spend."""
    days, step, limit_months = float32(p.tick_days), float32(p.forgetting_step), p.money_limit_months
    size = high - low
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes, tickets = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.TICKET, low, high),
    )
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    plans, shares = byte_column(desk, c.PLAN, low, high), byte_column(desk, c.SHOPPING_SHARE, low, high)
    by_payment, errands = count_row(desk, PAYMENT, 0, BLOCK), count_row(desk, ERRANDS, 0, BLOCK)
    lines, bills = account_column(desk, c.LIMIT, low, high), account_column(desk, c.BILLED, low, high)
    misses = standing_column(desk, c.MISSED, low, high)
    outflows = rate_row(desk, AGAIN, 0, BLOCK)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    repaid_early = repaying = 0
    for k in range(size):
        outflows[k] = ZERO
        repaying += plans[k] == REPAY
    for k in range(size if repaying > 0 else 0):
        if plans[k] == REPAY:
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, ERRAND, p.seed_low, p.seed_high)
            trips = poisson_count(float32(p.choice_repay_errands * today.active_days), word)
            errands[k] += trips
            repaid = repayment(int64(debts[k]), int64(liquidities[k]), trips, p.choice_repay_share)
            liquidities[k] -= repaid
            debts[k] -= repaid
            repaid_early += repaid
            if p.switch_credit_line == 1:
                bills[k] = max(int64(bills[k]) - repaid, 0)
    for k in range(size):
        flags[k] = by_payment[k] > 0
    payers = flagged(flags, size, chosen)
    sum_payments = sum_outflow = sum_passed = sum_cash = sum_credit = 0
    for j in range(payers):
        k = chosen[j]
        payments, liquidity = int64(by_payment[k]), int64(liquidities[k])
        sent = payments * int64(tickets[k])
        shopping = shopping_part(sent, int64(shares[k]))
        held = 0
        if p.switch_credit_line == 1:
            held = held_back(int64(bills[k]), p.money_minimum_payment, int64(misses[k]))
        cash = paid_in_cash(shopping, max(liquidity - held, 0))
        credit = 0
        if cash < shopping:
            debt = int64(debts[k])
            limit = credit_limit(int64(incomes[k]), limit_months)
            if p.switch_credit_line == 1:
                limit = int64(lines[k])
            credit = charged(shopping, cash, debt, limit)
            debts[k] = debt + credit
        liquidities[k] = liquidity - cash
        outflow = sent - shopping + cash + credit
        outflows[k] = float32(outflow)
        sum_payments += payments
        sum_outflow += outflow
        sum_passed += sent - shopping
        sum_cash += cash
        sum_credit += credit
    recent = float_column(desk, c.RECENT_SPEND, low, high)
    for k in range(size):
        recent[k] = spend_after(recent[k], outflows[k], days, step)
    total[n.REPAID_EARLY_FEN] += repaid_early
    total[n.PAYMENTS] += sum_payments
    total[n.OUTFLOW_FEN] += sum_outflow
    total[n.PASSED_ON_FEN] += sum_passed
    total[n.CASH_FEN] += sum_cash
    total[n.CHARGED_FEN] += sum_credit
    return 0
