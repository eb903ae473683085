"""The tables of a comparison, from its samples."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.experiments.compare.bootstrap import bca_intervals, chances_of_best
from sim.experiments.compare.contrast import Contrast, Values, contrast, pairing_gain
from sim.experiments.compare.correction import adjusted
from sim.experiments.compare.cost import SPENT, yield_of
from sim.experiments.compare.groups import GROUP_MEASURES
from sim.experiments.compare.plan import KNOWN, ComparisonPlan, of_group
from sim.experiments.compare.samples import Samples
from sim.experiments.compare.verdict import guard, verdict
from sim.results.table import Table
from sim.scenario.comparison import ALL_WORLDS

TABLES = ("policies", "effects", "groups", "guardrails", "best", "costs", "cells")


def table_of(rows: list[dict[str, Any]]) -> Table:
    """Rows, all with the same keys, as columns."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}


def tables(plan: ComparisonPlan, found: Samples, first: int | None) -> dict[str, Table]:
    """All tables of a comparison. first: replicates of the first stage, where the second followed from it (see `two_stage`)."""
    best = _best(plan, found)
    effects = _effects(plan, found, first)
    return {
        "policies": table_of(_policies(plan, found, effects, best)),
        "effects": table_of(effects),
        "groups": table_of(list(_groups(plan, found, first))),
        "guardrails": table_of(list(_guardrails(plan, found, first))),
        "best": table_of(best),
        "costs": table_of(list(_costs(plan, found))),
        "cells": _cells(plan, found),
    }


def scopes(plan: ComparisonPlan, values: Values) -> Iterator[tuple[str, Values]]:
    """Each world by name with its values, (policies, replicates); where there are several, then their mean on the same seeds."""
    for place, world in enumerate(plan.worlds):
        yield world, np.ascontiguousarray(values[:, place])
    if len(plan.worlds) > 1:
        by_name = sorted(range(len(plan.worlds)), key=lambda place: plan.worlds[place])
        yield (
            ALL_WORLDS,
            values[:, by_name].mean(axis=1),
        )  # added up by name, so that the order of the file changes no bit


def _mean(values: Values) -> float:
    seen = values[~np.isnan(values)]
    return float(seen.mean()) if seen.size else math.nan


def _told(values: Values, baseline: Values, found: Contrast) -> dict[str, Any]:
    """What is told of any contrast: both means over the pairs that are whole, the difference with its interval, and of how many."""
    whole = ~np.isnan(values - baseline)
    low, high = found.interval()
    told = {"policy_mean": _mean(values[whole]), "baseline_mean": _mean(baseline[whole])}
    return told | {"difference": found.mean, "low": low, "high": high, "n": found.n}


def _effects(plan: ComparisonPlan, found: Samples, first: int | None) -> list[dict[str, Any]]:
    """A row per measure, world and policy but the baseline; p-values adjusted within their family."""
    rows: list[dict[str, Any]] = []
    differences: list[Values] = []
    for measure in plan.measures:
        unit, good = KNOWN[measure]
        start = len(rows)
        for world, values in scopes(plan, found.measures[measure]):
            for place, policy in enumerate(plan.policies[1:], 1):
                pairs = values[place] - values[0]
                seen = contrast(pairs, first)
                told = _told(values[place], values[0], seen)
                row = {"measure": measure, "unit": unit, "good": good, "world": world, "policy": policy} | told
                margin = 0.0
                if measure == plan.keys.primary and plan.keys.margin is not None:
                    margin = plan.keys.margin.of(told["baseline_mean"])
                row |= {"p": seen.p_value(), "p_equivalent": seen.p_equivalent(margin), "margin": margin}
                rows.append(row | {"pairing_gain": pairing_gain(values[place], values[0])})
                differences.append(pairs)
        _judge(rows[start:], plan)
    bounds = bca_intervals(np.array(differences), plan.run.seed)
    for row, (low, high) in zip(rows, bounds, strict=True):
        row |= {"low_bca": low, "high_bca": high}
    return rows


def _judge(rows: list[dict[str, Any]], plan: ComparisonPlan) -> None:
    """Adjust the p-values of one measure, of the worlds and of all worlds together each as a family, and give verdicts."""
    for pooled in (False, True):
        family = [row for row in rows if (row["world"] == ALL_WORLDS) == pooled]
        p, p_equivalent = (
            adjusted(np.array([row[name] for row in family]), plan.keys.correction) for name in ("p", "p_equivalent")
        )
        for row, one, other in zip(family, p, p_equivalent, strict=True):
            row |= {"p_adjusted": float(one), "p_equivalent_adjusted": float(other)}
            row["verdict"] = verdict(row["difference"], float(one), float(other), row["good"])


def _groups(plan: ComparisonPlan, found: Samples, first: int | None) -> Iterator[dict[str, Any]]:
    """A row per kind of group, group, measure, world and policy but the baseline."""
    for (kind, group, measure), of_all in found.groups.items():
        if np.isnan(of_all).all():
            continue  # nobody is of this group
        unit, good = GROUP_MEASURES[measure]
        for world, values in scopes(plan, of_all):
            for place, policy in enumerate(plan.policies[1:], 1):
                row = {"kind": kind, "group": group, "measure": measure, "unit": unit, "good": good}
                told = _told(values[place], values[0], contrast(values[place] - values[0], first))
                yield row | {"world": world, "policy": policy} | told


def _guardrails(plan: ComparisonPlan, found: Samples, first: int | None) -> Iterator[dict[str, Any]]:
    """A row per guardrail, world and policy but the baseline."""
    for guardrail in plan.keys.guardrails:
        group = of_group(guardrail)
        of_all = found.measures[guardrail.measure] if group is None else found.groups[group]
        kind, name = (group[0], group[1]) if group else ("", "")
        may_rise = guardrail.may_rise_by is not None
        for world, values in scopes(plan, of_all):
            for place, policy in enumerate(plan.policies[1:], 1):
                told = _told(values[place], values[0], contrast(values[place] - values[0], first))
                limit = guardrail.limit.of(told["baseline_mean"])
                row = {"guardrail": str(guardrail), "measure": guardrail.measure, "kind": kind, "group": name}
                row |= {"world": world, "policy": policy} | told
                judged = guard(told["low"], told["high"], limit, may_rise)
                yield row | {"limit": limit if may_rise else -limit, "verdict": judged}


def _costs(plan: ComparisonPlan, found: Samples) -> Iterator[dict[str, Any]]:
    """A row per world and policy but the baseline, if any spends money: what it spends, and what that brings per CNY."""
    spent_by_all = found.measures.get(SPENT)
    if spent_by_all is None or not np.nan_to_num(spent_by_all).any():
        return
    spending = dict(scopes(plan, spent_by_all))
    for world, values in scopes(plan, found.measures[plan.keys.primary]):
        for place, policy in enumerate(plan.policies[1:], 1):
            gained, spent = (of_all[place] - of_all[0] for of_all in (values, spending[world]))
            ratio, low, high = yield_of(gained, spent)
            told = {"difference": _mean(gained), "spent": _mean(spent), "per_cny": ratio, "low": low, "high": high}
            yield {"world": world, "policy": policy, **told}


def _direction(plan: ComparisonPlan) -> int:
    """1 where more of the primary measure is better (or where neither is), -1 where less is."""
    return KNOWN[plan.keys.primary][1] or 1


def _best(plan: ComparisonPlan, found: Samples) -> list[dict[str, Any]]:
    """A row per world and policy, the baseline too: mean, chance of being best, regret."""
    rows = []
    direction = _direction(plan)
    for world, values in scopes(plan, found.measures[plan.keys.primary]):
        chances = chances_of_best(direction * values, plan.run.seed)
        whole = values[:, ~np.isnan(values).any(axis=0)]
        means = whole.mean(axis=1) if whole.size else np.full(len(values), np.nan)
        regret = (direction * means).max() - direction * means
        for place, policy in enumerate(plan.policies):
            told = {"mean": float(means[place]), "best": float(chances[place]), "regret": float(regret[place])}
            rows.append({"world": world, "policy": policy, **told, "n": whole.shape[1]})
    return rows


def _policies(
    plan: ComparisonPlan, found: Samples, effects: list[dict[str, Any]], best: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A row per policy, the baseline too: over all worlds its mean, difference and chance of being best, and its worst world."""
    direction = _direction(plan)
    together = [world for world, _ in scopes(plan, found.measures[plan.keys.primary])][-1]
    rows = []
    for policy in plan.policies:
        own = {row["world"]: row for row in best if row["policy"] == policy}
        mine = {row["world"]: row for row in effects if row["policy"] == policy and row["measure"] == plan.keys.primary}
        apart = [own[world] for world in plan.worlds]
        most = max(apart, key=lambda row: -math.inf if math.isnan(row["regret"]) else row["regret"])
        worst = min(plan.worlds, key=lambda world: _harm(mine, world, direction))
        rows.append(
            {
                "policy": policy,
                "mean": own[together]["mean"],
                "difference": mine[together]["difference"] if mine else 0.0,
                "best": own[together]["best"],
                "worst_difference": mine[worst]["difference"] if mine else 0.0,
                "worst_world": worst if mine else "",
                "most_regret": most["regret"],
                "regret_world": most["world"],
            }
        )
    return rows


def _harm(mine: dict[str, dict[str, Any]], world: str, direction: int) -> float:
    """What the worst world is worst by: the difference in the good direction (a world without one is not chosen)."""
    if not mine or math.isnan(mine[world]["difference"]):
        return math.inf
    return direction * float(mine[world]["difference"])


def _cells(plan: ComparisonPlan, found: Samples) -> Table:
    """A row per policy, world and replicate: seed, why it failed (empty if it did not), every measure."""
    places = list(np.ndindex(len(plan.policies), len(plan.worlds), found.replicates))
    table: Table = {
        "policy": np.array([plan.policies[p] for p, _, _ in places]),
        "world": np.array([plan.worlds[w] for _, w, _ in places]),
        "replicate": np.array([r for _, _, r in places]),
        "seed": np.array([plan.run.seed + r for _, _, r in places]),
        "failure": np.array([found.failures.get(place, "") for place in places]),
    }
    return table | {name: values.reshape(-1) for name, values in found.measures.items()}
