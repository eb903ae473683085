"""Day 0 in compiled code: the people, their contacts, their first scores."""

import numpy as np
from numba import njit

from sim.engines.compiled import INNER, OPTIONS
from sim.engines.kernels import BLOCK, publication_block, relationships_block
from sim.engines.team import BLOCKS, fetch_add
from sim.model import columns as c
from sim.model.contacts import far_contact, far_contacts_named
from sim.model.population import (
    assets_of,
    income_of,
    past_of,
    seen_of,
    spending_of,
    traits_of,
    true_ability_of,
    visits_of,
    wealth_factor,
)
from sim.model.usage import expected_visits


@njit(**INNER)
def people_block(f, i, s, b, p, low, high):
    """Users low to high as they are on day 0; their ids are in place already."""
    for user in range(low, high):
        who = np.int64(i[c.ID, user])
        wealth = wealth_factor(p, who)
        income = income_of(p, wealth)
        rate, ticket, share, payments = spending_of(p, wealth, who)
        visits, rival = visits_of(p, payments, who)
        true_ability = true_ability_of(p, wealth, who)
        ability, identity = seen_of(p, wealth, true_ability, who)
        owned, declared, has_file = assets_of(p, wealth, who)
        responsive, folk, role, worth, privacy = traits_of(p, who)
        f[c.PAYMENT_RATE, user] = rate
        f[c.BASE_VISITS, user] = visits
        f[c.RIVAL_RATE, user] = rival
        f[c.TRUE_ABILITY, user] = true_ability
        f[c.ABILITY_BASE, user] = ability
        f[c.IDENTITY_BASE, user] = identity
        f[c.CIRCLE_WORTH, user] = worth
        f[c.PRIVACY_COST, user] = privacy
        i[c.INCOME, user] = income
        i[c.TICKET, user] = ticket
        b[c.SHOPPING_SHARE, user] = share
        b[c.OWNED, user] = owned
        b[c.DECLARED, user] = declared
        b[c.HAS_FILE, user] = has_file
        b[c.RESPONSIVE, user] = responsive
        b[c.BELIEF, user] = folk
        b[c.ROLE, user] = role
        rate = np.float64(f[c.PAYMENT_RATE, user])
        liquidity, debt, record = past_of(
            p, income, ticket, rate, share, np.float64(f[c.TRUE_ABILITY, user]), has_file, who
        )
        i[c.LIQUIDITY, user] = liquidity
        i[c.DEBT, user] = debt
        f[c.RECORD, user] = record
        f[c.RECENT_SPEND, user] = rate * ticket * 0.01
        f[c.HABIT, user] = expected_visits(np.float64(f[c.BASE_VISITS, user]), rate, p.usage_check_rate)
        f[c.RELATIONSHIPS, user] = p.score_uninformed_relationships
        s[c.LEARNED_DAY, user] = -1
        s[c.ADMITTED_DAY, user] = -1
        s[c.LAST_VISIT_DAY, user] = -1


@njit(**OPTIONS)
def make_people(f, i, s, b, params, team):
    """All users, by a team whose members take a block at a time."""
    users = s.shape[1]
    while True:
        low = fetch_add(team, BLOCKS, 1) * BLOCK
        if low >= users:
            return
        people_block(f, i, s, b, params[0], low, min(users, low + BLOCK))


@njit(**OPTIONS)
def first_scores(f, i, s, b, starts, others, params):
    """First published scores: a round without contacts, then relationships from those, then the scores of day 0."""
    p = params[0]
    users = s.shape[1]
    publication_block(f, i, s, b, p, 0, 1, 0, users)
    relationships_block(f, s, starts, others, p, 0, users)
    publication_block(f, i, s, b, p, 0, 2, 0, users)
    for user in range(users):
        s[c.STARTING_SCORE, user] = s[c.SCORE, user]


@njit(**OPTIONS)
def count_far(users, params, counts):
    """How many far contacts each user names (int32, by number of the user)."""
    p = params[0]
    for who in range(users):
        counts[who] = far_contacts_named(p, who)


@njit(**OPTIONS)
def name_far(users, params, counts, sources, targets):
    """Far contacts named: pairs source, target (int32)."""
    p = params[0]
    k = 0
    for who in range(users):
        for number in range(1, counts[who] + 1):
            sources[k] = who
            targets[k] = far_contact(p, who, number, users)
            k += 1
