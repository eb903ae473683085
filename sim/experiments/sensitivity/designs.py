"""Designs: which points of the unit cube are run, in blocks that an estimator needs whole, and on which seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.results.store import ResultError

SEED = "seed"
"""Name of the input that is luck."""
LEVELS = 4
"""Levels of the screening's grid; a move is then two thirds of a range (Morris 1991)."""


@dataclass(frozen=True)
class Design:
    """Points to run.

    names: of the inputs, the seed last; unit: shape (points, inputs), in the unit cube; block: points that belong together,
    in order; seeds: number of the seed of every point, from 0.
    """

    names: tuple[str, ...]
    unit: NDArray[np.float64]
    block: int

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.unit) // self.block

    @property
    def seeds(self) -> NDArray[np.int64]:
        """Every block has two seeds of its own: that of its first point, and the one that the seed's input changes to."""
        luck = self.unit[:, -1].reshape(self.blocks, self.block)
        numbers = 2 * np.arange(self.blocks)[:, None] + (luck != luck[:, :1])
        return numbers.ravel().astype(np.int64)

    @property
    def problem(self) -> dict[str, object]:
        """The inputs as SALib describes them."""
        return problem(self.names)


def problem(names: tuple[str, ...]) -> dict[str, object]:
    """Inputs as SALib describes them, each over the unit interval."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def need_salib() -> None:
    """Raises ResultError where SALib is not installed."""
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        raise ResultError("sensitivity needs SALib: pip install 'scoregate[sensitivity]'")


def screening_design(inputs: tuple[str, ...], trajectories: int, seed: int) -> Design:
    """Trajectories of Morris (1991) over the inputs and the seed: in each, every one moves once."""
    from SALib.sample.morris import sample

    names = (*inputs, SEED)
    return Design(names, sample(problem(names), trajectories, num_levels=LEVELS, seed=seed), len(names) + 1)


def index_design(inputs: tuple[str, ...], rows: int, seed: int) -> Design:
    """Rows of Saltelli et al. (2010): A, A with one column of B (for every input, the seed last), B; from a Sobol sequence."""
    from SALib.sample.sobol import sample

    names = (*inputs, SEED)
    return Design(names, sample(problem(names), rows, calc_second_order=False, seed=seed), len(names) + 2)
