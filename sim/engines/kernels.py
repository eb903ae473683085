"""The compiled phases of a tick: each a loop over the users low to high (excluded), calling the rules of the model.

Every phase has the same shape, `phase(desk, p, today, low, high)`: see `sim.engines.memory`. Sub-score arithmetic is in
double precision; columns are stored in single. Loops are short and over few arrays each, so that the compiler can rule out
overlap and work out several users at once; where a phase concerns few users, their places are listed first without a
branch, which no processor could foresee.
"""

from numpy import float32, float64, int16, int32, int64

from sim.draws import CIRCLE, ERRAND, GATE, LEARN, PLAN, POST, SCORE, STATEMENT, VISITS, fifth, luck, philox, unit
from sim.engines.compiled import RULE_KINDS, phase, use_rules
from sim.engines.flags import flagged, negative
from sim.engines.layout import ANSWERS, BLOCK
from sim.engines.memory import (
    answers_of,
    byte_column,
    chosen_row,
    count_row,
    flag_row,
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
    PUBLICATION_DAY,
    REVIEW_ALL,
)
from sim.model.choice.mixture import belief_in, rule_in
from sim.model.choice.review import (
    Costs,
    Standing,
    choose_plan,
    gate_view,
    out_of_reach,
    prizes_per_day,
    review_due,
    total_prize,
)
from sim.model.circle import acting_role, circle_rate, circle_today, may_use, noticed_rate, open_groups, tip_amount
from sim.model.clock import active_days
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
from sim.model.gates.entry import invitation_order, levels_of, offer, opened
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
    LOWEST,
    behaviour,
    history,
    published_score,
    raised,
    raw_score,
    record_after_statement,
    relationships,
    utilisation,
)
from sim.model.states import (
    COMMENT,
    ENTERED,
    INVITED,
    LEARNED,
    LIKE,
    POSTER,
    POSTING,
    REPAY,
    REST,
    ROLE,
    SEEKER,
    SPEND,
    TIP,
    UPLOAD,
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

use_rules()

admission_at = function_at(RULE_KINDS["admission"])
plan_value_at = function_at(RULE_KINDS["plan_value"])

# Rows of the scratch arrays of a block: rates, counts and words of luck of the kinds of visits, and others.
HABIT, PAYMENT, CHECK, IN_CIRCLE, RIVAL, AGAIN = range(6)
ERRANDS, VISITS_TODAY, AGAIN_COUNT = 5, 6, 7
UNKNOWN = int32(-1)
"""Counts in 32 bits throughout, so that eight fit where four would."""
ZERO = float32(0.0)
NO_CONTACT = (1 << 63) - 1
"""Above every order of invitation."""
LIKE_WORD, COMMENT_WORD, TIP_WORD, AMOUNT_WORD, AGAIN_WORD = 5, 6, 7, 8, 9


@phase
def circle_phase(desk, p, today, low, high):
    """Phase circle: the circle's state from the last day's totals; the last tick's tips shared out among its posts."""
    today.active_days = active_days(p, today.tick)
    today.open_groups = open_groups(p, today.tick)
    before = totals_of(desk, today.tick, 0, n.COUNT)
    today.escrow += before[n.TIPS_FEN] - before[n.TIPS_RECEIVED_FEN]
    today.tip_each = today.escrow // before[n.POSTED] if before[n.POSTED] > 0 else 0
    posts = reactions = 0
    for back in range(min(p.ticks_per_day, today.tick)):
        row = totals_of(desk, today.tick - back, 0, n.COUNT)
        posts += row[n.POSTED]
        reactions += row[n.LIKES] + row[n.COMMENTS] + row[n.TIPS]
    motivation, appeal, pull, attention, exclusive = p.circle_first_motivation, 0.0, 0.0, 0.0, 1.0
    if today.flags & CIRCLE_LIVE != 0:
        motivation, appeal, pull, attention, exclusive = circle_today(
            p,
            today.ticks_open * p.tick_days,
            today.motivation,
            posts,
            reactions,
            before[n.KNOWING],
            before[n.COMMENTERS],
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
    """Phase admission: everybody on a day of the gate; on others, at a gate with a door, those who may have come to it."""
    size = high - low
    ids, liquidities = int_column(desk, c.ID, low, high), int_column(desk, c.LIQUIDITY, low, high)
    scores, starting = short_column(desk, c.SCORE, low, high), short_column(desk, c.STARTING_SCORE, low, high)
    since, admits = short_column(desk, c.ADMITTED_DAY, low, high), byte_column(desk, c.ADMITTED, low, high)
    responsive, knows = byte_column(desk, c.RESPONSIVE, low, high), byte_column(desk, c.KNOWS, low, high)
    worths, beliefs = float_column(desk, c.CIRCLE_WORTH, low, high), byte_column(desk, c.BELIEF, low, high)
    if today.flags & GATE_ACTIVE == 0:
        for k in range(size):
            admits[k] = 0
        return 0
    admission = admission_at(desk.admission)
    everybody, sells, tick = today.flags & GATE_DAY != 0, p.gate_sells != 0, today.tick
    day, days_to_end = (tick - p.gate_start) * p.tick_days, today.ticks_to_end * p.tick_days
    levels, count = levels_of(p), p.gate_levels
    chosen = chosen_row(desk, 0, 0, BLOCK)
    facing = 0
    if everybody:
        for k in range(size):
            chosen[facing] = k
            facing += 0 if sells & (admits[k] & ENTERED != 0) else 1
    else:
        outside = 0
        for k in range(size):
            chosen[outside] = k
            invited, interested = admits[k] & INVITED != 0, sells & (knows[k] & responsive[k] == 1)
            outside += (admits[k] & ENTERED == 0) & (invited | interested)
        for j in range(outside):
            k = chosen[j]
            chosen[facing] = k
            facing += (admits[k] & INVITED != 0) | review_due(tick, int64(ids[k]), p.review_ticks)
    newly = fees = 0
    for j in range(facing):
        k = chosen[j]
        invited, entered = int64(admits[k]) & INVITED, int64(admits[k]) & ENTERED
        offered = 0.0
        if sells and knows[k] & responsive[k] == 1:
            prize = total_prize(prizes_per_day(p, float64(worths[k]), today.appeal, today.exclusivity))
            strives = (p.placebo_rules >> rule_in(int64(beliefs[k]))) & 1 == 0
            offered = offer(strives, days_to_end, prize, int64(liquidities[k]), p.choice_discount)
        standing, _, _, _ = luck(p.seed_low, p.seed_high, GATE, 0, int64(ids[k]), 0)
        flags = opened(
            admission,
            levels,
            count,
            standing,
            float64(scores[k]),
            float64(starting[k]),
            day,
            1.0 if invited != 0 else 0.0,
            offered,
            today.cutoff,
            today.tie,
        )
        admits[k] = flags | invited
        if flags & ENTERED != 0 and entered == 0:
            fee = min(p.gate_fee, int64(liquidities[k]))
            liquidities[k] -= fee
            fees += fee
            if since[k] < 0:
                since[k] = tick
                newly += 1
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.NEWLY_ADMITTED] += newly
    total[n.FEES_FEN] += fees
    return 0


@phase
def learning_phase(desk, p, today, low, high):
    """Phase learning: who learned is written to the list of the block, how many to its count."""
    ids, knows = int_column(desk, c.ID, low, high), byte_column(desk, c.KNOWS, low, high)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(high - low):
        flags[k] = knows[k] == 0
    ignorant = flagged(flags, high - low, chosen)
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
        if p.switch_awareness == 0 or happens(hazard * today.active_days, unit(int64(words[j]))):
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
    """Phase review while a gate is ahead; at one that does not reward the score nobody has anything to weigh."""
    if p.gate_rewards_score == 0:
        return 0
    ids, learned_days = int_column(desk, c.ID, low, high), short_column(desk, c.LEARNED_DAY, low, high)
    responsive, knows = byte_column(desk, c.RESPONSIVE, low, high), byte_column(desk, c.KNOWS, low, high)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(high - low):
        flags[k] = responsive[k] & knows[k]
    aware = flagged(flags, high - low, chosen)
    tick = today.tick
    due = 0
    review_all = today.flags & REVIEW_ALL != 0
    for j in range(aware):
        k = chosen[j]
        chosen[due] = k
        due += review_all | (learned_days[k] == tick) | review_due(tick, int64(ids[k]), p.review_ticks)
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
    gate = gate_view(
        p, tick, today.cutoff, today.tie, today.ticks_to_start, today.ticks_to_end, today.ticks_to_publication
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
        prizes = prizes_per_day(p, float64(worths[k]), today.appeal, today.exclusivity)
        noise, _, _, _ = luck(p.seed_low, p.seed_high, PLAN, tick, int64(ids[k]), 0)
        days_since = (tick - since[k]) * p.tick_days if since[k] >= 0 else -1.0
        plan = choose_plan(
            admission,
            plan_value_at(plan_values[code]),
            numbers_at(tables[code]),
            outlook,
            gate,
            Standing(starting_score, days_since),
            owned,
            prizes,
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
    """Words of luck for each user's visits, each to the row of its kind of visit."""
    ids = int_column(desk, c.ID, low, high)
    tick, seed_low, seed_high = today.tick, p.seed_low, p.seed_high
    habits, rivals, payments, checks, in_circle = (
        luck_row(desk, HABIT, 0, BLOCK),
        luck_row(desk, RIVAL, 0, BLOCK),
        luck_row(desk, PAYMENT, 0, BLOCK),
        luck_row(desk, CHECK, 0, BLOCK),
        luck_row(desk, IN_CIRCLE, 0, BLOCK),
    )
    for k in range(high - low):
        w0, w1, w2, w3 = philox(int64(ids[k]), 0, tick, VISITS, seed_low, seed_high)
        habits[k] = w0
        rivals[k] = w1
        payments[k] = w2
        checks[k] = w3
    for k in range(high - low):
        in_circle[k] = fifth(habits[k], rivals[k], payments[k])
    return 0


@phase
def rates_phase(desk, p, today, low, high):
    """Phase acts, first part: the rate of every kind of visit in this tick."""
    days = float32(today.active_days)
    size = high - low
    by_habit, by_payment, by_check = (
        rate_row(desk, HABIT, 0, BLOCK),
        rate_row(desk, PAYMENT, 0, BLOCK),
        rate_row(desk, CHECK, 0, BLOCK),
    )
    by_rival = rate_row(desk, RIVAL, 0, BLOCK)
    check_rate, weight = float32(p.usage_check_rate), float32(p.usage_habit_weight)
    boost = float32(p.choice_spend_boost)
    bases, habits = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.HABIT, low, high)
    payment_rates, rivals = (
        float_column(desk, c.PAYMENT_RATE, low, high),
        float_column(desk, c.RIVAL_RATE, low, high),
    )
    plans, knowing = byte_column(desk, c.PLAN, low, high), byte_column(desk, c.KNOWS, low, high)
    responsive = byte_column(desk, c.RESPONSIVE, low, high)
    for k in range(size):
        expected = expected_visits(bases[k], payment_rates[k], check_rate)
        by_habit[k] = habit_rate(bases[k], habits[k], expected, weight) * days
    for k in range(size):
        by_payment[k] = payments_rate(payment_rates[k], plans[k] == SPEND, boost) * days
    striving_checks = float32(p.usage_striving_checks)
    looked_up = PUBLICATION_DAY | GATE_AHEAD
    curious = p.score_matters == 1 and today.flags & looked_up == looked_up
    publication_checks = float32(p.usage_publication_checks) if curious else ONE
    for k in range(size):
        factor = publication_checks if knowing[k] & responsive[k] == 1 else ONE
        by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, factor) * days
    if curious and p.placebo_rules != 0:
        beliefs = byte_column(desk, c.BELIEF, low, high)
        for k in range(size):
            if (p.placebo_rules >> rule_in(int64(beliefs[k]))) & 1 != 0:
                by_check[k] = checks_rate(check_rate, plans[k] != REST, striving_checks, 1.0) * days
    for k in range(size):
        by_rival[k] = rivals[k] * days
    return 0


@phase
def circle_rates_phase(desk, p, today, low, high):
    """Phase acts, first part while the circle is open: circle visits, and what of the rival's visits they displace."""
    days = float32(today.active_days)
    size = high - low
    gate_active = today.flags & GATE_ACTIVE != 0
    roles, admitted = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.ADMITTED, low, high)
    knowing, scores = byte_column(desk, c.KNOWS, low, high), short_column(desk, c.SCORE, low, high)
    bases, rivals = float_column(desk, c.BASE_VISITS, low, high), float_column(desk, c.RIVAL_RATE, low, high)
    in_circle, by_rival = rate_row(desk, IN_CIRCLE, 0, BLOCK), rate_row(desk, RIVAL, 0, BLOCK)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    answers = answers_of(desk, 0, 0, ANSWERS)
    acting, groups = chosen_row(desk, 1, 0, BLOCK), int32(today.open_groups)
    for k in range(size):
        acting[k] = acting_role(int32(roles[k]), groups)
    onlooker = float32(p.circle_onlooker_visits * today.pull)
    seeker = float32(p.circle_seeker_visits * today.pull)
    poster = float32(p.circle_poster_visits * today.pull * (1.0 + today.attention))
    for k in range(size):
        rate = circle_rate(acting[k], bases[k], onlooker, seeker, poster)
        in_circle[k] = rate if knowing[k] == 1 else ZERO
    # Those who may not comment are the many under a gate; a comment's pull is worked out for the others alone.
    commenters = 0
    needed = p.gate_covers & (COMMENT | VIEW) if gate_active else 0
    for k in range(size):
        flags[k] = knowing[k] & ((acting[k] == POSTER) | ((needed & ~int64(admitted[k])) == 0))
        commenters += flags[k]
    for k in range(size):
        flags[k] &= acting[k] == SEEKER
    comment_pull = float32(p.circle_comment_pull * today.exclusivity)
    for j in range(flagged(flags, size, chosen)):
        k = chosen[j]
        in_circle[k] = noticed_rate(in_circle[k], answers[scores[k] - LOWEST], comment_pull)
    own_totals(desk, 0, 0, n.COUNT)[n.COMMENTERS] += commenters
    if gate_active and (p.gate_covers & VIEW) != 0:
        for k in range(size):
            if not may_use(VIEW, int64(acting[k]), gate_active, p.gate_covers, int64(admitted[k])):
                in_circle[k] = ZERO
    if p.switch_attention == 1:
        minutes, budget = float32(p.usage_circle_minutes), float32(p.usage_attention_minutes)
        for k in range(size):
            by_rival[k] = rivals[k] * (ONE - displacement(in_circle[k], minutes, budget)) * days
    for k in range(size):
        in_circle[k] *= days
    return 0


@phase
def counts_phase(desk, p, today, low, high):
    """Phase acts, second part: Poisson counts by habit, payments and checks, in the circle and at the rival.

    First the usual case of a kind of visit for all users together: few visits (habit, payments), none (checks, circle:
    e**-rate is at least 1 - rate) or many (rival). The exceptions are marked, listed, and worked out together the
    other way; what is left then are tails, one by one.
    """
    size, chosen = high - low, chosen_row(desk, 0, 0, BLOCK)
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
                counts[k] = UNKNOWN if (count == int32(FEW)) | (rates[k] >= NORMAL_RATE) else count
        elif channel <= IN_CIRCLE:
            for k in range(size):
                counts[k] = UNKNOWN if unit_single(words[k]) >= ONE - rates[k] else int32(0)
        else:
            for k in range(size):
                again_rates[k] = normal_between(words[k])
            for k in range(size):
                count = poisson_by_normal(max(rates[k], NORMAL_RATE), again_rates[k])
                counts[k] = UNKNOWN if in_normal_tail(words[k]) | (rates[k] < NORMAL_RATE) else count
        exceptions = negative(counts, size, chosen)
        for j in range(exceptions):
            again_rates[j] = rates[chosen[j]]
            again_words[j] = words[chosen[j]]
        # Next, the likeliest reason for an exception: many visits by habit, few in the circle or at the rival.
        if channel <= PAYMENT:
            for j in range(exceptions):
                count = poisson_by_normal(max(again_rates[j], NORMAL_RATE), normal_between(again_words[j]))
                again[j] = UNKNOWN if in_normal_tail(again_words[j]) | (again_rates[j] < NORMAL_RATE) else count
        else:
            for j in range(exceptions):
                count = int32(poisson_if_few(again_rates[j], again_words[j]))
                again[j] = UNKNOWN if (count == int32(FEW)) | (again_rates[j] >= NORMAL_RATE) else count
        for j in range(exceptions):
            count = again[j] if again[j] >= 0 else poisson_count(again_rates[j], int64(again_words[j]))
            counts[chosen[j]] = count
    return 0


@phase
def pay_phase(desk, p, today, low, high):
    """Phase acts, third part: payments and early repayments, and the average of recent spend."""
    days, step, limit_months = float32(p.tick_days), float32(p.forgetting_step), p.money_limit_months
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
    outflows = rate_row(desk, AGAIN, 0, BLOCK)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    repaid_early = repaying = 0
    for k in range(size):
        outflows[k] = ZERO
        repaying += plans[k] == REPAY
    for k in range(size if repaying > 0 else 0):
        if plans[k] == REPAY:
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, ERRAND, p.seed_low, p.seed_high)
            trips = poisson_count(float32(p.choice_repay_errands * today.active_days), word)
            errands[k] += trips
            repaid = repayment(int64(debts[k]), int64(liquidities[k]), trips, p.choice_repay_share)
            liquidities[k] -= repaid
            debts[k] -= repaid
            repaid_early += repaid
    for k in range(size):
        flags[k] = by_payment[k] > 0
    payers = flagged(flags, size, chosen)
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
        outflows[k] = float32(outflow)
        sum_payments += payments
        sum_outflow += outflow
        sum_passed += sent - shopping
        sum_cash += cash
        sum_credit += credit
    recent = float_column(desk, c.RECENT_SPEND, low, high)
    for k in range(size):
        recent[k] = spend_after(recent[k], outflows[k], days, step)
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
    size = high - low
    roles, posts_made = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.POSTS, low, high)
    admits, knows = byte_column(desk, c.ADMITTED, low, high), byte_column(desk, c.KNOWS, low, high)
    ids, liquidities = int_column(desk, c.ID, low, high), int_column(desk, c.LIQUIDITY, low, high)
    in_circle = count_row(desk, IN_CIRCLE, 0, BLOCK)
    live, gate_active = today.flags & CIRCLE_LIVE != 0, today.flags & GATE_ACTIVE != 0
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(size):
        flags[k] = (posts_made[k] != 0) | (live & (roles[k] & ROLE == POSTER) & (knows[k] == 1))
    for j in range(flagged(flags, size, chosen)):
        k = chosen[j]
        received = int64(posts_made[k]) * today.tip_each
        liquidities[k] += received
        total[n.TIPS_RECEIVED_FEN] += received
        posts_made[k] = 0
        role = acting_role(int64(roles[k]), today.open_groups)
        if live and may_use(POSTING, role, gate_active, p.gate_covers, int64(admits[k])):
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, POST, p.seed_low, p.seed_high)
            posts = min(poisson_count(float32(p.circle_post_rate * today.motivation * today.active_days), word), 255)
            posts_made[k] = posts
            total[n.POSTED] += posts
    if not live:
        for k in range(size):
            in_circle[k] = 0
        return 0
    likes, comments, tips, amounts = (
        luck_row(desk, LIKE_WORD, 0, BLOCK),
        luck_row(desk, COMMENT_WORD, 0, BLOCK),
        luck_row(desk, TIP_WORD, 0, BLOCK),
        luck_row(desk, AMOUNT_WORD, 0, BLOCK),
    )
    places, visits, allowed = chosen, count_row(desk, AGAIN_COUNT, 0, BLOCK), chosen_row(desk, 1, 0, BLOCK)
    for k in range(size):
        flags[k] = in_circle[k] != 0
    visitors = flagged(flags, size, places)
    for j in range(visitors):
        k = places[j]
        likes[j] = ids[k]
        visits[j] = in_circle[k]
        roles[k] |= VIEWED
        role, admitted = acting_role(int64(roles[k]), today.open_groups), int64(admits[k])
        allowed[j] = (
            LIKE * may_use(LIKE, role, gate_active, p.gate_covers, admitted)
            + COMMENT * may_use(COMMENT, role, gate_active, p.gate_covers, admitted)
            + TIP * may_use(TIP, role, gate_active, p.gate_covers, admitted)
        )
    for j in range(visitors):
        w0, w1, w2, w3 = philox(int64(likes[j]), 0, today.tick, CIRCLE, p.seed_low, p.seed_high)
        likes[j] = w0
        comments[j] = w1
        tips[j] = w2
        amounts[j] = w3
    like_rate, comment_rate = float32(p.circle_like_rate), float32(p.circle_comment_rate)
    tip_rate = float32(p.circle_tip_rate)
    sum_likes = sum_comments = 0
    for j in range(visitors):
        rate = float32(visits[j]) * like_rate if allowed[j] & LIKE != 0 else ZERO
        count = int32(poisson_if_few(rate, likes[j]))
        usual = (count < int32(FEW)) & (rate < NORMAL_RATE)
        flags[j] = not usual
        sum_likes += count if usual else 0
    for j in range(visitors):
        rate = float32(visits[j]) * comment_rate if allowed[j] & COMMENT != 0 else ZERO
        count = int32(poisson_if_few(rate, comments[j]))
        usual = (count < int32(FEW)) & (rate < NORMAL_RATE)
        flags[j] |= 0 if usual else 2
        sum_comments += count if usual else 0
    for j in range(visitors):
        tipping = unit_single(tips[j]) >= ONE - float32(visits[j]) * tip_rate
        flags[j] |= 4 if tipping & (allowed[j] & TIP != 0) else 0
    unusual = luck_row(desk, AGAIN_WORD, 0, BLOCK)
    for i in range(flagged(flags, visitors, unusual)):
        j = int64(unusual[i])
        k, many = places[j], float32(visits[j])
        if flags[j] & 1 != 0:
            sum_likes += poisson_count(many * like_rate, int64(likes[j]))
        if flags[j] & 2 != 0:
            sum_comments += poisson_count(many * comment_rate, int64(comments[j]))
        if flags[j] & 4 != 0 and poisson_count(many * tip_rate, int64(tips[j])) > 0:
            liquidity = int64(liquidities[k])
            tip = min(tip_amount(unit(int64(amounts[j])), p.tip_most_fen, p.circle_tip_skew), liquidity)
            liquidities[k] = liquidity - tip
            total[n.TIPS] += 1
            total[n.TIPS_FEN] += tip
    total[n.LIKES] += sum_likes
    total[n.COMMENTS] += sum_comments
    return 0


@phase
def visits_phase(desk, p, today, low, high):
    """Phase acts, last part: the visits made, the habit that they leave, and the totals."""
    days, step = float32(p.tick_days), float32(p.habit_step)
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
    if p.switch_feed == 0:
        for k in range(size):
            in_circle[k] = 0
    for k in range(size):
        visits[k] = habits[k] + payments[k] + checks[k] + errands[k] + in_circle[k]
    sum_habit = sum_payment = sum_check = sum_credit = sum_circle = sum_rival = 0
    rival_active = 0
    for k in range(size):
        sum_habit += habits[k]
        sum_payment += payments[k]
        sum_check += checks[k]
        sum_credit += errands[k]
        sum_circle += in_circle[k]
        sum_rival += by_rival[k]
    for k in range(size):
        rival_active += by_rival[k] > 0
    habit = float_column(desk, c.HABIT, low, high)
    for k in range(size):
        habit[k] = habit_after(habit[k], float32(visits[k]), days, step)
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
    total[n.RIVAL_ACTIVE] += rival_active
    return 0


@phase
def stocks_phase(desk, p, today, low, high):
    """The totals that count users in a state, and their money, at the end of the tick."""
    size = high - low
    knows, admits, plans, roles = (
        byte_column(desk, c.KNOWS, low, high),
        byte_column(desk, c.ADMITTED, low, high),
        byte_column(desk, c.PLAN, low, high),
        byte_column(desk, c.ROLE, low, high),
    )
    scores, last = short_column(desk, c.SCORE, low, high), short_column(desk, c.LAST_VISIT_DAY, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    knowing = viewers = admitted = active = active_30 = points = high_scores = 0
    spending = repaying = uploading = liquidity = debt = 0
    day_ago, month_ago = int16(max(today.tick - p.ticks_per_day, -1)), int16(max(today.tick - p.month_ticks, -1))
    for k in range(size):
        knowing += int64(knows[k])
        viewers += roles[k] >= VIEWED
        admitted += admits[k] & ENTERED != 0
        spending += plans[k] == SPEND
        repaying += plans[k] == REPAY
        uploading += plans[k] == UPLOAD
    for k in range(size):
        points += int64(scores[k])
        high_scores += scores[k] >= 750
        active += last[k] > day_ago
        active_30 += last[k] > month_ago
    for k in range(size):
        liquidity += int64(liquidities[k])
        debt += int64(debts[k])
    total = own_totals(desk, 0, 0, n.COUNT)
    total[n.KNOWING] += knowing
    total[n.ADMITTED_USERS] += admitted
    total[n.ACTIVE] += active
    total[n.ACTIVE_30] += active_30
    total[n.VIEWERS] += viewers
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
    if p.gate_invitations == 0 or today.flags & GATE_ACTIVE == 0:
        return 0
    # Those who are in and know invite once: on the day of whichever came later.
    ids, admits = int_column(desk, c.ID, 0, desk.users), byte_column(desk, c.ADMITTED, 0, desk.users)
    since, days_learned = (
        short_column(desk, c.ADMITTED_DAY, 0, desk.users),
        short_column(desk, c.LEARNED_DAY, 0, desk.users),
    )
    knows, tick = byte_column(desk, c.KNOWS, 0, desk.users), today.tick
    for user in range(desk.users):
        if (since[user] != tick and days_learned[user] != tick) or knows[user] == 0 or admits[user] & ENTERED == 0:
            continue
        who, last = int64(ids[user]), int64(-1)
        for _ in range(p.gate_invitations):
            best, place = NO_CONTACT, -1
            for e in range(starts[user], starts[user + 1]):
                order = invitation_order(p, who, int64(ids[others[e]]))
                if last < order < best:
                    best, place = order, others[e]
            if place < 0:
                break
            last = best
            if low <= place < high:
                admits[place] |= INVITED
    return 0
