"""What a decision rule is told about a plan: one shape for all rules, so that a new one needs no change elsewhere."""

from typing import NamedTuple

OUT_OF_THE_RUNNING = -1e200
"""Value (CNY) at or below which a plan is never taken, noise or not."""


class Prospect(NamedTuple):
    """A plan, seen from a review, that would reach the gate at one of the publications ahead. Days count from today.

    plan: code (SPEND, REPAY, UPLOAD); days_to_admission: until that publication, or the gate's start if later; prize_per_day:
    worth of what the plan adds to the chance of admission; cost_per_day: money, hassle and interest while on the way;
    cost_at_once: privacy; discount: impatience (1/day, above 0); publications: how many it takes (1 for the next);
    points_missing, points_missing_at_start: from the published score, today's and that of day 0, up to the gate (0 if
    there); missing_at_rest: from the score that rest would bring at that publication (negative above the gate);
    points_gained: what the plan brings more than rest by then; days_since_admission: since first admitted, -1 if never.
    """

    plan: int
    days_to_admission: float
    days_to_end: float
    prize_per_day: float
    cost_per_day: float
    cost_at_once: float
    discount: float
    days_to_start: float
    days_to_publication: float
    publication_interval: float
    publications: float
    points_missing: float
    points_missing_at_start: float
    missing_at_rest: float
    points_gained: float
    days_since_admission: float
