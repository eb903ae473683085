"""A sweep of a thousand points: the tables of a small one, stretched to 40 by 25."""

import numpy as np

from sim.experiments.sweep.result import SweepResult
from sim.report.stored import StoredResult, load

POINTS = 1000


def thousand(out, folder) -> StoredResult:
    """A stored sweep with a thousand points of four cells each."""
    small = load(out, str(folder)).result
    measures = small.manifest["measures"]
    down, across = np.divmod(np.arange(POINTS), 25)
    paths = [parameter["path"] for parameter in small.parameters]
    first = {name: column[:1] for name, column in small.tables["effects"].items()}
    rng = np.random.default_rng(1)
    effects = {name: np.repeat(column, POINTS * len(measures)) for name, column in first.items()}
    effects |= {"point": np.tile(np.arange(POINTS), len(measures)), "measure": np.repeat(measures, POINTS)}
    middle = rng.normal(size=POINTS * len(measures))
    effects |= {"difference": middle, "low": middle - 0.5, "high": middle + 0.5}
    tables = {
        "points": {"point": np.arange(POINTS), paths[0]: 600.0 + down, paths[1]: across / 25},
        "cells": {name: np.repeat(column[:1], 4 * POINTS) for name, column in small.tables["cells"].items()},
        "effects": effects,
    }
    return StoredResult("sweep", folder, SweepResult(small.manifest | {"shape": [40, 25]}, tables))
