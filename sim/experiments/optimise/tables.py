"""The tables of a search: trials, rounds of halving, finalists with the winner's curse, guardrails, regret."""

from typing import Any

import numpy as np

from sim.experiments.compare.groups import GROUP_MEASURES
from sim.experiments.compare.plan import KNOWN
from sim.experiments.effect import t_interval
from sim.experiments.optimise.confirm import NOTHING, curses, guarded, regrets
from sim.experiments.optimise.plan import OptimisePlan
from sim.experiments.optimise.search import Found
from sim.experiments.optimise.standing import counting, excesses, fronts
from sim.results.table import Table
from sim.scenario.optimise import Objective


def unit_of(objective: Objective) -> str:
    """The unit of an objective."""
    return (KNOWN if objective.group is None else GROUP_MEASURES)[objective.measure][0]


def tables_of(plan: OptimisePlan, found: Found) -> dict[str, Table]:
    """All tables by name.

    Gains are in the unit of the objective, more is better whatever is wanted; those over worlds as `search.over_worlds` says.
    """
    return {
        "trials": _trials(plan, found),
        "rounds": _rounds(plan, found),
        "finalists": _finalists(plan, found),
        "guardrails": _guardrails(plan, found),
        "regret": _regret(plan, found),
    }


def _columns(rows: list[dict[str, Any]]) -> Table:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}


def _trials(plan: OptimisePlan, found: Found) -> Table:
    """A row per policy tried: policy, family, gain in every objective, excess over every guardrail (its worst world), whether it
    breaks none (feasible) and no feasible one dominates it (undominated), reason it could not be run."""
    keys = plan.file.keys
    values = counting(found.tried.gains, keys.search.over_worlds).mean(axis=2)
    excess = excesses(found.tried)
    run = ~np.isnan(values).any(axis=1)
    feasible = run & ~(excess > 0.0).any(axis=1)
    undominated = np.zeros(len(values), bool)
    undominated[feasible] = fronts(values[feasible]) == 0
    table = {
        "policy": np.array([plan.label(candidate) for candidate in found.trials]),
        "family": np.array([candidate.family for candidate in found.trials]),
    }
    table |= {f"gain: {one}": values[:, k] for k, one in enumerate(keys.objectives)}
    table |= {f"excess: {rail}": excess[:, k] for k, rail in enumerate(keys.guardrails)}
    reasons = np.array([found.tried.reasons.get(place, "") for place in range(len(values))])
    return table | {"feasible": feasible, "undominated": undominated, "reason": reasons}


def _rounds(plan: OptimisePlan, found: Found) -> Table:
    """A row per round of halving, policy in it and objective: seeds so far, gain, whether it went on."""
    rows = []
    for number, step in enumerate(found.rounds):
        after = found.rounds[number + 1].candidates if number + 1 < len(found.rounds) else found.finalists
        values = counting(step.measured.gains, plan.file.keys.search.over_worlds).mean(axis=2)
        for place, candidate in enumerate(step.candidates):
            for k, objective in enumerate(plan.file.keys.objectives):
                rows.append(
                    {
                        **{"round": number, "policy": plan.label(candidate), "objective": str(objective)},
                        **{"seeds": step.seeds, "gain": values[place, k], "went_on": candidate in after},
                    }
                )
    return _columns(rows)


def _finalists(plan: OptimisePlan, found: Found) -> Table:
    """A row per finalist and objective: see `confirm.curses`."""
    keys = plan.file.keys
    rows = curses(found, keys.search.over_worlds, keys.search.replicates)
    for row in rows:
        objective = keys.objectives[int(row.pop("objective"))]
        labels = {"policy": plan.label(found.finalists[int(row.pop("finalist"))]), "objective": str(objective)}
        row |= labels | {"unit": unit_of(objective)}  # type: ignore[arg-type]
    names = ("policy", "objective", "unit")
    return _columns([{name: row[name] for name in (*names, *(key for key in row if key not in names))} for row in rows])


def _guardrails(plan: OptimisePlan, found: Found) -> Table:
    """A row per finalist, guardrail and world: see `confirm.guarded`."""
    rows: list[dict[str, Any]] = []
    for row in guarded(found):
        rail, world = plan.file.keys.guardrails[int(row["guardrail"])], plan.file.worlds[int(row["world"])]
        labels = {"policy": plan.label(found.finalists[int(row["finalist"])])}
        rows.append(row | labels | {"guardrail": str(rail), "world": world.name})
    return _columns(
        [{key: row[key] for key in ("policy", *(k for k in row if k not in ("finalist", "policy")))} for row in rows]
    )


def _regret(plan: OptimisePlan, found: Found) -> Table:
    """A row per finalist, and doing nothing, and world: confirmed gain in the first objective with its interval, and regret."""
    gains = found.confirmed.gains[:, :, 0]
    regret = regrets(gains.mean(axis=2))
    names = [*(plan.label(candidate) for candidate in found.finalists), NOTHING]
    rows = []
    for place, name in enumerate(names):
        for number, world in enumerate(plan.file.worlds):
            seen = t_interval(gains[place, number] if name != NOTHING else np.zeros(gains.shape[2]))
            rows.append(
                {
                    **{"policy": name, "world": world.name, "gain": seen.mean, "low": seen.low, "high": seen.high},
                    **{"regret": regret[place, number], "worst_regret": regret[place].max()},
                }
            )
    return _columns(rows)
