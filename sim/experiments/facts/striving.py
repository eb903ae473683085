"""Targets 3a, 3b, 3c and 3e: what people do before and after they reach the gate, and what the placebo does without meaning to.

The campaign is made strong (`policy.campaign.reach`) so that people know of the gate two months before they reach it, as the
holders of a reward card do; the rest is the gate at 750 as shipped.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.after.crossing import MONTH, Aligned, aligned, rise
from sim.experiments.after.trace import Trace, follow, within_reach
from sim.experiments.facts.row import Effort, Finding, missing, of_seeds, of_shares
from sim.experiments.goal import reference_score
from sim.model.states import REST, SPEND
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

SETTINGS = ("run.ticks=240", "policy.campaign.reach=20")
WORLDS = {
    "default": (),
    "placebo": ("rule=none",),
    "goal gradient": ("rule=goal_gradient",),
    "everybody": ("world.population.responsive_share=1.0", "world.choice.spend_boost=0.2"),
}
"""The other reading of Kivetz et al.: everybody pays a fifth more, instead of a fifth of people twice as much."""


class Paces(NamedTuple):
    """Mean payments relative to the usual rate, of responsive users who learned of the gate and reached it two months later."""

    first: float
    last: float
    after: float
    users: int


def paces(trace: Trace, scenario: Scenario) -> Paces:
    """Expected payments in the first month, the last before first admission, and the one after (luck left out)."""
    columns = trace.columns
    pace = 1.0 + scenario.world.choice.spend_boost * (trace.plan == SPEND)
    learned, admitted = (columns[name][trace.users].astype(int) for name in ("learned_day", "admitted_day"))
    begun = np.maximum(learned, int(scenario.policy.circle.opens))
    chosen = (columns["responsive"][trace.users] == 1) & (learned >= 0) & (admitted >= begun + 2 * MONTH)
    rows = [
        (
            pace[begun[k] : begun[k] + MONTH, k].mean(),
            pace[admitted[k] - MONTH : admitted[k], k].mean(),
            pace[admitted[k] : admitted[k] + MONTH, k].mean(),
        )
        for k in np.flatnonzero(chosen)
    ]
    if not rows:
        return Paces(float("nan"), float("nan"), float("nan"), 0)
    first, last, after = np.array(rows).mean(axis=0)
    return Paces(float(first), float(last), float(after), len(rows))


def responders(trace: Trace, scenario: Scenario) -> tuple[float, float]:
    """Share with any effort: before reaching the gate, of those who knew and reached it; and of all followed who knew."""
    striving = trace.plan != REST
    learned = trace.columns["learned_day"][trace.users].astype(int)
    admitted = trace.columns["admitted_day"][trace.users].astype(int)
    day = np.arange(trace.days)[:, None]
    before = (striving & (day < np.where(admitted >= 0, admitted, trace.days))).any(axis=0)
    begun = np.maximum(learned, int(scenario.policy.circle.opens))
    knew = learned >= 0
    reached = knew & (admitted > begun)
    return _mean(before[reached]), _mean(before[knew])


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


SHARES = ("3b reached", "3b aware")
"""Rows that are shares of users; the other shares are changes, which may be below 0."""


def net_change(policy: Trace, placebo: Trace) -> float:
    """Visits per user-day, the month from crossing on less the month before, over the same people in the placebo."""
    here, same = aligned(policy.visits, policy.crossed), aligned(placebo.visits, policy.crossed)
    net = here.mean - same.mean
    after, before = (here.day >= 0) & (here.day < MONTH), (here.day >= -MONTH) & (here.day < 0)
    return float(np.nanmean(net[after]) - net[before].mean()) if here.users[0] else float("nan")


def _left_over(placebo: Trace, again: Trace) -> float:
    """Rise of the placebo's curve once that of the same people in another run of the placebo is subtracted."""
    here, same = aligned(placebo.visits, placebo.crossed), aligned(again.visits, placebo.crossed)
    return rise(Aligned(here.day, here.users, here.mean - same.mean), here)


def measured(seed: int, users: int, threads: int) -> dict[str, float]:
    """Every figure of one seed, by the row's name."""
    traces: dict[str, Trace] = {}
    scenarios = {
        name: load_shipped("gate_750.yaml", [*SETTINGS, *changes, f"run.users={users}"])
        for name, changes in WORLDS.items()
    }
    start = DayZero(scenarios["default"], seed, threads)
    for name, scenario in [*scenarios.items(), ("again", scenarios["placebo"])]:
        same_people = scenario.world.population == scenarios["default"].world.population
        engine = FastEngine(scenario, seed, threads, start if same_people else None)
        gate = reference_score(scenario)
        traces[name] = follow(engine, scenario, seed, within_reach(engine.columns, gate), gate)
    pace = {name: paces(traces[name], scenarios[name]) for name in scenarios}
    reached, aware = responders(traces["default"], scenarios["default"])
    return {
        **{f"3a {name}": pace[name].first / pace[name].last - 1.0 for name in scenarios if name != "placebo"},
        "3b reached": reached,
        "3b aware": aware,
        "3c phantom": rise(aligned(traces["placebo"].visits, traces["placebo"].crossed)),
        "3c left over": _left_over(traces["placebo"], traces["again"]),
        "3e effort": pace["default"].after / pace["default"].last - 1.0,
        "3e effort goal gradient": pace["goal gradient"].after / pace["goal gradient"].last - 1.0,
        "3e visits": net_change(traces["default"], traces["placebo"]),
    }


def check(effort: Effort) -> dict[str, Finding]:
    """Four seeds of 100,000 users at scale 1."""
    users = effort.users(100_000)
    found = [measured(seed, users, effort.threads) for seed in effort.seeds(4)]
    findings = {}
    for name in found[0]:
        values = [one[name] for one in found]
        seen = [value for value in values if not np.isnan(value)]
        of_values = of_shares if name in SHARES else of_seeds
        findings[name] = of_values(seen) if seen else missing("nobody was seen to reach the gate; take more users")
    return findings
