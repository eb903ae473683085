"""Users' reviews of their plans."""

from numpy import float64, int64

from sim.draws import PLAN, luck
from sim.engines.compiled import RULE_KINDS, phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    account_column,
    byte_column,
    chosen_row,
    count_row,
    flag_row,
    float_column,
    formula_of,
    function_at,
    int_column,
    lesson_column,
    numbers_at,
    own_totals,
    plan_values_of,
    short_column,
    tables_of,
)
from sim.engines.rows import ERRANDS
from sim.model import columns as c
from sim.model import totals as n
from sim.model.bureau.formula import HOLDS, LENGTH
from sim.model.calendar import REVIEW_ALL
from sim.model.choice.mixture import belief_in, rule_in
from sim.model.choice.review import Costs, Standing, choose_plan, gate_view, out_of_reach, prizes_per_day, review_due
from sim.model.experience import MONTH
from sim.model.money import credit_limit
from sim.model.outlook import Outlook, nth_undeclared
from sim.model.states import LEARNED, REST, UPLOAD

use_rules()

admission_at = function_at(RULE_KINDS["admission"])
plan_value_at = function_at(RULE_KINDS["plan_value"])


@phase
def rest_phase(desk, p, today, low, high):
    """Phase review while no gate is ahead: everybody rests."""
    plans = byte_column(desk, c.PLAN, low, high)
    for k in range(high - low):
        plans[k] = REST
    return 0


@phase
def review_phase(desk, p, today, low, high):
    """Phase review while a gate is ahead; at one that does not reward the score nobody has anything to weigh."""
    if p.gate_rewards_score == 0:
        return 0
    ids, learned_days = int_column(desk, c.ID, low, high), short_column(desk, c.LEARNED_DAY, low, high)
    responsive, knows = byte_column(desk, c.RESPONSIVE, low, high), byte_column(desk, c.KNOWS, low, high)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(high - low):
        flags[k] = responsive[k] & knows[k]
    aware = flagged(flags, high - low, chosen)
    tick = today.tick
    due = 0
    review_all = today.flags & REVIEW_ALL != 0
    for j in range(aware):
        k = chosen[j]
        chosen[due] = k
        due += review_all | (learned_days[k] == tick) | review_due(tick, int64(ids[k]), p.review_ticks)
    if due == 0:
        return 0
    total = own_totals(desk, 0, 0, n.COUNT)
    admission = admission_at(desk.admission)
    plan_values, tables = plan_values_of(desk, 0, 0, 1), tables_of(desk, 0, 0, 1)
    incomes, tickets = int_column(desk, c.INCOME, low, high), int_column(desk, c.TICKET, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    rates, spends = float_column(desk, c.PAYMENT_RATE, low, high), float_column(desk, c.RECENT_SPEND, low, high)
    records, parts = float_column(desk, c.RECORD, low, high), float_column(desk, c.RELATIONSHIPS, low, high)
    abilities, identities = (
        float_column(desk, c.ABILITY_BASE, low, high),
        float_column(desk, c.IDENTITY_BASE, low, high),
    )
    worths, privacy = float_column(desk, c.CIRCLE_WORTH, low, high), float_column(desk, c.PRIVACY_COST, low, high)
    scores, starting = short_column(desk, c.SCORE, low, high), short_column(desk, c.STARTING_SCORE, low, high)
    beliefs, plans = byte_column(desk, c.BELIEF, low, high), byte_column(desk, c.PLAN, low, high)
    since = short_column(desk, c.ADMITTED_DAY, low, high)
    by_spend, by_repay = (
        lesson_column(desk, c.LEARNED_SPEND, low, high),
        lesson_column(desk, c.LEARNED_REPAY, low, high),
    )
    by_upload = lesson_column(desk, c.LEARNED_UPLOAD, low, high)
    owneds, declareds = byte_column(desk, c.OWNED, low, high), byte_column(desk, c.DECLARED, low, high)
    lines = account_column(desk, c.LIMIT, low, high)
    errands = count_row(desk, ERRANDS, 0, BLOCK)
    by_change = 0
    if p.switch_bureau == 1:
        by_change = int64(formula_of(desk, 0, 0, LENGTH)[HOLDS])
    gate = gate_view(
        p,
        tick,
        today.cutoff,
        today.tie,
        today.ticks_to_start,
        today.ticks_to_end,
        today.ticks_to_publication,
        today.offer,
    )
    for j in range(due):
        k = chosen[j]
        income = int64(incomes[k])
        liquidity = liquidities[k] * 0.01
        usual = float64(rates[k]) * tickets[k] * 0.01
        pace = p.choice_repay_errands * p.choice_repay_share * liquidity
        owned, declared = int64(owneds[k]), int64(declareds[k])
        starting_score = float64(starting[k])
        belief, code = belief_in(int64(beliefs[k])), rule_in(int64(beliefs[k]))
        learned_spend, learned_repay, learned_upload = 0.0, 0.0, 0.0
        if belief == LEARNED:
            learned_spend, learned_repay = float64(by_spend[k]) / MONTH, float64(by_repay[k]) / MONTH
            learned_upload = float64(by_upload[k])
        limit = credit_limit(income, p.money_limit_months)
        if p.switch_credit_line == 1:
            limit = int64(lines[k])
        outlook = Outlook(
            belief,
            float64(scores[k]),
            p.folk_points_per_day,
            float64(spends[k]),
            usual,
            p.choice_spend_boost,
            p.forgetting_per_day,
            p.score_half_spend,
            float64(records[k]),
            debts[k] * 0.01,
            max(limit, 1) * 0.01,
            pace,
            liquidity,
            income * 0.01 * p.spare_income_share,
            p.score_utilisation_weight,
            float64(abilities[k]),
            float64(identities[k]),
            declared,
            p.score_ability_per_asset,
            p.score_identity_per_asset,
            float64(parts[k]),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
            learned_spend,
            learned_repay,
            learned_upload,
            by_change,
        )
        if out_of_reach(admission, outlook, gate, starting_score, owned):
            plans[k] = REST
            continue
        costs = Costs(
            usual * p.choice_spend_boost * p.choice_spend_waste + p.choice_spend_hassle,
            pace * p.choice_repay_cost + p.choice_repay_hassle,
            float64(privacy[k]),
        )
        prizes = prizes_per_day(p, float64(worths[k]), today.appeal, today.exclusivity, today.offer)
        noise, _, _, _ = luck(p.seed_low, p.seed_high, PLAN, tick, int64(ids[k]), 0)
        days_since = (tick - since[k]) * p.tick_days if since[k] >= 0 else -1.0
        plan = choose_plan(
            admission,
            plan_value_at(plan_values[code]),
            numbers_at(tables[code]),
            outlook,
            gate,
            Standing(starting_score, days_since),
            owned,
            prizes,
            costs,
            p.choice_discount,
            p.choice_noise,
            noise,
        )
        plans[k] = plan
        if plan == UPLOAD:
            declareds[k] = nth_undeclared(owned, declared, 1)
            errands[k] += 1
            total[n.UPLOADS] += 1
    return 0
