"""The learned formula as the engines publish by it: points are a constant and a slope for each feature.

Learned on features of a quarter's start by `learn`, put on the scale by `anchored`; here only added up, feature by feature in
the order of `FEATURES`, so that both engines give the same bits.
"""

import numpy as np
from numpy.typing import NDArray

from sim.model.bureau.learn import Learned
from sim.model.bureau.records import BUREAU, FEATURES, places_of
from sim.model.bureau.scale import Scale
from sim.model.numerics import logarithm
from sim.model.rule import rule

HOLDS, CONSTANT, THIN, SLOPES = range(4)
"""Places in a formula: whether it holds (1) or scores still come from the fixed weights (0); points of all; of a thin user, in
place of the bureau's features; slopes (points per unit of a feature), in the order of `FEATURES` and then the company's, follow.
"""
LENGTH = SLOPES + len(FEATURES) + 1


def published_by(learned: Learned, scale: Scale) -> NDArray[np.float64]:
    """The formula (LENGTH numbers) that publishes what was learned on a scale."""
    per_unit = scale.points_to_double / np.log(2.0)
    found = learned.formula
    formula = np.zeros(LENGTH)
    formula[HOLDS] = 1.0
    formula[CONSTANT] = scale.offset - per_unit * found.intercept
    for place, slope in zip(learned.places, found.slopes, strict=True):
        formula[SLOPES + place] = -per_unit * slope
    thin = [learned.places.index(place) for place in places_of(BUREAU) if place in learned.places]
    formula[THIN] = -per_unit * sum(float(found.slopes[k] * found.fill[k] + found.missing[k]) for k in thin)
    return formula


@rule
def learned_points(
    formula,
    has_file,
    record,
    in_use,
    debt,
    income,
    payment_rate,
    ticket,
    shopping_share,
    recent_spend,
    ability,
    identity,
    assets,
    relationships,
    company,
):
    """Score before noise and rounding (points) by a learned formula, of a user as of today.

    debt (fen), income (fen/month), payment_rate (1/day), ticket (fen), recent_spend (CNY/day): as in the columns, turned here
    into the units of `FEATURES`; in_use: share of the credit limit; assets: how many are proved; company: of `company_of`, 0
    where social data tell nothing of ability.
    """
    points = formula[CONSTANT]
    if has_file == 1:
        points = points + formula[SLOPES] * record
        points = points + formula[SLOPES + 1] * in_use
        points = points + formula[SLOPES + 2] * logarithm(1.0 + debt / max(income, 1))
    else:
        points = points + formula[THIN]
    points = points + formula[SLOPES + 3] * logarithm(max(payment_rate, 1e-6))
    points = points + formula[SLOPES + 4] * logarithm(1.0 * max(ticket, 1))
    points = points + formula[SLOPES + 5] * shopping_share
    points = points + formula[SLOPES + 6] * logarithm(1.0 + recent_spend)
    points = points + formula[SLOPES + 7] * ability
    points = points + formula[SLOPES + 8] * identity
    points = points + formula[SLOPES + 9] * assets
    points = points + formula[SLOPES + 10] * relationships
    return points + formula[SLOPES + 11] * company
