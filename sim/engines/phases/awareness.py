"""Who learns of the circle, and whom they tell or invite."""

from numpy import float64, int64

from sim.draws import LEARN, philox, unit
from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    byte_column,
    chosen_row,
    flag_row,
    float_column,
    int_column,
    learned_counts_of,
    learned_of,
    luck_row,
    others_of,
    own_totals,
    short_column,
    starts_of,
)
from sim.model import columns as c
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.calendar import CAMPAIGN, GATE_ACTIVE
from sim.model.gates.entry import invitation_order
from sim.model.numerics import happens
from sim.model.states import ENTERED, INVITED

use_rules()

NO_CONTACT = (1 << 63) - 1
"""Above every order of invitation."""


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
