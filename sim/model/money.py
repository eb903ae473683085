"""Income, payments, debt and the monthly bill, in whole fen: every flow has two ends, so the books always balance.

What is here is the part of credit that the score's history dimension needs: a limit, charges when cash runs out, a
monthly bill that is paid or missed according to the cash that is there.
"""

from sim.model.numerics import exponential
from sim.model.rule import rule, vector_rule

LARGEST_DEBT_FEN = 1_000_000_000
"""No interest, fee or charge lifts what a user owes on the credit line, or to a lender, beyond 10 million CNY, so that it fits a
column of 32 bits. Where the line is off the limit is the ceiling (`plain_bill`): 24 months of the largest income, 12 million.
"""


@vector_rule
def credit_limit(income, limit_months):
    """Credit limit (fen): `limit_months` of income (fen/month), at least 1 fen so that a share of it is defined."""
    return max(int(income * limit_months), 1)


@vector_rule
def shopping_part(outflow, share):
    """The part of a payment (fen) that is shopping; `share` counts 255ths. The rest is passed on: money in, money out."""
    return outflow * share // 255


@vector_rule
def paid_in_cash(shopping, liquidity):
    """What of the shopping is paid from liquidity (fen)."""
    return min(shopping, liquidity)


@vector_rule
def charged(shopping, cash, debt, limit):
    """What of the shopping is charged to credit (fen): what cash leaves open, while the limit lasts."""
    return min(shopping - cash, max(limit - debt, 0))


@vector_rule
def living_shock(spread, normal):
    """Lognormal shock of median 1 to a month's living costs, on a standard normal number."""
    return exponential(spread * normal)


@vector_rule
def living_wanted(income, living_share, shock):
    """The month's rent, food and accidents (fen): a share of income times a shock."""
    return int(income * living_share * shock)


@vector_rule
def living_costs(liquidity, income, living_share, shock):
    """What of the month's living costs is paid (fen): all that is wanted, while cash lasts."""
    return min(living_wanted(income, living_share, shock), liquidity)


@vector_rule
def amount_due(debt, minimum_share):
    """Minimum payment of the monthly bill (fen)."""
    return int(debt * minimum_share)


@vector_rule
def interest(debt, rate):
    """Interest on the debt for the month (fen)."""
    return int(debt * rate)


@vector_rule
def set_aside(liquidity, income, buffer_months):
    """Cash above the buffer that the user keeps (fen), moved to savings off the platform at the end of the statement."""
    return max(liquidity - int(income * buffer_months), 0)


@vector_rule
def plain_bill(liquidity, debt, limit, minimum_share, interest_rate):
    """The bill where credit is only what the score needs: interest, minimum payment and what is paid of it at once (fen).

    A bill that cash does not cover is missed whole; interest never lifts debt above the limit (a write-down of the
    lender's, counted as not charged).
    """
    added = min(interest(debt, interest_rate), max(limit - debt, 0))
    due = amount_due(debt + added, minimum_share)
    return added, due, due if liquidity >= due else 0


@vector_rule
def statement(
    liquidity,
    debt,
    income,
    buffer_months,
    living_share,
    shock,
    minimum_share,
    interest_rate,
    limit_months,
):
    """One monthly statement of one user, in order: income, living costs, interest, bill, savings.

    Returns liquidity, debt, living costs, interest, bill, paid (fen) and saved (fen).
    """
    limit = credit_limit(income, limit_months)
    liquidity = liquidity + income
    living = living_costs(liquidity, income, living_share, shock)
    liquidity = liquidity - living
    added, due, paid = plain_bill(liquidity, debt, limit, minimum_share, interest_rate)
    liquidity = liquidity - paid
    debt = debt + added - paid
    saved = set_aside(liquidity, income, buffer_months)
    return liquidity - saved, debt, living, added, due, paid, saved


@rule
def charge_within(charge, owed):
    """What of a charge (fen) is added to what is owed: all, or what is missing to `LARGEST_DEBT_FEN` (the rest is waived)."""
    return min(charge, max(LARGEST_DEBT_FEN - owed, 0))


@rule
def repayment(debt, liquidity, errands, share):
    """What repayment errands pay off (fen): `share` of cash an errand, never more than cash or debt."""
    return min(debt, min(liquidity, int(liquidity * share) * errands))


@rule
def buffer_months(median, spread, ability):
    """Months of income a user keeps at hand: lognormal in the true ability to repay, at most a year."""
    return min(median * exponential(spread * ability), 12.0)
