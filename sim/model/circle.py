"""Mechanism 5, the circle: two sides that need each other, and a seeker's comment that is worth more the fewer may comment.

Posters want attention: their motivation follows the reactions a post gets, with a critical mass (an S-shaped response)
below which it dies. Seekers want to be noticed: a poster answers a high-scoring seeker 3-10 times as often as a
low-scoring one (Ong & Wang 2015, JEBO 111, A).
"""

import numpy as np

from sim.model.numerics import exponential, logistic
from sim.model.rule import rule, vector_rule
from sim.model.states import GROUP_PLACE, MOST_GROUPS, POSTER, POSTING, ROLE, SEEKER, VIEW

MOTIVATION, PULL, ATTENTION = 0, MOST_GROUPS, 2 * MOST_GROUPS
"""Places of the first circle's state among those of all circles; the others' follow."""
ESCROW, TIP_EACH = 0, MOST_GROUPS
"""Likewise of its money: tips held back (fen), and what each of the last tick's posts gets of them."""

ONE = np.float32(1.0)


@rule
def reactions_per_post(reactions, posts):
    """Likes, comments and tips per post of one tick; 0 with no post."""
    return reactions / posts if posts > 0 else 0.0


@rule
def motivation_after(motivation, reactions_each, half_reactions, step):
    """Poster motivation (0 to 1) after a tick: `step` of the way to r**2 / (r**2 + half**2) at r reactions per post."""
    square = reactions_each * reactions_each
    target = square / (square + half_reactions * half_reactions)
    return motivation + step * (target - motivation)


@rule
def feed_appeal(posts_per_knower, half_posts):
    """Appeal of the feed (0 to 1): saturates in posts per day and person who knows the circle."""
    return posts_per_knower / (posts_per_knower + half_posts)


@rule
def novelty(days_open, fade_days, floor):
    """How much of the first days' pull is left (1 down to `floor`) after `days_open` days."""
    return floor + (1.0 - floor) * exponential(-days_open / fade_days)


@rule
def reply_chance(score, low, high, middle, width):
    """Chance that a seeker's comment is answered, rising with the seeker's score from `low` to `high`."""
    return low + (high - low) * logistic((score - middle) / width)


@rule
def exclusivity(commenter_share, strength):
    """Factor on a comment's worth: 1 when everybody who knows the circle may comment, 1 + strength when nobody may."""
    return 1.0 + strength * (1.0 - commenter_share)


@rule
def open_groups(p, tick):
    """Posting groups whose own circle is open: bit k for group k."""
    return (
        (tick >= p.group_opens_0)
        + 2 * (tick >= p.group_opens_1)
        + 4 * (tick >= p.group_opens_2)
        + 8 * (tick >= p.group_opens_3)
    )


@vector_rule
def acting_role(code, open_groups):
    """The role that a user plays: that of the column `role`, but posters look on until their own circle is open."""
    shut = ((open_groups >> ((code >> GROUP_PLACE) & (MOST_GROUPS - 1))) & 1) ^ 1
    return (code & ROLE) - shut * ((code & ROLE) == POSTER)


@rule
def circle_of(p, code):
    """Number of the circle in which a poster posts: that of the posting group, or 0 where all share one."""
    return (code >> GROUP_PLACE) & (MOST_GROUPS - 1) if p.circles > 1 else 0


@rule
def together(one, other):
    """Appeal, or pull, of two circles side by side: at most 1, and that of one alone where the other has none."""
    return one + other * (1.0 - one)


@rule
def circle_visited(point, pull_0, pull_1, pull_2, pull_3):
    """Number of the circle in which a visitor who does not post spends a tick, by their pulls. point: uniform (0 to 1)."""
    at = point * (pull_0 + pull_1 + pull_2 + pull_3)
    return int(at >= pull_0) + int(at >= pull_0 + pull_1) + int(at >= pull_0 + pull_1 + pull_2)


@rule
def ticks_late(p, circle):
    """Ticks after the first opening on which a circle opens."""
    if circle < 2:
        return p.circle_late_0 if circle == 0 else p.circle_late_1
    return p.circle_late_2 if circle == 2 else p.circle_late_3


@vector_rule
def circle_rate(role, base_visits, onlooker_pull, seeker_pull, poster_pull):
    """Circle visits per day of a user who knows the circle and may view it (single precision).

    The three factors are the day's, per role: visits relative to the base, times novelty, times appeal of the feed, and
    for a poster the extra from the reactions that posts get.
    """
    if role == POSTER:
        return base_visits * poster_pull
    if role == SEEKER:
        return base_visits * seeker_pull
    return base_visits * onlooker_pull


@vector_rule
def noticed_rate(circle_rate, answered, comment_pull):
    """Circle visits per day of a seeker who may comment: `comment_pull` times the chance of an answer more (single precision)."""
    return circle_rate * (ONE + comment_pull * answered)


@rule
def tip_amount(uniform, largest, skew):
    """One tip (fen): the largest allowed times a uniform to the power `skew` (a whole number), so that most are small."""
    value = uniform
    for _ in range(int(skew) - 1):
        value = value * uniform
    return int(largest * value)


@vector_rule
def may_use(feature, role, gate_active, covers, opened):
    """Whether a user may use a feature of the circle today: unless an active gate covers it and has not opened it to them.

    Posting is for posters alone, and nothing else is ever closed to them: the circle is theirs. Others who may not view
    may do nothing else either. covers, opened: flags of features; others in `opened` play no part.
    """
    if role == POSTER:
        return feature != POSTING or not gate_active or (covers & ~opened & POSTING) == 0
    if feature == POSTING:
        return False
    return not gate_active or (covers & ~opened & (feature | VIEW)) == 0


@rule
def circle_today(p, days_open, motivation, posts, reactions, knowing, commenters):
    """A circle's state for this tick from the totals before: its posts and reactions of the last day (an hour's are few),
    those who know and may comment as of the last tick. days_open may have a fraction.

    Returns motivation of posters, appeal of the feed, pull (appeal times novelty), extra visits of posters from
    attention, and the factor of exclusivity. A day without a post tells posters nothing and leaves motivation alone.
    """
    reactions_each = reactions_per_post(reactions, posts)
    if days_open == 0:
        motivation = p.circle_first_motivation
    elif posts > 0:
        motivation = motivation_after(motivation, reactions_each, p.circle_half_reactions, p.motivation_step)
    people = max(knowing, 1)
    appeal = feed_appeal(posts / people, p.circle_half_posts)
    pull = appeal * novelty(days_open, p.circle_novelty_days, p.circle_novelty_floor)
    attention = p.circle_attention_pull * reactions_each / (reactions_each + p.circle_half_reactions)
    return motivation, appeal, pull, attention, exclusivity(commenters / people, p.circle_exclusivity)
