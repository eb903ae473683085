"""Compiled phases of users who learn from their own scores; they run only in worlds that have such users."""

from numpy import float32, float64, int64

from sim.engines.compiled import phase, use_rules
from sim.engines.memory import byte_column, lesson_column, short_column
from sim.model import columns as c
from sim.model.choice.mixture import belief_in
from sim.model.experience import after_publication, learns_from
from sim.model.score import asset_count
from sim.model.states import LEARNED, REPAY, SPEND

use_rules()


@phase
def experience_phase(desk, p, today, low, high):
    """Phase experience: what a new score teaches of the efforts since the last one."""
    beliefs, declareds = byte_column(desk, c.BELIEF, low, high), byte_column(desk, c.DECLARED, low, high)
    scores = short_column(desk, c.SCORE, low, high)
    by_spend, by_repay = (
        lesson_column(desk, c.LEARNED_SPEND, low, high),
        lesson_column(desk, c.LEARNED_REPAY, low, high),
    )
    by_upload = lesson_column(desk, c.LEARNED_UPLOAD, low, high)
    spend_days, repay_days = lesson_column(desk, c.SPEND_DAYS, low, high), lesson_column(desk, c.REPAY_DAYS, low, high)
    score_before, proved_before = (
        lesson_column(desk, c.SCORE_BEFORE, low, high),
        lesson_column(desk, c.PROVED_BEFORE, low, high),
    )
    for k in range(high - low):
        if belief_in(int64(beliefs[k])) == LEARNED:
            declared, score = int64(declareds[k]), float64(scores[k])
            spend_months, repay_months, uploads = learns_from(
                float64(spend_days[k]), float64(repay_days[k]), float64(proved_before[k]), declared
            )
            spend_points, repay_points, upload_points = after_publication(
                float64(by_spend[k]),
                float64(by_repay[k]),
                float64(by_upload[k]),
                spend_months,
                repay_months,
                uploads,
                score - float64(score_before[k]),
                p.choice_learning_rate,
            )
            by_spend[k] = spend_points
            by_repay[k] = repay_points
            by_upload[k] = upload_points
            spend_days[k] = 0.0
            repay_days[k] = 0.0
            score_before[k] = score
            proved_before[k] = asset_count(declared)
    return 0


@phase
def practice_phase(desk, p, today, low, high):
    """Phase practice: another tick on a plan, for those who learn from it."""
    beliefs, plans = byte_column(desk, c.BELIEF, low, high), byte_column(desk, c.PLAN, low, high)
    spend_days, repay_days = lesson_column(desk, c.SPEND_DAYS, low, high), lesson_column(desk, c.REPAY_DAYS, low, high)
    day = float32(p.tick_days)
    for k in range(high - low):
        learns = belief_in(int64(beliefs[k])) == LEARNED
        spend_days[k] += day if learns & (plans[k] == SPEND) else float32(0.0)
        repay_days[k] += day if learns & (plans[k] == REPAY) else float32(0.0)
    return 0
