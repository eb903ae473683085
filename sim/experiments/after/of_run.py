"""The after-effect that every run with a baseline can tell: how long the effect on visits outlives its gate."""

import numpy as np

from sim.experiments.after.half_life import half_life
from sim.experiments.after.trace import ticks_a_day
from sim.model.calendar import gate_dates
from sim.results.table import Table, where
from sim.scenario.schema import Scenario


def has_end(scenario: Scenario) -> bool:
    """Whether the scenario's gate goes while the run lasts."""
    end = gate_dates(scenario)[2]
    return scenario.policy.gate.guards and end * ticks_a_day(scenario) < scenario.run.ticks


def after_table(ticks: Table, policy: Scenario) -> Table:
    """Half-life of the effect on visits per replicate (measure, replicate, value); empty without a baseline or an end.

    ticks: a row per arm, replicate and tick, in order of time.
    """
    if not has_end(policy) or not (ticks["arm"] == "baseline").any():
        return {}
    step = ticks_a_day(policy)
    replicates = np.unique(ticks["replicate"])
    values = np.full(replicates.size, np.nan)
    for k, replicate in enumerate(replicates):
        one, other = (
            where(ticks, arm=arm, replicate=replicate)["visits"][: policy.run.ticks // step * step].reshape(-1, step)
            for arm in ("policy", "baseline")
        )
        values[k] = half_life(one.sum(axis=1) - other.sum(axis=1), gate_dates(policy)[2])
    return {"measure": np.full(values.size, "half_life"), "replicate": replicates, "value": values}
