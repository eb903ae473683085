"""The worlds of a study of after-effects: the policy, its placebo (nobody responds), and its baseline; one luck, one people."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.fast import DayZero, FastEngine
from sim.experiments.after.trace import MOST, Trace, follow, within_reach
from sim.experiments.goal import goals_of
from sim.experiments.plan import RunPlan
from sim.scenario.schema import Scenario

POLICY, PLACEBO, BASELINE = "policy", "placebo", "baseline"


def placebo_of(scenario: Scenario) -> Scenario:
    """The same scenario with nobody responding to the gate."""
    return Scenario.model_validate(scenario.model_dump(mode="json") | {"rule": "none", "mixture": {}})


def worlds_of(plan: RunPlan) -> dict[str, Scenario]:
    """The worlds by name, the baseline only if there is one."""
    policy = plan.arms["policy"]
    worlds = {POLICY: policy, PLACEBO: placebo_of(policy)}
    return worlds | ({BASELINE: plan.arms["baseline"]} if "baseline" in plan.arms else {})


@dataclass
class Replicate:
    """One replicate: its seed, a trace of each world, all of the same users; day_zero: the users before the run; goals: the score
    that the gate asks of each user (points).
    """

    seed: int
    traces: dict[str, Trace]
    day_zero: Columns
    goals: NDArray[np.int64]


def replicates(worlds: dict[str, Scenario], threads: int, most: int = MOST) -> Iterator[Replicate]:
    """Follow the users in every world, replicate by replicate."""
    policy = worlds[POLICY]
    for number in range(policy.run.replicates):
        seed = policy.run.seed + number
        start = DayZero(policy, seed, threads)
        goals = goals_of(policy, start.columns, seed)
        users = within_reach(start.columns, goals, most)
        traces: dict[str, Trace] = {}
        for name, scenario in worlds.items():
            same = start if scenario.switches.coverage == policy.switches.coverage else None
            traces[name] = follow(FastEngine(scenario, seed, threads, same), scenario, seed, users, goals)
        yield Replicate(seed, traces, start.columns, goals)
