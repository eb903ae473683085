"""What fresh seeds say of the finalists: confirmed gains, the winner's curse, regret by world."""

import math

import numpy as np

from sim.experiments.compare.verdict import guard
from sim.experiments.effect import Interval, t_interval
from sim.experiments.optimise.search import Found
from sim.experiments.optimise.standing import Values, counting, fronts

NOTHING = "baseline"
"""Name of doing nothing, in tables of regret."""


def welch(one: Values, other: Values, level: float = 0.95) -> Interval:
    """The difference of the means of two independent samples, with Welch's (1947) interval."""
    from scipy.special import stdtrit

    difference = float(one.mean() - other.mean())
    parts = [sample.var(ddof=1) / sample.size if sample.size > 1 else math.nan for sample in (one, other)]
    total = sum(parts)
    n = one.size + other.size
    if not total > 0.0:
        return Interval(difference, *((difference, difference) if total == 0.0 else (math.nan, math.nan)), n)
    freedom = total**2 / sum(part**2 / (sample.size - 1) for part, sample in zip(parts, (one, other), strict=True))
    half = float(stdtrit(freedom, 0.5 + level / 2) * math.sqrt(total))
    return Interval(difference, difference - half, difference + half, n)


def curses(found: Found, over_worlds: str, first: int) -> list[dict[str, float]]:
    """A row per finalist and objective, by place: what the first seeds said, what all of the search said, what fresh ones
    confirm with a 95% interval, and the winner's curse (search less confirmed) with one.

    first: seeds of the trials.
    """
    rows = []
    estimated = counting(found.estimated.gains, over_worlds)
    early = counting(found.estimated.gains[..., :first], over_worlds)
    confirmed = counting(found.confirmed.gains, over_worlds)
    front = fronts(np.nan_to_num(confirmed.mean(axis=2), nan=-np.inf))
    for place in range(len(found.finalists)):
        for objective in range(estimated.shape[1]):
            told, fresh = estimated[place, objective], confirmed[place, objective]
            curse, seen = welch(told, fresh), t_interval(fresh)
            rows.append(
                {
                    **{"finalist": place, "objective": objective, "first_seeds": float(early[place, objective].mean())},
                    **{"search": float(told.mean()), "search_seeds": told.size},
                    **{"confirmed": seen.mean, "low": seen.low, "high": seen.high, "fresh_seeds": seen.n},
                    **{"curse": curse.mean, "curse_low": curse.low, "curse_high": curse.high},
                    **{"undominated": bool(front[place] == 0)},
                }
            )
    return rows


def guarded(found: Found) -> list[dict[str, float | str]]:
    """A row per finalist, guardrail and world, by place: excess over the limit on fresh seeds with its interval, and the verdict."""
    rows: list[dict[str, float | str]] = []
    for place, world, rail in np.ndindex(found.confirmed.excess.shape[:3]):
        seen = t_interval(found.confirmed.excess[place, world, rail])
        verdict = guard(seen.low, seen.high, 0.0, True)
        rows.append(
            {
                **{"finalist": place, "guardrail": rail, "world": world, "excess": seen.mean},
                **{"low": seen.low, "high": seen.high, "verdict": verdict},
            }
        )
    return rows


def regrets(gains: Values) -> Values:
    """How much less each policy gains than the best does in that world, or doing nothing (gain 0), shape (policies + 1, worlds).

    gains: mean gains in one objective, shape (policies, worlds); the last row of the answer is doing nothing.
    """
    every = np.vstack([gains, np.zeros(gains.shape[1])])
    return np.asarray(np.nanmax(every, axis=0) - every)
