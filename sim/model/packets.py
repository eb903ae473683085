"""Mechanism 11, red packets: money that the platform gives to users, who pass part of it on to contacts, as far as a budget goes.

A packet is whole fen. It lies with a user for a day; then it is opened, which takes a visit, or goes back to the platform's
budget. Who opens keeps a part and shares the rest out to some contacts, whose own packets these are from the next day on, until
they are too small. Everything happens once a day, at midnight, so that hours and days agree.

The budget is kept by counting, not by asking: every day the platform gives to the users in the first so many places of an order
newly shuffled, and how many that are follows from the totals of the days before. So it is never exceeded and runs out to the
fen, whatever the order of users or threads.
"""

from sim.draws import OPEN_PACKET, PACKET, PASS_ON, luck, philox
from sim.model.numerics import exponential
from sim.model.rule import rule


@rule
def due_on_day(each_day, since):
    """Of a steady stream of `each_day`, the whole number that falls due `since` days after its start."""
    return int((since + 1) * each_day) - int(since * each_day)


@rule
def packets_planned(p, users, day):
    """Packets that the platform means to give on a day of the run, if money were no matter: to anybody, to those who have opened before.

    Two whole numbers, the second as if all had; 0 outside the campaigns.
    """
    since = day - p.incentive_start
    if since < 0:
        return 0, 0
    since = since % p.incentive_every
    if since >= p.incentive_days:
        return 0, 0
    return due_on_day(p.incentive_sent * users, since), due_on_day(p.incentive_sent_again * users, since)


@rule
def packets_afforded(planned, budget, amount):
    """Packets that can be given: as many as planned, or as the budget (fen) pays for; the last may hold less than `amount` (fen)."""
    return min(planned, (budget + amount - 1) // amount)


@rule
def is_given(place, to_anybody, to_openers, opened):
    """Whether the user in this place of the day's order is given a packet: the first places are for anybody, the next for who has opened before."""
    return place < to_anybody or (place < to_anybody + to_openers and opened)


@rule
def packet_worth(place, budget, amount):
    """What the packet in this place of the day's order holds (fen): the last gets what is left of the budget.

    Counted as if everybody in an earlier place had one, so that the budget holds whoever has.
    """
    return min(amount, budget - place * amount)


@rule
def shuffled(p, tick, users):
    """Order of a day in which users are given packets: (factor, shift) of `place_in_order`, by luck.

    factor and `users` have no common divisor, so that no two users have the same place; every user is as likely as any other to
    be among the first.
    """
    first, second, _, _ = philox(0, 0, tick, PACKET, p.seed_low, p.seed_high)
    factor = 1 + first % users
    divisor = 0
    while divisor != 1:
        divisor, rest = users, factor
        while rest != 0:
            divisor, rest = rest, divisor % rest
        if divisor != 1:
            factor = 1 + factor % users
    return factor, second % users


@rule
def place_in_order(who, factor, shift, users):
    """Place of a user in the order of `shuffled`, from 0."""
    return (who * factor + shift) % users


@rule
def opening_chance(p, responsive, opened, days):
    """Chance that a user opens what waits.

    responsive: whether the user responds to incentives; opened: whether ever before, the last time `days` ago. Having opened makes
    the next time likelier; having opened lately tires, and that wears off.
    """
    chance = p.packets_opening_used if opened else p.packets_opening_new
    if responsive:
        chance = chance * p.packets_responsive_factor
    if opened:
        chance = chance * (1.0 - p.packets_tiredness * exponential(-days / p.packets_rest_days))
    return min(chance, 1.0)


@rule
def opens(p, tick, who, responsive, opened, days):
    """Whether a user opens what waits today, and whether a payment follows: two numbers, 0 or 1."""
    opening, paying, _, _ = luck(p.seed_low, p.seed_high, OPEN_PACKET, tick, who, 0)
    if opening >= opening_chance(p, responsive, opened, days):
        return 0, 0
    return 1, int(paying < p.packets_payments)


@rule
def piece(p, fen, contacts):
    """What each of the contacts gets to whom a user with `contacts` contacts passes on `fen` just opened (fen); 0 if nobody does.

    The part passed on is shared equally, to the fen, by `split` contacts or all there are; what cannot be shared is kept.
    """
    heads = min(p.incentive_split, contacts)
    if heads == 0:
        return 0
    each = int(fen * p.incentive_passed_on) // heads
    return each if each >= p.packets_smallest_fen else 0


@rule
def passing_order(p, tick, who, whom):
    """Place of a contact in the order in which `who` passes on today: a whole number by luck, the lower the sooner, never equal for two."""
    word, _, _, _ = philox(who, whom, tick, PASS_ON, p.seed_low, p.seed_high)
    return word * 2147483648 + whom
