"""What the figures and the page of a run show, worked out from its stored tables."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.experiments.effect import Interval, t_interval
from sim.model.clock import TICKS_PER_DAY
from sim.model.states import PLANS
from sim.results.table import Table, rows_of, where
from sim.results.title import SIZE, title

if TYPE_CHECKING:
    from sim.experiments.run import Result

EFFORTS = PLANS[1:]
"""Plans that are an effort."""
FARTHEST = 150
"""Points from the middle of the picture of plans to its ends; the middle lies 50 points below the gate."""


def arms(result: "Result") -> list[tuple[str, str]]:
    """Arms that there are, each with the name of its scenario (and what was changed in it beside its size); the policy first."""
    names = {arm: str(scenario["name"]) for arm, scenario in result.manifest["scenarios"].items()}
    names["policy"] = title(result.manifest, SIZE)
    return [(arm, names[arm]) for arm in ("policy", "baseline") if arm in names]


def per_day(result: "Result") -> int:
    """Ticks in a day of the run."""
    return TICKS_PER_DAY[result.manifest["scenarios"]["policy"]["run"].get("tick", "day")]


def by_replicate(result: "Result", arm: str, measure: str) -> NDArray[np.float64]:
    """A measure over time, shape (replicates, ticks)."""
    table = where(result.tables["ticks"], arm=arm)
    order = np.lexsort((table["day"], table["replicate"]))
    replicates = np.unique(table["replicate"]).size
    return np.asarray(table[measure][order], dtype=float).reshape(replicates, -1)


def mean_of_last(values: NDArray[np.float64], ticks: int) -> NDArray[np.float64]:
    """Mean of the last so many ticks at each tick, along the last axis (NaN before there are so many), shape as given."""
    means = np.full(values.shape, np.nan)
    if values.shape[-1] >= ticks:
        means[..., ticks - 1 :] = np.lib.stride_tricks.sliding_window_view(values, ticks, axis=-1).mean(axis=-1)
    return means


def last_week(values: NDArray[np.float64], ticks_per_day: int) -> NDArray[np.float64]:
    """Mean of the last seven days at each tick (NaN before there are so many), shape as given."""
    return mean_of_last(values, 7 * ticks_per_day)


def score_days(result: "Result") -> list[float]:
    """Days on which the scores were counted, in order."""
    table = result.tables["scores"]
    return [float(day) for day in np.unique(table["day"])] if rows_of(table) else []


def score_shares(result: "Result", arm: str, day: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lower edges of the bins of 10 points, and users in each (% of all, mean over replicates); empty if not counted."""
    chosen = where(result.tables["scores"], arm=arm, day=day)
    if not rows_of(chosen):
        return np.zeros(0, np.int64), np.zeros(0)
    edges, place = np.unique(chosen["score"], return_inverse=True)
    users = np.bincount(place, weights=chosen["users"])
    return edges, 100 * users / users.sum()


class PlanShares(NamedTuple):
    """Efforts by distance to the gate. distance: points missing (lower end of a bin of 25, less one); users: responsive and
    knowing, summed over publications and replicates; shares: % of them on each plan that is an effort.
    """

    distance: NDArray[np.int64]
    users: NDArray[np.float64]
    shares: dict[str, NDArray[np.float64]]


def plan_shares(result: "Result") -> PlanShares | None:
    """Efforts of the policy's users by distance, near the gate; None if nobody responsive knew of one."""
    table = result.tables["plans"]
    table = where(table, arm="policy") if rows_of(table) else {}
    if not rows_of(table):
        return None
    near = np.abs(table["distance"] - 50) <= FARTHEST
    if not near.any():
        return None
    distance, plan, users = (table[name][near] for name in ("distance", "plan", "users"))
    bins, place = np.unique(distance, return_inverse=True)
    everybody = np.bincount(place, weights=users).astype(np.float64)
    shares = {kind: 100 * np.bincount(place, weights=users * (plan == kind)) / everybody for kind in EFFORTS}
    return PlanShares(bins, everybody, shares)


class GroupEffect(NamedTuple):
    """The paired difference of a figure of one group. users: mean number over replicates; policy, baseline: means."""

    kind: str
    group: str
    users: float
    policy: float
    baseline: float
    interval: Interval


def group_effects(result: "Result", figure: str = "visits") -> list[GroupEffect]:
    """The paired difference of a column of the groups, group by group, in the order they are stored in."""
    table = result.tables["groups"]
    if not result.paired or not rows_of(table):
        return []
    pairs = dict.fromkeys(zip(table["kind"].tolist(), table["group"].tolist(), strict=True))
    return [_group_effect(where(table, kind=kind, group=group), kind, group, figure) for kind, group in pairs]


def _group_effect(rows: Table, kind: str, group: str, figure: str) -> GroupEffect:
    values = {}
    for arm in ("policy", "baseline"):
        mine = where(rows, arm=arm)
        values[arm] = dict(zip(mine["replicate"].tolist(), mine[figure].tolist(), strict=True))
    both = [replicate for replicate in values["policy"] if replicate in values["baseline"]]
    here, there = (np.array([values[arm][k] for k in both], dtype=float) for arm in ("policy", "baseline"))
    mean_here, mean_there = (float(side.mean()) if both else float("nan") for side in (here, there))
    return GroupEffect(kind, group, float(rows["users"].mean()), mean_here, mean_there, t_interval(here - there))
