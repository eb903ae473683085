"""The compiled run: many ticks in one call, a team of threads sharing the blocks of every phase."""

import numpy as np
from numba import njit

from sim.engines.compiled import INNER, OPTIONS
from sim.engines.kernels import (
    BLOCK,
    acts_block,
    admission_block,
    fill,
    learning_block,
    publication_block,
    relationships_block,
    review_block,
    statement_block,
    stocks_block,
    tell_range,
)
from sim.engines.team import BLOCKS, LINE, STOP, fetch_add, wait_for_all
from sim.draws import CIRCLE, LEARN, VISITS
from sim.model import columns as c
from sim.model import totals as n
from sim.model.calendar import (
    CAMPAIGN,
    CIRCLE_LIVE,
    GATE_ACTIVE,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PUBLICATION,
    REVIEW_ALL,
    STATEMENT,
)
from sim.model.choice.review import GateView
from sim.model.circle import circle_today

TODAY = np.dtype(
    [
        ("motivation", "f8"),
        ("appeal", "f8"),
        ("pull", "f8"),
        ("attention", "f8"),
        ("exclusivity", "f8"),
        ("tip_each", "i8"),
        ("escrow", "i8"),
    ]
)
"""What all users see of the circle today, and what it carries to tomorrow."""


@njit(**INNER)
def begin_tick(p, today, yesterday, days_open, live):
    """Phase circle: the circle's state from yesterday's totals; yesterday's tips shared out among yesterday's posts."""
    posts = yesterday[n.POSTED]
    today.escrow += yesterday[n.TIPS_FEN] - yesterday[n.TIPS_RECEIVED_FEN]
    today.tip_each = today.escrow // posts if posts > 0 else 0
    if live:
        motivation, appeal, pull, attention, exclusive = circle_today(
            p,
            days_open,
            today.motivation,
            posts,
            yesterday[n.LIKES] + yesterday[n.COMMENTS] + yesterday[n.TIPS],
            yesterday[n.KNOWING],
            yesterday[n.COMMENTERS],
        )
        today.motivation = motivation
        today.appeal = appeal
        today.pull = pull
        today.attention = attention
        today.exclusivity = exclusive
    else:
        today.motivation = p.circle_first_motivation
        today.appeal = 0.0
        today.pull = 0.0
        today.attention = 0.0
        today.exclusivity = 1.0


@njit(**OPTIONS)
def run_ticks(
    f,
    i,
    s,
    b,
    starts,
    others,
    params,
    todays,
    flags,
    to_publication,
    to_start,
    to_end,
    days_open,
    admission,
    plan_value,
    first_tick,
    last_tick,
    result,
    partial,
    learned,
    learned_counts,
    team,
    threads,
    me,
):
    """Ticks first_tick to last_tick (excluded), every thread of the team in the same loop.

    result: int64 (ticks + 1, totals), row t + 1 for tick t, so that row t is yesterday; partial: int64 (threads, totals)
    scratch; learned: int32 (users) and learned_counts: int64 (blocks), who learned in this tick by block. Returns the tick
    it got to: last_tick, or less when asked to stop.
    """
    p = params[0]
    today = todays[0]
    users = s.shape[1]
    blocks = (users + BLOCK - 1) // BLOCK
    words = np.empty((4, BLOCK), np.uint32)
    circle_words = np.empty((4, BLOCK), np.uint32)
    rates = np.empty((6, BLOCK), np.float32)
    scratch = np.empty(BLOCK)
    counts = np.empty((6, BLOCK), np.int32)
    errands = np.empty(BLOCK, np.int32)
    turn = 0
    for tick in range(first_tick, last_tick):
        flag = flags[tick]
        live = flag & CIRCLE_LIVE != 0
        gate_active = flag & GATE_ACTIVE != 0
        gate_ahead = flag & GATE_AHEAD != 0
        publication = flag & PUBLICATION != 0
        if me == 0:
            begin_tick(p, today, result[tick], days_open[tick], live)
            fetch_add(team, BLOCKS + (1 - turn) * LINE, -team[BLOCKS + (1 - turn) * LINE])
        wait_for_all(team, threads)
        if fetch_add(team, STOP, 0) != 0:
            return tick
        mine = partial[me]
        if publication:
            while True:
                block = fetch_add(team, BLOCKS + turn * LINE, 1)
                if block >= blocks:
                    break
                low = block * BLOCK
                relationships_block(f, s, starts, others, p, low, min(users, low + BLOCK))
            turn = 1 - turn
            wait_for_all(team, threads)
            if me == 0:
                fetch_add(team, BLOCKS + (1 - turn) * LINE, -team[BLOCKS + (1 - turn) * LINE])
        gate = GateView(
            p.gate_a,
            p.gate_b,
            p.gate_c,
            p.gate_d,
            np.float64(tick),
            np.float64(to_start[tick]),
            np.float64(to_end[tick]),
            np.float64(to_publication[tick]),
            30.0,
            p.choice_horizon,
        )
        while True:
            block = fetch_add(team, BLOCKS + turn * LINE, 1)
            if block >= blocks:
                break
            low = block * BLOCK
            high = min(users, low + BLOCK)
            errands[:] = 0
            if flag & STATEMENT != 0:
                statement_block(f, i, errands, p, tick, low, high, mine)
            if publication:
                publication_block(f, i, s, b, p, tick, 0, low, high)
            if flag & GATE_DAY != 0:
                admission_block(i, s, b, p, admission, tick, gate_active, low, high, mine)
            learned_counts[block] = 0
            if flag & KNOWN_ABOUT != 0 and not np.all(b[c.KNOWS, low:high]):
                fill(words, i[c.ID, low:high], p.seed_low, p.seed_high, LEARN, tick)
                learned_counts[block] = learning_block(
                    f, s, b, starts, words, p, today, tick, flag & CAMPAIGN != 0, low, high, learned, mine
                )
            review_block(
                f,
                i,
                s,
                b,
                errands,
                p,
                today,
                gate,
                admission,
                plan_value,
                tick,
                gate_ahead,
                flag & REVIEW_ALL != 0,
                low,
                high,
                mine,
            )
            fill(words, i[c.ID, low:high], p.seed_low, p.seed_high, VISITS, tick)
            if live:
                fill(circle_words, i[c.ID, low:high], p.seed_low, p.seed_high, CIRCLE, tick)
            acts_block(
                f,
                i,
                s,
                b,
                errands,
                rates,
                scratch,
                counts,
                words,
                circle_words,
                p,
                today,
                tick,
                live,
                gate_active,
                publication,
                low,
                high,
                mine,
            )
            stocks_block(s, b, tick, low, high, mine)
        turn = 1 - turn
        wait_for_all(team, threads)
        share = (users + threads - 1) // threads
        for block in range(blocks):
            if learned_counts[block] > 0:
                tell_range(
                    s, starts, others, learned, block * BLOCK, learned_counts[block], me * share, (me + 1) * share
                )
        if me == 0:
            row = result[tick + 1]
            for k in range(n.COUNT):
                amount = np.int64(0)
                for thread in range(threads):
                    amount += partial[thread, k]
                    partial[thread, k] = 0
                row[k] = amount
            row[n.ESCROW_FEN] = today.escrow + row[n.TIPS_FEN] - row[n.TIPS_RECEIVED_FEN]
    return last_tick
