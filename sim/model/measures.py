"""What a run is measured by: each measure once, with formula, unit and good direction.

Formulas work on arrays of totals, one entry per tick, with what happened in a tick (not what stood at its end) counted per
day. A run's figure is the mean over its ticks, or the last tick's value.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.totals import BUREAU_STOCKS, CREDIT_FLOWS, LENDER_STOCKS, STOCKS, of_circles, of_lenders

Totals = Mapping[str, NDArray[np.int64]]
CHANNELS = ("habit", "payment", "score", "credit", "circle")
"""Channels of every scenario."""
PACKET_CHANNEL = "packet"
EFFORT_CHANNELS = ("payment", "score", "credit")


class Measure(NamedTuple):
    """One measure. good: +1 more is better for the platform, -1 less is better, 0 neither; over: "mean" or "last" tick;
    after_days: that must have passed before it means anything (NaN until then); needs: a total without which there is none.
    """

    name: str
    unit: str
    meaning: str
    good: int
    over: str
    formula: Callable[[Totals, int], NDArray[np.float64]]
    after_days: int = 0
    needs: str = "visits_habit"


def _ratio(
    top: NDArray[np.int64] | NDArray[np.float64], bottom: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.full(np.shape(top), np.nan)
    np.divide(top, bottom, out=share, where=np.asarray(bottom) != 0)
    return share


def _visits(t: Totals) -> NDArray[np.int64]:
    total: NDArray[np.int64] = sum(
        (t[f"visits_{channel}"] for channel in (*CHANNELS, PACKET_CHANNEL)), np.zeros_like(t["visits_habit"])
    )
    return total


def _per_user(name: str, scale: float = 1.0) -> Callable[[Totals, int], NDArray[np.float64]]:
    def formula(t: Totals, users: int) -> NDArray[np.float64]:
        return np.asarray(t[name] * scale / users, dtype=np.float64)

    return formula


def _monthly_active(t: Totals, users: int) -> NDArray[np.float64]:
    return np.asarray(t["active_30"] / users, dtype=np.float64)


def _of_lenders(t: Totals, name: str) -> NDArray[np.int64]:
    """A total of the lenders' books, over all lenders there are."""
    there = [t[one] for one in of_lenders(name) if one in t]
    summed: NDArray[np.int64] = np.sum(there, axis=0, dtype=np.int64)
    return summed


LINE, BOOKS = CREDIT_FLOWS[0], of_lenders(LENDER_STOCKS[0])[0]
"""A total that is there where credit is a business, and one that is there with lenders."""

CREDIT_MEASURES: tuple[Measure, ...] = (
    Measure("limit", "CNY/user", "limit of the credit line", 0, "last", _per_user("limit_fen", 0.01), 0, LINE),
    Measure("line_late", "share", "users with a bill of the line missed", -1, "last", _per_user("line_late"), 0, LINE),
    Measure(
        "line_defaults",
        "1/1000 users/day",
        "defaults on the credit line",
        -1,
        "mean",
        _per_user("line_defaults", 1000.0),
        0,
        LINE,
    ),
    Measure(
        "platform_profit",
        "CNY/user/day",
        "interest and fees of the credit line, less what is written off",
        1,
        "mean",
        lambda t, users: (t["interest_fen"] + t["late_fees_fen"] - t["written_off_fen"]) * 0.01 / users,
        0,
        LINE,
    ),
    Measure("unmet", "CNY/user/day", "living costs not met", -1, "mean", _per_user("unmet_fen", 0.01), 0, LINE),
    Measure(
        "loans_owed",
        "CNY/user",
        "owed to lenders",
        -1,
        "last",
        lambda t, users: _of_lenders(t, "owed") * 0.01 / users,
        0,
        BOOKS,
    ),
    Measure("borrowers", "share", "users who owe a lender", 0, "last", _per_user("borrowers"), 0, BOOKS),
    Measure(
        "borrowers_several",
        "share",
        "of those, users who owe two lenders or more",
        -1,
        "last",
        lambda t, users: _ratio(t["borrowers_2"], t["borrowers"]),
        0,
        BOOKS,
    ),
    Measure(
        "overdue",
        "share",
        "of those, users with an instalment missed",
        -1,
        "last",
        lambda t, users: _ratio(t["late_1"] + t["late_2"], t["borrowers"]),
        0,
        BOOKS,
    ),
    Measure(
        "late_users",
        "share",
        "of all users, those with an instalment missed",
        -1,
        "last",
        lambda t, users: (t["late_1"] + t["late_2"]) / users,
        0,
        BOOKS,
    ),
    Measure(
        "loan_defaults",
        "1/1000 users/day",
        "loans in default",
        -1,
        "mean",
        _per_user("loan_defaults", 1000.0),
        0,
        BOOKS,
    ),
    Measure(
        "approvals",
        "share",
        "applications answered with an offer, on days with any",
        0,
        "mean",
        lambda t, users: _ratio(t["approvals"], t["applications"]),
        0,
        BOOKS,
    ),
    Measure(
        "mean_loan",
        "CNY",
        "mean loan, on days with any",
        0,
        "mean",
        lambda t, users: _ratio(_of_lenders(t, "lent") * np.float64(0.01), t["loans"]),
        0,
        BOOKS,
    ),
    Measure(
        "lender_profit",
        "CNY/user/day",
        "prices and charges of the lenders, less what they write off",
        1,
        "mean",
        lambda t, users: (_of_lenders(t, "priced") - _of_lenders(t, "lost")) * 0.01 / users,
        0,
        BOOKS,
    ),
)
"""Measures of credit, where it is a business."""


PACKET_MEASURES: tuple[Measure, ...] = (
    Measure("visits_packet", "1/user/day", "visits to open red packets", 1, "mean", _per_user("visits_packet")),
    Measure(
        "packets_opened",
        "1/1000 users/day",
        "red packets opened, given by the platform or passed on",
        0,
        "mean",
        _per_user("packets_opened", 1000.0),
    ),
    Measure(
        "incentives_spent",
        "CNY/user/day",
        "money given in red packets that users kept (0 where none are given, as with a gate)",
        -1,
        "mean",
        _per_user("packet_kept_fen", 0.01),
    ),
)
"""Measures of incentives, of every scenario, since giving nothing is a figure too: 0."""


def _known(name: str, gini: bool = False) -> Callable[[Totals, int], NDArray[np.float64]]:
    """A figure in millionths, NaN until it is known; gini: of the AUC."""

    def formula(t: Totals, _: int) -> NDArray[np.float64]:
        share = np.where(t[name] == 0, np.nan, t[name] * 1e-6)
        return 2.0 * share - 1.0 if gini else share

    return formula


JUDGED = BUREAU_STOCKS[0]
"""A total that is there where the bureau learns."""

FLYWHEEL_MEASURES: tuple[Measure, ...] = (
    Measure(
        "score_auc",
        "share",
        "chance that a payer's score, published at the last quarter's start, was above an overdue user's",
        1,
        "last",
        _known("score_auc_ppm"),
        0,
        JUDGED,
    ),
    Measure("score_ks", "share", "the same score's KS", 1, "last", _known("score_ks_ppm"), 0, JUDGED),
    Measure("score_gini", "share", "the same score's Gini", 1, "last", _known("score_auc_ppm", True), 0, JUDGED),
    Measure(
        "learned_auc",
        "share",
        "AUC on users held out of the formula learned from the last quarter",
        1,
        "last",
        _known("learned_auc_ppm"),
        0,
        JUDGED,
    ),
    Measure("learned_ks", "share", "the same formula's KS", 1, "last", _known("learned_ks_ppm"), 0, JUDGED),
    Measure(
        "outcomes", "share", "users with an outcome in the last quarter", 0, "last", _per_user("outcomes"), 0, JUDGED
    ),
    Measure(
        "fell_overdue",
        "share",
        "of those, users who fell overdue",
        -1,
        "last",
        lambda t, users: _ratio(t["outcomes_overdue"], t["outcomes"]),
        0,
        JUDGED,
    ),
    Measure(
        "merchants",
        "merchants",
        "merchants that ask for the score",
        1,
        "last",
        lambda t, users: t["merchants"].astype(np.float64),
        0,
        "merchants",
    ),
)
"""Measures of the flywheel, where the bureau learns or merchants join."""


CIRCLE_MEASURES = tuple(
    Measure(
        total,
        unit,
        f"{what} circle {number}, where posting groups have one each",
        good,
        over,
        _per_user(total, scale),
        0,
        total,
    )
    for name, unit, what, good, over, scale in (
        ("visits", "1/user/day", "visits to", 1, "mean", 1.0),
        ("posts", "1/1000 users/day", "posts in", 1, "mean", 1000.0),
        ("viewers", "share", "users who have ever visited", 0, "last", 1.0),
    )
    for number, total in enumerate(of_circles(name), 1)
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        "visits", "1/user/day", "visits to the platform: the headline", 1, "mean", lambda t, users: _visits(t) / users
    ),
    Measure("visits_habit", "1/user/day", "habitual opens", 1, "mean", _per_user("visits_habit")),
    Measure("visits_payment", "1/user/day", "visits to pay", 1, "mean", _per_user("visits_payment")),
    Measure("visits_score", "1/user/day", "visits to look at the own score", 1, "mean", _per_user("visits_score")),
    Measure(
        "visits_credit",
        "1/user/day",
        "errands of credit: bills, repayments, proofs of assets",
        1,
        "mean",
        _per_user("visits_credit"),
    ),
    Measure("visits_circle", "1/user/day", "visits to the circle", 1, "mean", _per_user("visits_circle")),
    Measure("visits_rival", "1/user/day", "visits to the rival", -1, "mean", _per_user("visits_rival")),
    Measure(
        "attention_share",
        "share",
        "platform visits in all visits to platform and rival",
        1,
        "mean",
        lambda t, users: _ratio(_visits(t), _visits(t) + t["visits_rival"]),
    ),
    Measure("daily_active", "share", "users with a visit in the last day", 1, "mean", _per_user("active")),
    Measure(
        "monthly_active",
        "share",
        "users with a visit in the last 30 days (from day 29)",
        1,
        "mean",
        _monthly_active,
        30,
    ),
    Measure(
        "stickiness",
        "ratio",
        "daily over monthly active users (from day 29)",
        1,
        "mean",
        lambda t, users: _ratio(t["active"] / users, _monthly_active(t, users)),
        30,
    ),
    Measure("knowing", "share", "users who know of the circle and its gate", 0, "last", _per_user("knowing")),
    Measure("viewers", "share", "users who have ever visited the circle", 0, "last", _per_user("viewers")),
    Measure("admitted", "share", "users admitted by the gate", 0, "last", _per_user("admitted")),
    Measure(
        "may_comment",
        "share",
        "of those who know, users who may comment (posters included)",
        0,
        "last",
        lambda t, users: _ratio(t["commenters"], t["knowing"]),
    ),
    Measure("plan_spend", "share", "users on the plan to spend more", 0, "mean", _per_user("spend")),
    Measure("plan_repay", "share", "users on the plan to repay", 0, "mean", _per_user("repay")),
    Measure("plan_upload", "share", "users on the plan to prove assets", 0, "mean", _per_user("upload")),
    Measure("uploads", "1/1000 users/day", "assets proved", 0, "mean", _per_user("uploads", 1000.0)),
    Measure("posts", "1/1000 users/day", "posts in the circle", 1, "mean", _per_user("posts", 1000.0)),
    Measure(
        "reactions_per_post",
        "1/post",
        "likes, comments and tips per post",
        1,
        "mean",
        lambda t, users: _ratio(t["likes"] + t["comments"] + t["tips"], t["posts"]),
    ),
    Measure("tips", "CNY/1000 users/day", "tips given", 0, "mean", _per_user("tips_fen", 10.0)),
    Measure(
        "spending",
        "CNY/user/day",
        "shopping paid, in cash and on credit",
        1,
        "mean",
        lambda t, users: (t["cash_fen"] + t["charged_fen"]) * 0.01 / users,
    ),
    Measure("outflow", "CNY/user/day", "money sent, shopping and passed on", 1, "mean", _per_user("outflow_fen", 0.01)),
    Measure("debt", "CNY/user", "debt", -1, "last", _per_user("debt_fen", 0.01)),
    Measure(
        "missed_bills",
        "share",
        "bills missed, of bills due",
        -1,
        "mean",
        lambda t, users: _ratio(t["bills_missed"], t["bills"]),
    ),
    Measure("mean_score", "points", "mean published score", 0, "last", _per_user("score_points")),
    Measure("share_750", "share", "users with a score of 750 or more", 0, "last", _per_user("score_750")),
    *CREDIT_MEASURES,
    *PACKET_MEASURES,
    *FLYWHEEL_MEASURES,
    *CIRCLE_MEASURES,
)
"""All measures over time."""


class UserMeasure(NamedTuple):
    """A measure taken from the users at the end of a run. good: as in `Measure`."""

    unit: str
    meaning: str
    good: int


USER_MEASURES = {
    "admitted_later": UserMeasure("share", "share of users first admitted after the gate's first day", 0),
    "days_to_admission": UserMeasure(
        "days", "mean days from the gate's first day to admission, of those admitted later", 0
    ),
    "just_above": UserMeasure(
        "share", "of users within 10 points of the gate, share at or above it (more than in the baseline: bunching)", 0
    ),
    "quiet_short": UserMeasure(
        "share", "of users who started 1-25 points short of the gate, share without a visit in the last 30 days", -1
    ),
}
"""Measures taken from the users at the end of a run, by name."""


def over_time(totals: Totals, users: int, ticks_per_day: int = 1) -> dict[str, NDArray[np.float64]]:
    """Every measure per tick for which the totals are there, arrays of their shape: (ticks,), or (runs, ticks) of several alike."""
    by_day = {name: column if name in STOCKS else column * ticks_per_day for name, column in totals.items()}
    series = {}
    with np.errstate(invalid="ignore"):
        for measure in (one for one in MEASURES if one.needs in totals):
            values = np.array(measure.formula(by_day, users), dtype=np.float64)
            values[..., : max(measure.after_days * ticks_per_day - 1, 0)] = np.nan
            series[measure.name] = values
    return series


def of_run(series: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """One figure per measure for a whole run (NaN where nothing was measured)."""
    return of_runs({name: values[np.newaxis] for name, values in series.items()})[0]


def of_runs(series: Mapping[str, NDArray[np.float64]]) -> list[dict[str, float]]:
    """As `of_run`, for each of several runs alike. series: arrays of shape (runs, ticks)."""
    measures = [one for one in MEASURES if one.name in series]
    rows = np.array([series[one.name] for one in measures])
    if not rows.size:
        return [{one.name: float("nan") for one in measures}] * (rows.shape[1] if rows.ndim > 1 else 1)
    lasting = np.array([one.over == "last" for one in measures])
    figures = np.where(lasting[:, np.newaxis], rows[..., -1], rows.mean(axis=-1))
    for place, run in zip(*np.nonzero(np.isnan(rows).any(axis=-1)), strict=True):
        seen = rows[place, run][~np.isnan(rows[place, run])]
        figures[place, run] = np.nan if not seen.size else seen[-1] if lasting[place] else seen.mean()
    names = [one.name for one in measures]
    return [dict(zip(names, run, strict=True)) for run in figures.T.tolist()]
