"""The EMA Workbench drives the model: uncertainties are of the world, levers of the policy, outcomes paired effects."""

import numpy as np
import pytest

import sim

SIZE = {"users": 300, "ticks": 45, "replicates": 1}


def gate(visits_median=1.0, contact_rate=0.13, threshold=750):
    """The gate's effect on visits, and who may comment, from numbers."""
    result = sim.run(
        "gate_750.yaml",
        [
            f"world.population.visits_median={visits_median}",
            f"world.awareness.contact_rate={contact_rate}",
            f"policy.gate.threshold={threshold}",
        ],
        **SIZE,
    )
    return {"effect": result.effects["visits"].interval.mean, "admitted": result.effects["admitted"].policy}


@pytest.mark.slow
def test_the_workbench_runs_experiments_and_keeps_their_outcomes():
    ema = pytest.importorskip("ema_workbench")
    model = ema.Model("gate", function=gate)
    model.uncertainties = [
        ema.RealParameter("visits_median", 0.5, 3.0),
        ema.RealParameter("contact_rate", 0.05, 0.5),
    ]
    model.levers = [ema.IntegerParameter("threshold", 600, 800)]
    model.outcomes = [ema.ScalarOutcome("effect"), ema.ScalarOutcome("admitted")]
    strict, lenient = ema.Policy("strict", threshold=750), ema.Policy("lenient", threshold=600)
    experiments, outcomes = ema.perform_experiments(model, scenarios=4, policies=[strict, lenient])
    assert len(experiments) == 8
    assert outcomes["effect"].shape == (8,)
    is_strict = (experiments["policy"] == "strict").to_numpy()
    assert (outcomes["admitted"][is_strict] < outcomes["admitted"][~is_strict]).all()
    # an experiment is a run of those numbers, to the bit
    one = experiments.iloc[0]
    again = gate(one["visits_median"], one["contact_rate"], int(one["threshold"]))
    assert np.array_equal([again["effect"], again["admitted"]], [outcomes["effect"][0], outcomes["admitted"][0]])
