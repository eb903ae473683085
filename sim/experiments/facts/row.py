"""What a check of a fact gives, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.effect import Interval, share_interval, t_interval


@dataclass(frozen=True)
class Effort:
    """How much work a check may do: seeds, users, threads; scale 1 is what the command does."""

    scale: float = 1.0
    threads: int = 1
    first_seed: int = 20161124

    def users(self, full: int) -> int:
        """Users of a run that has `full` at scale 1."""
        return max(200, round(full * self.scale))

    def seeds(self, full: int) -> range:
        """Seeds, `full` of them at scale 1 and at least 2."""
        return range(self.first_seed, self.first_seed + max(2, round(full * self.scale)))


class Finding(NamedTuple):
    """What the model gives for one row of targets.yaml. value is NaN where it could not be measured; note says why."""

    value: float
    interval: Interval
    seeds: int
    note: str = ""


Check = Callable[[Effort], dict[str, Finding]]
"""A check of a family of targets: findings by the row's name."""


def of_seeds(values: Any, note: str = "") -> Finding:
    """A finding from a value per seed: their mean, its 95% t interval."""
    seen = np.asarray(values, dtype=float)
    interval = t_interval(seen)
    return Finding(interval.mean, interval, int(seen.size), note)


def of_shares(values: Any, note: str = "") -> Finding:
    """A finding from a share (0 to 1) per seed: their mean, its 95% t interval on the logit."""
    seen = np.asarray(values, dtype=float)
    interval = share_interval(seen)
    return Finding(interval.mean, interval, int(seen.size), note)


def of_share(hits: int, trials: int, note: str = "") -> Finding:
    """A finding that is a share of independent trials, with Wilson's 95% interval."""
    share, z = hits / trials, 1.959963984540054
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return Finding(share, Interval(share, float(middle - half), float(middle + half), trials), trials, note)


def missing(note: str) -> Finding:
    """A finding that could not be had."""
    nan = float("nan")
    return Finding(nan, Interval(nan, nan, nan, 0), 0, note)
