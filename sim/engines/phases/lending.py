"""Users in need and their lenders: applications, capital shared out, loans given, instalments missed."""

from numpy import float64, int64

from sim.draws import APPLY, luck
from sim.engines.compiled import phase, use_rules
from sim.engines.memory import (
    account_column,
    demand_of,
    float_column,
    int_column,
    market_of,
    own_totals,
    served_of,
    short_column,
    standing_column,
    totals_of,
)
from sim.engines.team import fetch_add
from sim.model import columns as c
from sim.model import totals as n
from sim.model.lenders import (
    BARRED,
    OPEN,
    SCORE,
    TURNS,
    amount_asked,
    amount_offered,
    amount_taken,
    applications_made,
    instalment,
    late_charge,
    loan_after_miss,
    loan_after_payment,
    loan_taken,
    marked_late,
    next_cheapest,
    price_of,
    rate_offered,
    times_late,
    turn_of,
    turns_served,
)
from sim.model.market import bought_on_credit, credit_wanted, uses_credit
from sim.model.score import record_after_default

use_rules()


@phase
def apply_phase(desk, p, today, low, high):
    """Phase apply: what each lender would have to pay out, by lender and place in the order by lot."""
    ids, incomes = int_column(desk, c.ID, low, high), int_column(desk, c.INCOME, low, high)
    scores, needs = short_column(desk, c.SCORE, low, high), account_column(desk, c.NEED, low, high)
    lenders, demand = p.lender_count, demand_of(desk, 0, 0, p.lender_count * TURNS)
    factor = market_of(desk, 0, today.tick, today.tick + 1)[0]
    for k in range(high - low):
        if needs[k] == 0 or not uses_credit(p, int64(ids[k]), factor):
            continue
        owed_in_all = any_late = late_before = 0
        for j in range(lenders):
            owed_in_all += account_column(desk, c.OWED + j, low, high)[k]
            loan = int64(standing_column(desk, c.LOAN + j, low, high)[k])
            any_late |= (times_late(loan) > 0) | (loan == BARRED)
            late_before |= marked_late(loan, j)
        wanted, income = credit_wanted(int64(needs[k]), factor), int64(incomes[k])
        many, first, lot, _ = luck(p.seed_low, p.seed_high, APPLY, today.tick, int64(ids[k]), 0)
        asked, start, turn = amount_asked(p, wanted), int64(first * lenders), turn_of(lot)
        for i in range(applications_made(p, wanted, income, many)):
            j = (start + i) % lenders
            loan, score = int64(standing_column(desk, c.LOAN + j, low, high)[k]), float64(scores[k])
            rate = rate_offered(p, j, income, late_before, owed_in_all, score)
            offer = amount_offered(p, j, asked, income, loan, owed_in_all, any_late, score, rate)
            if offer > 0:
                fetch_add(demand, j * TURNS + turn, offer)
    return 0


@phase
def capital_phase(desk, p, today, low, high):
    """Phase capital: how far each lender's cash goes in the order by lot; what was asked for is forgotten."""
    cash = totals_of(desk, today.tick, n.CASH_AT_LENDER, n.CASH_AT_LENDER + p.lender_count)
    served = served_of(desk, 0, 0, p.lender_count)
    for j in range(p.lender_count):
        demand = demand_of(desk, j, 0, TURNS)
        served[j] = turns_served(demand, cash[j])
        for turn in range(TURNS):
            demand[turn] = 0
    return 0


@phase
def answer_phase(desk, p, today, low, high):
    """Phase answer: offers taken until the need is covered, living costs caught up on, open instalments paid or missed."""
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes = int_column(desk, c.ID, low, high), int_column(desk, c.INCOME, low, high)
    scores, liquidities = short_column(desk, c.SCORE, low, high), int_column(desk, c.LIQUIDITY, low, high)
    records = float_column(desk, c.RECORD, low, high)
    needs, unmets = account_column(desk, c.NEED, low, high), account_column(desk, c.UNMET, low, high)
    lenders, served = p.lender_count, served_of(desk, 0, 0, p.lender_count)
    factor = market_of(desk, 0, today.tick, today.tick + 1)[0]
    for k in range(high - low):
        if needs[k] == 0:
            continue
        owed_in_all = any_late = late_before = 0
        for j in range(lenders):
            owed_in_all += account_column(desk, c.OWED + j, low, high)[k]
            loan = int64(standing_column(desk, c.LOAN + j, low, high)[k])
            any_late |= (times_late(loan) > 0) | (loan == BARRED)
            late_before |= marked_late(loan, j)
        who, need, income, liquidity = int64(ids[k]), int64(needs[k]), int64(incomes[k]), int64(liquidities[k])
        score = float64(scores[k])
        many, first, lot, _ = luck(p.seed_low, p.seed_high, APPLY, today.tick - p.ticks_per_day, who, 0)
        wanted = credit_wanted(need, factor)
        asked, start, turn = amount_asked(p, wanted), int64(first * lenders), turn_of(lot)
        left = asked
        made, i = applications_made(p, wanted, income, many) if uses_credit(p, who, factor) else 0, -1
        for _ in range(made):
            i = next_cheapest(p, start, made, i, income, late_before, owed_in_all, score)
            j = (start + i) % lenders
            states = standing_column(desk, c.LOAN + j, low, high)
            rate = rate_offered(p, j, income, late_before, owed_in_all, score)
            offer = amount_offered(p, j, asked, income, int64(states[k]), owed_in_all, any_late, score, rate)
            total[n.APPLICATIONS] += 1
            if offer == 0 or turn >= served[j]:
                continue
            total[n.APPROVALS] += 1
            amount = amount_taken(p, offer, left)
            if amount > 0:
                price = price_of(p, j, amount, rate)
                account_column(desk, c.OWED + j, low, high)[k] = amount + price
                states[k] = loan_taken(p, j, int64(states[k]))
                liquidity += amount
                left -= amount
                total[n.LOANS] += 1
                total[n.LENT_FEN + j] += amount
                total[n.PRICED_FEN + j] += price
        unmet = int64(unmets[k])
        living, bought = min(unmet, liquidity), bought_on_credit(need, wanted, asked - left)
        liquidity -= living + bought
        total[n.LIVING_FEN] += living + bought
        total[n.UNMET_FEN] += unmet - living
        for i in range(lenders):
            j = (who + i) % lenders
            states, debts_there = (
                standing_column(desk, c.LOAN + j, low, high),
                account_column(desk, c.OWED + j, low, high),
            )
            loan = int64(states[k])
            if loan & OPEN == 0:
                continue
            loan, owed = loan - OPEN, int64(debts_there[k])
            part = instalment(owed, loan)
            if part <= liquidity:
                liquidity -= part
                debts_there[k] = owed - part
                states[k] = loan_after_payment(owed - part, loan)
                total[n.BACK_FEN + j] += part
                continue
            after = loan_after_miss(loan)
            states[k] = after
            total[n.LATE_INSTALMENTS] += 1
            if after == BARRED:
                debts_there[k] = 0
                total[n.LOST_FEN + j] += owed
                total[n.LOAN_DEFAULTS] += 1
            else:
                charge = late_charge(p, part, owed, loan)
                debts_there[k] = owed + charge
                total[n.PRICED_FEN + j] += charge
            if p.information == SCORE:
                loss = p.score_default_loss if after == BARRED else p.score_missed_loss
                records[k] = record_after_default(float64(records[k]), loss)
        liquidities[k] = liquidity
        needs[k] = 0
        unmets[k] = unmet - living
    return 0
