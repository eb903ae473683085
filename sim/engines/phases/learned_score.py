"""Scores published by the formula that the bureau has learned."""

from numpy import float64, int64

from sim.draws import COMPANY, SCORE, luck
from sim.engines.compiled import phase, use_rules
from sim.engines.memory import account_column, byte_column, float_column, formula_of, int_column, short_column
from sim.model import columns as c
from sim.model.bureau.company import company_of
from sim.model.bureau.formula import HOLDS, LENGTH, learned_points
from sim.model.money import credit_limit
from sim.model.score import asset_count, published_score, utilisation

use_rules()


@phase
def learned_publication_phase(desk, p, today, low, high):
    """Phase publication, in place of the fixed weights once the bureau has learned a formula."""
    formula = formula_of(desk, 0, 0, LENGTH)
    if formula[HOLDS] == 0.0:
        return 0
    ids, incomes, debts = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.DEBT, low, high),
    )
    tickets, rates = int_column(desk, c.TICKET, low, high), float_column(desk, c.PAYMENT_RATE, low, high)
    records, spends = float_column(desk, c.RECORD, low, high), float_column(desk, c.RECENT_SPEND, low, high)
    abilities, identities = (
        float_column(desk, c.ABILITY_BASE, low, high),
        float_column(desk, c.IDENTITY_BASE, low, high),
    )
    parts, true_abilities = (
        float_column(desk, c.RELATIONSHIPS, low, high),
        float_column(desk, c.TRUE_ABILITY, low, high),
    )
    shares, files = byte_column(desk, c.SHOPPING_SHARE, low, high), byte_column(desk, c.HAS_FILE, low, high)
    lines = account_column(desk, c.LIMIT, low, high)
    declareds, scores = byte_column(desk, c.DECLARED, low, high), short_column(desk, c.SCORE, low, high)
    for k in range(high - low):
        income, debt = int64(incomes[k]), int64(debts[k])
        limit = credit_limit(income, p.money_limit_months)
        if p.switch_credit_line == 1:
            limit = int64(lines[k])
        company = 0.0
        if p.bureau_social_tells > 0.0:
            uniform, _, _, _ = luck(p.seed_low, p.seed_high, COMPANY, 0, int64(ids[k]), 0)
            company = company_of(float64(true_abilities[k]), p.bureau_social_tells, uniform)
        points = learned_points(
            formula,
            int64(files[k]),
            float64(records[k]),
            utilisation(debt, max(limit, 1)),
            debt,
            income,
            float64(rates[k]),
            int64(tickets[k]),
            int64(shares[k]),
            float64(spends[k]),
            float64(abilities[k]),
            float64(identities[k]),
            asset_count(int64(declareds[k])),
            float64(parts[k]),
            company,
        )
        noise, _, _, _ = luck(p.seed_low, p.seed_high, SCORE, today.tick, int64(ids[k]), today.round)
        scores[k] = published_score(points, p.score_noise, noise)
    return 0
