"""Red packets: the platform's budget, packets opened and given, and what is passed on."""

from numpy import int64

from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    byte_column,
    chosen_row,
    count_row,
    flag_row,
    int_column,
    opening_column,
    others_of,
    own_totals,
    starts_of,
    totals_of,
    waiting_column,
)
from sim.engines.rows import ERRANDS, PAYMENT
from sim.model import columns as c
from sim.model import totals as n
from sim.model.packets import (
    is_given,
    opens,
    packet_worth,
    packets_afforded,
    packets_planned,
    passing_order,
    piece,
    place_in_order,
    shuffled,
)
from sim.model.population import income_third

use_rules()

NO_CONTACT = (1 << 63) - 1
"""Above every order of passing on."""


@phase
def budget_phase(desk, p, today, low, high):
    """Phase budget: what the last day took and brought back, how many packets are given today, and in which order."""
    before = totals_of(desk, max(today.tick + 1 - p.ticks_per_day, 0), 0, n.COUNT)
    today.budget += before[n.PACKET_RETURNED_FEN] - before[n.PACKET_GIVEN_FEN]
    to_anybody, to_openers = packets_planned(p, desk.users, today.tick // p.ticks_per_day)
    afforded = packets_afforded(to_anybody + to_openers, today.budget, p.incentive_amount_fen)
    today.to_anybody = min(to_anybody, afforded)
    today.to_openers = afforded - today.to_anybody
    factor, shift = shuffled(p, today.tick, desk.users)
    today.factor = factor
    today.shift = shift
    return 0


@phase
def packets_phase(desk, p, today, low, high):
    """Phase acts, between counts and payments: what waits is opened or goes back; then the platform's packets come to wait."""
    size, tick = high - low, today.tick
    total = own_totals(desk, 0, 0, n.COUNT)
    ids, responsive = int_column(desk, c.ID, low, high), byte_column(desk, c.RESPONSIVE, low, high)
    incomes, files = int_column(desk, c.INCOME, low, high), byte_column(desk, c.HAS_FILE, low, high)
    liquidities, starts = int_column(desk, c.LIQUIDITY, low, high), starts_of(desk, 0, low, high + 1)
    waiting, packets = waiting_column(desk, c.PACKET_FEN, low, high), opening_column(desk, c.PACKETS, low, high)
    days, pieces = opening_column(desk, c.OPENED_DAY, low, high), waiting_column(desk, c.PIECE_FEN, low, high)
    payments, errands = count_row(desk, PAYMENT, 0, BLOCK), count_row(desk, ERRANDS, 0, BLOCK)
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(size):
        pieces[k] = 0
        flags[k] = packets[k] > 0
    for j in range(flagged(flags, size, chosen)):
        k = chosen[j]
        fen, many, day = int64(waiting[k]), int64(packets[k]), int64(days[k])
        waiting[k] = 0
        packets[k] = 0
        opened, pays = opens(p, tick, int64(ids[k]), responsive[k] == 1, day >= 0, (tick - day) * p.tick_days)
        if opened == 0:
            total[n.PACKETS_EXPIRED] += many
            total[n.PACKET_RETURNED_FEN] += fen
            continue
        contacts = starts[k + 1] - starts[k]
        each = piece(p, fen, contacts)
        heads = min(p.incentive_split, contacts) if each > 0 else 0
        kept = fen - heads * each
        pieces[k] = each
        liquidities[k] += kept
        days[k] = tick
        errands[k] += 1
        payments[k] += pays
        total[n.VISITS_PACKET] += 1
        total[n.VISITS_CREDIT] -= 1  # the visit is made with the errands, and told apart from those of credit
        total[n.PACKETS_OPENED] += many
        total[n.PACKETS_PASSED] += heads
        total[n.PACKET_KEPT_FEN] += kept
        total[n.KEPT_BY_THIRD + income_third(p, int64(incomes[k]))] += kept
        total[n.KEPT_BY_FILE + int64(files[k])] += kept
        total[n.FIRST_OPENERS] += day < 0
    if today.to_anybody + today.to_openers > 0:
        for k in range(size):
            place = place_in_order(int64(ids[k]), today.factor, today.shift, desk.users)
            if is_given(place, today.to_anybody, today.to_openers, days[k] >= 0):
                fen = packet_worth(place, today.budget, p.incentive_amount_fen)
                waiting[k] += fen
                packets[k] += 1
                total[n.PACKETS_GIVEN] += 1
                total[n.PACKET_GIVEN_FEN] += fen
    return 0


@phase
def pass_on_phase(desk, p, today, low, high):
    """Phase pass_on: those who opened pass on to contacts, as far as these sit in places low to high."""
    ids, pieces = int_column(desk, c.ID, 0, desk.users), waiting_column(desk, c.PIECE_FEN, 0, desk.users)
    starts, others = starts_of(desk, 0, 0, 1), others_of(desk, 0, 0, 1)
    waiting = waiting_column(desk, c.PACKET_FEN, 0, desk.users)
    packets = opening_column(desk, c.PACKETS, 0, desk.users)
    for user in range(desk.users):
        if pieces[user] == 0:
            continue
        who, last = int64(ids[user]), int64(-1)
        for _ in range(p.incentive_split):
            best, place = NO_CONTACT, -1
            for e in range(starts[user], starts[user + 1]):
                order = passing_order(p, today.tick, who, int64(ids[others[e]]))
                if last < order < best:
                    best, place = order, others[e]
            if place < 0:
                break
            last = best
            if low <= place < high:
                waiting[place] += pieces[user]
                packets[place] += 1
    return 0
