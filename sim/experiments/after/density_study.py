"""The manipulation test on a study of after-effects: at the gate and at dummy cutoffs, with the gate's pull and without it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.after.manipulation import DUMMIES, Manipulation, manipulation_test
from sim.experiments.after.study import AfterResult
from sim.experiments.after.worlds import PLACEBO, POLICY, placebo_of
from sim.experiments.goal import REFERENCE_SCORE, goals_of
from sim.results.table import Table, read_parquet, write_parquet
from sim.scenario.schema import Scenario

FILE = "density.parquet"


def density_tests(result: AfterResult, threads: int | None = None) -> Table:
    """A row per world (policy, and placebo in which nobody responds) and cutoff: its distance from the gate, and the test.

    All users at the end of the run, of all replicates together: they are different people with luck of their own. Read back
    where the result's folder has it already, kept there if not. Raises ResultError where rddensity is missing.
    """
    from sim.engines.fast import default_threads

    place = result.path / FILE if result.path is not None else None
    if place is not None and place.is_file():
        return read_parquet(place)
    policy = Scenario.model_validate(result.manifest["scenarios"]["policy"])
    rows = []
    for world, scenario in ((POLICY, policy), (PLACEBO, placebo_of(policy))):
        scores = _scores(scenario, threads or default_threads())
        for distance in sorted((0, *DUMMIES)):
            rows.append(
                {"world": world, "distance": distance} | manipulation_test(scores, REFERENCE_SCORE + distance)._asdict()
            )
    table = {name: np.array([row[name] for row in rows]) for name in ("world", "distance", *Manipulation._fields)}
    if place is not None:
        part = Path(f"{place}.partial")
        write_parquet(table, part)
        part.replace(place)
    return table


def _scores(scenario: Scenario, threads: int) -> NDArray[np.int64]:
    """Published scores at the end of the run, of all replicates, moved so that what the gate asks of each user is 750."""
    found = []
    for number in range(scenario.run.replicates):
        seed = scenario.run.seed + number
        start = DayZero(scenario, seed, threads)
        goals = goals_of(scenario, start.columns, seed)
        engine = FastEngine(scenario, seed, threads, start)
        engine.run(scenario.run.ticks)
        found.append(engine.columns["score"] + (REFERENCE_SCORE - goals))
    return np.concatenate(found)
