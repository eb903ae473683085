"""The after-effect that every run with a baseline can tell: how long the effect on visits outlives its gate."""

import numpy as np

from sim.experiments.after.half_life import half_life
from sim.model.calendar import gate_dates, ticks_per_day
from sim.results.table import Table, where
from sim.scenario.schema import Scenario


def end_day(scenario: Scenario) -> int:
    """The first whole day without the gate (far beyond any run if it stays)."""
    return -(-gate_dates(scenario)[2] // ticks_per_day(scenario))


def start_day(scenario: Scenario) -> int:
    """The first whole day with the gate."""
    return -(-gate_dates(scenario)[1] // ticks_per_day(scenario))


def after_table(ticks: Table, policy: Scenario) -> Table:
    """Half-life of the effect on visits per replicate (measure, replicate, value); empty without a baseline or an end.

    ticks: a row per arm, replicate and tick, in order of time, visits per user and day.
    """
    per_day = ticks_per_day(policy)
    days = policy.run.ticks // per_day
    if not policy.policy.gate.guards or end_day(policy) >= days or not (ticks["arm"] == "baseline").any():
        return {}
    replicates = np.unique(ticks["replicate"])
    values = np.full(replicates.size, np.nan)
    for k, replicate in enumerate(replicates):
        one, other = (
            where(ticks, arm=arm, replicate=replicate)["visits"][: days * per_day].reshape(days, per_day).mean(axis=1)
            for arm in ("policy", "baseline")
        )
        values[k] = half_life(one - other, end_day(policy), start_day(policy))
    return {"measure": np.full(values.size, "half_life"), "replicate": replicates, "value": values}
