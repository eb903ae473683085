"""A job: one cell to be run, and its identity."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sim.engines.code import code_hash, foreign_hash
from sim.experiments.goal import REFERENCE_SCORE
from sim.model.choice.decision_rule import fingerprint
from sim.model.choice.mixture import rules_of
from sim.recent import Recent
from sim.results.cells.origin import Origin
from sim.scenario.load import resolved
from sim.scenario.schema import Scenario

NOT_OF_A_CELL = ("name", "note", "baseline")
"""Parts of a scenario that decide nothing in one cell; so are the seed and the number of replicates under `run`."""


_fingerprint: Callable[..., str] = cache(fingerprint)
_foreign_hash: Callable[..., str] = cache(foreign_hash)
# Read from source files, so once per rule: a sweep has thousands of cells of few rules.


def outsiders(scenario: Scenario) -> list[str]:
    """Hashes of the gate and of every rule of choice of a scenario; empty for those of this package."""
    return [_foreign_hash(type(scenario.policy.gate)), *(_fingerprint(rule) for rule, _ in rules_of(scenario))]


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]


def _cell_hash(scenario: Scenario) -> str:
    data = resolved(scenario)
    for part in NOT_OF_A_CELL:
        data.pop(part)
    data["run"] = {name: value for name, value in data["run"].items() if name not in ("seed", "replicates")}
    return _digest([data, outsiders(scenario)])


def _people_hash(scenario: Scenario) -> str:
    world = scenario.world.model_dump(mode="json")
    switches, credit = scenario.switches, scenario.policy.credit.model_dump(mode="json")
    line = [credit] if switches.credit_line else []
    return _digest([world, scenario.run.users, scenario.run.tick, switches.coverage, switches.lenders, line])


cell_hash = Recent[Scenario, str](_cell_hash, 64)
"""Hash (32 hex digits) of all in a scenario that can change what one cell gives, whatever its seed."""

people_hash = Recent[Scenario, str](_people_hash, 64)
"""Hash (32 hex digits) of all in a scenario that decides who the people are and whom they know, whatever the seed."""


_resolved = Recent[Scenario, dict[str, Any]](resolved, 64)


@dataclass(frozen=True)
class Job:
    """One cell to be run.

    scenario: resolved (its own seed and replicates do not matter); seed: of this cell; reference: score from which groups
    and plans count distance; users_sample: how many users to keep whole (-1 all), as the table `users`.
    """

    scenario: Scenario
    seed: int
    reference: int = REFERENCE_SCORE
    users_sample: int = 0

    @cached_property
    def scenario_hash(self) -> str:
        """What its scenario has in common with all that give the same on every seed."""
        return cell_hash(self.scenario)

    @cached_property
    def key(self) -> str:
        """Identity (32 hex digits): the scenario, the seed, the reference and the code that decides results."""
        parts = [self.scenario_hash, str(self.seed), str(self.reference), code_hash()]
        if self.users_sample:
            parts.append(f"users {self.users_sample}")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]

    @cached_property
    def people(self) -> str:
        """Cells of which this is the same have the same people and contacts on day 0."""
        return f"{people_hash(self.scenario)}-{self.seed}"

    @property
    def work(self) -> int:
        """User-days (or user-hours) to simulate."""
        return self.scenario.run.users * self.scenario.run.ticks

    @property
    def foreign(self) -> bool:
        """Whether a gate or a rule of choice is from outside the package."""
        return any(outsiders(self.scenario))

    @property
    def origin(self) -> Origin:
        """What is kept beside the outcome, to run the cell again."""
        return Origin(_resolved(self.scenario), self.seed, self.reference, self.users_sample, code_hash())
