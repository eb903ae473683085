"""Day 0 in compiled code: the people and their contacts."""

from numpy import float64, int64, uint8

from sim.draws import STATEMENT, philox, unit
from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    account_column,
    byte_column,
    chosen_row,
    count_row,
    cuts_of,
    double_row,
    far_counts_of,
    far_starts_of,
    flag_row,
    float_column,
    int_column,
    short_column,
    sources_of,
    targets_of,
)
from sim.model import columns as c
from sim.model.choice.mixture import MOST_RULES, rule_luck, with_rule
from sim.model.contacts import far_contact, far_contacts_named
from sim.model.credit import line_target
from sim.model.money import buffer_months, living_shock
from sim.model.numerics import central_normal, is_central, standard_normal
from sim.model.population import (
    assets_of,
    cash_before,
    income_of,
    month_before,
    record_known,
    seen_of,
    shopping_of_month,
    spending_of,
    traits_of,
    true_ability_of,
    visits_of,
    wealth_factor,
)
from sim.model.usage import expected_visits

use_rules()

NORMAL, SHOCK, UNIFORM, BUFFER, RECORD = range(5)


@phase
def people_phase(desk, p, today, low, high):
    """Users low to high as they are on day 0; their ids are in place already."""
    id_ = int_column(desk, c.ID, low, high)
    payment_rate_ = float_column(desk, c.PAYMENT_RATE, low, high)
    base_visits_ = float_column(desk, c.BASE_VISITS, low, high)
    rival_rate_ = float_column(desk, c.RIVAL_RATE, low, high)
    true_ability_ = float_column(desk, c.TRUE_ABILITY, low, high)
    ability_base_ = float_column(desk, c.ABILITY_BASE, low, high)
    identity_base_ = float_column(desk, c.IDENTITY_BASE, low, high)
    circle_worth_ = float_column(desk, c.CIRCLE_WORTH, low, high)
    privacy_cost_ = float_column(desk, c.PRIVACY_COST, low, high)
    income_ = int_column(desk, c.INCOME, low, high)
    ticket_ = int_column(desk, c.TICKET, low, high)
    shopping_share_ = byte_column(desk, c.SHOPPING_SHARE, low, high)
    owned_ = byte_column(desk, c.OWNED, low, high)
    declared_ = byte_column(desk, c.DECLARED, low, high)
    has_file_ = byte_column(desk, c.HAS_FILE, low, high)
    responsive_ = byte_column(desk, c.RESPONSIVE, low, high)
    belief_ = byte_column(desk, c.BELIEF, low, high)
    role_ = byte_column(desk, c.ROLE, low, high)
    recent_spend_ = float_column(desk, c.RECENT_SPEND, low, high)
    habit_ = float_column(desk, c.HABIT, low, high)
    relationships_ = float_column(desk, c.RELATIONSHIPS, low, high)
    learned_day_ = short_column(desk, c.LEARNED_DAY, low, high)
    admitted_day_ = short_column(desk, c.ADMITTED_DAY, low, high)
    last_visit_day_ = short_column(desk, c.LAST_VISIT_DAY, low, high)
    for k in range(high - low):
        who = int64(id_[k])
        wealth = wealth_factor(p, who)
        income = income_of(p, wealth)
        rate, ticket, share, payments = spending_of(p, wealth, who)
        visits, rival = visits_of(p, payments, who)
        true_ability = true_ability_of(p, wealth, who)
        ability, identity = seen_of(p, wealth, true_ability, who)
        owned, declared, has_file = assets_of(p, wealth, who)
        responsive, belief, role, worth, privacy = traits_of(p, who)
        payment_rate_[k] = rate
        base_visits_[k] = visits
        rival_rate_[k] = rival
        true_ability_[k] = true_ability
        ability_base_[k] = ability
        identity_base_[k] = identity
        circle_worth_[k] = worth
        privacy_cost_[k] = privacy
        income_[k] = income
        ticket_[k] = ticket
        shopping_share_[k] = share
        owned_[k] = owned
        declared_[k] = declared
        has_file_[k] = has_file
        responsive_[k] = responsive
        belief_[k] = belief
        role_[k] = role
        rate = float64(payment_rate_[k])
        recent_spend_[k] = rate * ticket * 0.01
        habit_[k] = expected_visits(float64(base_visits_[k]), rate, p.usage_check_rate)
        relationships_[k] = p.score_uninformed_relationships
        learned_day_[k] = -1
        admitted_day_[k] = -1
        last_visit_day_[k] = -1
    return 0


@phase
def past_phase(desk, p, today, low, high):
    """The months before day 0, one after the other for all users at hand: cash, debt and record that they leave.

    Short loops, so that all but the rare luck far from the middle is worked out for several users at once.
    """
    size = high - low
    ids, incomes, tickets = (
        int_column(desk, c.ID, low, high),
        int_column(desk, c.INCOME, low, high),
        int_column(desk, c.TICKET, low, high),
    )
    rates, abilities = float_column(desk, c.PAYMENT_RATE, low, high), float_column(desk, c.TRUE_ABILITY, low, high)
    shares, files = byte_column(desk, c.SHOPPING_SHARE, low, high), byte_column(desk, c.HAS_FILE, low, high)
    liquidities, debts = int_column(desk, c.LIQUIDITY, low, high), int_column(desk, c.DEBT, low, high)
    normals, buffers = double_row(desk, NORMAL, 0, BLOCK), double_row(desk, BUFFER, 0, BLOCK)
    records, uniforms = double_row(desk, RECORD, 0, BLOCK), double_row(desk, UNIFORM, 0, BLOCK)
    shocks = double_row(desk, SHOCK, 0, BLOCK)
    shoppings, flags, chosen = count_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK), chosen_row(desk, 0, 0, BLOCK)
    for k in range(size):
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float64(abilities[k]))
        buffers[k] = months
        records[k] = p.score_uninformed_record
        liquidities[k] = cash_before(int64(incomes[k]), months)
        debts[k] = 0
        shoppings[k] = shopping_of_month(int64(tickets[k]), float64(rates[k]), int64(shares[k]))
    for k in range(BLOCK):
        flags[k] = 0
    spread, seed_low, seed_high = p.money_living_spread, p.seed_low, p.seed_high
    for month in range(p.population_past_months):
        for k in range(size):
            word, _, _, _ = philox(int64(ids[k]), 1 + month, 0, STATEMENT, seed_low, seed_high)
            uniforms[k] = unit(word)
        for k in range(size):
            normals[k] = central_normal(uniforms[k])
        for k in range(size):
            flags[k] = uint8(1) - uint8(is_central(uniforms[k]))
        for j in range(flagged(flags, size, chosen)):
            k = chosen[j]
            normals[k] = standard_normal(uniforms[k])
        for k in range(size):
            shocks[k] = living_shock(spread, normals[k])
        for k in range(size):
            liquidity, debt, record = month_before(
                p,
                int64(liquidities[k]),
                int64(debts[k]),
                records[k],
                int64(incomes[k]),
                buffers[k],
                int64(shoppings[k]),
                shocks[k],
            )
            liquidities[k] = liquidity
            debts[k] = debt
            records[k] = record
    known = float_column(desk, c.RECORD, low, high)
    for k in range(size):
        known[k] = record_known(records[k], files[k], p.score_uninformed_record)
    if p.switch_credit_line == 1:
        limits, spends = account_column(desk, c.LIMIT, low, high), float_column(desk, c.RECENT_SPEND, low, high)
        for k in range(size):
            limits[k] = line_target(p, float64(spends[k]), p.credit_score_middle)
            debts[k] = min(int64(debts[k]), int64(limits[k]))
    return 0


@phase
def assign_rules_phase(desk, p, today, low, high):
    """Who follows which decision rule: its code goes into the column `belief` by the luck below the cuts."""
    ids, beliefs = int_column(desk, c.ID, low, high), byte_column(desk, c.BELIEF, low, high)
    cuts = cuts_of(desk, 0, 0, MOST_RULES)
    for k in range(high - low):
        drawn = rule_luck(p, int64(ids[k]))
        code = 0
        while drawn >= cuts[code]:
            code += 1
        beliefs[k] = with_rule(int64(beliefs[k]), code)
    return 0


@phase
def count_far_phase(desk, p, today, low, high):
    """How many far contacts each user names, by number of the user."""
    counts = far_counts_of(desk, 0, low, high)
    for k in range(high - low):
        counts[k] = far_contacts_named(p, low + k)
    return 0


@phase
def name_far_phase(desk, p, today, low, high):
    """The far contacts named, as pairs of source and target, each user's from the user's own start on."""
    counts, starts = far_counts_of(desk, 0, low, high), far_starts_of(desk, 0, low, high)
    sources, targets = sources_of(desk, 0, 0, 1), targets_of(desk, 0, 0, 1)
    for k in range(high - low):
        for number in range(counts[k]):
            sources[starts[k] + number] = low + k
            targets[starts[k] + number] = far_contact(p, low + k, number + 1, desk.users)
    return 0
