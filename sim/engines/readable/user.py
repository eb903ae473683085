"""A user on a usual day: visits, payments, the circle."""

import numpy as np

from sim.draws import CIRCLE, ERRAND, POST, VISITS, fifth, unit
from sim.engines.readable.receiver import Receiver
from sim.model import totals as n
from sim.model.choice.mixture import rule_in
from sim.model.circle import (
    ATTENTION,
    MOTIVATION,
    PULL,
    TIP_EACH,
    acting_role,
    circle_of,
    circle_rate,
    circle_visited,
    may_use,
    noticed_rate,
    reply_chance,
    tip_amount,
)
from sim.model.counts import ONE, poisson_count
from sim.model.credit import held_back
from sim.model.money import charged, paid_in_cash, repayment, shopping_part
from sim.model.states import (
    COMMENT,
    ENTERED,
    LIKE,
    MOST_GROUPS,
    POSTER,
    POSTING,
    REPAY,
    REST,
    ROLE,
    SEEKER,
    SPEND,
    TIP,
    VIEW,
    VIEWED,
)
from sim.model.usage import (
    checks_rate,
    displacement,
    expected_visits,
    habit_after,
    habit_rate,
    payments_rate,
    spend_after,
)

single = np.float32


class User(Receiver):
    """One user, whole."""

    @property
    def acting_role(self) -> int:
        """The role that the user plays today: posters look on until their own circle is open."""
        return int(acting_role(self.role, self.model.today.open_groups))

    def may(self, feature: int, gate_active: bool) -> bool:
        """Whether the user may use a feature of the circle today."""
        return bool(may_use(feature, self.acting_role, gate_active, self.model.p.gate_covers, self.admitted))

    def rate_in_circle(self, gate_active: bool) -> np.float32:
        """Circle visits per day of this user, who knows of it, today (single precision)."""
        p, today = self.model.p, self.model.today
        may_comment, own = self.may(COMMENT, gate_active), circle_of(p, self.role)
        if may_comment:
            self.model.total[n.COMMENTERS] += 1
        rate: np.float32 = circle_rate(
            self.acting_role,
            self.base_visits,
            single(p.circle_onlooker_visits * today.pull),
            single(p.circle_seeker_visits * today.pull),
            single(p.circle_poster_visits * today.feeds[PULL + own] * (1.0 + today.feeds[ATTENTION + own])),
        )
        if may_comment and self.acting_role == SEEKER:
            answered = reply_chance(
                float(self.score), p.circle_reply_low, p.circle_reply_high, p.circle_reply_middle, p.circle_reply_width
            )
            rate = noticed_rate(rate, single(answered), single(p.circle_comment_pull * today.exclusivity))
        return rate if self.may(VIEW, gate_active) else single(0.0)

    def act(self, tick: int, live: bool, gate_active: bool, curious: bool, packets: bool) -> None:
        """Phase acts: visits by channel, payments, repayments, the circle."""
        p, total = self.model.p, self.model.total
        days, check_rate = single(self.model.today.active_days), single(p.usage_check_rate)
        words = self.words(VISITS, tick)

        expected = expected_visits(self.base_visits, self.payment_rate, check_rate)
        rate = habit_rate(self.base_visits, self.habit, expected, single(p.usage_habit_weight)) * days
        by_habit = poisson_count(rate, words[0])
        rate = payments_rate(self.payment_rate, self.plan == SPEND, single(p.choice_spend_boost)) * days
        payments = poisson_count(rate, words[2])
        curious = curious and self.model.rules[rule_in(self.belief)][0].strives
        factor = single(p.usage_publication_checks if curious and self.knows and self.responsive else 1.0)
        rate = checks_rate(check_rate, self.plan != REST, single(p.usage_striving_checks), factor) * days
        checks = poisson_count(rate, words[3])

        in_circle, taken = 0, single(0.0)
        if live:
            rate = self.rate_in_circle(gate_active) if self.knows else single(0.0)
            in_circle = poisson_count(rate * days, fifth(words[0], words[1], words[2]))
            if p.switch_attention == 1:
                minutes, budget = single(p.usage_circle_minutes), single(p.usage_attention_minutes)
                taken = displacement(rate, minutes, budget)
        by_rival = poisson_count(self.rival_rate * (ONE - taken) * days, words[1])

        by_packet = 0
        if packets:
            by_packet, following = self.take_packets(tick)
            payments += following
        self.repay_early(tick)
        self.pay(payments)
        self.take_part(tick, in_circle, live, gate_active)

        if p.switch_feed == 0:
            in_circle = 0
        visits = by_habit + payments + checks + self.errands + by_packet + in_circle
        self.habit = single(habit_after(self.habit, single(visits), single(p.tick_days), single(p.habit_step)))
        self.visits += visits
        if visits > 0:
            self.last_visit_day = tick
        if by_rival > 0:
            total[n.RIVAL_ACTIVE] += 1
        total[n.VISITS_HABIT] += by_habit
        total[n.VISITS_PAYMENT] += payments
        total[n.VISITS_SCORE] += checks
        total[n.VISITS_CREDIT] += self.errands
        total[n.VISITS_CIRCLE] += in_circle
        total[n.VISITS_RIVAL] += by_rival
        total[n.LIQUIDITY_FEN] += self.liquidity
        total[n.DEBT_FEN] += self.debt
        self.errands = 0

    def repay_early(self, tick: int) -> None:
        """Errands of the repaying plan."""
        if self.plan != REPAY:
            return
        p = self.model.p
        trips = poisson_count(
            single(p.choice_repay_errands * self.model.today.active_days), self.words(ERRAND, tick)[0]
        )
        self.errands += trips
        repaid = repayment(self.debt, self.liquidity, trips, p.choice_repay_share)
        self.liquidity -= repaid
        self.debt -= repaid
        self.billed = max(self.billed - repaid, 0)
        self.model.total[n.REPAID_EARLY_FEN] += repaid

    def pay(self, payments: int) -> None:
        """Payments: cash first, then credit while the limit lasts; the average of recent spend."""
        p, total = self.model.p, self.model.total
        outflow = 0
        if payments > 0:
            sent = payments * self.ticket
            shopping = shopping_part(sent, self.shopping_share)
            held = held_back(self.billed, p.money_minimum_payment, self.missed)
            cash = paid_in_cash(shopping, max(self.liquidity - held, 0))
            credit = charged(shopping, cash, self.debt, self.limit())
            self.liquidity -= cash
            self.debt += credit
            outflow = sent - shopping + cash + credit
            total[n.PAYMENTS] += payments
            total[n.OUTFLOW_FEN] += outflow
            total[n.PASSED_ON_FEN] += sent - shopping
            total[n.CASH_FEN] += cash
            total[n.CHARGED_FEN] += credit
        self.recent_spend = single(
            spend_after(self.recent_spend, single(outflow), single(p.tick_days), single(p.forgetting_step))
        )

    def take_part(self, tick: int, visits: int, live: bool, gate_active: bool) -> None:
        """The circle: yesterday's tips received; likes, comments and tips given; posts made."""
        p, total, today = self.model.p, self.model.total, self.model.today
        own = circle_of(p, self.role)
        if self.posts > 0:
            received = self.posts * today.purses[TIP_EACH + own]
            self.liquidity += received
            total[n.TIPS_RECEIVED_FEN] += received
            total[n.CIRCLE_TIPS_RECEIVED_FEN + own] += received
            self.posts = 0
        if visits > 0:
            like, comment, tipping, amount = self.words(CIRCLE, tick)
            many = single(visits)
            circle = own
            if p.circles > 1 and self.acting_role != POSTER:
                pulls = today.feeds[PULL : PULL + MOST_GROUPS]
                circle = int(circle_visited(unit(fifth(like, comment, tipping)), *pulls))
            self.role |= VIEWED << circle
            total[n.CIRCLE_VISITS + circle] += visits * p.switch_feed
            likes = comments = 0
            if self.may(LIKE, gate_active):
                likes = poisson_count(many * single(p.circle_like_rate), like)
            if self.may(COMMENT, gate_active):
                comments = poisson_count(many * single(p.circle_comment_rate), comment)
            total[n.LIKES] += likes
            total[n.COMMENTS] += comments
            total[n.CIRCLE_REACTIONS + circle] += likes + comments
            if self.may(TIP, gate_active) and poisson_count(many * single(p.circle_tip_rate), tipping) > 0:
                tip = min(tip_amount(unit(amount), p.tip_most_fen, p.circle_tip_skew), self.liquidity)
                self.liquidity -= tip
                total[n.TIPS] += 1
                total[n.TIPS_FEN] += tip
                total[n.CIRCLE_REACTIONS + circle] += 1
                total[n.CIRCLE_TIPS_FEN + circle] += tip
        if live and self.role & ROLE == POSTER and self.knows and self.may(POSTING, gate_active):
            rate = single(p.circle_post_rate * today.feeds[MOTIVATION + own] * today.active_days)
            self.posts = min(int(poisson_count(rate, self.words(POST, tick)[0])), 255)
            total[n.POSTED] += self.posts
            total[n.CIRCLE_POSTS + own] += self.posts

    def be_counted(self, tick: int) -> None:
        """Phase totals, the states of users."""
        total = self.model.total
        p = self.model.p
        total[n.KNOWING] += self.knows
        total[n.VIEWERS] += self.role >= VIEWED
        if p.circles > 1:
            for circle in range(p.circles):
                total[n.CIRCLE_VIEWERS + circle] += self.role >> circle & VIEWED != 0
        total[n.ADMITTED_USERS] += self.admitted & ENTERED != 0
        total[n.RESTING + self.plan] += 1
        total[n.SCORE_POINTS] += self.score
        total[n.SCORE_750] += self.score >= 750
        total[n.ACTIVE] += self.last_visit_day > max(tick - p.ticks_per_day, -1)
        total[n.ACTIVE_30] += self.last_visit_day > max(tick - p.month_ticks, -1)
