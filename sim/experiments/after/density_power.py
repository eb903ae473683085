"""Size and power of the manipulation test on the model itself: worlds in which nobody responds to the gate against worlds that game it.

python -m sim.experiments.after.density_power [FILE.csv]

Made densities say whether a test is right; they do not say what it finds in scores that people strive for, that are noisy, published
once a month, and whole numbers. So the model is run on many seeds with the same gate and three sorts of people: nobody responds (the
placebo, in which every rejection is false), one in five does (as shipped), and everybody does, for a larger prize. The test of
`manipulation` is made at the gate and at dummy cutoffs, at which nothing is put; a share of rejections above the nominal level there
would say that it finds shapes, not manipulation.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.experiments.after.manipulation import DUMMIES, manipulation_test
from sim.results.table import Table, frame
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

LEVEL = 0.05
USERS, SEEDS = 20_000, 200
NEAR = (-10, 10)
"""Dummy cutoffs beside the gate, 740 and 760 for one of 750 (target 3d), in points from it."""
DAYS = 98
"""To just after the publication of 6 December, the fourth of a run from 1 September."""
FIRST_SEED = 20161124
RESPONSES = {
    "nobody": ("rule=none",),
    "one in five": (),
    "everybody, for a prize ten times as large": (
        "world.population.responsive_share=1.0",
        "world.choice.worth_median=30",
    ),
}
"""Who responds to the gate, and what sets it."""


class World(NamedTuple):
    """A world on which the test is tried: its gate (points) and who responds to it."""

    gate: int
    response: str

    def scenario(self, users: int) -> Scenario:
        """The scenario with so many users."""
        settings = (f"policy.gate.threshold={self.gate}", f"run.users={users}", f"run.ticks={DAYS}")
        return load_shipped("gate_750.yaml", [*settings, *RESPONSES[self.response]])


WORLDS = tuple(
    World(gate, response) for gate in (750, 700) for response in RESPONSES if (gate, response) != (700, "one in five")
)
"""The gate of 2016, which few can reach, and one that more can."""


def p_values(scenario: Scenario, gate: int, seed: int) -> list[float]:
    """p of the test at the gate and at the dummies, in the order of their distance, on one seed (NaN where it cannot be made)."""
    from sim.engines.fast import DayZero, FastEngine

    engine = FastEngine(scenario, seed, 1, DayZero(scenario, seed, 1))
    engine.run(DAYS)
    scores = engine.columns["score"]
    return [manipulation_test(scores, gate + distance).p for distance in distances()]


def distances() -> tuple[int, ...]:
    """Points from the gate at which the test is made, 0 for the gate itself."""
    return tuple(sorted((0, *NEAR, *DUMMIES)))


def rejection_table(p: dict[World, NDArray[np.float64]]) -> Table:
    """A row per world and cutoff: share of the seeds on which the test rejects, with Wilson's 95% interval.

    p: by world, shape (seeds, cutoffs), in the order of `distances`.
    """
    from sim.experiments.facts.row import of_share

    rows = []
    for world, values in p.items():
        for distance, column in zip(distances(), values.T, strict=True):
            made = column[~np.isnan(column)]
            found = of_share(int((made < LEVEL).sum()), made.size) if made.size else None
            bounds = (found.value, found.interval.low, found.interval.high) if found else (np.nan,) * 3
            rows.append((*world, distance, made.size, *bounds))
    names = ("gate", "responds", "distance", "tests", "rejected", "low", "high")
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def measure(users: int = USERS, seeds: int = SEEDS, worlds: Sequence[World] = WORLDS, workers: int = 2) -> Table:
    """The table for so many users and seeds, in so many processes (the test holds the interpreter, so that threads would wait).

    Raises ResultError where rddensity is missing.
    """
    from loky import ProcessPoolExecutor

    scenarios = {world: world.scenario(users) for world in worlds}
    asked = [(world, FIRST_SEED + number) for world in worlds for number in range(seeds)]
    with ProcessPoolExecutor(workers) as pool:
        found = list(
            pool.map(
                p_values,
                [scenarios[world] for world, _ in asked],
                [world.gate for world, _ in asked],
                [seed for _, seed in asked],
                chunksize=10,
            )
        )
    return rejection_table(
        {world: np.array(found[place * seeds : (place + 1) * seeds]) for place, world in enumerate(worlds)}
    )


def make(file: Path) -> None:
    """Measure at full size; write the table."""
    from sim.engines.fast import default_threads
    from sim.results.rounding import rounded

    file.parent.mkdir(parents=True, exist_ok=True)
    table = measure(workers=default_threads())
    frame(rounded(table)).to_csv(file, index=False, lineterminator="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "results/reference/density/power.csv"))
