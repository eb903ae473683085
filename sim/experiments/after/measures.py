"""The after-effect measures, each declared once: name, unit, meaning, good direction, and what it needs to be measured."""

from typing import NamedTuple

import numpy as np

from sim.experiments.effect import Interval, share_interval, t_interval
from sim.results.table import Table, where


class AfterMeasure(NamedTuple):
    """One measure. good: +1 more is better for the platform, -1 less is better, 0 neither; part: a share of a whole, 0 to 1
    (other shares are changes or differences, and may be below 0).
    """

    name: str
    unit: str
    meaning: str
    good: int
    part: bool = False


AFTER_MEASURES = (
    AfterMeasure("half_life", "days", "from the gate's end until its effect on visits has halved", 0),
    AfterMeasure(
        "crossing_rise",
        "share",
        "rise of visits in the 30 days before first reaching the gate's score, over the 30 before those",
        0,
    ),
    AfterMeasure("phantom_rise", "share", "the same in the placebo, where nobody responds: the spurious part", 0),
    AfterMeasure(
        "net_rise", "share", "the same, each user's visits in the placebo subtracted (same people, same days)", 1
    ),
    AfterMeasure(
        "net_after",
        "1/user/day",
        "visits in the 30 days after first reaching the gate's score, those in the placebo subtracted",
        1,
    ),
    AfterMeasure(
        "bunching",
        "share",
        "at the end, of users within 10 points of the gate, share above, over that of a smooth histogram",
        0,
    ),
    AfterMeasure("bunching_paired", "share", "the same, over the share in the baseline", 0),
    AfterMeasure("admitted_at_once", "share", "users admitted on the gate's first day", 0, True),
    AfterMeasure(
        "admitted_by_effort", "share", "users admitted later, but not in the same world where nobody responds", 1, True
    ),
    AfterMeasure(
        "admitted_by_drift",
        "share",
        "users admitted later where nobody responds, their score over the gate by itself",
        0,
        True,
    ),
    AfterMeasure(
        "admitted_by_luck",
        "share",
        "users admitted later where nobody responds, by the noise of the published score alone",
        0,
        True,
    ),
    AfterMeasure(
        "quiet_short",
        "share",
        "users who started 1-25 points short: share without a visit in the last 30 days, less that in the baseline",
        -1,
    ),
    AfterMeasure(
        "halved_short",
        "share",
        "the same users: share with fewer than half as many visits in the last 30 days as in the 30 before the gate, less that in the baseline",
        -1,
    ),
)
"""All of them, in the order in which they are shown. Shares of users are of all users."""


def interval_of(table: Table, measure: str) -> Interval:
    """Mean of one measure with its 95% t interval over replicates (columns measure, replicate, value), of a part on the logit."""
    part = any(known.name == measure and known.part for known in AFTER_MEASURES)
    return (share_interval if part else t_interval)(where(table, measure=measure)["value"] if table else np.zeros(0))
