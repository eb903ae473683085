"""Mechanism 8, several lenders: what each can see, what it offers, how scarce capital is shared out, loans paid or late.

A user short of cash on payday applies to several lenders in one day. The day after, each lender serves its applicants in an
order by lot as far as its cash goes; the user takes offers, the cheapest first, until the need is covered. A loan is repaid in equal monthly
instalments. One that cash does not cover is late and asked for again with the next; after the third in a row the loan is in
default: written off, and the lender serves the user no more. Overdue is therefore debt service against cash, no coin.

The price is the lender's own, plus a premium by the risk that it sees in the applicant: each lender by itself, from what
`information` lets it see, so that the same person may be dear to one and cheap to another.

The state of a loan is one number: bits 0-3 months left, 4-5 instalments missed in a row (all three: in default, the user is
barred), 64 an instalment missed in this loan or one before it (the lender's own memory, which outlives the loan), 128 an
instalment of this month still open. All amounts in whole fen; `owed` includes the price of the loan from the start.
"""

from sim.model.money import charge_within
from sim.model.rule import rule
from sim.model.score import HIGHEST

MOST_LENDERS = 8
LONGEST_TERM = 15
LATE = 16
MISSED_IN_DEFAULT = 3
"""Instalments missed in a row that make a default: 90 days."""
BARRED = LATE * MISSED_IN_DEFAULT
WAS_LATE = 64
OPEN = 128

SILO = 0
SHARED = 1
SCORE = 2
INFORMATION = ("silo", "shared", "score")

TURNS = 256
"""Places in the order by lot in which a lender serves its applicants; those of one place are served together or not at all."""


@rule
def months_left(loan):
    """Instalments still to come, those missed included."""
    return loan & 15


@rule
def times_late(loan):
    """Instalments missed in a row of a loan that runs; none once it is in default."""
    return ((loan >> 4) & 3) % MISSED_IN_DEFAULT


@rule
def runs(loan):
    """Whether a loan is there still to be repaid, or has ended in default, so that the lender offers no other."""
    return loan & (BARRED | 15) != 0


@rule
def instalment(owed, loan):
    """What is asked for this month (fen): one equal part of what is left, once more for every part missed before."""
    left = max(months_left(loan), 1)
    return min(owed, (owed + left - 1) // left * (1 + times_late(loan)))


@rule
def loan_after_payment(owed, loan):
    """State of a loan whose instalments have all been paid so far; owed: after the payment (fen)."""
    remembered = loan & WAS_LATE
    if owed == 0:
        return remembered
    return max(months_left(loan) - 1 - times_late(loan), 1) | remembered


@rule
def late_charge(p, asked, owed, loan):
    """What a lender adds for an instalment missed (fen): a share of one month's part, as far as `LARGEST_DEBT_FEN` allows."""
    return charge_within(int(asked // (1 + times_late(loan)) * p.lending_late_charge), owed)


@rule
def loan_after_miss(loan):
    """State of a loan once an instalment has been missed; BARRED: in default."""
    if times_late(loan) + 1 == MISSED_IN_DEFAULT:
        return BARRED
    return months_left(loan) + LATE * (times_late(loan) + 1) + WAS_LATE


@rule
def loan_taken(p, lender, loan):
    """State of a new loan; loan: what was there before, of which the lender remembers whether an instalment was missed."""
    return int(p.lender_term[lender]) | (loan & WAS_LATE)


@rule
def marked_late(loan, lender):
    """A user's record of having been late with this lender: its own bit of the record over all lenders, or 0."""
    return ((loan & WAS_LATE) >> 6) << lender


@rule
def risk_seen(p, lender, income, late_before, all_owed, score):
    """Risk that a lender sees in an applicant: 0 for the best whom it can tell, 1 for the worst whom it would still serve.

    late_before: a bit per lender with whom an instalment was ever missed; income (fen/month), all_owed (fen) and score as of
    `amount_offered`. In a silo a lender sees its own bit alone. Where information is shared it sees all bits, and of the debt it
    would allow the part that is owed already; where it is the score, its own bit and how far the score lies below the highest.
    """
    if (late_before >> lender) & 1 == 1:
        return 1.0
    if p.information == SHARED:
        allowed = p.lender_cutoff[lender] * income
        return min(all_owed / allowed, 1.0) if late_before == 0 and allowed > 0.0 else 1.0
    if p.information == SCORE:
        span = max(HIGHEST - p.lender_score_cutoff[lender], 1.0)
        return min(max((HIGHEST - score) / span, 0.0), 1.0)
    return 0.0


@rule
def rate_offered(p, lender, income, late_before, all_owed, score):
    """Price that a lender asks of this applicant (share/month); arguments as of `risk_seen`.

    Form: risk-based pricing, a base and a premium that rises with seen risk (Edelberg 2006; sizes assumed).
    """
    risk = risk_seen(p, lender, income, late_before, all_owed, score)
    return p.lender_price[lender] + p.lender_risk_premium[lender] * risk


@rule
def price_of(p, lender, amount, rate):
    """Price of a loan of this amount at this rate (share/month) for its whole term (fen)."""
    return int(amount * rate * p.lender_term[lender])


@rule
def applications_made(p, need, income, uniform):
    """To how many lenders a user in need applies: one, and the more the larger the need; the fraction is rounded by luck."""
    wanted = 1.0 + p.lending_shopping * need / max(income, 1) + uniform
    return int(min(wanted, 1.0 * p.lender_count))


@rule
def next_cheapest(p, start, made, last, income, late_before, all_owed, score):
    """Place (0 to made - 1) in a user's own order of lenders of the offer to take next: the cheapest to this user, of equal ones
    the earlier.

    start: the lender asked first; made: how many were asked; last: place of the offer before, -1 for the first; the others as
    of `risk_seen`.
    """
    before = -1.0
    if last >= 0:
        before = rate_offered(p, (start + last) % p.lender_count, income, late_before, all_owed, score)
    best = -1
    cheapest = 0.0
    for i in range(made):
        rate = rate_offered(p, (start + i) % p.lender_count, income, late_before, all_owed, score)
        follows = rate > before or (rate == before and i > last)
        if follows and (best < 0 or rate < cheapest):
            best = i
            cheapest = rate
    return best


@rule
def amount_asked(p, need):
    """What a user in need asks of every lender (fen): all of it, as nobody knows who will say yes."""
    return max(need, int(p.lending_smallest * 100.0))


@rule
def amount_offered(p, lender, asked, income, loan, all_owed, any_late, score, rate):
    """What a lender offers (fen), 0 if it declines.

    income: as stated, whatever has become of it (fen/month); loan: the user's state with this lender; all_owed (fen) and
    any_late: over all lenders, seen only where information is shared; score: seen only where it is the information; rate: of
    `rate_offered`. Nobody lends to a user who owes it already, or beyond the months of income that its cut-off allows for the
    debt it sees, price included.
    """
    if runs(loan):
        return 0
    seen = 0
    if p.information == SHARED:
        if any_late == 1:
            return 0
        seen = all_owed
    elif p.information == SCORE:
        if score < p.lender_score_cutoff[lender]:
            return 0
    room = p.lender_cutoff[lender] * income - seen
    with_price = 1.0 + rate * p.lender_term[lender]
    amount = int(min(min(room / with_price, p.lender_loan[lender] * 100.0), 1.0 * asked))
    return amount if amount >= int(p.lending_smallest * 100.0) else 0


@rule
def amount_taken(p, offer, left):
    """What a user takes of an offer (fen) when `left` is still needed: no more than that, but at least a smallest loan."""
    if left <= 0:
        return 0
    return min(offer, max(left, int(p.lending_smallest * 100.0)))


@rule
def turn_of(uniform):
    """Place (0 to TURNS - 1) in the order by lot in which lenders serve."""
    return int(uniform * TURNS)


@rule
def turns_served(demand, cash):
    """How many places of the order a lender can serve in full with its cash (fen); demand[place]: its offers there (fen)."""
    left = cash
    served = 0
    while served < TURNS and demand[served] <= left:
        left = left - demand[served]
        served = served + 1
    return served
