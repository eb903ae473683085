"""The compiled phases of a tick: each a loop over one block of users, calling the rules of the model.

Blocks are small enough to stay in cache while all phases pass over them. Sub-score arithmetic is in double precision;
columns are stored in single. `f, i, s, b` are the float32, int32, int16 and uint8 arrays of `sim.engines.columns`.
"""

import numpy as np
from numba import njit

from sim.draws import CIRCLE, ERRAND, GATE, PLAN, POST, SCORE, STATEMENT, luck, philox, unit
from sim.engines.compiled import OPTIONS, use_rules
from sim.model import columns as c
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.choice.review import Costs, GateView, choose_plan, review_due
from sim.model.circle import circle_rate, may_use, reply_chance, tip_amount
from sim.model.money import (
    buffer_months,
    charged,
    credit_limit,
    paid_in_cash,
    repayment,
    shopping_part,
    statement,
)
from sim.model.numerics import happens, poisson_count
from sim.model.outlook import Outlook, nth_undeclared
from sim.model.score import (
    behaviour,
    history,
    published_score,
    raised,
    raw_score,
    record_after_statement,
    relationships,
    utilisation,
)
from sim.model.states import COMMENT, FOLK, LIKE, POSTER, REPAY, REST, SEEKER, SPEND, TIP, UPLOAD, VIEW
from sim.model.usage import (
    checks_rate,
    displacement,
    expected_visits,
    habit_after,
    habit_rate,
    payments_rate,
    spend_after,
)

use_rules()

BLOCK = 1024


@njit(**OPTIONS)
def fill(words, i, low, high, p, stream, tick):
    """Four words of luck for each user of a block, at one address pattern: `words` has shape (4, BLOCK)."""
    seed_low = p.seed_low
    seed_high = p.seed_high
    for user in range(low, high):
        w0, w1, w2, w3 = philox(np.int64(i[c.ID, user]), 0, tick, stream, seed_low, seed_high)
        words[0, user - low] = w0
        words[1, user - low] = w1
        words[2, user - low] = w2
        words[3, user - low] = w3


@njit(**OPTIONS)
def relationships_block(f, s, starts, others, p, low, high):
    """Phase relationships."""
    for user in range(low, high):
        first, last = starts[user], starts[user + 1]
        points = 0
        for k in range(first, last):
            points += np.int64(s[c.SCORE, others[k]])
        f[c.RELATIONSHIPS, user] = relationships(points, last - first, p.score_uninformed_relationships)


@njit(**OPTIONS)
def statement_block(f, i, errands, p, tick, low, high, total):
    """Phase statement."""
    for user in range(low, high):
        income = np.int64(i[c.INCOME, user])
        shock, _, _, _ = luck(p.seed_low, p.seed_high, STATEMENT, tick, np.int64(i[c.ID, user]), 0)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, np.float64(f[c.TRUE_ABILITY, user]))
        liquidity, debt, living, added, due, paid, saved = statement(
            np.int64(i[c.LIQUIDITY, user]),
            np.int64(i[c.DEBT, user]),
            income,
            months,
            p.money_living_share,
            p.money_living_spread,
            p.money_minimum_payment,
            p.money_interest,
            p.money_limit_months,
            shock,
        )
        i[c.LIQUIDITY, user] = liquidity
        i[c.DEBT, user] = debt
        if due > 0:
            f[c.RECORD, user] = record_after_statement(
                np.float64(f[c.RECORD, user]),
                paid > 0,
                p.score_streak_gain,
                p.score_missed_loss,
                p.score_uninformed_record,
                p.score_record_forgetting,
            )
            total[n.BILLS] += 1
            if paid > 0:
                errands[user - low] += 1
            else:
                total[n.BILLS_MISSED] += 1
        total[n.INCOME_FEN] += income
        total[n.LIVING_FEN] += living
        total[n.INTEREST_FEN] += added
        total[n.REPAID_BILL_FEN] += paid
        total[n.SAVED_FEN] += saved


@njit(**OPTIONS)
def publication_block(f, i, s, b, p, tick, whom, low, high):
    """Phase publication."""
    for user in range(low, high):
        limit = credit_limit(np.int64(i[c.INCOME, user]), p.money_limit_months)
        in_use = utilisation(np.int64(i[c.DEBT, user]), limit)
        declared = np.int64(b[c.DECLARED, user])
        raw = raw_score(
            history(np.float64(f[c.RECORD, user]), in_use, p.score_utilisation_weight),
            raised(np.float64(f[c.ABILITY_BASE, user]), declared, p.score_ability_per_asset),
            behaviour(np.float64(f[c.RECENT_SPEND, user]), p.score_half_spend),
            raised(np.float64(f[c.IDENTITY_BASE, user]), declared, p.score_identity_per_asset),
            np.float64(f[c.RELATIONSHIPS, user]),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
        )
        noise, _, _, _ = luck(p.seed_low, p.seed_high, SCORE, tick, np.int64(i[c.ID, user]), whom)
        s[c.SCORE, user] = published_score(raw, p.score_noise, noise)


@njit(**OPTIONS)
def admission_block(i, s, b, p, admission, tick, gate_active, low, high, total):
    """Phase admission."""
    for user in range(low, high):
        admitted = 0
        if gate_active:
            standing, _, _, _ = luck(p.seed_low, p.seed_high, GATE, 0, np.int64(i[c.ID, user]), 0)
            score = np.float64(s[c.SCORE, user])
            start = np.float64(s[c.STARTING_SCORE, user])
            if standing < admission(score, start, np.float64(tick), p.gate_a, p.gate_b, p.gate_c, p.gate_d):
                admitted = 1
                if s[c.ADMITTED_DAY, user] < 0:
                    s[c.ADMITTED_DAY, user] = tick
                    total[n.NEWLY_ADMITTED] += 1
        b[c.ADMITTED, user] = admitted


@njit(**OPTIONS)
def learning_block(f, s, b, starts, words, p, today, tick, campaign_on, low, high, learned, total):
    """Phase learning; returns how many learned, their places written to `learned`."""
    count = 0
    for user in range(low, high):
        if b[c.KNOWS, user] == 0:
            hazard = learning_hazard(
                p.campaign_hazard,
                p.awareness_contact_rate,
                p.awareness_circle_rate,
                campaign_on,
                np.int64(s[c.KNOWN_CONTACTS, user]),
                starts[user + 1] - starts[user],
                np.float64(f[c.BASE_VISITS, user]) + np.float64(f[c.PAYMENT_RATE, user]),
                today.appeal,
            )
            if p.switch_awareness == 0 or happens(hazard * p.tick_days, unit(np.int64(words[0, user - low]))):
                b[c.KNOWS, user] = 1
                s[c.LEARNED_DAY, user] = tick
                learned[low + count] = user
                count += 1
    total[n.LEARNED] += count
    return count


@njit(**OPTIONS)
def review_one(f, i, s, b, p, today, gate, admission, plan_value, user, tick):
    """The plan one user takes at a review."""
    income = np.int64(i[c.INCOME, user])
    liquidity = i[c.LIQUIDITY, user] * 0.01
    usual = np.float64(f[c.PAYMENT_RATE, user]) * i[c.TICKET, user] * 0.01
    pace = p.choice_repay_errands * p.choice_repay_share * liquidity
    outlook = Outlook(
        np.int64(b[c.BELIEF, user]),
        np.float64(s[c.SCORE, user]),
        p.folk_points_per_day,
        np.float64(f[c.RECENT_SPEND, user]),
        usual,
        p.choice_spend_boost,
        p.forgetting_per_day,
        p.score_half_spend,
        np.float64(f[c.RECORD, user]),
        i[c.DEBT, user] * 0.01,
        credit_limit(income, p.money_limit_months) * 0.01,
        pace,
        liquidity,
        income * 0.01 * p.spare_income_share,
        p.score_utilisation_weight,
        np.float64(f[c.ABILITY_BASE, user]),
        np.float64(f[c.IDENTITY_BASE, user]),
        np.int64(b[c.DECLARED, user]),
        p.score_ability_per_asset,
        p.score_identity_per_asset,
        np.float64(f[c.RELATIONSHIPS, user]),
        p.score_history_weight,
        p.score_ability_weight,
        p.score_behaviour_weight,
        p.score_identity_weight,
        p.score_relationships_weight,
    )
    costs = Costs(
        usual * p.choice_spend_boost * p.choice_spend_waste + p.choice_spend_hassle,
        pace * p.choice_repay_cost + p.choice_repay_hassle,
        np.float64(f[c.PRIVACY_COST, user]),
    )
    prize = np.float64(f[c.CIRCLE_WORTH, user]) * p.gate_worth * today.appeal * today.exclusivity + p.perk_per_day
    noise, _, _, _ = luck(p.seed_low, p.seed_high, PLAN, tick, np.int64(i[c.ID, user]), 0)
    return choose_plan(
        admission,
        plan_value,
        outlook,
        gate,
        np.float64(s[c.STARTING_SCORE, user]),
        np.int64(b[c.OWNED, user]),
        prize,
        costs,
        p.choice_discount,
        p.choice_noise,
        noise,
    )


@njit(**OPTIONS)
def review_block(f, i, s, b, errands, p, today, gate, admission, plan_value, tick, gate_ahead, review_all, low, high, total):
    """Phase review."""
    for user in range(low, high):
        if b[c.RESPONSIVE, user] == 0 or b[c.KNOWS, user] == 0:
            continue
        if not gate_ahead:
            b[c.PLAN, user] = REST
        elif (
            review_all
            or s[c.LEARNED_DAY, user] == tick
            or review_due(tick, np.int64(i[c.ID, user]), p.calendar_review_days)
        ):
            plan = review_one(f, i, s, b, p, today, gate, admission, plan_value, user, tick)
            b[c.PLAN, user] = plan
            if plan == UPLOAD:
                b[c.DECLARED, user] = nth_undeclared(np.int64(b[c.OWNED, user]), np.int64(b[c.DECLARED, user]), 1)
                errands[user - low] += 1
                total[n.UPLOADS] += 1


@njit(**OPTIONS)
def acts_block(f, i, s, b, errands, words, circle_words, p, today, tick, live, gate_active, publication, low, high, total):
    """Phase acts: visits by channel, payments, repayments, the circle."""
    days = p.tick_days
    for user in range(low, high):
        k = user - low
        knows = b[c.KNOWS, user] == 1
        plan = b[c.PLAN, user]
        role = np.int64(b[c.ROLE, user])
        base = np.float64(f[c.BASE_VISITS, user])
        payment_rate = np.float64(f[c.PAYMENT_RATE, user])
        habit = np.float64(f[c.HABIT, user])
        income = np.int64(i[c.INCOME, user])
        liquidity = np.int64(i[c.LIQUIDITY, user])
        debt = np.int64(i[c.DEBT, user])

        expected = expected_visits(base, payment_rate, p.usage_check_rate)
        by_habit = poisson_count(habit_rate(base, habit, expected, p.usage_habit_weight) * days, unit(np.int64(words[0, k])))
        payments = poisson_count(
            payments_rate(payment_rate, plan == SPEND, p.choice_spend_boost) * days, unit(np.int64(words[2, k]))
        )
        checks = poisson_count(
            checks_rate(
                p.usage_check_rate,
                plan != REST,
                p.usage_striving_checks,
                p.usage_publication_checks if publication and knows else 1.0,
            )
            * days,
            unit(np.int64(words[3, k])),
        )
        by_credit = np.int64(errands[k])
        if plan == REPAY:
            u_errand, _, _, _ = luck(p.seed_low, p.seed_high, ERRAND, tick, np.int64(i[c.ID, user]), 0)
            trips = poisson_count(p.choice_repay_errands * days, u_errand)
            by_credit += trips
            repaid = repayment(debt, liquidity, trips, p.choice_repay_share)
            liquidity -= repaid
            debt -= repaid
            total[n.REPAID_EARLY_FEN] += repaid

        if payments > 0:
            outflow = payments * np.int64(i[c.TICKET, user])
            shopping = shopping_part(outflow, np.int64(b[c.SHOPPING_SHARE, user]))
            cash = paid_in_cash(shopping, liquidity)
            credit = charged(shopping, cash, debt, credit_limit(income, p.money_limit_months))
            passed_on = outflow - shopping
            outflow = passed_on + cash + credit
            liquidity -= cash
            debt += credit
            total[n.PAYMENTS] += payments
            total[n.OUTFLOW_FEN] += outflow
            total[n.PASSED_ON_FEN] += passed_on
            total[n.CASH_FEN] += cash
            total[n.CHARGED_FEN] += credit
        else:
            outflow = 0
        f[c.RECENT_SPEND, user] = spend_after(np.float64(f[c.RECENT_SPEND, user]), outflow, days, p.forgetting_step)

        in_circle = 0
        taken = 0.0
        posted = b[c.POSTS, user]
        if posted > 0:
            received = posted * today.tip_each
            liquidity += received
            total[n.TIPS_RECEIVED_FEN] += received
            b[c.POSTS, user] = 0
        if live and knows:
            admitted = b[c.ADMITTED, user] == 1
            may_comment = may_use(COMMENT, role, gate_active, p.gate_covers, admitted)
            if may_comment:
                total[n.COMMENTERS] += 1
            if may_use(VIEW, role, gate_active, p.gate_covers, admitted):
                noticed = 0.0
                if role == SEEKER and may_comment:
                    answered = reply_chance(
                        np.float64(s[c.SCORE, user]),
                        p.circle_reply_low,
                        p.circle_reply_high,
                        p.circle_reply_middle,
                        p.circle_reply_width,
                    )
                    noticed = p.circle_comment_pull * answered * today.exclusivity
                rate = circle_rate(
                    role,
                    base,
                    p.circle_onlooker_visits,
                    p.circle_seeker_visits,
                    p.circle_poster_visits,
                    today.pull,
                    noticed,
                    today.attention,
                )
                in_circle = poisson_count(rate * days, unit(np.int64(circle_words[0, k])))
                if p.switch_attention == 1:
                    taken = displacement(rate, p.usage_circle_minutes, p.usage_attention_minutes)
            if in_circle > 0:
                if may_use(LIKE, role, gate_active, p.gate_covers, admitted):
                    total[n.LIKES] += poisson_count(in_circle * p.circle_like_rate, unit(np.int64(circle_words[1, k])))
                if may_comment:
                    total[n.COMMENTS] += poisson_count(
                        in_circle * p.circle_comment_rate, unit(np.int64(circle_words[2, k]))
                    )
                if may_use(TIP, role, gate_active, p.gate_covers, admitted):
                    if happens(in_circle * p.circle_tip_rate, unit(np.int64(circle_words[3, k]))):
                        _, u_tip, _, _ = luck(p.seed_low, p.seed_high, POST, tick, np.int64(i[c.ID, user]), 0)
                        tip = min(tip_amount(u_tip, p.tip_most_fen, p.circle_tip_skew), liquidity)
                        liquidity -= tip
                        total[n.TIPS] += 1
                        total[n.TIPS_FEN] += tip
            if role == POSTER:
                u_post, _, _, _ = luck(p.seed_low, p.seed_high, POST, tick, np.int64(i[c.ID, user]), 0)
                posts = min(poisson_count(p.circle_post_rate * today.motivation * days, u_post), 255)
                b[c.POSTS, user] = posts
                total[n.POSTED] += posts

        by_rival = poisson_count(np.float64(f[c.RIVAL_RATE, user]) * (1.0 - taken) * days, unit(np.int64(words[1, k])))
        visits = by_habit + payments + checks + by_credit + in_circle
        f[c.HABIT, user] = habit_after(habit, np.float64(visits), days, p.habit_step)
        i[c.VISITS_MADE, user] += visits
        i[c.LIQUIDITY, user] = liquidity
        i[c.DEBT, user] = debt
        if visits > 0:
            s[c.LAST_VISIT_DAY, user] = tick
            total[n.ACTIVE] += 1
        if by_rival > 0:
            total[n.RIVAL_ACTIVE] += 1
        total[n.VISITS_HABIT] += by_habit
        total[n.VISITS_PAYMENT] += payments
        total[n.VISITS_SCORE] += checks
        total[n.VISITS_CREDIT] += by_credit
        total[n.VISITS_CIRCLE] += in_circle
        total[n.VISITS_RIVAL] += by_rival
        total[n.LIQUIDITY_FEN] += liquidity
        total[n.DEBT_FEN] += debt


@njit(**OPTIONS)
def stocks_block(s, b, tick, low, high, total):
    """The totals that count users in a state at the end of the tick."""
    knowing = 0
    admitted = 0
    active = 0
    points = 0
    high_scores = 0
    spending = 0
    repaying = 0
    uploading = 0
    for user in range(low, high):
        knowing += np.int64(b[c.KNOWS, user])
        admitted += np.int64(b[c.ADMITTED, user])
        plan = b[c.PLAN, user]
        spending += plan == SPEND
        repaying += plan == REPAY
        uploading += plan == UPLOAD
        score = np.int64(s[c.SCORE, user])
        points += score
        high_scores += score >= 750
        last = np.int64(s[c.LAST_VISIT_DAY, user])
        active += (last >= 0) & (last > tick - 30)
    total[n.KNOWING] += knowing
    total[n.ADMITTED_USERS] += admitted
    total[n.ACTIVE_30] += active
    total[n.SCORE_POINTS] += points
    total[n.SCORE_750] += high_scores
    total[n.SPENDING] += spending
    total[n.REPAYING] += repaying
    total[n.UPLOADING] += uploading
    total[n.RESTING] += high - low - spending - repaying - uploading


@njit(**OPTIONS)
def tell_range(s, starts, others, learned, first, count, low, high):
    """Phase tell: those who learned tell their contacts, as far as these sit in places low to high."""
    for k in range(first, first + count):
        user = learned[k]
        for e in range(starts[user], starts[user + 1]):
            other = others[e]
            if low <= other < high:
                s[c.KNOWN_CONTACTS, other] += 1
