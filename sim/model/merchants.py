"""Mechanism 9, merchants: the better a score tells and the more people carry it, the more firms ask for it; what they give to
high scores makes a high score worth having.

Pace: over 130 firms had signed up by mid-July 2016 through a self-service platform opened at the start of that year (the source
article, B). Perks: 600 deposit-free bicycles (english.suzhou.gov.cn, A) and hotels (slackerblud.com, C); 650 deposit of 99 CNY at
ofo, car hire (China Daily 2017, B); 700 Singapore visa (jingdaily.com, B); 750 Luxembourg visa (the same, B), express lane at
the airport (xunmei365.com, C). What they are worth in money is nowhere said: the split below is an assumption with the sum
that `world.choice.perk_worth` has; an upper bound is the interest on deposits waived, 40 billion CNY over 41.5 million users
to the end of 2017 (Xinhua via szaima.com, B): 964 CNY each, 14 CNY a month at 1.5% if all of it lay with merchants always.
"""

from typing import NamedTuple

import numpy as np

from sim.model.counts import poisson_count
from sim.model.numerics import chance
from sim.model.rule import rule

MERCHANTS_JULY_2016 = 130
JOINS_PER_MONTH = 20.0
"""Merchants that joined a month in the first half of 2016: 130 in six and a half months, D from B."""
POTENTIAL = 5_000
"""Merchants that could ever join; assumption."""
USUAL_GINI = 0.40
"""Gini of the score to which the pace of 2016 belongs: an AUC of .70 from transactions (Berg et al. 2020), M."""
USUAL_REACH = 0.58
"""Share of users with a score to show, to which the pace belongs: members among online respondents (Kostka 2018), B."""
HALF_OFFER = 400.0
"""Merchants at which half of what perks could ever be worth is on offer; assumption."""


class Ladder(NamedTuple):
    """Worth (CNY/month) of what each step of the score adds, with as many merchants as in July 2016."""

    at_600: float
    at_650: float
    at_700: float
    at_750: float


PERKS = Ladder(at_600=4.0, at_650=4.0, at_700=3.0, at_750=4.0)
"""Deposits; hire; a visa without proof of assets; another, and express lanes. Assumption (15 in all); form: the perks above."""


@rule
def joining_hazard(gini, reach, joins_per_month, first, potential, usual_gini, usual_reach):
    """Hazard per month that a merchant who has not joined does: in proportion to the score's Gini and to the share of users
    who carry it; `joins_per_month` in all when both are usual and `first` have joined. A score that tells nothing draws nobody.
    """
    usual = joins_per_month / max(potential - first, 1)
    return usual * max(gini, 0.0) / usual_gini * reach / usual_reach


@rule
def expected_joins(merchants, potential, hazard, months):
    """Merchants expected to join in so many months: 1 - e**-hazard of those who have not. Two half steps make a whole one."""
    return max(potential - merchants, 0.0) * chance(hazard * months)


@rule
def joins(merchants, potential, expected, word):
    """Merchants that join: a Poisson count of the expected number on the luck `word` (32 bits, stream MERCHANT, who 0), never
    more than are left.
    """
    return min(poisson_count(np.float32(expected), word), max(potential - merchants, 0))


@rule
def perks_on_offer(merchants, first, half_offer):
    """Factor on the worth of perks: 1 with as many merchants as at first, saturating as ever more give the same."""
    return merchants / (merchants + half_offer) * ((first + half_offer) / first)


@rule
def perk_worth(score, ladder):
    """Worth of a score's perks (CNY/month) with as many merchants as at first: steps at 600, 650, 700 and 750."""
    worth = 0.0
    if score >= 600:
        worth = worth + ladder.at_600
    if score >= 650:
        worth = worth + ladder.at_650
    if score >= 700:
        worth = worth + ladder.at_700
    if score >= 750:
        worth = worth + ladder.at_750
    return worth


@rule
def perk_gain(score, score_at_rest, ladder, offer):
    """What perks a plan's score brings more than that of rest (CNY/day): part of the prize in the choice rule, gate or no gate.

    offer: `perks_on_offer`. Negative where the plan's score is the lower.
    """
    return offer * (perk_worth(score, ladder) - perk_worth(score_at_rest, ladder)) / 30.0
