"""What is done in the circle: posts, likes, comments, tips."""

from numpy import float32, int32, int64

from sim.draws import CIRCLE, POST, fifth, philox, unit
from sim.engines.compiled import phase, use_rules
from sim.engines.flags import flagged
from sim.engines.layout import BLOCK
from sim.engines.memory import (
    byte_column,
    chosen_row,
    count_row,
    feeds_of,
    flag_row,
    int_column,
    luck_row,
    own_totals,
    purses_of,
)
from sim.engines.rows import AGAIN_COUNT, AGAIN_WORD, AMOUNT_WORD, COMMENT_WORD, IN_CIRCLE, LIKE_WORD, TIP_WORD, ZERO
from sim.model import columns as c
from sim.model import totals as n
from sim.model.calendar import CIRCLE_LIVE, GATE_ACTIVE
from sim.model.circle import MOTIVATION, PULL, TIP_EACH, acting_role, circle_of, circle_visited, may_use, tip_amount
from sim.model.counts import FEW, NORMAL_RATE, ONE, poisson_count, poisson_if_few, unit_single
from sim.model.states import COMMENT, LIKE, MOST_GROUPS, POSTER, POSTING, ROLE, TIP, VIEWED

use_rules()


@phase
def circle_acts_phase(desk, p, today, low, high):
    """Phase acts, fourth part: yesterday's tips handed out, likes, comments and tips given, posts made."""
    total = own_totals(desk, 0, 0, n.COUNT)
    size = high - low
    roles, posts_made = byte_column(desk, c.ROLE, low, high), byte_column(desk, c.POSTS, low, high)
    admits, knows = byte_column(desk, c.ADMITTED, low, high), byte_column(desk, c.KNOWS, low, high)
    ids, liquidities = int_column(desk, c.ID, low, high), int_column(desk, c.LIQUIDITY, low, high)
    in_circle, visited = count_row(desk, IN_CIRCLE, 0, BLOCK), luck_row(desk, IN_CIRCLE, 0, BLOCK)
    feeds, purses = feeds_of(desk, 0, 0, 3 * MOST_GROUPS), purses_of(desk, 0, 0, 2 * MOST_GROUPS)
    live, gate_active = today.flags & CIRCLE_LIVE != 0, today.flags & GATE_ACTIVE != 0
    chosen, flags = chosen_row(desk, 0, 0, BLOCK), flag_row(desk, 0, 0, BLOCK)
    for k in range(size):
        flags[k] = (posts_made[k] != 0) | (live & (roles[k] & ROLE == POSTER) & (knows[k] == 1))
    for j in range(flagged(flags, size, chosen)):
        k = chosen[j]
        own = circle_of(p, int64(roles[k]))
        received = int64(posts_made[k]) * purses[TIP_EACH + own]
        liquidities[k] += received
        total[n.TIPS_RECEIVED_FEN] += received
        total[n.CIRCLE_TIPS_RECEIVED_FEN + own] += received
        posts_made[k] = 0
        role = acting_role(int64(roles[k]), today.open_groups)
        if live and may_use(POSTING, role, gate_active, p.gate_covers, int64(admits[k])):
            word, _, _, _ = philox(int64(ids[k]), 0, today.tick, POST, p.seed_low, p.seed_high)
            posts = min(
                poisson_count(float32(p.circle_post_rate * feeds[MOTIVATION + own] * today.active_days), word), 255
            )
            posts_made[k] = posts
            total[n.POSTED] += posts
            total[n.CIRCLE_POSTS + own] += posts
    if not live:
        for k in range(size):
            in_circle[k] = 0
        return 0
    likes, comments, tips, amounts = (
        luck_row(desk, LIKE_WORD, 0, BLOCK),
        luck_row(desk, COMMENT_WORD, 0, BLOCK),
        luck_row(desk, TIP_WORD, 0, BLOCK),
        luck_row(desk, AMOUNT_WORD, 0, BLOCK),
    )
    places, visits, allowed = chosen, count_row(desk, AGAIN_COUNT, 0, BLOCK), chosen_row(desk, 1, 0, BLOCK)
    like_rate, comment_rate = float32(p.circle_like_rate), float32(p.circle_comment_rate)
    tip_rate = float32(p.circle_tip_rate)
    for k in range(size):
        visited[k] = 0
    if p.circles > 1:
        for k in range(size):
            flags[k] = in_circle[k] != 0
        for j in range(flagged(flags, size, chosen)):
            k = chosen[j]
            if acting_role(int64(roles[k]), today.open_groups) == POSTER:
                visited[k] = circle_of(p, int64(roles[k]))
            else:
                w0, w1, w2, _ = philox(int64(ids[k]), 0, today.tick, CIRCLE, p.seed_low, p.seed_high)
                point = unit(fifth(w0, w1, w2))
                visited[k] = circle_visited(point, feeds[PULL], feeds[PULL + 1], feeds[PULL + 2], feeds[PULL + 3])
    for circle in range(p.circles):
        for k in range(size):
            flags[k] = (in_circle[k] != 0) & (visited[k] == circle)
        visitors = flagged(flags, size, places)
        for j in range(visitors):
            k = places[j]
            likes[j] = ids[k]
            visits[j] = in_circle[k]
            roles[k] |= VIEWED << circle
            role, admitted = acting_role(int64(roles[k]), today.open_groups), int64(admits[k])
            allowed[j] = (
                LIKE * may_use(LIKE, role, gate_active, p.gate_covers, admitted)
                + COMMENT * may_use(COMMENT, role, gate_active, p.gate_covers, admitted)
                + TIP * may_use(TIP, role, gate_active, p.gate_covers, admitted)
            )
        for j in range(visitors):
            w0, w1, w2, w3 = philox(int64(likes[j]), 0, today.tick, CIRCLE, p.seed_low, p.seed_high)
            likes[j] = w0
            comments[j] = w1
            tips[j] = w2
            amounts[j] = w3
        sum_likes = sum_comments = sum_tips = sum_fen = sum_visits = 0
        for j in range(visitors):
            sum_visits += visits[j]
        for j in range(visitors):
            rate = float32(visits[j]) * like_rate if allowed[j] & LIKE != 0 else ZERO
            count = int32(poisson_if_few(rate, likes[j]))
            usual = (count < int32(FEW)) & (rate < NORMAL_RATE)
            flags[j] = not usual
            sum_likes += count if usual else 0
        for j in range(visitors):
            rate = float32(visits[j]) * comment_rate if allowed[j] & COMMENT != 0 else ZERO
            count = int32(poisson_if_few(rate, comments[j]))
            usual = (count < int32(FEW)) & (rate < NORMAL_RATE)
            flags[j] |= 0 if usual else 2
            sum_comments += count if usual else 0
        for j in range(visitors):
            tipping = unit_single(tips[j]) >= ONE - float32(visits[j]) * tip_rate
            flags[j] |= 4 if tipping & (allowed[j] & TIP != 0) else 0
        unusual = luck_row(desk, AGAIN_WORD, 0, BLOCK)
        for i in range(flagged(flags, visitors, unusual)):
            j = int64(unusual[i])
            k, many = places[j], float32(visits[j])
            if flags[j] & 1 != 0:
                sum_likes += poisson_count(many * like_rate, int64(likes[j]))
            if flags[j] & 2 != 0:
                sum_comments += poisson_count(many * comment_rate, int64(comments[j]))
            if flags[j] & 4 != 0 and poisson_count(many * tip_rate, int64(tips[j])) > 0:
                liquidity = int64(liquidities[k])
                tip = min(tip_amount(unit(int64(amounts[j])), p.tip_most_fen, p.circle_tip_skew), liquidity)
                liquidities[k] = liquidity - tip
                sum_tips += 1
                sum_fen += tip
        total[n.LIKES] += sum_likes
        total[n.COMMENTS] += sum_comments
        total[n.TIPS] += sum_tips
        total[n.TIPS_FEN] += sum_fen
        total[n.CIRCLE_VISITS + circle] += sum_visits * p.switch_feed
        total[n.CIRCLE_REACTIONS + circle] += sum_likes + sum_comments + sum_tips
        total[n.CIRCLE_TIPS_FEN + circle] += sum_fen
    return 0
