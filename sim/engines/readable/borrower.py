"""A user where credit is a business: payday, the bill of the credit line, lenders."""

import numpy as np

from sim.draws import APPLY, STATEMENT
from sim.engines.readable.month import Monthly
from sim.model import totals as n
from sim.model.credit import CLOSED, bill_settled, limit_reviewed, line_target
from sim.model.lenders import (
    BARRED,
    OPEN,
    SCORE,
    amount_asked,
    amount_offered,
    amount_taken,
    applications_made,
    instalment,
    late_charge,
    loan_after_miss,
    loan_after_payment,
    loan_taken,
    marked_late,
    next_cheapest,
    price_of,
    rate_offered,
    times_late,
    turn_of,
)
from sim.model.liquidity import month_begins, need_of
from sim.model.market import bought_on_credit, credit_wanted, uses_credit
from sim.model.money import buffer_months, plain_bill, set_aside
from sim.model.score import record_after_default, record_after_statement

single = np.float32


class Borrower(Monthly):
    """A user with an income that can be lost, a credit line and loans."""

    def in_own_order(self) -> list[int]:
        """The lenders in the order in which this user pays them."""
        count = len(self.owed)
        return [(self.id + i) % count for i in range(count)]

    def remember_bill(self, paid: bool) -> None:
        """The payment record after a bill."""
        p = self.model.p
        self.record = single(
            record_after_statement(
                float(self.record),
                paid,
                p.score_streak_gain,
                p.score_missed_loss,
                p.score_uninformed_record,
                p.score_record_forgetting,
            )
        )

    def receive_pay(self, tick: int) -> None:
        """Phase payday: income, living costs, the bill, instalments, savings, and what is left to need."""
        p, total = self.model.p, self.model.total
        cost, loss, _, _ = self.luck(STATEMENT, tick)
        self.liquidity, self.lost, received, living, self.unmet = month_begins(
            p, self.liquidity, self.income, self.lost, cost, loss
        )
        if p.switch_credit_line:
            target = line_target(p, float(self.recent_spend), float(self.score))
            self.line = limit_reviewed(self.line, target, self.missed, p.credit_limit_raise)
            self.billed = self.debt
        else:
            self.pay_plain_bill()
        asked = self.pay_instalments()
        self.need = need_of(self.unmet, asked, self.liquidity)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float(self.true_ability))
        saved = set_aside(max(self.liquidity - self.billed - sum(self.owed), 0), self.income, months)
        self.liquidity -= saved
        total[n.INCOME_FEN] += received
        total[n.LIVING_FEN] += living
        total[n.SAVED_FEN] += saved
        total[n.IN_NEED] += self.need > 0
        if not self.owed:
            total[n.UNMET_FEN] += self.unmet

    def pay_plain_bill(self) -> None:
        """The bill where the credit line is off."""
        p, total = self.model.p, self.model.total
        added, due, paid = plain_bill(
            self.liquidity, self.debt, self.limit(), p.money_minimum_payment, p.money_interest
        )
        self.liquidity -= paid
        self.debt += added - paid
        if due > 0:
            self.remember_bill(paid > 0)
            self.errands += paid > 0
            total[n.BILLS] += 1
            total[n.BILLS_MISSED] += paid == 0
        total[n.INTEREST_FEN] += added
        total[n.REPAID_BILL_FEN] += paid

    def pay_instalments(self) -> int:
        """Pay what cash covers; the others are left open. Returns what they ask for (fen)."""
        asked = 0
        for j in self.in_own_order():
            if self.owed[j] == 0:
                continue
            part = instalment(self.owed[j], self.loans[j])
            if part <= self.liquidity:
                self.pay_instalment(j, part)
            else:
                self.loans[j] |= OPEN
                asked += part
        return asked

    def pay_instalment(self, lender: int, part: int) -> None:
        """Pay one instalment (fen)."""
        self.liquidity -= part
        self.owed[lender] -= part
        self.loans[lender] = loan_after_payment(self.owed[lender], self.loans[lender])
        self.model.total[n.BACK_FEN + lender] += part

    def offers(self, tick: int) -> tuple[int, list[tuple[int, int, float]]]:
        """The place in the order by lot, and (lender, offer in fen, price in shares a month) of every application of a payday, the
        cheapest first.
        """
        p, factor = self.model.p, self.model.market[tick]
        if not uses_credit(p, self.id, factor):
            return 0, []
        wanted = credit_wanted(self.need, factor)
        any_late = int(any(times_late(loan) > 0 or loan == BARRED for loan in self.loans))
        late_before = sum(marked_late(loan, j) for j, loan in enumerate(self.loans))
        seen = self.income, late_before, sum(self.owed), float(self.score)
        many, first, lot, _ = self.luck(APPLY, tick)
        asked, start = amount_asked(p, wanted), int(first * p.lender_count)
        made = []
        count, i = applications_made(p, wanted, self.income, many), -1
        for _ in range(count):
            i = next_cheapest(p, start, count, i, *seen)
            j = (start + i) % p.lender_count
            rate = rate_offered(p, j, *seen)
            offer = amount_offered(
                p, j, asked, self.income, self.loans[j], sum(self.owed), any_late, float(self.score), rate
            )
            made.append((j, int(offer), rate))
        return turn_of(lot), made

    def apply(self, tick: int) -> None:
        """Phase apply."""
        if self.need == 0:
            return
        turn, offers = self.offers(tick)
        for lender, offer, _ in offers:
            self.model.demand[lender][turn] += offer

    def hear_answers(self, tick: int) -> None:
        """Phase answer: offers taken until the need is covered, living costs caught up on, open instalments paid or missed."""
        if self.need == 0:
            return
        p, total = self.model.p, self.model.total
        turn, offers = self.offers(tick - p.ticks_per_day)
        wanted = credit_wanted(self.need, self.model.market[tick])
        left = asked = amount_asked(p, wanted)
        for lender, offer, rate in offers:
            total[n.APPLICATIONS] += 1
            if offer == 0 or turn >= self.model.served[lender]:
                continue
            total[n.APPROVALS] += 1
            amount = amount_taken(p, offer, left)
            if amount > 0:
                self.borrow(lender, amount, rate)
                left -= amount
        living, bought = min(self.unmet, self.liquidity), bought_on_credit(self.need, wanted, asked - left)
        self.liquidity -= living + bought
        total[n.LIVING_FEN] += living + bought
        total[n.UNMET_FEN] += self.unmet - living
        for lender in self.in_own_order():
            if self.loans[lender] & OPEN:
                self.loans[lender] -= OPEN
                part = instalment(self.owed[lender], self.loans[lender])
                if part <= self.liquidity:
                    self.pay_instalment(lender, part)
                else:
                    self.miss_instalment(lender, part)
        self.need = 0
        self.unmet -= living

    def borrow(self, lender: int, amount: int, rate: float) -> None:
        """Take a loan (fen) at a price (share/month)."""
        p, total = self.model.p, self.model.total
        price = price_of(p, lender, amount, rate)
        self.owed[lender] = amount + price
        self.loans[lender] = loan_taken(p, lender, self.loans[lender])
        self.liquidity += amount
        total[n.LOANS] += 1
        total[n.LENT_FEN + lender] += amount
        total[n.PRICED_FEN + lender] += price

    def miss_instalment(self, lender: int, part: int) -> None:
        """An instalment (fen) that cash does not cover: late, or in default."""
        p, total = self.model.p, self.model.total
        before, self.loans[lender] = self.loans[lender], loan_after_miss(self.loans[lender])
        total[n.LATE_INSTALMENTS] += 1
        defaulted = self.loans[lender] == BARRED
        if defaulted:
            total[n.LOST_FEN + lender] += self.owed[lender]
            total[n.LOAN_DEFAULTS] += 1
            self.owed[lender] = 0
        else:
            charge = late_charge(p, part, self.owed[lender], before)
            self.owed[lender] += charge
            total[n.PRICED_FEN + lender] += charge
        if p.information == SCORE:
            loss = p.score_default_loss if defaulted else p.score_missed_loss
            self.record = single(record_after_default(float(self.record), loss))

    def settle_bill(self) -> None:
        """Phase bill."""
        if min(self.billed, self.debt) == 0:
            return
        p, total = self.model.p, self.model.total
        paid, added, fee, lost, self.missed = bill_settled(
            p, self.liquidity, self.income, self.debt, self.billed, self.missed
        )
        self.liquidity -= paid
        self.debt += added + fee - paid - lost
        self.billed = 0
        self.remember_bill_of_line()
        self.errands += paid > 0
        total[n.BILLS] += 1
        total[n.BILLS_MISSED] += self.missed > 0
        total[n.REPAID_BILL_FEN] += paid
        total[n.INTEREST_FEN] += added
        total[n.LATE_FEES_FEN] += fee
        total[n.WRITTEN_OFF_FEN] += lost

    def remember_bill_of_line(self) -> None:
        """What the bill just settled does to record and limit."""
        p = self.model.p
        record = record_after_statement(
            float(self.record),
            self.missed == 0,
            p.score_streak_gain,
            p.score_missed_loss,
            p.score_uninformed_record,
            p.score_record_forgetting,
        )
        if self.missed == CLOSED:
            record = record_after_default(record, p.score_default_loss)
            self.line = 0
            self.model.total[n.LINE_DEFAULTS] += 1
        elif self.missed > 0:
            self.line = int(self.line * (1.0 - p.credit_limit_cut))
        self.record = single(record)

    def count_accounts(self) -> None:
        """Phase accounts."""
        total = self.model.total
        total[n.LIMIT_FEN] += self.line
        total[n.LINE_CLOSED] += self.missed == CLOSED
        total[n.LINE_LATE] += 0 < self.missed < CLOSED
        loans = sum(owed > 0 for owed in self.owed)
        late = any(times_late(loan) > 0 for loan in self.loans)
        total[n.BORROWERS] += loans > 0
        total[n.BORROWERS_2] += loans > 1
        total[n.LATE_1] += loans == 1 and late
        total[n.LATE_2] += loans > 1 and late
        for lender, owed in enumerate(self.owed):
            total[n.OWED_FEN + lender] += owed
