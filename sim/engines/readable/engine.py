"""The readable model behind the interface of the fast engine."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.engines.readable.model import GateModel
from sim.model.columns import groups_of
from sim.model.totals import TOTALS
from sim.scenario.schema import Scenario


class ReadableEngine:
    """The readable model behind the interface of the fast engine."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.model = GateModel(scenario, seed=seed)

    @property
    def tick(self) -> int:
        """Ticks run so far."""
        return self.model.tick

    @property
    def totals(self) -> NDArray[np.int64]:
        """Totals of the ticks run so far, shape (ticks, len(TOTALS))."""
        return np.array(self.model.history, np.int64).reshape(-1, len(TOTALS))

    @property
    def columns(self) -> Columns:
        """The state now, in columns."""
        return self.model.columns()

    def run(self, ticks: int) -> None:
        """Advance by `ticks` (at most to the end)."""
        for _ in range(min(ticks, self.scenario.run.ticks - self.tick)):
            self.model.step()

    def snapshot(self) -> Columns:
        """The state now (a copy)."""
        return self.columns


def users_of(model: GateModel) -> Iterator[dict[str, Any]]:
    """Users of a model as dicts of their columns, for a person to look at."""
    for user in model.people:
        groups = groups_of(model.specification)
        yield {column.name: user.column(column.name) for _, group in groups for column in group}
