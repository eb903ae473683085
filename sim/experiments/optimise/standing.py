"""How policies stand: what counts of their gains, which are dominated, which come first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """Outcomes of policies on some seeds; NaN where a policy could not be run.

    gains: shape (policies, worlds, objectives, seeds), paired, more is better; excess: shape (policies, worlds, guardrails,
    seeds), by how much a limit is passed; reasons: why a policy could not be run, by its place.
    """

    gains: Values
    excess: Values
    reasons: dict[int, str]

    def joined(self, more: "Measured") -> "Measured":
        """These and later seeds of the same policies."""
        return Measured(
            np.concatenate([self.gains, more.gains], axis=3),
            np.concatenate([self.excess, more.excess], axis=3),
            self.reasons | more.reasons,
        )

    def of(self, places: list[int]) -> "Measured":
        """Some of the policies, in this order."""
        reasons = {new: self.reasons[old] for new, old in enumerate(places) if old in self.reasons}
        return Measured(self.gains[places], self.excess[places], reasons)


def counting(gains: Values, over_worlds: str) -> Values:
    """The gains that count, shape (policies, objectives, seeds): over worlds their mean, or those of the world worst on average."""
    if over_worlds == "mean":
        return np.asarray(gains.mean(axis=1))
    worst = np.argmin(gains.mean(axis=3), axis=1)
    return np.take_along_axis(gains, worst[:, None, :, None], axis=1)[:, 0]


def excesses(measured: Measured) -> Values:
    """Mean excess over every guardrail in the world in which it is largest, shape (policies, guardrails)."""
    return np.asarray(measured.excess.mean(axis=3).max(axis=1))


def dominates(one: Values, other: Values) -> bool:
    """Whether a policy is at least as good in all objectives and better in one."""
    return bool((one >= other).all() and (one > other).any())


def fronts(values: Values) -> NDArray[np.int64]:
    """The front of every policy, from 0 for those that no other dominates. values: shape (policies, objectives)."""
    front = np.full(len(values), -1)
    number = 0
    while (left := np.flatnonzero(front < 0)).size:
        free = [k for k in left if not any(dominates(values[j], values[k]) for j in left)]
        front[free] = number
        number += 1
    return front


def crowding(values: Values) -> Values:
    """Room around every policy of one front: the sum over objectives of the gap between its neighbours, relative to the whole
    range; infinite at the ends (Deb et al. 2002)."""
    room = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        whole = column[order[-1]] - column[order[0]]
        room[order[[0, -1]]] = np.inf
        if whole > 0.0:
            room[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / whole
    return room


def best_first(measured: Measured, over_worlds: str) -> list[int]:
    """Policies that could be run, in order: fewest guardrails broken, then by front, then the least crowded."""
    values = counting(measured.gains, over_worlds).mean(axis=2)
    run = np.flatnonzero(~np.isnan(values).any(axis=1) & ~np.isnan(excesses(measured)).any(axis=1))
    if not run.size:
        return []
    broken = (excesses(measured)[run] > 0.0).sum(axis=1)
    ordered: list[int] = []
    for count in np.unique(broken):
        alike = run[broken == count]
        front = fronts(values[alike])
        for number in range(front.max() + 1):
            here = alike[front == number]
            ordered += here[np.argsort(-crowding(values[here]), kind="stable")].tolist()
    return ordered
