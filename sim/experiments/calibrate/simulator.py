"""What a fit asks of a model: the moments of points on seeds. Any function of this shape can be fitted; the tests fit small ones."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class Simulator(Protocol):
    """Moments of a model."""

    def __call__(self, places: Values, seeds: range) -> Values:
        """Moments, shape (points, seeds, moments), NaN where a run failed.

        places: shape (points, parameters), each from 0 to 1, the way through the parameter's range; seeds: numbers of the seeds,
        the same ones for every point, so that points differ by the parameters alone.
        """


class Memory:
    """A simulator that answers what it was asked before from memory; asked: how many points were simulated."""

    def __init__(self, simulate: Simulator) -> None:
        self._simulate = simulate
        self._known: dict[tuple[bytes, range], Values] = {}
        self.asked = 0

    def __call__(self, places: Values, seeds: range) -> Values:
        """As the simulator."""
        keys = [(place.tobytes(), seeds) for place in np.ascontiguousarray(places, dtype=float)]
        first = {key: row for row, key in reversed(list(enumerate(keys))) if key not in self._known}
        new = sorted(first.values())
        if new:
            self.asked += len(new)
            for row, found in zip(new, self._simulate(places[new], seeds), strict=True):
                self._known[keys[row]] = found
        return np.stack([self._known[key] for key in keys])
