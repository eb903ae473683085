"""Cash of a month where credit is a business: income that can be lost for a while, costs that go on, what is left unmet.

Income is lost and found again by a chain of two states (so that a loss lasts), costs stay a share of the usual income: what
cash does not cover is a need, and need is what brings people to lenders. All in whole fen.
"""

from sim.model.money import living_shock, living_wanted
from sim.model.numerics import standard_normal
from sim.model.rule import rule

LARGEST_NEED_FEN = 1_000_000_000
"""Needs beyond are cut here, so that they fit a column."""


@rule
def income_lost(lost, loss_chance, recovery_chance, uniform):
    """Whether the usual income is lost this month (0 or 1), from whether it was last month."""
    if lost == 0:
        return 1 if uniform < loss_chance else 0
    return 0 if uniform < recovery_chance else 1


@rule
def income_received(income, lost, kept_share):
    """Income of the month (fen): all of the usual, or the share that is kept while the rest is lost."""
    return int(income * kept_share) if lost == 1 else income


@rule
def need_of(unmet, asked, liquidity):
    """What a user is short of (fen): living costs unmet, and of the instalments `asked` for what cash leaves open."""
    return min(unmet + max(asked - liquidity, 0), LARGEST_NEED_FEN)


@rule
def month_begins(p, liquidity, income, lost, cost_uniform, loss_uniform):
    """Income and living costs of one user on payday.

    Returns cash after both, whether income is lost, income received, living costs paid and living costs unmet (fen).
    """
    lost = income_lost(lost, p.liquidity_loss_chance, p.liquidity_recovery_chance, loss_uniform)
    received = income_received(income, lost, p.liquidity_kept_share)
    shock = living_shock(p.money_living_spread, standard_normal(cost_uniform))
    wanted = living_wanted(income, p.money_living_share, shock)
    living = min(wanted, liquidity + received)
    unmet = min(wanted - living, LARGEST_NEED_FEN)
    return liquidity + received - living, lost, received, living, unmet
