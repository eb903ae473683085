"""Mechanism 12, the market: growth of internet consumer finance in China 2011-2019, as a factor on the demand for credit.

Below 1 the factor is the share of users in need who think of lenders at all, above 1 how much they want for every fen that they
need: the figures do not tell people who join from people who borrow more. What is wanted beyond the need is bought with the loan.

Three growth curves fitted to five published figures (`python -m sim.experiments.fit_market`, which holds the figures, compares the
curves and gives intervals). The figures cannot tell the curves apart; the exponential is the default because it needs no third
parameter that they do not determine.
"""

from datetime import date
from typing import NamedTuple

from sim.draws import MARKET, luck
from sim.model.liquidity import LARGEST_NEED_FEN
from sim.model.numerics import exponential, logarithm
from sim.model.rule import rule

REFERENCE = date(2016, 11, 24)
"""The day on which the index is 1: the circles opened."""
FIRST, LAST = date(2011, 7, 2), date(2019, 7, 2)
"""Middle of the first and of the last year with a figure: beyond them the index stays where it is."""


class Curve(NamedTuple):
    """A growth curve in years since `REFERENCE`.

    kind: exponential, gompertz or logistic; level: log of billion CNY a year on the reference day; rate (1/year): growth of the
    logarithm on that day (exponential, gompertz) or long before (logistic); bend: 0 (exponential), the share of its own growth
    that the growth loses a year (gompertz, 1/year), or the share of the ceiling reached on that day (logistic).
    """

    kind: str
    level: float
    rate: float
    bend: float


CURVES = {
    "exponential": Curve("exponential", 5.58483, 1.07614, 0.0),
    "gompertz": Curve("gompertz", 5.75646, 1.00402, 0.0522635),
    "logistic": Curve("logistic", 6.14135, 1.25942, 0.102021),
}
"""What `fit_market` finds, to six digits; D from C."""


def years_since_reference(day: date) -> float:
    """Years of 365.25 days since `REFERENCE`, negative before."""
    return (day - REFERENCE).days / 365.25


def log_market(curve: Curve, years: float) -> float:
    """Log of the market (billion CNY a year) so many years after `REFERENCE`."""
    if curve.kind == "exponential":
        return curve.level + curve.rate * years
    if curve.kind == "gompertz":
        if abs(curve.bend) < 1e-4:  # the limit, where the quotient below would lose its digits
            return curve.level + curve.rate * years * (1.0 - 0.5 * curve.bend * years)
        return curve.level + curve.rate * (1.0 - float(exponential(-curve.bend * years))) / curve.bend
    if curve.kind == "logistic":
        grown = 1.0 + curve.bend * (float(exponential(curve.rate * years)) - 1.0)
        return curve.level + curve.rate * years - float(logarithm(grown))
    raise ValueError(f"curve {curve.kind!r}: unknown; there are {', '.join(CURVES)}")


def market_index(day: date, curve: str = "exponential", growth: float = 1.0) -> float:
    """Demand for credit on a day relative to `REFERENCE`, by one of `CURVES`; constant before `FIRST` and after `LAST`.

    growth: factor on the fitted rate, for how little the figures determine it; 1 everywhere on `REFERENCE` whatever it is.

    Nothing is claimed beyond the figures: an exponential carried on to 2026 would multiply the market by another thousand.
    """
    if curve not in CURVES:
        raise ValueError(f"curve {curve!r}: unknown; there are {', '.join(CURVES)}")
    within = min(max(day, FIRST), LAST)
    chosen = CURVES[curve]._replace(rate=CURVES[curve].rate * growth)
    return float(exponential(log_market(chosen, years_since_reference(within)) - chosen.level))


@rule
def uses_credit(p, who, factor):
    """Whether a user in need goes to lenders: each joins once the factor passes a mark of the own, for good, and from 1 on all have."""
    mark, _, _, _ = luck(p.seed_low, p.seed_high, MARKET, 0, who, 0)
    return mark < factor


@rule
def credit_wanted(need, factor):
    """What a user wants of lenders (fen) when short of `need` (fen)."""
    return min(int(need * max(factor, 1.0)), LARGEST_NEED_FEN)


@rule
def bought_on_credit(need, wanted, borrowed):
    """What a user buys with a loan beyond the need (fen): of what was wanted, as far as what was borrowed goes."""
    return max(min(wanted, borrowed) - need, 0)
