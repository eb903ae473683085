"""SALib drives the model: its sample of points is one sweep, and its analysis takes the paired effects."""

import numpy as np
import pytest

import sim

PROBLEM = {
    "num_vars": 3,
    "names": ["world.population.visits_median", "world.awareness.contact_rate", "world.choice.goal_gradient"],
    "bounds": [[0.5, 3.0], [0.05, 0.5], [0.0, 10.0]],
}
"""The last one belongs to another rule of choice than the scenario's, so that nothing can depend on it."""


def effects(points):
    """The gate's effect on visits at every point (a row each)."""
    columns = dict(zip(PROBLEM["names"], points.T, strict=True))
    given = {"users": 500, "ticks": 60, "replicates": 1}
    return sim.sweep("gate_750.yaml", vary=columns, design={"kind": "list"}, **given).view("visits").values


@pytest.mark.slow
def test_morris_screens_parameters():
    pytest.importorskip("SALib")
    from SALib.analyze import morris
    from SALib.sample.morris import sample

    points = sample(PROBLEM, N=6, seed=1)
    found = morris.analyze(PROBLEM, points, effects(points), seed=1)
    visits, contact, gradient = found["mu_star"]
    assert gradient == 0.0  # the placebo, to the bit
    assert visits > 0.0
    assert contact > 0.0


@pytest.mark.slow
def test_sobol_indices_of_the_model():
    pytest.importorskip("SALib")
    from SALib.analyze import sobol
    from SALib.sample.sobol import sample

    points = sample(PROBLEM, N=16, calc_second_order=False, seed=1)
    found = sobol.analyze(PROBLEM, effects(points), calc_second_order=False, seed=1)
    assert found["ST"][2] == 0.0  # the placebo, to the bit
    assert (found["ST"][:2] > 0.1).all()
    assert np.isfinite(found["S1"]).all()
