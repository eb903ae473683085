"""A job: one cell to be run, and its identity."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from sim.engines.code import code_hash, foreign_hash
from sim.experiments.cell import REFERENCE_SCORE
from sim.model.choice.decision_rule import fingerprint
from sim.model.choice.mixture import rules_of
from sim.recent import Recent
from sim.scenario.load import resolved
from sim.scenario.schema import Scenario

NOT_OF_A_CELL = ("name", "note", "baseline")
"""Parts of a scenario that decide nothing in one cell; so are the seed and the number of replicates under `run`."""


def _cell_hash(scenario: Scenario) -> str:
    """Hash (32 hex digits) of all in a scenario that can change what one cell gives, whatever its seed."""
    data = resolved(scenario)
    for part in NOT_OF_A_CELL:
        data.pop(part)
    data["run"] = {name: value for name, value in data["run"].items() if name not in ("seed", "replicates")}
    outside = [foreign_hash(type(scenario.policy.gate)), *(fingerprint(rule) for rule, _ in rules_of(scenario))]
    return hashlib.sha256(json.dumps([data, outside], sort_keys=True).encode()).hexdigest()[:32]


cell_hash = Recent[Scenario, str](_cell_hash, 64)
"""Hash of a scenario as cells have it, worked out once for all its seeds."""


@dataclass(frozen=True)
class Job:
    """One cell to be run.

    scenario: resolved (its own seed and replicates do not matter); seed: of this cell; reference: score from which groups
    and plans count distance.
    """

    scenario: Scenario
    seed: int
    reference: int = REFERENCE_SCORE

    @cached_property
    def key(self) -> str:
        """Identity (32 hex digits): the scenario, the seed, the reference and the code that decides results."""
        parts = [cell_hash(self.scenario), str(self.seed), str(self.reference), code_hash()]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
