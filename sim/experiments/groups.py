"""Groups of users at the end of a run: who they are, and what became of them on average."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engines.columns import Columns, SideBySide
from sim.model.credit import CLOSED
from sim.model.lenders import BARRED, times_late
from sim.model.measures import Totals
from sim.model.numbers import as_namespace, numbers
from sim.model.score import asset_count
from sim.model.states import ENTERED, ROLE, ROLES
from sim.model.totals import KEPT_BY_GROUP
from sim.results.table import Table
from sim.scenario.schema import Scenario

INCOME_THIRDS = ("lowest third", "middle third", "highest third")
FILES = ("thin", "file")
STARTS = (
    "admitted at the start",
    "1-25 points short",
    "26-50 points short",
    "51-100 points short",
    "more than 100 points short",
)

Kept = Mapping[tuple[str, str], float]
"""Of `money_kept`."""


def quantiles(values: NDArray[Any], shares: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """As np.quantile along the last axis, which takes ten times as long for the people of a small cell."""
    most = values.shape[-1] - 1
    places = [share * most for share in shares]
    around = sorted({min(int(place) + more, most) for place in places for more in (0, 1)})
    parted = np.partition(values, around, axis=-1)
    low, high = ([parted[..., min(int(place) + more, most)].astype(np.float64) for place in places] for more in (0, 1))
    return [a + (b - a) * (place - int(place)) for a, b, place in zip(low, high, places, strict=True)]


def group_codes(
    columns: Columns | SideBySide, reference: ArrayLike
) -> dict[str, tuple[tuple[str, ...], NDArray[np.int64]]]:
    """Kinds of groups that users fall into: the names of the groups, and the place among them of every user's.

    reference: the score that distance is counted from, of each population where there are several.
    """
    income = columns["income"]
    below, above = quantiles(income, (1 / 3, 2 / 3))
    missing = np.asarray(reference)[..., np.newaxis] - columns["starting_score"].astype(np.int64)
    codes = {
        "income": (
            INCOME_THIRDS,
            (income > below[..., np.newaxis]) + (income > above[..., np.newaxis]).astype(np.int64),
        ),
        "file": (FILES, columns["has_file"]),
        "role": (ROLES, columns["role"] & ROLE),
        "responsive": (("not responsive", "responsive"), columns["responsive"]),
        "start": (STARTS, np.searchsorted([0, 25, 50, 100], missing)),
    }
    return {kind: (names, places.astype(np.int64)) for kind, (names, places) in codes.items()}


def credit_values(columns: Columns | SideBySide) -> dict[str, NDArray[np.float64]]:
    """Of every user, where credit is a business: in arrears with the credit line; in default on it; living costs of the last month
    not met (CNY); with lenders, owed to them (CNY), whether to any, to several, in arrears with one, in default with one.
    """
    if "missed" not in columns.names:
        return {}
    missed = columns["missed"]
    values = {
        "line_late": (missed > 0) & (missed < CLOSED),
        "line_closed": missed == CLOSED,
        "unmet": columns["unmet"] * 0.01,
    }
    owed = [columns[name] for name in columns.names if name.startswith("owed_")]
    if owed:
        loans = sum((one > 0).astype(np.int64) for one in owed)
        states = [columns[name].astype(np.int64) for name in columns.names if name.startswith("loan_")]
        values |= {
            "owed": sum(one.astype(np.int64) for one in owed) * 0.01,
            "borrowers": loans > 0,
            "borrowers_several": loans > 1,
            "overdue": np.any([times_late(state) > 0 for state in states], axis=0),
            "barred": np.any([state == BARRED for state in states], axis=0),
        }
    return {name: np.asarray(value, float) for name, value in values.items()}


def packet_values(columns: Columns | SideBySide) -> dict[str, NDArray[np.float64]]:
    """Of every user, where red packets are given: whether ever one was opened."""
    return {"openers": (columns["opened_day"] >= 0).astype(float)} if "opened_day" in columns.names else {}


def money_kept(columns: Columns, scenario: Scenario, totals: Totals, days: float) -> Kept:
    """Money of red packets that users kept (CNY/user/day), by kind and group, where packets are given.

    Thirds of income are those of the law, and each figure is per user who lies in them, so that no third is favoured.
    """
    if KEPT_BY_GROUP[0] not in totals:
        return {}
    p = as_namespace(numbers(scenario, scenario.run.seed))
    income = columns["income"]
    third = (income > p.income_below_middle).astype(np.int64) + (income > p.income_above_middle)
    users = [*np.bincount(third, minlength=3), *np.bincount(columns["has_file"], minlength=2)]
    groups = [*(("income", name) for name in INCOME_THIRDS), *(("file", name) for name in FILES)]
    kept = [float(totals[name].sum()) * 0.01 / days for name in KEPT_BY_GROUP]
    return {group: fen / many for group, fen, many in zip(groups, kept, users, strict=True) if many > 0}


def group_table(columns: Columns, days: float, reference: int, kept: Kept | None = None) -> Table:
    """Per group: users, visits per user-day, mean score and its rise, debt (CNY), money sent lately (CNY/day), assets proved, share
    admitted and knowing at the end; credit; packets. kept: of `money_kept`.
    """
    return group_tables([columns], days, [reference], [kept or {}])[0]


def group_tables(
    populations: Sequence[Columns], days: float, references: Sequence[int], kept: Sequence[Kept]
) -> list[Table]:
    """As `group_table` for populations of the same columns and as many users, all at once: for many small cells that saves time."""
    columns = SideBySide(populations)
    values = {
        "visits": columns["visits"] / days,
        "score": columns["score"].astype(float),
        "score_rise": columns["score"].astype(float) - columns["starting_score"],
        "debt": columns["debt"] * 0.01,
        "recent_spend": columns["recent_spend"].astype(float),
        "assets": asset_count(columns["declared"].astype(np.int64)).astype(float),
        "admitted": (columns["admitted"] & ENTERED > 0).astype(float),
        "knowing": columns["knows"].astype(float),
        **credit_values(columns),
        **packet_values(columns),
    }
    kinds = group_codes(columns, references)
    of_kind = [len(names) for names, _ in kinds.values()]
    names = np.array([name for names, _ in kinds.values() for name in names])
    kind_of = np.repeat(list(kinds), of_kind)
    # Users are summed once, by what they are in every respect; what they are in one is a sum of those.
    respects = int(np.prod(of_kind))
    joint = np.broadcast_to(np.arange(len(populations))[:, np.newaxis], values["score"].shape)
    for many, (_, codes) in zip(of_kind, kinds.values(), strict=True):
        joint = joint * many + codes
    joint = joint.ravel()
    groups, cells = sum(of_kind), len(populations)
    groups_of_joint = (
        np.arange(cells)[:, np.newaxis] * groups + _groups_of_joint(tuple(of_kind))[:, np.newaxis]
    ).ravel()

    def by_group(value: NDArray[np.float64] | None) -> NDArray[np.float64]:
        sums = np.bincount(joint, None if value is None else value.ravel(), minlength=respects * cells)
        whole = np.bincount(groups_of_joint, np.tile(sums, len(kinds)), minlength=groups * cells)
        return np.asarray(whole.reshape(cells, groups), np.float64)

    users = by_group(None).astype(np.int64)
    sums = {name: by_group(value) for name, value in values.items()}
    tables: list[Table] = []
    for place, (many, money) in enumerate(zip(users, kept, strict=True)):
        some = many > 0
        table: Table = {"group": names[some], "kind": kind_of[some], "users": many[some]}
        table |= {name: of_all[place, some] / many[some] for name, of_all in sums.items()}
        if money:
            rows = zip(table["kind"].tolist(), table["group"].tolist(), strict=True)
            table["incentives"] = np.array([money.get(row, np.nan) for row in rows])
        tables.append(table)
    return tables


@lru_cache(8)
def _groups_of_joint(of_kind: tuple[int, ...]) -> NDArray[np.int64]:
    """For every kind of groups, the group of those who are alike in every respect: shape (kinds, product of `of_kind`)."""
    firsts = np.cumsum([0, *of_kind[:-1]])
    return np.indices(of_kind).reshape(len(of_kind), -1) + firsts[:, np.newaxis]
