"""What is kept of a cell: its measures, and small sketches of its groups, scores and course."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.results.table import Table, frame, stacked, with_constants

if TYPE_CHECKING:
    import pandas as pd

SKETCHES = ("groups", "scores", "series")
"""Tables kept of a cell beside its measures: groups (as of a run), scores (histogram at the end), series (a few measures over time)."""


@dataclass(frozen=True)
class Outcome:
    """One finished cell. reason: why it failed, empty if it did not; seconds: of work; tables: the sketches, by name."""

    key: str
    reason: str
    seconds: float
    measures: dict[str, float] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Cells:
    """Outcomes of jobs, in the order of the jobs.

    outcomes: one per job; reused: how many of them were at hand already.
    """

    outcomes: tuple[Outcome, ...]
    reused: int = 0

    def measure(self, name: str) -> NDArray[np.float64]:
        """One measure, a value per job (NaN where the cell failed)."""
        return np.array([outcome.measures.get(name, np.nan) for outcome in self.outcomes])

    def table(self, name: str) -> Table:
        """One sketch of all jobs below one another, with the column `job` (place among the jobs) first."""
        found: Iterable[Table] = (
            with_constants(outcome.tables.get(name, {}), {"job": place}) for place, outcome in enumerate(self.outcomes)
        )
        return stacked(found)

    @property
    def failures(self) -> dict[int, str]:
        """Reasons of the failed jobs, by their place."""
        return {place: outcome.reason for place, outcome in enumerate(self.outcomes) if outcome.reason}

    def frame(self) -> "pd.DataFrame":
        """Measures as a DataFrame, a row per job."""
        names = next((list(outcome.measures) for outcome in self.outcomes if outcome.measures), [])
        return frame({name: self.measure(name) for name in names})
