"""What a team of threads runs together: many ticks in one call, or one phase for all users; blocks are shared out as they come."""

from sim.engines.compiled import team_phase
from sim.engines.layout import BLOCK, BLOCKS, LINE, STOP
from sim.engines.memory import (
    addresses_of,
    calendar_of,
    call_phase,
    partial_of,
    results_of,
    team_of,
    when_of,
)
from sim.engines.order import BUDGET, CAPITAL, CIRCLE, FIRST_OF_BLOCK, PASS_ON, RELATIONSHIPS, TELL
from sim.engines.team import fetch_add, wait_for_all
from sim.model import totals as n
from sim.model.calendar import ACCOUNTS, ANSWER, KNOWN_ABOUT, PACKETS, PUBLICATION
from sim.model.lenders import MOST_LENDERS

STOPPED = -1
"""In place of the flags of a day: the run was asked to stop."""


@team_phase
def run_ticks(desk, p, today, run, me):
    """The ticks of a stretch, every thread of the team in the same loop.

    Returns the tick it got to: the last, or less when asked to stop.
    """
    ticks, threads, width = run.ticks, run.threads, run.totals_width
    calendar = calendar_of(run, 0, 0, 5 * ticks)
    addresses, when = addresses_of(run, 0, 0, run.phases), when_of(run, 0, 0, run.phases)
    result, partial = results_of(run, 0, 0, (ticks + 1) * n.COUNT), partial_of(run, 0, 0, threads * width)
    team = team_of(run, 0, 0, STOP + LINE)
    users = desk.users
    blocks = (users + BLOCK - 1) // BLOCK
    share = (users + threads - 1) // threads
    for tick in range(run.first_tick, run.last_tick):
        if me == 0:
            # One thread asks whether to stop, before it touches the day, so that all stop at the same tick or none does.
            today.flags = STOPPED
            if fetch_add(team, STOP, 0) == 0:
                today.tick = tick
                today.flags = calendar[tick]
                today.ticks_to_publication = calendar[ticks + tick]
                today.ticks_to_start = calendar[2 * ticks + tick]
                today.ticks_to_end = calendar[3 * ticks + tick]
                today.ticks_open = calendar[4 * ticks + tick]
                call_phase(addresses[CIRCLE], desk, p, today, 0, 0)
                if today.flags & ANSWER != 0:
                    call_phase(addresses[CAPITAL], desk, p, today, 0, 0)
                if today.flags & PACKETS != 0:
                    call_phase(addresses[BUDGET], desk, p, today, 0, 0)
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
                    for k in range(FIRST_OF_BLOCK, run.phases):
                        if flags & when[k] != 0:
                            call_phase(addresses[k], desk, p, today, low, high)
            wait_for_all(team, threads)
        if flags & KNOWN_ABOUT != 0:
            call_phase(addresses[TELL], desk, p, today, me * share, min(users, (me + 1) * share))
            if p.gate_invitations > 0:  # who invites today is read off the day, which the first thread is about to turn
                wait_for_all(team, threads)
        if flags & PACKETS != 0:
            call_phase(addresses[PASS_ON], desk, p, today, me * share, min(users, (me + 1) * share))
            wait_for_all(team, threads)  # likewise
        if me == 0:
            first = (tick + 1) * n.COUNT
            for k in range(n.COUNT):
                amount = 0
                for thread in range(threads):
                    amount += partial[thread * width + k]
                    partial[thread * width + k] = 0
                result[first + k] = amount
            result[first + n.ESCROW_FEN] = (
                today.escrow + result[first + n.TIPS_FEN] - result[first + n.TIPS_RECEIVED_FEN]
            )
            yesterday = first - n.COUNT
            if flags & ACCOUNTS == 0:
                for k in range(n.FIRST_CARRIED, n.AFTER_CARRIED):
                    result[first + k] = result[yesterday + k]
                for k in range(n.OWED_FEN, n.OWED_FEN + MOST_LENDERS):
                    result[first + k] = result[yesterday + k]
            for j in range(MOST_LENDERS):
                result[first + n.CASH_AT_LENDER + j] = (
                    result[yesterday + n.CASH_AT_LENDER + j]
                    + result[first + n.BACK_FEN + j]
                    - result[first + n.LENT_FEN + j]
                )
    return run.last_tick


@team_phase
def sweep(desk, p, today, run, me):
    """The first phase of a stretch once for all users, whatever the tick."""
    addresses, team = addresses_of(run, 0, 0, 1), team_of(run, 0, 0, STOP + LINE)
    while True:
        low = fetch_add(team, BLOCKS, 1) * BLOCK
        if low >= desk.users:
            return 0
        call_phase(addresses[0], desk, p, today, low, min(desk.users, low + BLOCK))
