"""The only luck: Philox 4x32-10, addressed by (seed, stream, tick, who, whom) and never consumed.

A draw is a function of its address, so a policy that changes one user's draw changes nothing else, the order of users
and threads cannot matter, and two runs on the same seed share every piece of luck that both ask for.

Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.
"""

from sim.model.rule import rule, vector_rule

MASK = 0xFFFFFFFF
MULTIPLIER_0 = 0xD2511F53
MULTIPLIER_1 = 0xCD9E8D57
WEYL_0 = 0x9E3779B9
WEYL_1 = 0xBB67AE85
UNIT = 2.0**-32


# What a draw is for. The numbers are fixed for good: renumbering changes every result. The words of a draw, in order:
WEALTH = 1  # population: income, outflow, (spare), payments
HABITS = 2  # population: visits, rival visits, true ability, wealth that contacts share (who = group)
ASSETS = 3  # population: car, house, housing fund, (spare)
DECLARED = 4  # population: car, house, housing fund already declared; central-bank file
TRAITS = 5  # population: responsive, belief, role, worth of the circle
COSTS = 6  # population: cost of privacy, observed ability, verified identity, shopping habit
CONTACTS = 7  # graph: number of far contacts and its rounding (whom = 0); one far contact each (whom = 1, 2, ...)
GATE = 8  # standing luck of a user at a gate that admits by chance
STATEMENT = 9  # shock to living costs: of a month before the run (whom = 1 + month), of a statement day (whom = 0); loss of income
SCORE = 10  # noise of the published score
VISITS = 11  # habit, rival, payments, score checks; visits to the circle by the low bits
LEARN = 12  # learning of the gate or the circle
PLAN = 13  # logit noise of the plan
CIRCLE = 14  # likes, comments, whether a tip, its amount
POST = 15  # posts
ERRAND = 16  # repayment errands
INVITE = 17  # whom a user invites (whom = the contact)
APPLY = 18  # number of applications, which lender first, place in the order of those served
OPEN_PACKET = 28  # whether a packet is opened, whether a payment follows
PACKET = 29  # whom the platform gives packets on a day (who = 0)
PASS_ON = 30  # to whom a user passes on (whom = the contact)
MARKET = 31  # from which size of the market on a user in need goes to lenders
HELD_OUT = 32  # whether a user is kept for judging a learned score
MERCHANT = 33  # merchants that join (who = 0)
COMPANY = 34  # what whom a user writes to and calls tells, besides the truth, of the user's ability to repay

STREAMS = {
    "WEALTH": WEALTH,
    "HABITS": HABITS,
    "ASSETS": ASSETS,
    "DECLARED": DECLARED,
    "TRAITS": TRAITS,
    "COSTS": COSTS,
    "CONTACTS": CONTACTS,
    "GATE": GATE,
    "STATEMENT": STATEMENT,
    "SCORE": SCORE,
    "VISITS": VISITS,
    "LEARN": LEARN,
    "PLAN": PLAN,
    "CIRCLE": CIRCLE,
    "POST": POST,
    "ERRAND": ERRAND,
    "INVITE": INVITE,
    "APPLY": APPLY,
    "OPEN_PACKET": OPEN_PACKET,
    "PACKET": PACKET,
    "PASS_ON": PASS_ON,
    "MARKET": MARKET,
    "HELD_OUT": HELD_OUT,
    "MERCHANT": MERCHANT,
    "COMPANY": COMPANY,
}


@vector_rule
def philox(c0, c1, c2, c3, k0, k1):
    """Philox 4x32-10: four 32-bit words from a counter of four words and a key of two.

    Works on Python integers and on 64-bit machine integers alike: only the low halves of words count, and these are cut
    out where they are multiplied and at the end, so wrapping and sign extension cannot show.
    """
    for _ in range(10):
        p0 = (c0 & MASK) * MULTIPLIER_0
        p1 = (c2 & MASK) * MULTIPLIER_1
        c0 = (p1 >> 32) ^ c1 ^ k0
        c1 = p1
        c2 = (p0 >> 32) ^ c3 ^ k1
        c3 = p0
        k0 = (k0 + WEYL_0) & MASK
        k1 = (k1 + WEYL_1) & MASK
    return c0 & MASK, c1 & MASK, c2 & MASK, c3 & MASK


@vector_rule
def fifth(w0, w1, w2):
    """A fifth word of luck from the nine low bits of three words, for counts, which look at the 23 high bits alone."""
    return ((w0 & 511) << 23) | ((w1 & 511) << 14) | ((w2 & 511) << 5)


@vector_rule
def unit(word):
    """A 32-bit word as a number strictly between 0 and 1, exact in double precision."""
    return (word + 0.5) * UNIT


@rule
def luck(seed_low, seed_high, stream, tick, who, whom):
    """Four independent uniforms in (0, 1) at one address.

    seed_low, seed_high: halves of the 64-bit seed; stream: what for (`STREAMS`); tick: of the run, 0 where time plays no
    part; who: the user's id; whom: the other party or a running number, 0 where there is none.
    """
    w0, w1, w2, w3 = philox(who, whom, tick, stream, seed_low, seed_high)
    return unit(w0), unit(w1), unit(w2), unit(w3)


def seed_halves(seed: int) -> tuple[int, int]:
    """Low and high 32 bits of a seed between 0 and 2**64 - 1."""
    return seed & MASK, (seed >> 32) & MASK
