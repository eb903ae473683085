"""From a scenario file to the explanation of one user's day, in the world of the policy and in that of its baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.engines.fast import DayZero, FastEngine, default_threads, prepare
from sim.engines.people import same_people
from sim.experiments.explain.change import Change, what_would_change
from sim.experiments.explain.events import Table, side_by_side
from sim.experiments.explain.life import Life, follow
from sim.experiments.explain.reason import Why, why
from sim.experiments.explain.words import sentences
from sim.experiments.plan import make_plan
from sim.model.calendar import ticks_per_day
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario


@dataclass
class World:
    """One user in one world: the life up to the day, why, what would change it, and both in sentences."""

    life: Life
    why: Why
    change: Change
    sentences: list[str]


@dataclass
class Explanation:
    """One user on one day. worlds: by arm, `policy` and, if there is one, `baseline`."""

    name: str
    seed: int
    user: int
    day: int
    worlds: dict[str, World]

    @property
    def policy(self) -> World:
        """The user in the world of the policy."""
        return self.worlds["policy"]

    @property
    def events(self) -> Table:
        """What happened to the user up to the day, in both worlds side by side."""
        baseline = self.worlds.get("baseline")
        return side_by_side(self.policy.life, baseline.life if baseline else None)


def explain(
    scenario: str | Path,
    settings: Sequence[str] = (),
    *,
    user: int,
    day: int | None = None,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    baseline: str | Path | None = None,
    threads: int | None = None,
) -> Explanation:
    """Replay a scenario and its baseline, and explain what a user does at the end of a day (the last, if none is given).

    user: number, from 0; seed: of the replicate to look at, the scenario's own if not given. Raises ScenarioError.
    """
    plan = make_plan(scenario, settings, users=users, ticks=ticks, seed=seed, baseline=baseline)
    return explain_arms(plan.arms, plan.arms["policy"].run.seed, user, day, threads=threads)


def explain_arms(
    arms: Mapping[str, Scenario], seed: int, user: int, day: int | None = None, *, threads: int | None = None
) -> Explanation:
    """As `explain`, for scenarios by arm."""
    policy = arms["policy"]
    step = ticks_per_day(policy)
    last = (policy.run.ticks - 1) // step
    day = last if day is None else day
    faults = []
    if not 0 <= user < policy.run.users:
        faults.append(Fault("--user", 0, 0, "", f"{user} given; users are numbered from 0 to {policy.run.users - 1}"))
    if not 0 <= day <= last:
        faults.append(Fault("--day", 0, 0, "", f"{day} given; days of this run are numbered from 0 to {last}"))
    if faults:
        raise ScenarioError(faults)
    threads = threads or default_threads()
    prepare(arms.values())
    start = DayZero(policy, seed, threads)
    ticks = min((day + 1) * step, policy.run.ticks)
    worlds = {}
    for arm, scenario in arms.items():
        engine = FastEngine(scenario, seed, threads, start if same_people(policy, scenario) else None)
        worlds[arm] = _world(follow(engine, seed, [user], ticks)[0])
    return Explanation(policy.name, seed, user, day, worlds)


def _world(life: Life) -> World:
    reason = why(life, life.ticks - 1)
    change = what_would_change(reason)
    return World(life, reason, change, sentences(life, reason, change))
