"""Mechanism 9, merchants: the better a score tells and the more people carry it, the more firms ask for it; the more ask for it,
the more a high score is worth.

Pace: over 130 firms had signed up by mid-July 2016 through a self-service platform opened at the start of that year (the source
article, B). Perks: 600 deposit-free bicycles (english.suzhou.gov.cn, A) and hotels (slackerblud.com, C); 650 deposit of 99 CNY at
ofo, car hire (China Daily 2017, B); 700 Singapore visa (jingdaily.com, B); 750 Luxembourg visa (the same, B), express lane at
the airport (xunmei365.com, C); whether each is had from its own score or all come with the gate is `world.choice.perk_levels`
(`choice/perks.py`). What they are worth in money is nowhere said (`world.choice.perk_worth` is an assumption); an
upper bound is the interest on deposits waived, 40 billion CNY over 41.5 million users to the end of 2017 (Xinhua via
szaima.com, B): 964 CNY each, 14 CNY a month at 1.5% if all of it lay with merchants always.
"""

import numpy as np

from sim.draws import MERCHANT, philox, seed_halves
from sim.model.counts import poisson_count
from sim.model.numerics import chance
from sim.model.rule import rule
from sim.scenario.schema import Scenario


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
    return merchants * (first + half_offer) / ((merchants + half_offer) * first)


class Merchants:
    """The merchants of one run. count: those that ask for the score now."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._world, self._seed = scenario.world.merchants, seed
        self.count = self._world.first

    def join(self, tick: int, gini: float | None, reach: float, months: int) -> None:
        """Those that join over so many months up to a tick. gini: of the score, the usual one if not known; reach: share of users
        who carry it.
        """
        world = self._world
        known = world.usual_gini if gini is None else gini
        hazard = joining_hazard(
            known, reach, world.joins_per_month, world.first, world.potential, world.usual_gini, world.usual_reach
        )
        expected = expected_joins(self.count, world.potential, hazard, months)
        word, *_ = philox(0, 0, tick, MERCHANT, *seed_halves(self._seed))
        self.count += int(joins(self.count, world.potential, expected, word))

    @property
    def offer(self) -> float:
        """Factor on the worth of perks."""
        return float(perks_on_offer(self.count, self._world.first, self._world.half_offer))
