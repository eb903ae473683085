"""Recovery: data made by the model with known parameters give them back within the stated intervals (McFadden 1989; Fagiolo et
al. 2019, JASSS, on validation of agent-based models), and a parameter that nothing depends on is named as not identified.

Twenty cases, each with true values drawn from the inner part of the ranges, data from eight seeds that the fit never sees with the errors of
their mean, and the fit on four other seeds, so that the luck of both counts. Of 20 intervals that cover 95% each, 18 or
more hold the truth with chance 0.92; of intervals that cover 80% only, with chance 0.21. The seeds are fixed, so the outcome is too.
"""

from pathlib import Path

import numpy as np
import pytest

from sim.experiments.calibrate.identification import knowledge
from sim.experiments.calibrate.moments_fit import nearest
from sim.experiments.calibrate.plan import make_calibration_plan
from sim.experiments.calibrate.simulator import Memory
from sim.experiments.calibrate.study import simulator

CASES, DATA_SEEDS = 20, 8
FILE = """
extends: open_circle.yaml
name: recovery
fit:
  world.population.visits_median: {from: 0.5, to: 3, scale: log}
  world.awareness.campaign_rate: {from: 0.005, to: 0.2, scale: log}
  world.choice.goal_gradient: {from: 0, to: 9}     # of a rule that nobody follows here
targets:
  - {measure: visits, value: 1, error: 1}          # values and errors are those of the data made below
  - {measure: knowing, value: 1, error: 1}
  - {measure: visits_circle, value: 1, error: 1}
calibrate: {replicates: 4, points: 8, starts: 1, iterations: 5}
run: {users: 300, ticks: 21}
"""


@pytest.mark.slow
def test_known_parameters_are_given_back_within_their_intervals(tmp_path):
    file = Path(tmp_path) / "recovery.yaml"
    file.write_text(FILE, encoding="utf-8")
    plan = make_calibration_plan(file)
    simulate = simulator(plan)
    truths = np.random.default_rng(11).uniform(0.2, 0.8, (CASES, 3))
    inside, widths = np.zeros(3, int), []
    for number, truth in enumerate(truths):
        data = simulate(truth[None], range(10_000 * number + 5_000, 10_000 * number + 5_000 + DATA_SEEDS))[0]
        errors = data.std(axis=0, ddof=1) / np.sqrt(DATA_SEEDS)

        def afresh(places, seeds, number=number):  # every case is fitted on luck of its own
            return simulate(places, range(seeds.start + 10_000 * number, seeds.stop + 10_000 * number))

        best = nearest(Memory(afresh), data.mean(axis=0), errors, plan.fitted, plan.keys, 3)
        found = knowledge(best.place, best.jacobians, best.simulated, np.diag(errors**2))
        assert found.unknown.tolist() == [False, False, True], number
        inside += (found.low <= truth) & (truth <= found.high)
        widths.append((found.high - found.low)[:2])
    assert (inside[:2] >= 18).all(), inside
    assert np.mean(widths) < 0.35  # and they say something: about a tenth to a third of the range
