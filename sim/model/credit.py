"""Mechanism 7, the platform's credit line: a limit by payment flow (and, by switch, by the score), a bill, arrears, default.

A month: on the statement day all that is owed is billed, and the limit is looked at anew; some days later the bill is due.
Until then nothing of it bears interest. Who pays less than the minimum pays a fee and is asked for the missed month as well
next time; who does so for the third time in a row has defaulted: the debt is written off and the line is closed for good.
Form of the limit: a floor, and from there in proportion to the payment flow, up to a ceiling, in whole steps. How limits of
users answer to their flows (Ouyang: 1% more flow, .41% more line, A) is thus an outcome, not an input.
"""

from sim.model.money import amount_due, charge_within, interest
from sim.model.rule import rule

STEP_FEN = 10_000
"""Limits are whole steps of 100 CNY."""
DAYS_IN_MONTH = 30.0
MISSED_IN_DEFAULT = 3
"""Bills missed in a row that make a default: 90 days."""
CLOSED = 255
"""In the column `missed`: the user has defaulted, and the line stays closed."""


@rule
def line_target(p, spend, score):
    """The limit (fen) that the platform would give: by recent payment flow (CNY/day), by switch times a factor of the score."""
    limit = p.credit_limit_floor + p.credit_limit_flow * spend * DAYS_IN_MONTH
    if p.credit_from_score == 1:
        limit = limit * max(1.0 + p.credit_score_slope * (score - p.credit_score_middle) * 0.01, 0.0)
    return int(min(limit, p.credit_limit_most) * 100.0) // STEP_FEN * STEP_FEN


@rule
def limit_reviewed(limit, target, missed, raise_most):
    """The limit (fen) from a statement on: at once down to the target, upward by at most a share `raise_most` of itself (a step
    at least), not at all while a bill is missed, and nothing once the line is closed.
    """
    if missed == CLOSED:
        return 0
    if target <= limit:
        return target
    if missed > 0:
        return limit
    return min(target, limit + max(int(limit * raise_most) // STEP_FEN * STEP_FEN, STEP_FEN))


@rule
def minimum_due(billed, minimum_share, missed):
    """Least that must be paid of a bill (fen): a share of it, once more for every bill missed before, never more than all."""
    return min(amount_due(billed, minimum_share) * (1 + missed), billed)


@rule
def held_back(billed, minimum_share, missed):
    """Cash that is not spent on shopping while a bill is open (fen): its minimum."""
    if billed == 0:
        return 0
    return minimum_due(billed, minimum_share, missed)


@rule
def bill_paid(liquidity, billed, minimum, kept):
    """What a user pays of a bill (fen): all that cash above `kept` allows, at least the minimum, or nothing if that fails."""
    if liquidity < minimum:
        return 0
    return min(billed, max(liquidity - kept, minimum))


@rule
def bill_settled(p, liquidity, income, debt, billed, missed):
    """One bill on the day it is due, in order: paid or missed, interest on what is left of it, fee, default.

    Returns paid, interest, fee, written off (fen) and missed after. Interest and fee are charged to the line, as far as
    `LARGEST_DEBT_FEN` allows.
    """
    billed = min(billed, debt)
    minimum = minimum_due(billed, p.money_minimum_payment, missed)
    paid = bill_paid(liquidity, billed, minimum, int(income * p.credit_kept_months))
    added = charge_within(interest(billed - paid, p.money_interest), debt - paid)
    if paid >= minimum:
        return paid, added, 0, 0, 0
    fee = charge_within(int(minimum * p.credit_late_fee), debt - paid + added)
    missed = missed + 1
    if missed < MISSED_IN_DEFAULT:
        return paid, added, fee, 0, missed
    return paid, added, fee, debt - paid + added + fee, CLOSED
