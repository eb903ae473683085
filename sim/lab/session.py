"""Both worlds of one visitor, advanced day by day on the same people and luck. It knows no page."""

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine, default_threads, prepare
from sim.engines.people import same_people
from sim.experiments.cell import score_table
from sim.experiments.explain.explain import Explanation, explain_arms
from sim.experiments.plan import RunPlan
from sim.model.calendar import ticks_per_day
from sim.model.measures import of_run, over_time
from sim.model.totals import TOTALS, totals_of
from sim.results.table import Table


class Session:
    """A run that can be watched: what `sim.run` would find in its first replicate, bit by bit.

    plan: the policy and, if there is one, its baseline. per_day: ticks in a day.
    """

    def __init__(self, plan: RunPlan, threads: int | None = None) -> None:
        self.arms = plan.arms
        policy = plan.arms["policy"]
        self.seed = policy.run.seed
        self.threads = threads or default_threads()
        self.per_day = ticks_per_day(policy)
        prepare(plan.arms.values())
        start = DayZero(policy, self.seed, self.threads)
        self.engines = {
            arm: FastEngine(scenario, self.seed, self.threads, start if same_people(policy, scenario) else None)
            for arm, scenario in plan.arms.items()
        }

    @property
    def users(self) -> int:
        """Users in each world."""
        return self.arms["policy"].run.users

    @property
    def days(self) -> int:
        """Days of the whole run."""
        return -(-self.arms["policy"].run.ticks // self.per_day)

    @property
    def day(self) -> int:
        """Days run so far."""
        return -(-self.engines["policy"].tick // self.per_day)

    @property
    def finished(self) -> bool:
        """Whether the run is at its end."""
        return self.day >= self.days

    def advance(self, days: int = 1) -> None:
        """Run both worlds on by some days, at most to the end."""
        for engine in self.engines.values():
            engine.run(days * self.per_day)

    def measures(self, arm: str) -> dict[str, NDArray[np.float64]]:
        """Every measure of a world per tick so far."""
        engine = self.engines[arm]
        totals = {name: engine.totals[:, TOTALS.index(name)] for name in totals_of(engine.scenario)}
        return over_time(totals, self.users, self.per_day)

    def figures(self, arm: str) -> dict[str, float]:
        """One figure per measure of the run so far, as a run at its end has it (NaN where nothing was measured yet)."""
        return of_run(self.measures(arm))

    def time(self) -> NDArray[np.float64]:
        """Days from the start to the end of each tick run so far."""
        return np.arange(1, self.engines["policy"].tick + 1) / self.per_day

    def scores(self, arm: str) -> Table:
        """Histogram of the scores published now."""
        return score_table(self.engines[arm].columns, self.day)

    def some_users(self, most: int = 400) -> Table:
        """Users to pick from, with number, score, visits a day and plan, in the policy's world: first those whom a gate can move
        (who respond and know), then others, by number.
        """
        now = self.engines["policy"].columns
        moved = (now["responsive"] == 1) & (now["knows"] == 1)
        trying = moved & (now["plan"] > 0)
        order = np.concatenate(
            [np.flatnonzero(trying)[: most // 2], np.flatnonzero(moved & ~trying)[: most // 2], np.flatnonzero(~moved)]
        )[:most]
        return {
            "user": order,
            "score": now["score"][order].astype(int),
            "visits": now["visits"][order] / max(self.day, 1),
            "plan": now["plan"][order].astype(int),
        }

    def explain(self, user: int) -> Explanation:
        """Why a user did what they did on the last day run. Raises ScenarioError; the worlds here are left as they are."""
        return explain_arms(self.arms, self.seed, user, max(self.day - 1, 0), threads=self.threads)
