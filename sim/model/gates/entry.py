"""What the engines ask a gate, of whatever kind: what it opens to a user, what the user offers, whom the user invites."""

from typing import NamedTuple

from sim.draws import INVITE, philox
from sim.model.choice.forward_looking import net_present_value
from sim.model.rule import rule
from sim.model.states import ENTERED


class Level(NamedTuple):
    """One level of a gate: the features that it opens (flags of `states.FEATURES`) and the numbers of its rule."""

    features: int
    a: float
    b: float
    c: float
    d: float


@rule
def levels_of(p):
    """The gate's levels, padded to the most that a gate may have."""
    return (
        Level(p.gate_features_0, p.gate_a_0, p.gate_b_0, p.gate_c_0, p.gate_d_0),
        Level(p.gate_features_1, p.gate_a_1, p.gate_b_1, p.gate_c_1, p.gate_d_1),
        Level(p.gate_features_2, p.gate_a_2, p.gate_b_2, p.gate_c_2, p.gate_d_2),
        Level(p.gate_features_3, p.gate_a_3, p.gate_b_3, p.gate_c_3, p.gate_d_3),
        Level(p.gate_features_4, p.gate_a_4, p.gate_b_4, p.gate_c_4, p.gate_d_4),
    )


@rule
def level_chance(admission, level, score, starting_score, day, invited, offer, cutoff, tie):
    """Chance (0 to 1) of being admitted to one level; the arguments are those of `sim.model.gates`."""
    return admission(score, starting_score, day, invited, offer, cutoff, tie, level.a, level.b, level.c, level.d)


@rule
def opened(admission, levels, count, standing, score, starting_score, day, invited, offer, cutoff, tie):
    """What the gate opens to a user: flags of features, and ENTERED if all `count` levels admit a user of this standing luck."""
    flags = ENTERED
    for number in range(count):
        level = levels[number]
        if standing < level_chance(admission, level, score, starting_score, day, invited, offer, cutoff, tie):
            flags = flags | level.features
        else:
            flags = flags & ~ENTERED
    return flags


@rule
def offer(strives, days_to_end, prize_per_day, liquidity, discount_per_day):
    """What a user would and could pay to be admitted now (fen): the worth of the days that are left, at most all cash.

    strives: whether the user's decision rule ever makes an effort; the others (the placebo) offer nothing. prize_per_day
    (CNY/day) as in a review; liquidity in fen.
    """
    if not strives:
        return 0.0
    worth = net_present_value(0.0, days_to_end, prize_per_day, 0.0, 0.0, discount_per_day)
    return min(max(worth * 100.0, 0.0), float(liquidity))


@rule
def invitation_order(p, who, whom):
    """Place of a contact in the order in which `who` invites: a whole number by luck, the lower the sooner, never equal for two."""
    word, _, _, _ = philox(who, whom, 0, INVITE, p.seed_low, p.seed_high)
    return word * 2147483648 + whom
