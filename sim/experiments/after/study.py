"""A study of after-effects: every measure per replicate, and the curves around the day of crossing; stored like a run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import GATE, luck, seed_halves
from sim.experiments.after.admission import Ways, opens_to, ways, without_noise
from sim.experiments.after.bunching import excess_share, share_above
from sim.experiments.after.churn import halved_share, quiet_share
from sim.experiments.after.crossing import Aligned, after_level, aligned, rise
from sim.experiments.after.half_life import half_life
from sim.experiments.after.measures import AFTER_MEASURES, interval_of
from sim.experiments.after.of_run import end_day, start_day
from sim.experiments.after.worlds import BASELINE, PLACEBO, POLICY, Replicate, replicates, worlds_of
from sim.experiments.effect import Interval
from sim.experiments.plan import RunPlan, make_plan
from sim.model.calendar import gate_dates, ticks_per_day
from sim.model.measures import CHANNELS, PACKET_CHANNEL
from sim.model.totals import TOTALS
from sim.results.table import Table, frame, stacked
from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("after", "crossing")


@dataclass
class AfterResult:
    """Tables of a study: `after` (measure, replicate, value) and `crossing` (replicate, day from crossing, curves).

    Curves, visits per user-day: `policy`, its own crossers; `placebo`, those who cross there (the phantom); `same`, the policy's
    crossers as they were in the placebo on the same days; `net`, policy less same. users, users_placebo: how many are seen.
    """

    manifest: dict[str, Any]
    tables: dict[str, Table]
    path: Path | None = None
    reused: bool = False

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Every measure with its interval over replicates, by name."""
        return {measure.name: interval_of(self.tables["after"], measure.name) for measure in AFTER_MEASURES}

    @cached_property
    def after(self) -> "pd.DataFrame":
        """A row per replicate and measure."""
        return frame(self.tables["after"])

    @cached_property
    def crossing(self) -> "pd.DataFrame":
        """A row per replicate and day from crossing."""
        return frame(self.tables["crossing"])


def daily_visits(totals: NDArray[np.int64], users: int, per_day: int) -> NDArray[np.float64]:
    """Visits per user and day, from totals of shape (ticks, totals); a day that is not whole is left out."""
    visits = totals[:, [TOTALS.index(f"visits_{channel}") for channel in (*CHANNELS, PACKET_CHANNEL)]].sum(axis=1)
    days = visits.size // per_day
    return np.asarray(visits[: days * per_day].reshape(days, per_day).sum(axis=1) / users, dtype=float)


def _opened_without_noise(one: Replicate, policy: Scenario) -> NDArray[np.bool_]:
    """Per user, whether the gate opens to the score without its noise when the user is first admitted in the placebo."""
    _, start, _ = gate_dates(policy)
    placebo, gate, noise = one.traces[PLACEBO], policy.policy.gate, policy.world.score.noise
    found = np.zeros(placebo.columns.users, np.bool_)
    for user in np.flatnonzero((placebo.columns["admitted_day"] > start) & (placebo.published >= 0)):
        who, published = int(placebo.columns["id"][user]), int(placebo.published[user])
        score = without_noise(int(placebo.admission_score[user]), who, published, one.seed, noise)
        days = (int(placebo.columns["admitted_day"][user]) - start) / ticks_per_day(policy)
        standing, _, _, _ = luck(*seed_halves(one.seed), GATE, 0, who, 0)
        starting_score = int(placebo.columns["starting_score"][user])
        last = (float(placebo.last_place[0, user]), float(placebo.last_place[1, user]))
        found[user] = opens_to(gate, score, starting_score, days, float(standing), last)
    return found


def _ways(one: Replicate, policy: Scenario) -> dict[str, float]:
    """How the admitted came over the gate; at once alone at a gate that does not ask for a score."""
    _, start, _ = gate_dates(policy)
    admitted, admitted_placebo = (one.traces[world].columns["admitted_day"] for world in (POLICY, PLACEBO))
    found = ways(admitted, admitted_placebo, start, _opened_without_noise(one, policy))
    if not policy.policy.gate.rewards_score:  # who buys, is invited or drawn makes no effort, and no score drifts
        found = Ways(found.at_once, *[float("nan")] * 3)
    return {
        f"admitted_{'at_once' if name == 'at_once' else 'by_' + name}": part for name, part in found._asdict().items()
    }


def _quiet(one: Replicate, world: str, per_day: int) -> float:
    trace = one.traces[world]
    beyond = trace.columns["starting_score"] - one.goals
    return quiet_share(trace.columns["last_visit_day"], beyond, 0, trace.totals.shape[0], per_day)


def _halved(one: Replicate, world: str, start: int) -> float:
    trace = one.traces[world]
    return halved_share(trace.visits, (trace.columns["starting_score"] - one.goals)[trace.users], 0, start)


def measures_of(one: Replicate, worlds: dict[str, Scenario]) -> tuple[dict[str, float], Table]:
    """Every measure of one replicate, and its curves around the day of crossing."""
    policy, placebo = one.traces[POLICY], one.traces[PLACEBO]
    here, phantom = aligned(policy.visits, policy.crossed), aligned(placebo.visits, placebo.crossed)
    same = aligned(placebo.visits, policy.crossed)
    net = Aligned(here.day, here.users, here.mean - same.mean)
    beyond = policy.columns["score"] - one.goals  # points, 0 at the gate
    found = {
        "crossing_rise": rise(here),
        "phantom_rise": rise(phantom),
        "net_rise": rise(net, here),
        "net_after": after_level(net),
        "bunching": excess_share(beyond, 0),
        **_ways(one, worlds[POLICY]),
    }
    if BASELINE in one.traces:
        baseline = one.traces[BASELINE]
        found["bunching_paired"] = share_above(beyond, 0) - share_above(baseline.columns["score"] - one.goals, 0)
        per_day, users = ticks_per_day(worlds[POLICY]), worlds[POLICY].run.users
        found["quiet_short"] = _quiet(one, POLICY, per_day) - _quiet(one, BASELINE, per_day)
        start = start_day(worlds[POLICY])
        found["halved_short"] = _halved(one, POLICY, start) - _halved(one, BASELINE, start)
        visits = daily_visits(policy.totals, users, per_day) - daily_visits(baseline.totals, users, per_day)
        found["half_life"] = half_life(visits, end_day(worlds[POLICY]), start)
    curves: Table = {
        "day": here.day,
        "users": here.users,
        "users_placebo": phantom.users,
        "policy": here.mean,
        "placebo": phantom.mean,
        "same": same.mean,
        "net": net.mean,
    }
    return found, curves


def study_plan(plan: RunPlan, threads: int, tell: Callable[[int, int], None] | None = None) -> dict[str, Table]:
    """The tables of a study. tell: called with replicates done and in all."""
    worlds = worlds_of(plan)
    in_all = worlds[POLICY].run.replicates
    rows: list[Table] = []
    curves: list[Table] = []
    for number, one in enumerate(replicates(worlds, threads)):
        found, around = measures_of(one, worlds)
        values = np.array([found.get(measure.name, np.nan) for measure in AFTER_MEASURES])
        names = np.array([measure.name for measure in AFTER_MEASURES])
        rows.append({"measure": names, "replicate": np.full(names.size, number), "value": values})
        curves.append({"replicate": np.full(around["day"].size, number)} | around)
        if tell is not None:
            tell(number + 1, in_all)
    return {"after": stacked(rows), "crossing": stacked(curves)}


def after(
    scenario: str | Path,
    settings: Sequence[str] = (),
    *,
    users: int | None = None,
    ticks: int | None = None,
    seed: int | None = None,
    replicates: int | None = None,
    baseline: str | Path | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> AfterResult:
    """Study the after-effects of a scenario's gate; read a stored study back if the very same is there.

    Arguments as of `sim.run`; tell: called with replicates done and in all. Raises ScenarioError.
    """
    from sim.engines.fast import default_threads
    from sim.experiments.manifest import manifest
    from sim.results.store import place_of, read_tables, write_tables
    from sim.results.title import retold

    plan = make_plan(scenario, settings, users=users, ticks=ticks, seed=seed, replicates=replicates, baseline=baseline)
    require_gate(plan)
    place = None
    if out is not None:
        place = place_of(Path(out), plan.arms["policy"].name, f"{plan.key}-after")
        if (place / "manifest.json").is_file():
            stored, tables = read_tables(place, TABLES)
            return AfterResult(retold(stored, plan.changes), tables, place, reused=True)
    started = time.time()
    tables = study_plan(plan, threads or default_threads(), tell)
    origin = manifest(plan, started, plan.arms["policy"].run.replicates, "complete") | {"kind": "after"}
    if place is not None:
        write_tables(place, origin, tables, Path(str(out)))
    return AfterResult(origin, tables, place)


def require_gate(plan: RunPlan) -> None:
    """Raises ScenarioError where there is no gate to have after-effects."""
    policy = plan.arms["policy"]
    if not policy.policy.gate.guards:
        message = f"{policy.name} has no gate that anything could be an after-effect of; give a scenario with one, such as gate_750.yaml"
        raise ScenarioError([Fault("policy.gate", 0, 0, "", message)])
    if not policy.switches.gate:
        message = f"off in {policy.name}, so its gate admits everybody and leaves nothing behind; leave it on"
        raise ScenarioError([Fault("switches.gate", 0, 0, "", message)])
