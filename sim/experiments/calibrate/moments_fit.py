"""Simulated method of moments (McFadden 1989; Pakes & Pollard 1989): the parameters whose simulated moments come nearest.

The distance is the sum over targets of the squared difference in units of the target's error. All points are run on the same
seeds (common random numbers), so that the distance is a fixed function of the parameters; what luck is left in it is in the
intervals. Where users change their mind one by one the function has small steps, so derivatives are central differences over
a stretch of the range, not over a hair.
"""

from dataclasses import dataclass

import numpy as np

from sim.experiments.calibrate.simulator import Simulator, Values
from sim.results.store import ResultError
from sim.scenario.calibration import FitKeys


@dataclass(frozen=True)
class Nearest:
    """The point found. place: in the unit cube; jacobians: of all moments, shape (seeds, moments, parameters); simulated: the
    moments there, shape (seeds, moments); spread: points of the first stage; losses: theirs, NaN where a run failed.
    """

    place: Values
    jacobians: Values
    simulated: Values
    spread: Values
    losses: Values


def nearest(simulate: Simulator, values: Values, errors: Values, fitted: Values, keys: FitKeys, count: int) -> Nearest:
    """Fit `count` parameters. values, errors: of all targets' moments; fitted: which of them (bool) are fitted.

    First a Sobol sequence over the ranges; then, from the best few of its points, least squares within the ranges by a
    trust region (scipy). Raises ResultError where no point can be run.
    """
    from scipy.optimize import least_squares
    from scipy.stats import qmc

    seeds = range(keys.replicates)

    def residuals(place: Values) -> Values:
        found = simulate(place[None], seeds)[0].mean(axis=0)
        return np.asarray((found - values)[fitted] / errors[fitted])

    def slopes(place: Values) -> Values:
        found = jacobians(simulate, place, seeds, keys.step, fitted).mean(axis=0)
        return np.asarray(found[fitted] / errors[fitted, None])

    spread = qmc.Sobol(count, seed=keys.seed).random(keys.points)
    losses = (((simulate(spread, seeds).mean(axis=1) - values)[:, fitted] / errors[fitted]) ** 2).sum(axis=1)
    first = [row for row in np.argsort(losses, kind="stable")[: keys.starts] if not np.isnan(losses[row])]
    if not first:
        raise ResultError(
            "at no point of the ranges does every target have a value: cells fail there, or a measure has none in such a run "
            "(days_to_admission where nobody is admitted later); narrow the ranges under fit, or leave the target out"
        )
    best, least = spread[first[0]], float(losses[first[0]])
    for row in first:
        solved = least_squares(
            *(residuals, spread[row], slopes),
            bounds=(0.0, 1.0),
            xtol=keys.step / 100,
            ftol=1e-4,
            max_nfev=keys.iterations,
        )
        if 2.0 * solved.cost < least:
            best, least = solved.x, 2.0 * float(solved.cost)
    found = simulate(best[None], seeds)[0]
    return Nearest(best, jacobians(simulate, best, seeds, keys.step, fitted), found, spread, losses)


def jacobians(simulate: Simulator, place: Values, seeds: range, step: float, fitted: Values) -> Values:
    """Slopes of the moments by central differences within the unit cube, shape (seeds, moments, parameters).

    step: to either side, of the range; fitted: moments (bool) that must have a value. Where one side cannot be run the other is
    taken alone. Raises ResultError where neither can.
    """
    count = place.size
    sides = np.clip(place + step * np.concatenate([np.eye(count), -np.eye(count)]), 0.0, 1.0)
    found = simulate(np.concatenate([sides, place[None]]), seeds)
    columns = []
    for k in range(count):
        ends = [row for row in (k, count + k) if not np.isnan(found[row][:, fitted]).any()]
        if not ends:
            raise ResultError("the model cannot be run on either side of the best point; see the failed cells")
        up, down = (ends[0], ends[1]) if len(ends) == 2 else (ends[0], 2 * count)
        there, here = (sides[row, k] if row < 2 * count else place[k] for row in (up, down))
        columns.append((found[up] - found[down]) / (there - here))
    return np.stack(columns, axis=-1)
