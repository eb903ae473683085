"""Finished cells as arrays: every measure by policy, world and replicate."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.experiments.cells.outcome import Cells
from sim.experiments.compare.contrast import Values
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS
from sim.experiments.compare.plan import KNOWN, ComparisonPlan
from sim.results.table import rows_of

GroupKey = tuple[str, str, str]
"""Kind of group, group, measure."""


@dataclass(frozen=True)
class Samples:
    """Values of shape (policies, worlds, replicates), the baseline the first policy; NaN where a cell failed.

    measures: by name; groups: by kind, group and measure; failures: reasons by (policy, world, replicate).
    """

    measures: Mapping[str, Values]
    groups: Mapping[GroupKey, Values]
    failures: Mapping[tuple[int, int, int], str]

    @property
    def replicates(self) -> int:
        """How many replicates there are."""
        return int(next(iter(self.measures.values())).shape[2])

    def joined(self, more: "Samples") -> "Samples":
        """These and later replicates."""
        later = {(p, w, r + self.replicates): why for (p, w, r), why in more.failures.items()}
        return Samples(
            {name: np.concatenate([values, more.measures[name]], axis=2) for name, values in self.measures.items()},
            {key: np.concatenate([values, more.groups[key]], axis=2) for key, values in self.groups.items()},
            {**self.failures, **later},
        )


def samples(plan: ComparisonPlan, cells: Cells) -> Samples:
    """The cells of some replicates (jobs as `plan.jobs` orders them) as arrays."""
    policies, worlds = len(plan.policies), len(plan.worlds)

    def shaped(values: Values) -> Values:
        return np.ascontiguousarray(values.reshape(-1, worlds, policies).transpose(2, 1, 0))

    jobs = cells.measure(plan.keys.primary).size
    table = cells.table("groups")
    groups = {}
    for kind, names in GROUPS.items():
        for name in names:
            here = (table["kind"] == kind) & (table["group"] == name) if rows_of(table) else None
            for measure in GROUP_MEASURES:
                values = np.full(jobs, np.nan)
                if here is not None and measure in table:
                    values[table["job"][here]] = table[measure][here]
                groups[kind, name, measure] = shaped(values)
    failures = {
        (job % policies, job // policies % worlds, job // policies // worlds): reason
        for job, reason in cells.failures.items()
    }
    return Samples({name: shaped(cells.measure(name)) for name in KNOWN}, groups, failures)
