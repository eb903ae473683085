"""The compiled run: many ticks in one call, a team of threads sharing the blocks of every phase."""

from numba import njit

from sim.engines.compiled import OPTIONS
from sim.engines.memory import BLOCK, call_phase
from sim.engines.team import BLOCKS, LINE, STOP, fetch_add, wait_for_all
from sim.model import totals as n
from sim.model.calendar import KNOWN_ABOUT, PUBLICATION

CIRCLE, RELATIONSHIPS, TELL = range(3)
"""Places of the phases that do not belong to a block in the list of addresses; those of a block follow."""
FIRST_OF_BLOCK = 3

STOPPED = -1
"""In place of the flags of a day: the run was asked to stop."""


@njit(**OPTIONS)
def run_ticks(
    desks,
    params,
    todays,
    calendar,
    addresses,
    when,
    first_tick,
    last_tick,
    result,
    partial,
    team,
    threads,
    me,
):
    """Ticks first_tick to last_tick (excluded), every thread of the team in the same loop.

    calendar: int64 (5, ticks), flags and ticks from there; addresses and when: int64, of the phases and the flags of the
    ticks on which they are; result: int64 (ticks + 1, totals), row t + 1 for tick t, so that row t is yesterday; partial: int64
    (threads, totals), the threads' own. Returns the tick it got to: last_tick, or less when asked to stop.
    """
    p = params[0]
    today = todays[0]
    desk = desks[me]
    users = desk.users
    blocks = (users + BLOCK - 1) // BLOCK
    share = (users + threads - 1) // threads
    for tick in range(first_tick, last_tick):
        if me == 0:
            # One thread asks whether to stop, before it touches the day, so that all stop at the same tick or none does.
            today.flags = STOPPED
            if fetch_add(team, STOP, 0) == 0:
                today.tick = tick
                today.flags = calendar[0, tick]
                today.ticks_to_publication = calendar[1, tick]
                today.ticks_to_start = calendar[2, tick]
                today.ticks_to_end = calendar[3, tick]
                today.ticks_open = calendar[4, tick]
                call_phase(addresses[CIRCLE], desk, p, today, 0, 0)
            team[BLOCKS] = 0
            team[BLOCKS + LINE] = 0
        wait_for_all(team, threads)
        flags = today.flags
        if flags == STOPPED:
            return tick
        for turn in range(0 if flags & PUBLICATION != 0 else 1, 2):
            while True:
                block = fetch_add(team, BLOCKS + turn * LINE, 1)
                if block >= blocks:
                    break
                low = block * BLOCK
                high = min(users, low + BLOCK)
                if turn == 0:
                    call_phase(addresses[RELATIONSHIPS], desk, p, today, low, high)
                else:
                    for k in range(FIRST_OF_BLOCK, addresses.size):
                        if flags & when[k] != 0:
                            call_phase(addresses[k], desk, p, today, low, high)
            wait_for_all(team, threads)
        if flags & KNOWN_ABOUT != 0:
            call_phase(addresses[TELL], desk, p, today, me * share, min(users, (me + 1) * share))
            wait_for_all(team, threads)  # they look at the day, which the first of them is about to move on
        if me == 0:
            for k in range(n.COUNT):
                amount = 0
                for thread in range(threads):
                    amount += partial[thread, k]
                    partial[thread, k] = 0
                result[tick + 1, k] = amount
            result[tick + 1, n.ESCROW_FEN] = (
                today.escrow + result[tick + 1, n.TIPS_FEN] - result[tick + 1, n.TIPS_RECEIVED_FEN]
            )
    return last_tick
