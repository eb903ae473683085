"""A search in words: what was found, what fresh seeds leave of it, and what is least regretted."""

from typing import TYPE_CHECKING

import numpy as np

from sim.results.table import Table, rows_of, where

if TYPE_CHECKING:
    from sim.experiments.optimise.study import OptimiseResult


def answer(result: "OptimiseResult") -> str:
    """What a search found, in a few sentences."""
    manifest, finalists = result.manifest, result.tables["finalists"]
    objectives = [one["name"] for one in manifest["objectives"]]
    told = [f"{manifest['tried']} policies tried."]
    for one in manifest["objectives"]:
        told.append(_leader(where(finalists, objective=one["name"]), one))
    if len(objectives) > 1:
        first = where(finalists, objective=objectives[0])
        names = first["policy"][first["undominated"]].tolist()
        told.append(
            f"On fresh seeds {len(names)} of {first['policy'].size} finalists are undominated: {'; '.join(names)}."
        )
    told += [_guardrails(result.tables["guardrails"])] if rows_of(result.tables["guardrails"]) else []
    told.append(_regret(result.tables["regret"], objectives[0], len(manifest["worlds"])))
    if manifest["could_not_be_run"]:
        told.append(f"{manifest['could_not_be_run']} policies could not be run (see trials).")
    return " ".join(told)


def _leader(rows: Table, objective: dict[str, str]) -> str:
    """The finalist that the search held for best in one objective, and what is left of it."""
    place = int(np.argmax(rows["search"]))
    sign = 1.0 if objective["want"] == "more" else -1.0
    found, confirmed, low, high = (
        sign * float(rows[name][place]) + 0.0 for name in ("search", "confirmed", "low", "high")
    )
    ends = sorted((low, high))  # 0.0 is added so that nothing is told as -0
    return (
        f"{objective['want'].capitalize()} {objective['name']}: best in the search is {rows['policy'][place]} with "
        f"{found:+.4g} ({objective['unit']}); on {rows['fresh_seeds'][place]} fresh seeds "
        f"{confirmed:+.4g} (95% interval {ends[0]:+.4g} to {ends[1]:+.4g}), so the winner's curse is "
        f"{rows['curse'][place]:+.2g} ({rows['curse_low'][place]:+.2g} to {rows['curse_high'][place]:+.2g})."
    )


def _guardrails(rows: Table) -> str:
    """Which finalists keep all guardrails for certain."""
    names = dict.fromkeys(rows["policy"].tolist())
    keeping = [name for name in names if set(where(rows, policy=name)["verdict"].tolist()) == {"kept"}]
    breaking = [name for name in names if "broken" in where(rows, policy=name)["verdict"].tolist()]
    said = f"All guardrails are kept, interval and all, by {'; '.join(keeping) if keeping else 'none of them'}"
    return said + (f", and broken by {'; '.join(breaking)}." if breaking else ".")


def _regret(rows: Table, objective: str, worlds: int) -> str:
    """The policy whose largest regret is least."""
    place = int(np.argmin(rows["worst_regret"]))
    name, most = str(rows["policy"][place]), float(rows["worst_regret"][place])
    here = where(rows, policy=name)
    if worlds == 1:
        return f"In the one world, {name} has the most {objective} among the finalists and doing nothing."
    world = here["world"][int(np.argmax(here["regret"]))]
    where_most = "nowhere is another better" if most == 0.0 else f"at most {most:.2g}, in the world {world}"
    return f"Least regretted in {objective} over {worlds} worlds: {name} ({where_most})."
