"""The compiled phases of a tick: each a loop over the users low to high (excluded), calling the rules of the model.

Every phase has the same shape, `phase(desk, p, today, low, high)`: see `sim.engines.memory`. Sub-score arithmetic is in
double precision; columns are stored in single. Loops are short and over few arrays each, so that the compiler can rule out
overlap and work out several users at once; where a phase concerns few users, their places are listed first without a
branch, which no processor could foresee.
"""

from numpy import float32, float64, int16, int32, int64

from sim.draws import CIRCLE, ERRAND, GATE, LEARN, PLAN, POST, SCORE, STATEMENT, VISITS, luck, philox, unit
from sim.engines.compiled import ADMISSION, PLAN_VALUE, phase, use_rules
from sim.engines.lessons import experience_phase, practice_phase
from sim.engines.memory import (
    BLOCK,
    amount_row,
    byte_column,
    chosen_row,
    count_row,
    float_column,
    function_at,
    int_column,
    learned_counts_of,
    learned_of,
    lesson_column,
    luck_row,
    numbers_at,
    others_of,
    own_totals,
    plan_values_of,
    rate_row,
    short_column,
    starts_of,
    tables_of,
    totals_of,
)
from sim.model import columns as c
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.calendar import (
    CAMPAIGN,
    CIRCLE_LIVE,
    GATE_ACTIVE,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PUBLICATION,
    REVIEW_ALL,
)
from sim.model.calendar import STATEMENT as STATEMENT_DAY
from sim.model.choice.mixture import belief_in, rule_in
from sim.model.choice.review import Costs, GateView, Standing, choose_plan, out_of_reach, prize_per_day, review_due
from sim.model.circle import circle_rate, circle_today, may_use, reply_chance, tip_amount
from sim.model.counts import (
    FEW,
    NORMAL_RATE,
    ONE,
    in_normal_tail,
    normal_between,
    poisson_by_normal,
    poisson_count,
    poisson_if_few,
    unit_single,
)
from sim.model.experience import MONTH
from sim.model.money import (
    buffer_months,
    charged,
    credit_limit,
    paid_in_cash,
    repayment,
    shopping_part,
    statement,
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
from sim.model.states import COMMENT, LEARNED, LIKE, POSTER, POSTING, REPAY, REST, SEEKER, SPEND, TIP, UPLOAD, VIEW
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

admission_at = function_at(ADMISSION)
plan_value_at = function_at(PLAN_VALUE)

# Rows of the scratch arrays of a block: rates, counts and words of luck of the kinds of visits, and others.
HABIT, PAYMENT, CHECK, IN_CIRCLE, RIVAL, AGAIN = range(6)
ERRANDS, VISITS_TODAY, AGAIN_COUNT = 5, 6, 7
EXCEPTION, NONE, TOO_MANY = int32(-1), int32(0), int32(FEW)
"""Counts in 32 bits throughout, so that eight fit where four would."""
LIKE_WORD, COMMENT_WORD, TIP_WORD, AGAIN_WORD = 5, 6, 7, 8


@phase
def circle_phase(desk, p, today, low, high):
    """Phase circle: the circle's state from yesterday's totals; yesterday's tips shared out among yesterday's posts."""
    yesterday = totals_of(desk, today.tick, 0, n.COUNT)
    posts = yesterday[n.POSTED]
    today.escrow += yesterday[n.TIPS_FEN] - yesterday[n.TIPS_RECEIVED_FEN]
    today.tip_each = today.escrow // posts if posts > 0 else 0
    motivation, appeal, pull, attention, exclusive = p.circle_first_motivation, 0.0, 0.0, 0.0, 1.0
    if today.flags & CIRCLE_LIVE != 0:
        motivation, appeal, pull, attention, exclusive = circle_today(
            p,
            today.days_open,
            today.motivation,
            posts,
            yesterday[n.LIKES] + yesterday[n.COMMENTS] + yesterday[n.TIPS],
            yesterday[n.KNOWING],
            yesterday[n.COMMENTERS],
        )
    today.motivation = motivation
    today.appeal = appeal
    today.pull = pull
    today.attention = attention
    today.exclusivity = exclusive
    return 0


@phase
def relationships_phase(desk, p, today, low, high):
    """Phase relationships."""
    starts, others = starts_of(desk, 0, low, high + 1), others_of(desk, 0, 0, 1)
    scores = short_column(desk, c.SCORE, 0, desk.users)
    parts = float_column(desk, c.RELATIONSHIPS, low, high)
    for k in range(high - low):
        first, last = starts[k], starts[k + 1]
        points = 0
        for e in range(first, last):
            points += int64(scores[others[e]])
        parts[k] = relationships(points, last - first, p.score_uninformed_relationships)
    return 0


@phase
def statement_phase(desk, p, today, low, high):
    """Phase statement."""
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes = int_column(desk, c.ID, low, high), int_column(desk, c.INCOME, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    abilities, records = float_column(desk, c.TRUE_ABILITY, low, high), float_column(desk, c.RECORD, low, high)
    errands = count_row(desk, ERRANDS, 0, BLOCK)
    for k in range(high - low):
        income = int64(incomes[k])
        shock, _, _, _ = luck(p.seed_low, p.seed_high, STATEMENT, today.tick, int64(ids[k]), 0)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float64(abilities[k]))
        liquidity, debt, living, added, due, paid, saved = statement(
            int64(liquidities[k]),
            int64(debts[k]),
            income,
            months,
            p.money_living_share,
            p.money_living_spread,
            p.money_minimum_payment,
            p.money_interest,
            p.money_limit_months,
            shock,
        )
        liquidities[k] = liquidity
        debts[k] = debt
        errands[k] = (due > 0) & (paid > 0)
        if due > 0:
            records[k] = record_after_statement(
                float64(records[k]),
                paid > 0,
                p.score_streak_gain,
                p.score_missed_loss,
                p.score_uninformed_record,
                p.score_record_forgetting,
            )
            total[n.BILLS] += 1
            total[n.BILLS_MISSED] += paid == 0
        total[n.INCOME_FEN] += income
        total[n.LIVING_FEN] += living
        total[n.INTEREST_FEN] += added
        total[n.REPAID_BILL_FEN] += paid
        total[n.SAVED_FEN] += saved
    return 0


@phase
def publication_phase(desk, p, today, low, high):
    """Phase publication."""
    ids, incomes, debts = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.DEBT, low, high),
    )
    records, spends = float_column(desk, c.RECORD, low, high), float_column(desk, c.RECENT_SPEND, low, high)
    abilities, identities = (
        float_column(desk, c.ABILITY_BASE, low, high),
        float_column(desk, c.IDENTITY_BASE, low, high),
    )
    parts = float_column(desk, c.RELATIONSHIPS, low, high)
    declareds, scores = byte_column(desk, c.DECLARED, low, high), short_column(desk, c.SCORE, low, high)
    for k in range(high - low):
        limit = credit_limit(int64(incomes[k]), p.money_limit_months)
        in_use = utilisation(int64(debts[k]), limit)
        declared = int64(declareds[k])
        raw = raw_score(
            history(float64(records[k]), in_use, p.score_utilisation_weight),
            raised(float64(abilities[k]), declared, p.score_ability_per_asset),
            behaviour(float64(spends[k]), p.score_half_spend),
            raised(float64(identities[k]), declared, p.score_identity_per_asset),
            float64(parts[k]),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
        )
        noise, _, _, _ = luck(p.seed_low, p.seed_high, SCORE, today.tick, int64(ids[k]), today.round)
        scores[k] = published_score(raw, p.score_noise, noise)
    return 0


@phase
def admission_phase(desk, p, today, low, high):
    """Phase admission."""
    admission = admission_at(desk.admission)
    day = float64(today.tick)
    ids = int_column(desk, c.ID, low, high)
    scores, starting = short_column(desk, c.SCORE, low, high), short_column(desk, c.STARTING_SCORE, low, high)
    since, admits = short_column(desk, c.ADMITTED_DAY, low, high), byte_column(desk, c.ADMITTED, low, high)
    gate_active = today.flags & GATE_ACTIVE != 0
    newly = 0
    for k in range(high - low):
        admitted = 0
        if gate_active:
            standing, _, _, _ = luck(p.seed_low, p.seed_high, GATE, 0, int64(ids[k]), 0)
            score, start = float64(scores[k]), float64(starting[k])
            if standing < admission(score, start, day, p.gate_a, p.gate_b, p.gate_c, p.gate_d):
                admitted = 1
                if since[k] < 0:
                    since[k] = today.tick
                    newly += 1
        admits[k] = admitted
    own_totals(desk, 0, 0, n.COUNT)[n.NEWLY_ADMITTED] += newly
    return 0


@phase
def learning_phase(desk, p, today, low, high):
    """Phase learning: who learned is written to the list of the block, how many to its count."""
    ids, knows = int_column(desk, c.ID, low, high), byte_column(desk, c.KNOWS, low, high)
    chosen = chosen_row(desk, 0, 0, BLOCK)
    ignorant = 0
    for k in range(high - low):
        chosen[ignorant] = k
        ignorant += knows[k] == 0
    learned_count = learned_counts_of(desk, 0, low // BLOCK, low // BLOCK + 1)
    learned_count[0] = 0
    if ignorant == 0:
        return 0
    words = luck_row(desk, 0, 0, BLOCK)
    for j in range(ignorant):
        words[j] = ids[chosen[j]]
    for j in range(ignorant):
        words[j], _, _, _ = philox(int64(words[j]), 0, today.tick, LEARN, p.seed_low, p.seed_high)
    campaign_on = today.flags & CAMPAIGN != 0
    starts, known_contacts = starts_of(desk, 0, low, high + 1), short_column(desk, c.KNOWN_CONTACTS, low, high)
    visits, payments = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.PAYMENT_RATE, low, high)
    days_learned = short_column(desk, c.LEARNED_DAY, low, high)
    learned = learned_of(desk, 0, low, high)
    count = 0
    for j in range(ignorant):
        k = chosen[j]
        hazard = learning_hazard(
            p.campaign_hazard,
            p.awareness_contact_rate,
            p.awareness_circle_rate,
            campaign_on,
            int64(known_contacts[k]),
            starts[k + 1] - starts[k],
            float64(visits[k]) + float64(payments[k]),
            today.appeal,
        )
        if p.switch_awareness == 0 or happens(hazard * p.tick_days, unit(int64(words[j]))):
            knows[k] = 1
            days_learned[k] = today.tick
            learned[count] = low + k
            count += 1
    learned_count[0] = count
    own_totals(desk, 0, 0, n.COUNT)[n.LEARNED] += count
    return 0


@phase
def rest_phase(desk, p, today, low, high):
    """Phase review while no gate is ahead: everybody rests."""
    plans = byte_column(desk, c.PLAN, low, high)
    for k in range(high - low):
        plans[k] = REST
    return 0


@phase
def review_phase(desk, p, today, low, high):
    """Phase review while a gate is ahead."""
    ids, learned_days = int_column(desk, c.ID, low, high), short_column(desk, c.LEARNED_DAY, low, high)
    responsive, knows = byte_column(desk, c.RESPONSIVE, low, high), byte_column(desk, c.KNOWS, low, high)
    chosen = chosen_row(desk, 0, 0, BLOCK)
    aware = 0
    for k in range(high - low):
        chosen[aware] = k
        aware += responsive[k] & knows[k]
    tick = today.tick
    due = 0
    review_all = today.flags & REVIEW_ALL != 0
    for j in range(aware):
        k = chosen[j]
        chosen[due] = k
        due += review_all | (learned_days[k] == tick) | review_due(tick, int64(ids[k]), p.calendar_review_days)
    if due == 0:
        return 0
    total = own_totals(desk, 0, 0, n.COUNT)
    admission = admission_at(desk.admission)
    plan_values, tables = plan_values_of(desk, 0, 0, 1), tables_of(desk, 0, 0, 1)
    incomes, tickets = int_column(desk, c.INCOME, low, high), int_column(desk, c.TICKET, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    rates, spends = float_column(desk, c.PAYMENT_RATE, low, high), float_column(desk, c.RECENT_SPEND, low, high)
    records, parts = float_column(desk, c.RECORD, low, high), float_column(desk, c.RELATIONSHIPS, low, high)
    abilities, identities = (
        float_column(desk, c.ABILITY_BASE, low, high),
        float_column(desk, c.IDENTITY_BASE, low, high),
    )
    worths, privacy = float_column(desk, c.CIRCLE_WORTH, low, high), float_column(desk, c.PRIVACY_COST, low, high)
    scores, starting = short_column(desk, c.SCORE, low, high), short_column(desk, c.STARTING_SCORE, low, high)
    beliefs, plans = byte_column(desk, c.BELIEF, low, high), byte_column(desk, c.PLAN, low, high)
    since = short_column(desk, c.ADMITTED_DAY, low, high)
    by_spend, by_repay = (
        lesson_column(desk, c.LEARNED_SPEND, low, high),
        lesson_column(desk, c.LEARNED_REPAY, low, high),
    )
    by_upload = lesson_column(desk, c.LEARNED_UPLOAD, low, high)
    owneds, declareds = byte_column(desk, c.OWNED, low, high), byte_column(desk, c.DECLARED, low, high)
    errands = count_row(desk, ERRANDS, 0, BLOCK)
    gate = GateView(
        p.gate_a,
        p.gate_b,
        p.gate_c,
        p.gate_d,
        float64(tick),
        float64(today.days_to_start),
        float64(today.days_to_end),
        float64(today.days_to_publication),
        30.0,
        p.choice_horizon,
    )
    for j in range(due):
        k = chosen[j]
        income = int64(incomes[k])
        liquidity = liquidities[k] * 0.01
        usual = float64(rates[k]) * tickets[k] * 0.01
        pace = p.choice_repay_errands * p.choice_repay_share * liquidity
        owned, declared = int64(owneds[k]), int64(declareds[k])
        starting_score = float64(starting[k])
        belief, code = belief_in(int64(beliefs[k])), rule_in(int64(beliefs[k]))
        learned_spend, learned_repay, learned_upload = 0.0, 0.0, 0.0
        if belief == LEARNED:
            learned_spend, learned_repay = float64(by_spend[k]) / MONTH, float64(by_repay[k]) / MONTH
            learned_upload = float64(by_upload[k])
        outlook = Outlook(
            belief,
            float64(scores[k]),
            p.folk_points_per_day,
            float64(spends[k]),
            usual,
            p.choice_spend_boost,
            p.forgetting_per_day,
            p.score_half_spend,
            float64(records[k]),
            debts[k] * 0.01,
            credit_limit(income, p.money_limit_months) * 0.01,
            pace,
            liquidity,
            income * 0.01 * p.spare_income_share,
            p.score_utilisation_weight,
            float64(abilities[k]),
            float64(identities[k]),
            declared,
            p.score_ability_per_asset,
            p.score_identity_per_asset,
            float64(parts[k]),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
            learned_spend,
            learned_repay,
            learned_upload,
        )
        if out_of_reach(admission, outlook, gate, starting_score, owned):
            plans[k] = REST
            continue
        costs = Costs(
            usual * p.choice_spend_boost * p.choice_spend_waste + p.choice_spend_hassle,
            pace * p.choice_repay_cost + p.choice_repay_hassle,
            float64(privacy[k]),
        )
        prize = prize_per_day(
            float64(worths[k]),
            p.gate_comment_worth,
            p.gate_worth,
            today.appeal,
            today.exclusivity,
            p.perk_per_day,
        )
        noise, _, _, _ = luck(p.seed_low, p.seed_high, PLAN, tick, int64(ids[k]), 0)
        days_since = float64(tick - since[k]) if since[k] >= 0 else -1.0
        plan = choose_plan(
            admission,
            plan_value_at(plan_values[code]),
            numbers_at(tables[code]),
            outlook,
            gate,
            Standing(starting_score, days_since),
            owned,
            prize,
            costs,
            p.choice_discount,
            p.choice_noise,
            noise,
        )
        plans[k] = plan
        if plan == UPLOAD:
            declareds[k] = nth_undeclared(owned, declared, 1)
            errands[k] += 1
            total[n.UPLOADS] += 1
    return 0


@phase
def luck_phase(desk, p, today, low, high):
    """Four words of luck for each user's visits, four more for the circle while it is open."""
    ids = int_column(desk, c.ID, low, high)
    tick, seed_low, seed_high = today.tick, p.seed_low, p.seed_high
    # Words in the order in which `sim.draws` lists them; each to the row of its kind of visit.
    words0, words1 = luck_row(desk, HABIT, 0, BLOCK), luck_row(desk, RIVAL, 0, BLOCK)
    words2, words3 = luck_row(desk, PAYMENT, 0, BLOCK), luck_row(desk, CHECK, 0, BLOCK)
    stream = VISITS
    for _ in range(2 if today.flags & CIRCLE_LIVE != 0 else 1):
        for k in range(high - low):
            w0, w1, w2, w3 = philox(int64(ids[k]), 0, tick, stream, seed_low, seed_high)
            words0[k] = w0
            words1[k] = w1
            words2[k] = w2
            words3[k] = w3
        words0, words1 = luck_row(desk, IN_CIRCLE, 0, BLOCK), luck_row(desk, LIKE_WORD, 0, BLOCK)
        words2, words3 = luck_row(desk, COMMENT_WORD, 0, BLOCK), luck_row(desk, TIP_WORD, 0, BLOCK)
        stream = CIRCLE
    return 0


@phase
def rates_phase(desk, p, today, low, high):
    """Phase acts, first part: the rate of every kind of visit in this tick."""
    days = p.tick_days
    size = high - low
    by_habit, by_payment, by_check = (
        rate_row(desk, HABIT, 0, BLOCK),
        rate_row(desk, PAYMENT, 0, BLOCK),
        rate_row(desk, CHECK, 0, BLOCK),
    )
    by_rival = rate_row(desk, RIVAL, 0, BLOCK)
    check_rate, weight, boost = p.usage_check_rate, p.usage_habit_weight, p.choice_spend_boost
    bases, habits = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.HABIT, low, high)
    payment_rates, rivals = (
        float_column(desk, c.PAYMENT_RATE, low, high),
        float_column(desk, c.RIVAL_RATE, low, high),
    )
    plans, knowing = byte_column(desk, c.PLAN, low, high), byte_column(desk, c.KNOWS, low, high)
    responsive = byte_column(desk, c.RESPONSIVE, low, high)
    for k in range(size):
        base = float64(bases[k])
        expected = expected_visits(base, float64(payment_rates[k]), check_rate)
        by_habit[k] = habit_rate(base, float64(habits[k]), expected, weight) * days
    for k in range(size):
        by_payment[k] = payments_rate(float64(payment_rates[k]), plans[k] == SPEND, boost) * days
    striving_checks = p.usage_striving_checks
    looked_up = PUBLICATION | GATE_AHEAD
    curious = p.score_matters == 1 and today.flags & looked_up == looked_up
    publication_checks = p.usage_publication_checks if curious else 1.0
    for k in range(size):
        factor = publication_checks if knowing[k] & responsive[k] == 1 else 1.0
        by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, factor) * days
    if curious and p.placebo_rules != 0:
        beliefs = byte_column(desk, c.BELIEF, low, high)
        for k in range(size):
            if (p.placebo_rules >> rule_in(int64(beliefs[k]))) & 1 != 0:
                by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, 1.0) * days
    for k in range(size):
        by_rival[k] = float64(rivals[k]) * days
    return 0


@phase
def circle_rates_phase(desk, p, today, low, high):
    """Phase acts, first part while the circle is open: circle visits, and what of the rival's visits they displace."""
    days = p.tick_days
    size = high - low
    gate_active = today.flags & GATE_ACTIVE != 0
    roles, admitted = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.ADMITTED, low, high)
    knowing, scores = byte_column(desk, c.KNOWS, low, high), short_column(desk, c.SCORE, low, high)
    bases, rivals = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.RIVAL_RATE, low, high)
    in_circle, by_rival = rate_row(desk, IN_CIRCLE, 0, BLOCK), rate_row(desk, RIVAL, 0, BLOCK)
    pulls = amount_row(desk, 0, 0, BLOCK)
    # Those who may not comment are the many under a gate; a comment's pull is worked out for the others alone.
    commenters = 0
    for k in range(size):
        pulls[k] = 0.0
        if knowing[k] == 1 and may_use(COMMENT, int64(roles[k]), gate_active, p.gate_covers, admitted[k] == 1):
            commenters += 1
            if roles[k] == SEEKER:
                answered = reply_chance(
                    float64(scores[k]),
                    p.circle_reply_low,
                    p.circle_reply_high,
                    p.circle_reply_middle,
                    p.circle_reply_width,
                )
                pulls[k] = p.circle_comment_pull * answered * today.exclusivity
    own_totals(desk, 0, 0, n.COUNT)[n.COMMENTERS] += commenters
    onlooker, seeker, poster = p.circle_onlooker_visits, p.circle_seeker_visits, p.circle_poster_visits
    pull, attention = today.pull, today.attention
    for k in range(size):
        rate = circle_rate(roles[k], float64(bases[k]), onlooker, seeker, poster, pull, pulls[k], attention)
        pulls[k] = rate if knowing[k] == 1 else 0.0
    if gate_active and (p.gate_covers & VIEW) != 0:
        for k in range(size):
            if not may_use(VIEW, int64(roles[k]), gate_active, p.gate_covers, admitted[k] == 1):
                pulls[k] = 0.0
    for k in range(size):
        in_circle[k] = pulls[k] * days
    if p.switch_attention == 1:
        minutes, budget = p.usage_circle_minutes, p.usage_attention_minutes
        for k in range(size):
            by_rival[k] = float64(rivals[k]) * (1.0 - displacement(pulls[k], minutes, budget)) * days
    return 0


@phase
def counts_phase(desk, p, today, low, high):
    """Phase acts, second part: Poisson counts by habit, payments and checks, in the circle and at the rival.

    First the usual case of a kind of visit for all users together: few visits (habit, payments), none (checks, circle:
    e**-rate is at least 1 - rate) or many (rival). The exceptions are marked, listed, and worked out together both ways;
    what is left then are tails, one by one.
    """
    size = high - low
    chosen = chosen_row(desk, 0, 0, BLOCK)
    again_rates, again_words = rate_row(desk, AGAIN, 0, BLOCK), luck_row(desk, AGAIN_WORD, 0, BLOCK)
    again = count_row(desk, AGAIN_COUNT, 0, BLOCK)
    live = today.flags & CIRCLE_LIVE != 0
    for channel in range(RIVAL + 1):
        if channel == IN_CIRCLE and not live:
            continue
        rates, counts = rate_row(desk, channel, 0, BLOCK), count_row(desk, channel, 0, BLOCK)
        words = luck_row(desk, channel, 0, BLOCK)
        if channel <= PAYMENT:
            for k in range(size):
                count = int32(poisson_if_few(rates[k], words[k]))
                counts[k] = EXCEPTION if (count == TOO_MANY) | (rates[k] >= NORMAL_RATE) else count
        elif channel <= IN_CIRCLE:
            for k in range(size):
                counts[k] = EXCEPTION if unit_single(words[k]) >= ONE - rates[k] else NONE
        else:
            for k in range(size):
                again_rates[k] = normal_between(words[k])
            for k in range(size):
                count = poisson_by_normal(max(rates[k], NORMAL_RATE), again_rates[k])
                counts[k] = EXCEPTION if in_normal_tail(words[k]) | (rates[k] < NORMAL_RATE) else count
        exceptions = 0
        for k in range(size):
            chosen[exceptions] = k
            exceptions += counts[k] < 0
        for j in range(exceptions):
            again_rates[j] = rates[chosen[j]]
            again_words[j] = words[chosen[j]]
        for j in range(exceptions):
            count = int32(poisson_if_few(again_rates[j], again_words[j]))
            again[j] = EXCEPTION if (count == TOO_MANY) | (again_rates[j] >= NORMAL_RATE) else count
        for j in range(exceptions):
            count = again[j] if again[j] >= 0 else poisson_count(again_rates[j], int64(again_words[j]))
            counts[chosen[j]] = count
    return 0


@phase
def pay_phase(desk, p, today, low, high):
    """Phase acts, third part: payments and early repayments, and the average of recent spend."""
    days, step, limit_months = p.tick_days, p.forgetting_step, p.money_limit_months
    size = high - low
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, incomes, tickets = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.TICKET, low, high),
    )
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    plans, shares = byte_column(desk, c.PLAN, low, high), byte_column(desk, c.SHOPPING_SHARE, low, high)
    by_payment, errands = count_row(desk, PAYMENT, 0, BLOCK), count_row(desk, ERRANDS, 0, BLOCK)
    outflows = amount_row(desk, 0, 0, BLOCK)
    chosen = chosen_row(desk, 0, 0, BLOCK)
    repaid_early = 0
    for k in range(size):
        outflows[k] = 0.0
    for k in range(size):
        if plans[k] == REPAY:
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, ERRAND, p.seed_low, p.seed_high)
            trips = poisson_count(float32(p.choice_repay_errands * days), word)
            errands[k] += trips
            repaid = repayment(int64(debts[k]), int64(liquidities[k]), trips, p.choice_repay_share)
            liquidities[k] -= repaid
            debts[k] -= repaid
            repaid_early += repaid
    payers = 0
    for k in range(size):
        chosen[payers] = k
        payers += by_payment[k] > 0
    sum_payments = sum_outflow = sum_passed = sum_cash = sum_credit = 0
    for j in range(payers):
        k = chosen[j]
        payments, liquidity = int64(by_payment[k]), int64(liquidities[k])
        sent = payments * int64(tickets[k])
        shopping = shopping_part(sent, int64(shares[k]))
        cash = paid_in_cash(shopping, liquidity)
        credit = 0
        if cash < shopping:
            debt = int64(debts[k])
            credit = charged(shopping, cash, debt, credit_limit(int64(incomes[k]), limit_months))
            debts[k] = debt + credit
        liquidities[k] = liquidity - cash
        outflow = sent - shopping + cash + credit
        outflows[k] = outflow
        sum_payments += payments
        sum_outflow += outflow
        sum_passed += sent - shopping
        sum_cash += cash
        sum_credit += credit
    recent = float_column(desk, c.RECENT_SPEND, low, high)
    for k in range(size):
        recent[k] = spend_after(float64(recent[k]), outflows[k], days, step)
    total[n.REPAID_EARLY_FEN] += repaid_early
    total[n.PAYMENTS] += sum_payments
    total[n.OUTFLOW_FEN] += sum_outflow
    total[n.PASSED_ON_FEN] += sum_passed
    total[n.CASH_FEN] += sum_cash
    total[n.CHARGED_FEN] += sum_credit
    return 0


@phase
def circle_acts_phase(desk, p, today, low, high):
    """Phase acts, fourth part: yesterday's tips handed out, likes, comments and tips given, posts made."""
    total = own_totals(desk, 0, 0, n.COUNT)
    roles, posts_made = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.POSTS, low, high)
    admits, knows = byte_column(desk, c.ADMITTED, low, high), byte_column(desk, c.KNOWS, low, high)
    ids, liquidities = int_column(desk, c.ID, low, high), int_column(desk, c.LIQUIDITY, low, high)
    in_circle = count_row(desk, IN_CIRCLE, 0, BLOCK)
    likes, comments, tips = (
        luck_row(desk, LIKE_WORD, 0, BLOCK),
        luck_row(desk, COMMENT_WORD, 0, BLOCK),
        luck_row(desk, TIP_WORD, 0, BLOCK),
    )
    chosen = chosen_row(desk, 0, 0, BLOCK)
    live, gate_active = today.flags & CIRCLE_LIVE != 0, today.flags & GATE_ACTIVE != 0
    if not live:
        for k in range(high - low):
            in_circle[k] = 0
    present = 0
    for k in range(high - low):
        chosen[present] = k
        present += (in_circle[k] != 0) | (roles[k] == POSTER)
    for j in range(present):
        k = chosen[j]
        role, visits, posted = int64(roles[k]), int64(in_circle[k]), int64(posts_made[k])
        if posted > 0:
            received = posted * today.tip_each
            liquidities[k] += received
            total[n.TIPS_RECEIVED_FEN] += received
            posts_made[k] = 0
        if visits > 0:
            admitted = admits[k] == 1
            # Most give none, which needs no more: e**-rate is at least 1 - rate.
            rate = float32(visits * p.circle_like_rate)
            if unit_single(likes[k]) >= ONE - rate and may_use(LIKE, role, gate_active, p.gate_covers, admitted):
                total[n.LIKES] += poisson_count(rate, int64(likes[k]))
            rate = float32(visits * p.circle_comment_rate)
            if unit_single(comments[k]) >= ONE - rate and may_use(COMMENT, role, gate_active, p.gate_covers, admitted):
                total[n.COMMENTS] += poisson_count(rate, int64(comments[k]))
            if may_use(TIP, role, gate_active, p.gate_covers, admitted) and happens(
                visits * p.circle_tip_rate, unit(int64(tips[k]))
            ):
                _, u_tip, _, _ = luck(p.seed_low, p.seed_high, POST, today.tick, int64(ids[k]), 0)
                liquidity = int64(liquidities[k])
                tip = min(tip_amount(u_tip, p.tip_most_fen, p.circle_tip_skew), liquidity)
                liquidities[k] = liquidity - tip
                total[n.TIPS] += 1
                total[n.TIPS_FEN] += tip
        may_post = role == POSTER and may_use(POSTING, role, gate_active, p.gate_covers, admits[k] == 1)
        if live and may_post and knows[k] == 1:
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, POST, p.seed_low, p.seed_high)
            posts = min(poisson_count(float32(p.circle_post_rate * today.motivation * p.tick_days), word), 255)
            posts_made[k] = posts
            total[n.POSTED] += posts
    return 0


@phase
def visits_phase(desk, p, today, low, high):
    """Phase acts, last part: the visits made, the habit that they leave, and the totals."""
    days, step = p.tick_days, p.habit_step
    size = high - low
    habits, payments, checks = (
        count_row(desk, HABIT, 0, BLOCK),
        count_row(desk, PAYMENT, 0, BLOCK),
        count_row(desk, CHECK, 0, BLOCK),
    )
    in_circle, by_rival, errands = (
        count_row(desk, IN_CIRCLE, 0, BLOCK),
        count_row(desk, RIVAL, 0, BLOCK),
        count_row(desk, ERRANDS, 0, BLOCK),
    )
    visits = count_row(desk, VISITS_TODAY, 0, BLOCK)
    for k in range(size):
        visits[k] = habits[k] + payments[k] + checks[k] + errands[k] + in_circle[k]
    sum_habit = sum_payment = sum_check = sum_credit = sum_circle = sum_rival = 0
    active = rival_active = 0
    for k in range(size):
        sum_habit += habits[k]
        sum_payment += payments[k]
        sum_check += checks[k]
        sum_credit += errands[k]
        sum_circle += in_circle[k]
        sum_rival += by_rival[k]
    for k in range(size):
        active += visits[k] > 0
        rival_active += by_rival[k] > 0
    habit = float_column(desk, c.HABIT, low, high)
    for k in range(size):
        habit[k] = habit_after(float64(habit[k]), float64(visits[k]), days, step)
    made, last = int_column(desk, c.VISITS_MADE, low, high), short_column(desk, c.LAST_VISIT_DAY, low, high)
    today_short, never = int16(today.tick), int16(-1)
    for k in range(size):
        made[k] += visits[k]
    for k in range(size):
        last[k] = max(last[k], today_short if visits[k] > 0 else never)
    for k in range(size):
        errands[k] = 0
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.VISITS_HABIT] += sum_habit
    total[n.VISITS_PAYMENT] += sum_payment
    total[n.VISITS_SCORE] += sum_check
    total[n.VISITS_CREDIT] += sum_credit
    total[n.VISITS_CIRCLE] += sum_circle
    total[n.VISITS_RIVAL] += sum_rival
    total[n.ACTIVE] += active
    total[n.RIVAL_ACTIVE] += rival_active
    return 0


@phase
def stocks_phase(desk, p, today, low, high):
    """The totals that count users in a state, and their money, at the end of the tick."""
    size = high - low
    knows, admits, plans = (
        byte_column(desk, c.KNOWS, low, high),
        byte_column(desk, c.ADMITTED, low, high),
        byte_column(desk, c.PLAN, low, high),
    )
    scores, last = short_column(desk, c.SCORE, low, high), short_column(desk, c.LAST_VISIT_DAY, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    knowing = admitted = active = points = high_scores = spending = repaying = uploading = liquidity = debt = 0
    since = int16(max(today.tick - 30, -1))
    for k in range(size):
        knowing += int64(knows[k])
        admitted += int64(admits[k])
        spending += plans[k] == SPEND
        repaying += plans[k] == REPAY
        uploading += plans[k] == UPLOAD
    for k in range(size):
        points += int64(scores[k])
        high_scores += scores[k] >= 750
        active += last[k] > since
    for k in range(size):
        liquidity += int64(liquidities[k])
        debt += int64(debts[k])
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.KNOWING] += knowing
    total[n.ADMITTED_USERS] += admitted
    total[n.ACTIVE_30] += active
    total[n.SCORE_POINTS] += points
    total[n.SCORE_750] += high_scores
    total[n.SPENDING] += spending
    total[n.REPAYING] += repaying
    total[n.UPLOADING] += uploading
    total[n.RESTING] += size - spending - repaying - uploading
    total[n.LIQUIDITY_FEN] += liquidity
    total[n.DEBT_FEN] += debt
    return 0


@phase
def tell_phase(desk, p, today, low, high):
    """Phase tell: those who learned tell their contacts, as far as these sit in places low to high."""
    starts, others = starts_of(desk, 0, 0, 1), others_of(desk, 0, 0, 1)
    known_contacts = short_column(desk, c.KNOWN_CONTACTS, 0, desk.users)
    blocks = (desk.users + BLOCK - 1) // BLOCK
    counts = learned_counts_of(desk, 0, 0, blocks)
    for block in range(blocks):
        learned = learned_of(desk, 0, block * BLOCK, (block + 1) * BLOCK)
        for k in range(counts[block]):
            user = learned[k]
            for e in range(starts[user], starts[user + 1]):
                other = others[e]
                if low <= other < high:
                    known_contacts[other] += 1
    return 0


ALWAYS = 1 << 20
NO_GATE_AHEAD = 1 << 21
LESSON = 1 << 22
LESSON_LEARNED = 1 << 23
"""Flags of a day besides those of the calendar."""

BLOCK_PHASES = (
    (STATEMENT_DAY, statement_phase),
    (PUBLICATION, publication_phase),
    (LESSON_LEARNED, experience_phase),
    (GATE_DAY, admission_phase),
    (KNOWN_ABOUT, learning_phase),
    (GATE_AHEAD, review_phase),
    (NO_GATE_AHEAD, rest_phase),
    (LESSON, practice_phase),
    (ALWAYS, luck_phase),
    (ALWAYS, rates_phase),
    (CIRCLE_LIVE, circle_rates_phase),
    (ALWAYS, counts_phase),
    (ALWAYS, pay_phase),
    (ALWAYS, circle_acts_phase),
    (ALWAYS, visits_phase),
    (ALWAYS, stocks_phase),
)
"""What is done with a block of users, in order, each on the days with its flag."""
