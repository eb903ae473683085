"""Mechanism 1, the score: five dimensions, each moved only by what would move it; published monthly with noise.

Range, dimensions and weights: chinainternetwatch.com (range, B), wodefinance.com (weights, C). The shapes inside a dimension are assumptions,
named at the parameters: the bureau never published them.
"""

from sim.model.numerics import standard_normal
from sim.model.rule import rule, vector_rule

LOWEST = 350
HIGHEST = 950
SPAN = 600.0


@rule
def behaviour(recent_spend, half_spend):
    """Behaviour sub-score in [0, 1): saturates in recent spend (CNY/day); one half at `half_spend` (CNY/day)."""
    return recent_spend / (recent_spend + half_spend)


@rule
def history(record, utilisation, utilisation_weight):
    """History sub-score in [0, 1]: the payment record, marked down by the share of the credit limit in use."""
    return record * (1.0 - utilisation_weight * utilisation)


@rule
def utilisation(debt, limit):
    """Share of the credit limit in use, 0 to 1 (debt and limit in fen)."""
    return min(debt / limit, 1.0)


@vector_rule
def record_after_statement(record, paid, streak_gain, missed_loss, prior, forgetting):
    """Payment record after a bill: an on-time payment closes `streak_gain` of the gap to 1, a missed one takes
    `missed_loss` of what there is (far more), and `forgetting` of the way back to the uninformed `prior` is forgotten.
    """
    moved = record + streak_gain * (1.0 - record) if paid else record * (1.0 - missed_loss)
    return moved + forgetting * (prior - moved)


@rule
def record_after_default(record, default_loss):
    """Payment record after a default, which takes the share `default_loss` of what there is."""
    return record * (1.0 - default_loss)


@rule
def asset_count(assets):
    """How many assets a set of flags holds."""
    return (assets & 1) + ((assets >> 1) & 1) + ((assets >> 2) & 1)


@rule
def raised(base, declared_assets, step):
    """Ability or identity sub-score: what was known before plus `step` for each declared asset, at most 1."""
    return min(base + step * asset_count(declared_assets), 1.0)


@rule
def relationships(score_sum, contacts, prior):
    """Relationships sub-score in [0, 1]: mean published score of the contacts, on the scale of the range; `prior` if none."""
    if contacts == 0:
        return prior
    return (score_sum / contacts - 350.0) / 600.0


@rule
def raw_score(
    history_part,
    ability_part,
    behaviour_part,
    identity_part,
    relationships_part,
    history_weight,
    ability_weight,
    behaviour_weight,
    identity_weight,
    relationships_weight,
):
    """Score before noise and rounding: 350 plus 600 times the weighted sum of the five sub-scores."""
    return 350.0 + 600.0 * (
        history_weight * history_part
        + ability_weight * ability_part
        + behaviour_weight * behaviour_part
        + identity_weight * identity_part
        + relationships_weight * relationships_part
    )


@rule
def published_score(raw, noise, uniform):
    """The score as published: raw plus normal noise (standard deviation `noise`, points), a whole number in 350-950."""
    return int(min(max(raw + noise * standard_normal(uniform) + 0.5, 350.0), 950.0))
