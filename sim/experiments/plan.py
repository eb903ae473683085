"""What is to be run: the policy's scenario and the baseline's, fully resolved."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.changes import changes_told
from sim.scenario.load import Draft, baseline_of, load, resolved, scenario_hash
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario

MEMORY_PER_USER = 700
"""Bytes per user at the peak: state of two arms, graph and its making, tables."""


@dataclass(frozen=True)
class RunPlan:
    """Arms by name (`policy`, and `baseline` if there is one) and the engine. changes: what makes the policy's scenario another than its file's."""

    arms: dict[str, Scenario]
    engine: str
    changes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Identity of the run (12 hex digits): both scenarios, the engine, and the code that decides results."""
        from sim.engines.code import code_hash, foreign_hash
        from sim.model.choice.decision_rule import fingerprint
        from sim.model.choice.mixture import rules_of

        parts = [
            f"{arm}:{scenario_hash(scenario)}{foreign_hash(type(scenario.policy.gate))}"
            for arm, scenario in self.arms.items()
        ]
        rules = {rule for scenario in self.arms.values() for rule, _ in rules_of(scenario)}
        parts += sorted(filter(None, map(fingerprint, rules)))
        return hashlib.sha256("|".join([*parts, self.engine, code_hash()]).encode()).hexdigest()[:12]


def size_settings(**given: int | None) -> list[str]:
    return [f"run.{name}={value}" for name, value in given.items() if value is not None]


def make_plan(
    scenario: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    baseline: str | Path | None = None,
    engine: str = "fast",
) -> RunPlan:
    """Load a scenario and its baseline for one run.

    The baseline takes the size, luck and world of the scenario: what is compared is the policy (gate, circle, campaign), the
    rule of choice and the switches of the baseline's own file. Settings of world, run and switches count for both.
    Raises ScenarioError.
    """
    size = size_settings(users=users, ticks=ticks, seed=seed, replicates=replicates)
    policy = load(scenario, [*settings, *size])
    check_memory(policy)
    arms = {"policy": policy}
    other: str | Path | None = baseline
    if baseline is None:
        other = baseline_of(scenario, policy)
    elif str(baseline) == "none":
        other = None
    if other is not None:
        arms["baseline"] = as_baseline(load(other, [s for s in settings if s.startswith("switches.")]), policy)
    return RunPlan(arms, engine, _changes(scenario, policy, [*settings, *size]))


def _changes(file: str | Path, policy: Scenario, settings: Sequence[str]) -> tuple[str, ...]:
    if not settings:
        return ()
    try:
        return changes_told(load(file), policy, settings)
    except ScenarioError:  # sound only once it is changed
        return changes_told(None, policy, settings)


def as_baseline(other: Scenario, policy: Scenario) -> Scenario:
    """The scenario `other` with the size, luck and world of the policy's, to be its baseline. Raises ScenarioError."""
    data = resolved(other) | {part: getattr(policy, part).model_dump(mode="json") for part in ("run", "world")}
    return Draft(data, {}, other.name).checked(Scenario)


def check_memory(scenario: Scenario) -> None:
    """Raises ScenarioError where a run of the scenario would need more memory than there is."""
    import os

    try:
        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return
    needed = scenario.run.users * MEMORY_PER_USER
    if needed > available:
        most = available // MEMORY_PER_USER // 100_000 * 100_000
        message = (
            f"{scenario.run.users:,} users need about {needed / 1e9:.1f} GB of memory, and this machine has "
            f"{available / 1e9:.1f} GB; give at most {most:,}"
        )
        raise ScenarioError([Fault("run.users", 0, 0, "", message)])
