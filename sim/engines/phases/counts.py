"""Counts of visits from their rates and luck."""

from numpy import int32, int64

from sim.engines.compiled import phase, use_rules
from sim.engines.flags import negative
from sim.engines.layout import BLOCK
from sim.engines.memory import chosen_row, count_row, luck_row, rate_row
from sim.engines.rows import AGAIN, AGAIN_COUNT, AGAIN_WORD, IN_CIRCLE, PAYMENT, RIVAL, UNKNOWN
from sim.model.calendar import CIRCLE_LIVE
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

use_rules()


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
