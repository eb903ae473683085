"""What a user believes about the own score: where it stands and where each plan would take it.

Beliefs: `known` users know the bureau's formula and their own records; `folk` users hold that using the app more raises
the score by so many points a month ("use it more": 5-8 points a month, gold.caiding5.cn, C) and do not think of uploading;
`learned` users go by what their own plans have brought so far (`experience.py`).
"""

from typing import NamedTuple

from sim.model.numerics import exponential
from sim.model.rule import rule
from sim.model.score import asset_count, behaviour, history, raised, raw_score, utilisation
from sim.model.states import FOLK, LEARNED, REPAY, REST, SPEND, UPLOAD


class Outlook(NamedTuple):
    """One user's view of the own score on the day of a review. Money in CNY and CNY/day, sub-scores 0-1; what was learned
    in points a day, of uploading in points per asset; by_change: 1 once the bureau scores by what it has learned.
    """

    belief: int
    published: float
    folk_points_per_day: float
    recent_spend: float
    usual_spend: float
    spend_boost: float
    forgetting_per_day: float
    half_spend: float
    record: float
    debt: float
    limit: float
    repay_pace: float
    spare_cash: float
    spare_income_per_day: float
    utilisation_weight: float
    ability_base: float
    identity_base: float
    declared: int
    ability_step: float
    identity_step: float
    relationships: float
    history_weight: float
    ability_weight: float
    behaviour_weight: float
    identity_weight: float
    relationships_weight: float
    learned_spend: float
    learned_repay: float
    learned_upload: float
    by_change: int


@rule
def spend_on_plan(outlook, plan, days):
    """Recent spend (CNY/day) after `days` on a plan: on its way to the usual, or on the spending plan to the raised, level."""
    target = outlook.usual_spend
    if plan == SPEND:
        target = target * (1.0 + outlook.spend_boost)
    return target + (outlook.recent_spend - target) * exponential(-outlook.forgetting_per_day * days)


@rule
def debt_on_plan(outlook, plan, days):
    """Debt (CNY) after `days` on a plan: only the repaying plan lowers it, as fast as errands and spare cash allow."""
    if plan != REPAY:
        return outlook.debt
    repaid = min(outlook.repay_pace * days, outlook.spare_cash + outlook.spare_income_per_day * days)
    return max(outlook.debt - repaid, 0.0)


@rule
def nth_undeclared(owned, declared, count):
    """Flags of the declared assets once `count` more of those owned are declared, lowest flag first."""
    left = count
    for flag in (1, 2, 4):
        if left > 0 and (owned & flag) != 0 and (declared & flag) == 0:
            declared = declared | flag
            left -= 1
    return declared


@rule
def learned_points(outlook, plan, days, declared):
    """Points that a user who learned from experience expects of `days` on a plan, or of the assets newly `declared`."""
    if plan == SPEND:
        return outlook.learned_spend * days
    if plan == REPAY:
        return outlook.learned_repay * days
    if plan == UPLOAD:
        return outlook.learned_upload * (asset_count(declared) - asset_count(outlook.declared))
    return 0.0


@rule
def score_by_weights(outlook, spend, debt, declared):
    """Score (points) by the published weights of a user with this recent spend (CNY/day), debt (CNY) and declared assets."""
    return raw_score(
        history(outlook.record, utilisation(debt, outlook.limit), outlook.utilisation_weight),
        raised(outlook.ability_base, declared, outlook.ability_step),
        behaviour(spend, outlook.half_spend),
        raised(outlook.identity_base, declared, outlook.identity_step),
        outlook.relationships,
        outlook.history_weight,
        outlook.ability_weight,
        outlook.behaviour_weight,
        outlook.identity_weight,
        outlook.relationships_weight,
    )


@rule
def score_with(outlook, spend, debt, declared):
    """Score (points) that a user expects with this recent spend (CNY/day), debt (CNY) and declared assets, all else as it is.

    Nobody is told a learned formula: users then expect the change that the published weights would bring.
    """
    score = score_by_weights(outlook, spend, debt, declared)
    if outlook.by_change == 1:
        now = score_by_weights(outlook, outlook.recent_spend, outlook.debt, outlook.declared)
        score = score + (outlook.published - now)
    return score


@rule
def believed_score(outlook, plan, days, declared):
    """Score the user expects at a publication in `days` days on `plan` with the assets `declared` by then (points)."""
    if outlook.belief == FOLK:
        if plan == REST or plan == UPLOAD:
            return outlook.published
        return outlook.published + outlook.folk_points_per_day * days
    if outlook.belief == LEARNED:
        return outlook.published + learned_points(outlook, plan, days, declared)
    return score_with(outlook, spend_on_plan(outlook, plan, days), debt_on_plan(outlook, plan, days), declared)


@rule
def best_conceivable_score(outlook, owned, days):
    """A score that no plan exceeds within `days` days: all assets declared, spend at its raised level, debt repaid."""
    if outlook.belief == FOLK:
        return outlook.published + outlook.folk_points_per_day * days
    declared = outlook.declared | owned
    if outlook.belief == LEARNED:
        by_habit = max(learned_points(outlook, SPEND, days, declared), learned_points(outlook, REPAY, days, declared))
        return outlook.published + max(max(by_habit, learned_points(outlook, UPLOAD, days, declared)), 0.0)
    spend = max(outlook.usual_spend * (1.0 + outlook.spend_boost), outlook.recent_spend)
    return score_with(outlook, spend, debt_on_plan(outlook, REPAY, days), declared)
