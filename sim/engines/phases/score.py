"""Scores: what contacts contribute, and what is published."""

from numpy import float64, int64

from sim.draws import SCORE, luck
from sim.engines.compiled import phase, use_rules
from sim.engines.memory import account_column, byte_column, float_column, int_column, others_of, short_column, starts_of
from sim.model import columns as c
from sim.model.money import credit_limit
from sim.model.score import behaviour, history, published_score, raised, raw_score, relationships, utilisation

use_rules()


@phase
def relationships_phase(desk, p, today, low, high):
    """Phase relationships."""
    starts, others = starts_of(desk, 0, low, high + 1), others_of(desk, 0, 0, 1)
    scores = short_column(desk, c.SCORE, 0, desk.users)
    parts = float_column(desk, c.RELATIONSHIPS, low, high)
    for k in range(high - low):
        first, last = starts[k], starts[k + 1]
        points = 0
        for e in range(first, last):
            points += int64(scores[others[e]])
        parts[k] = relationships(points, last - first, p.score_uninformed_relationships)
    return 0


@phase
def publication_phase(desk, p, today, low, high):
    """Phase publication."""
    ids, incomes, debts = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.DEBT, low, high),
    )
    records, spends = float_column(desk, c.RECORD, low, high), float_column(desk, c.RECENT_SPEND, low, high)
    abilities, identities = (
        float_column(desk, c.ABILITY_BASE, low, high),
        float_column(desk, c.IDENTITY_BASE, low, high),
    )
    parts = float_column(desk, c.RELATIONSHIPS, low, high)
    lines = account_column(desk, c.LIMIT, low, high)
    declareds, scores = byte_column(desk, c.DECLARED, low, high), short_column(desk, c.SCORE, low, high)
    for k in range(high - low):
        limit = credit_limit(int64(incomes[k]), p.money_limit_months)
        if p.switch_credit_line == 1:
            limit = int64(lines[k])
        in_use = utilisation(int64(debts[k]), max(limit, 1))
        declared = int64(declareds[k])
        raw = raw_score(
            history(float64(records[k]), in_use, p.score_utilisation_weight),
            raised(float64(abilities[k]), declared, p.score_ability_per_asset),
            behaviour(float64(spends[k]), p.score_half_spend),
            raised(float64(identities[k]), declared, p.score_identity_per_asset),
            float64(parts[k]),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
        )
        noise, _, _, _ = luck(p.seed_low, p.seed_high, SCORE, today.tick, int64(ids[k]), today.round)
        scores[k] = published_score(raw, p.score_noise, noise)
    return 0
