"""A posterior without a likelihood of the model: approximate Bayesian computation by sequential Monte Carlo, with pyABC.

The prior is uniform over the ranges (in the logarithm where a range says so). A point is run on luck of its own and kept with a chance that falls
with the distance of its moments from the targets, as if targets were Normal around the model's moments with their stated
errors: at temperature 1 that is exact, whatever the model (Wilkinson 2013; Schaelte & Hasenauer 2020). Populations are drawn at
falling temperatures; one that stops above 1 is wider than the posterior, and says so.
"""

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.calibrate.simulator import Simulator, Values
from sim.results.store import ResultError
from sim.scenario.calibration import FitKeys

FAR = 1e3
"""Errors from the target at which a point is put whose run failed, so that it is never kept."""


@dataclass(frozen=True)
class Posterior:
    """Draws (draws, parameters) in the unit cube with weights that sum to 1; temperature: of the last population; simulated: points run."""

    draws: Values
    weights: Values
    temperature: float
    simulated: int


def posterior(
    simulate: Simulator, values: Values, errors: Values, fitted: Values, keys: FitKeys, count: int
) -> Posterior:
    """Draws of `count` parameters, given the fitted moments. Same seed, same draws: one point is asked for after the other.

    Raises ResultError where pyABC is missing.
    """
    try:
        import pyabc
    except ImportError:
        raise ResultError("method abc needs pyABC; install it with: pip install 'scoregate[calibrate]'") from None
    for name in ("ABC", "ABC.History", "ABC.Sampler", "ABC.Acceptor", "ABC.Epsilon", "ABC.Distance", "ABC.Transition"):
        logging.getLogger(name).setLevel(logging.ERROR)
    names = [f"p{k:03d}" for k in range(count)]
    asked = 0

    def model(point: Any) -> dict[str, Values]:
        nonlocal asked
        place = np.array([[point[name] for name in names]])
        seeds = range(asked * keys.replicates, (asked + 1) * keys.replicates)  # luck of its own
        asked += 1
        found = simulate(place, seeds)[0].mean(axis=0)[fitted]
        return {"moments": np.where(np.isnan(found), values[fitted] + FAR * errors[fitted], found)}

    prior = pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in names})
    temperature = pyabc.Temperature()
    search = pyabc.ABCSMC(
        *(model, prior, pyabc.IndependentNormalKernel(var=errors[fitted] ** 2)),
        population_size=keys.population,
        acceptor=pyabc.StochasticAcceptor(),
        eps=temperature,
        sampler=pyabc.sampler.SingleCoreSampler(),
    )
    state = np.random.get_state()  # noqa: NPY002 - pyABC draws from numpy's shared generator
    try:
        np.random.seed(keys.seed)  # noqa: NPY002
        search.new("sqlite://", {"moments": values[fitted]})
        history = search.run(max_nr_populations=keys.populations, max_total_nr_simulations=keys.simulations)
    finally:
        np.random.set_state(state)  # noqa: NPY002
    frame, weights = history.get_distribution()
    last = history.get_all_populations()
    return Posterior(frame[names].to_numpy(float), np.asarray(weights, float), float(last["epsilon"].iloc[-1]), asked)
