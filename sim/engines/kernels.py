"""The compiled phases of a tick: each a loop over one block of users, calling the rules of the model.

Blocks are small enough to stay in cache while all phases pass over them. Sub-score arithmetic is in double precision;
columns are stored in single. `f, i, s, b` are the float32, int32, int16 and uint8 arrays of `sim.engines.columns`.
"""

import numpy as np
from numba import njit

from sim.draws import CIRCLE, ERRAND, GATE, PLAN, POST, SCORE, STATEMENT, luck, philox, unit
from sim.engines.compiled import INNER, use_rules
from sim.model import columns as c
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.choice.review import Costs, choose_plan, out_of_reach, review_due
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
from sim.model.counts import (
    FEW,
    NORMAL_RATE,
    ONE,
    in_normal_tail,
    normal_between,
    normal_in_tail,
    poisson_by_normal,
    poisson_count,
    poisson_if_few,
    unit_single,
)
from sim.model.numerics import happens
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


@njit(**INNER)
def fill(words, ids, seed_low, seed_high, stream, tick):
    """Four words of luck for each user of a block: `words` is uint32 (4, BLOCK), `ids` int32 (users of the block)."""
    words0, words1, words2, words3 = words[0], words[1], words[2], words[3]
    for k in range(ids.size):
        w0, w1, w2, w3 = philox(np.int64(ids[k]), 0, tick, stream, seed_low, seed_high)
        words0[k] = w0
        words1[k] = w1
        words2[k] = w2
        words3[k] = w3


@njit(**INNER)
def count_few(rates, words, counts, size):
    """Poisson counts of a block (first `size` places): small ones all together, the others one by one."""
    for k in range(size):
        counts[k] = poisson_if_few(rates[k], words[k])
    for k in range(size):
        if counts[k] == FEW or rates[k] >= NORMAL_RATE:
            counts[k] = poisson_count(rates[k], np.int64(words[k]))


@njit(**INNER)
def count_rare(rates, words, counts, size):
    """Poisson counts of a block where nearly all are zero: since e**-rate is at least 1 - rate, most need no more."""
    for k in range(size):
        counts[k] = unit_single(words[k]) >= ONE - rates[k]
    for k in range(size):
        if counts[k] != 0:
            counts[k] = poisson_count(rates[k], np.int64(words[k]))


@njit(**INNER)
def count_many(rates, words, normals, counts, size):
    """Poisson counts of a block where most rates are large: by both ways all together, the exceptions one by one."""
    for k in range(size):
        normals[k] = normal_between(words[k])
    for k in range(size):
        if in_normal_tail(words[k]):
            normals[k] = normal_in_tail(np.int64(words[k]))
    for k in range(size):
        by_normal = poisson_by_normal(max(rates[k], NORMAL_RATE), normals[k])
        by_terms = poisson_if_few(rates[k], words[k])
        counts[k] = by_normal if rates[k] >= NORMAL_RATE else by_terms
    for k in range(size):
        if counts[k] == FEW and rates[k] < NORMAL_RATE:
            counts[k] = poisson_count(rates[k], np.int64(words[k]))


@njit(**INNER)
def relationships_block(f, s, starts, others, p, low, high):
    """Phase relationships."""
    for user in range(low, high):
        first, last = starts[user], starts[user + 1]
        points = 0
        for k in range(first, last):
            points += np.int64(s[c.SCORE, others[k]])
        f[c.RELATIONSHIPS, user] = relationships(points, last - first, p.score_uninformed_relationships)


@njit(**INNER)
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


@njit(**INNER)
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


@njit(**INNER)
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


@njit(**INNER)
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


@njit(**INNER)
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
    starting_score = np.float64(s[c.STARTING_SCORE, user])
    owned = np.int64(b[c.OWNED, user])
    if out_of_reach(admission, outlook, gate, starting_score, owned):
        return REST
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
        starting_score,
        owned,
        prize,
        costs,
        p.choice_discount,
        p.choice_noise,
        noise,
    )


@njit(**INNER)
def review_block(f, i, s, b, errands, p, today, gate, admission, plan_value, tick, gate_ahead, review_all, low, high, total):
    """Phase review."""
    for user in range(low, high):
        if b[c.RESPONSIVE, user] & b[c.KNOWS, user] == 0:
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


# Rows of the scratch arrays of a block.
HABIT_RATE, PAYMENT_RATE, CHECK_RATE, CIRCLE_RATE, RIVAL_RATE, NORMAL = range(6)
BY_HABIT, BY_PAYMENT, BY_CHECK, IN_CIRCLE, BY_RIVAL, VISITS_TODAY = range(6)


@njit(**INNER)
def rates_block(f, s, b, rates, scratch, p, today, live, gate_active, publication, low, high, total):
    """Phase acts, first part: the rate of every kind of visit in this tick (`rates`, float32 (6, BLOCK))."""
    days = p.tick_days
    by_habit, by_payment, by_check = rates[HABIT_RATE], rates[PAYMENT_RATE], rates[CHECK_RATE]
    in_circle, by_rival = rates[CIRCLE_RATE], rates[RIVAL_RATE]
    check_rate = p.usage_check_rate
    weight = p.usage_habit_weight
    boost = p.choice_spend_boost
    striving_checks = p.usage_striving_checks
    publication_checks = p.usage_publication_checks
    size = high - low
    bases, habits, payment_rates = f[c.BASE_VISITS, low:high], f[c.HABIT, low:high], f[c.PAYMENT_RATE, low:high]
    for k in range(size):
        base = np.float64(bases[k])
        expected = expected_visits(base, np.float64(payment_rates[k]), check_rate)
        by_habit[k] = habit_rate(base, np.float64(habits[k]), expected, weight) * days
    plans, knowing = b[c.PLAN, low:high], b[c.KNOWS, low:high]
    for k in range(size):
        by_payment[k] = payments_rate(np.float64(payment_rates[k]), plans[k] == SPEND, boost) * days
    for k in range(size):
        factor = publication_checks if publication and knowing[k] == 1 else 1.0
        by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, factor) * days
    rivals = f[c.RIVAL_RATE, low:high]
    for k in range(size):
        by_rival[k] = np.float64(rivals[k]) * days
    if not live:
        return
    # Those who may not comment are the many under a gate; a comment's pull is worked out for the others alone.
    roles = b[c.ROLE, low:high]
    admitted = b[c.ADMITTED, low:high]
    pulls = scratch
    commenters = 0
    for k in range(size):
        pulls[k] = 0.0
        if knowing[k] == 1 and may_use(COMMENT, roles[k], gate_active, p.gate_covers, admitted[k] == 1):
            commenters += 1
            if roles[k] == SEEKER:
                answered = reply_chance(
                    np.float64(s[c.SCORE, low + k]),
                    p.circle_reply_low,
                    p.circle_reply_high,
                    p.circle_reply_middle,
                    p.circle_reply_width,
                )
                pulls[k] = p.circle_comment_pull * answered * today.exclusivity
    total[n.COMMENTERS] += commenters
    covers_view = gate_active and (p.gate_covers & VIEW) != 0
    onlooker, seeker, poster = p.circle_onlooker_visits, p.circle_seeker_visits, p.circle_poster_visits
    pull, attention = today.pull, today.attention
    for k in range(size):
        rate = circle_rate(roles[k], np.float64(bases[k]), onlooker, seeker, poster, pull, pulls[k], attention)
        pulls[k] = rate if knowing[k] == 1 else 0.0
    if covers_view:
        for k in range(size):
            if not may_use(VIEW, roles[k], gate_active, p.gate_covers, admitted[k] == 1):
                pulls[k] = 0.0
    for k in range(size):
        in_circle[k] = pulls[k] * days
    if p.switch_attention == 1:
        minutes, budget = p.usage_circle_minutes, p.usage_attention_minutes
        for k in range(size):
            by_rival[k] = np.float64(rivals[k]) * (1.0 - displacement(pulls[k], minutes, budget)) * days


@njit(**INNER)
def pay_block(f, i, b, errands, outflows, counts, p, tick, low, high, total):
    """Phase acts, second part: payments and early repayments, and the average of recent spend."""
    days = p.tick_days
    step = p.forgetting_step
    limit_months = p.money_limit_months
    by_payment = counts[BY_PAYMENT]
    for user in range(low, high):
        k = user - low
        payments = np.int64(by_payment[k])
        outflows[k] = 0.0
        if b[c.PLAN, user] == REPAY:
            word, _, _, _ = philox(np.int64(i[c.ID, user]), 0, tick, ERRAND, p.seed_low, p.seed_high)
            trips = poisson_count(np.float32(p.choice_repay_errands * days), word)
            errands[k] += trips
            repaid = repayment(
                np.int64(i[c.DEBT, user]), np.int64(i[c.LIQUIDITY, user]), trips, p.choice_repay_share
            )
            i[c.LIQUIDITY, user] -= repaid
            i[c.DEBT, user] -= repaid
            total[n.REPAID_EARLY_FEN] += repaid
        if payments > 0:
            liquidity = np.int64(i[c.LIQUIDITY, user])
            sent = payments * np.int64(i[c.TICKET, user])
            shopping = shopping_part(sent, np.int64(b[c.SHOPPING_SHARE, user]))
            cash = paid_in_cash(shopping, liquidity)
            credit = np.int64(0)
            if cash < shopping:
                debt = np.int64(i[c.DEBT, user])
                credit = charged(shopping, cash, debt, credit_limit(np.int64(i[c.INCOME, user]), limit_months))
                i[c.DEBT, user] = debt + credit
            i[c.LIQUIDITY, user] = liquidity - cash
            outflow = sent - shopping + cash + credit
            outflows[k] = outflow
            total[n.PAYMENTS] += payments
            total[n.OUTFLOW_FEN] += outflow
            total[n.PASSED_ON_FEN] += sent - shopping
            total[n.CASH_FEN] += cash
            total[n.CHARGED_FEN] += credit
    recent = f[c.RECENT_SPEND, low:high]
    for k in range(high - low):
        recent[k] = spend_after(np.float64(recent[k]), outflows[k], days, step)


@njit(**INNER)
def circle_block(i, b, counts, words, p, today, tick, live, gate_active, low, high, total):
    """Phase acts, third part: yesterday's tips handed out, likes, comments and tips given, posts made."""
    in_circle = counts[IN_CIRCLE]
    roles = b[c.ROLE, low:high]
    for k in range(high - low):
        if (in_circle[k] == 0) & (roles[k] != POSTER):
            continue
        user = low + k
        role = np.int64(roles[k])
        visits = np.int64(in_circle[k])
        posted = np.int64(b[c.POSTS, user])
        if posted > 0:
            received = posted * today.tip_each
            i[c.LIQUIDITY, user] += received
            total[n.TIPS_RECEIVED_FEN] += received
            b[c.POSTS, user] = 0
        if visits > 0:
            admitted = b[c.ADMITTED, user] == 1
            if may_use(LIKE, role, gate_active, p.gate_covers, admitted):
                total[n.LIKES] += poisson_count(np.float32(visits * p.circle_like_rate), np.int64(words[1, k]))
            if may_use(COMMENT, role, gate_active, p.gate_covers, admitted):
                total[n.COMMENTS] += poisson_count(np.float32(visits * p.circle_comment_rate), np.int64(words[2, k]))
            if may_use(TIP, role, gate_active, p.gate_covers, admitted) and happens(
                visits * p.circle_tip_rate, unit(np.int64(words[3, k]))
            ):
                _, u_tip, _, _ = luck(p.seed_low, p.seed_high, POST, tick, np.int64(i[c.ID, user]), 0)
                liquidity = np.int64(i[c.LIQUIDITY, user])
                tip = min(tip_amount(u_tip, p.tip_most_fen, p.circle_tip_skew), liquidity)
                i[c.LIQUIDITY, user] = liquidity - tip
                total[n.TIPS] += 1
                total[n.TIPS_FEN] += tip
        if live and role == POSTER and b[c.KNOWS, user] == 1:
            word, _, _, _ = philox(np.int64(i[c.ID, user]), 0, tick, POST, p.seed_low, p.seed_high)
            posts = min(poisson_count(np.float32(p.circle_post_rate * today.motivation * p.tick_days), word), 255)
            b[c.POSTS, user] = posts
            total[n.POSTED] += posts


@njit(**INNER)
def visits_block(f, i, s, errands, counts, p, tick, low, high, total):
    """Phase acts, last part: the visits made, the habit that they leave, and the totals.

    Many short loops over few arrays each, so that the compiler can rule out overlap and vectorise them.
    """
    days = p.tick_days
    step = p.habit_step
    size = high - low
    habits, payments, checks = counts[BY_HABIT], counts[BY_PAYMENT], counts[BY_CHECK]
    in_circle, by_rival, visits = counts[IN_CIRCLE], counts[BY_RIVAL], counts[VISITS_TODAY]
    for k in range(size):
        visits[k] = habits[k] + payments[k] + checks[k] + errands[k] + in_circle[k]
    sum_habit = sum_payment = sum_check = sum_credit = sum_circle = sum_rival = 0
    active = rival_active = 0
    for k in range(size):
        sum_habit += habits[k]
        sum_payment += payments[k]
        sum_check += checks[k]
    for k in range(size):
        sum_credit += errands[k]
        sum_circle += in_circle[k]
        sum_rival += by_rival[k]
    for k in range(size):
        active += visits[k] > 0
        rival_active += by_rival[k] > 0
    habit = f[c.HABIT, low:high]
    for k in range(size):
        habit[k] = habit_after(np.float64(habit[k]), np.float64(visits[k]), days, step)
    made = i[c.VISITS_MADE, low:high]
    for k in range(size):
        made[k] += visits[k]
    last = s[c.LAST_VISIT_DAY, low:high]
    today_short = np.int16(tick)
    for k in range(size):
        last[k] = today_short if visits[k] > 0 else last[k]
    liquidity = debt = 0
    liquidities, debts = i[c.LIQUIDITY, low:high], i[c.DEBT, low:high]
    for k in range(size):
        liquidity += np.int64(liquidities[k])
        debt += np.int64(debts[k])
    total[n.VISITS_HABIT] += sum_habit
    total[n.VISITS_PAYMENT] += sum_payment
    total[n.VISITS_SCORE] += sum_check
    total[n.VISITS_CREDIT] += sum_credit
    total[n.VISITS_CIRCLE] += sum_circle
    total[n.VISITS_RIVAL] += sum_rival
    total[n.ACTIVE] += active
    total[n.RIVAL_ACTIVE] += rival_active
    total[n.LIQUIDITY_FEN] += liquidity
    total[n.DEBT_FEN] += debt


@njit(**INNER)
def acts_block(
    f, i, s, b, errands, rates, scratch, counts, words, circle_words, p, today, tick, live, gate_active, publication, low, high, total
):
    """Phase acts: visits by channel, payments, repayments, the circle."""
    size = high - low
    rates_block(f, s, b, rates, scratch, p, today, live, gate_active, publication, low, high, total)
    count_few(rates[HABIT_RATE], words[0], counts[BY_HABIT], size)
    count_few(rates[PAYMENT_RATE], words[2], counts[BY_PAYMENT], size)
    count_rare(rates[CHECK_RATE], words[3], counts[BY_CHECK], size)
    if live:
        count_rare(rates[CIRCLE_RATE], circle_words[0], counts[IN_CIRCLE], size)
    else:
        counts[IN_CIRCLE, :] = 0
    count_many(rates[RIVAL_RATE], words[1], rates[NORMAL], counts[BY_RIVAL], size)
    pay_block(f, i, b, errands, scratch, counts, p, tick, low, high, total)
    circle_block(i, b, counts, circle_words, p, today, tick, live, gate_active, low, high, total)
    visits_block(f, i, s, errands, counts, p, tick, low, high, total)


@njit(**INNER)
def stocks_block(s, b, tick, low, high, total):
    """The totals that count users in a state at the end of the tick."""
    knowing = admitted = active = points = high_scores = spending = repaying = uploading = 0
    knows, admits, plans = b[c.KNOWS, low:high], b[c.ADMITTED, low:high], b[c.PLAN, low:high]
    scores, last = s[c.SCORE, low:high], s[c.LAST_VISIT_DAY, low:high]
    size = high - low
    for k in range(size):
        knowing += np.int64(knows[k])
        admitted += np.int64(admits[k])
    for k in range(size):
        spending += plans[k] == SPEND
        repaying += plans[k] == REPAY
        uploading += plans[k] == UPLOAD
    for k in range(size):
        points += np.int64(scores[k])
        high_scores += scores[k] >= 750
    since = max(tick - 30, -1)
    for k in range(size):
        active += last[k] > since
    total[n.KNOWING] += knowing
    total[n.ADMITTED_USERS] += admitted
    total[n.ACTIVE_30] += active
    total[n.SCORE_POINTS] += points
    total[n.SCORE_750] += high_scores
    total[n.SPENDING] += spending
    total[n.REPAYING] += repaying
    total[n.UPLOADING] += uploading
    total[n.RESTING] += size - spending - repaying - uploading


@njit(**INNER)
def tell_range(s, starts, others, learned, first, count, low, high):
    """Phase tell: those who learned tell their contacts, as far as these sit in places low to high."""
    for k in range(first, first + count):
        user = learned[k]
        for e in range(starts[user], starts[user + 1]):
            other = others[e]
            if low <= other < high:
                s[c.KNOWN_CONTACTS, other] += 1
