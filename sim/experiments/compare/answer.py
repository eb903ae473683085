"""What a comparison found, in a few sentences."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.compare.verdict import BETTER, BROKEN, EQUIVALENT, HIGHER, LOWER, UNDECIDED, WORSE
from sim.results.table import Table, rows_of, where
from sim.scenario.comparison import ALL_WORLDS

if TYPE_CHECKING:
    from sim.experiments.compare.compare import ComparisonResult

CERTAIN = 0.95
"""Chance of being best from which a policy is called the best."""
CERTAINTY = 0.999
"""Chance above which draws by the thousand say no more."""


def listed(names: list[str]) -> str:
    """Names in a row: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def scope(result: "ComparisonResult") -> str:
    """The world that verdicts are told of first: all together, or the only one."""
    worlds = result.manifest["worlds"]
    return ALL_WORLDS if len(worlds) > 1 else str(worlds[0])


def answer(result: "ComparisonResult") -> str:
    """Verdicts, the best policy, who differs between worlds, guardrails, failures, the width reached, what pairing gave."""
    sentences = (_verdicts, _best, _worlds, _guardrails, _failures, _width, _pairing)
    return " ".join(text for make in sentences if (text := make(result)))


def _primary(result: "ComparisonResult", world: str) -> Table:
    return where(result.tables["effects"], measure=result.manifest["primary"], world=world)


def _verdicts(result: "ComparisonResult") -> str:
    told = result.manifest
    found = _primary(result, scope(result))
    parts = []
    for verdict in (BETTER, HIGHER, WORSE, LOWER, EQUIVALENT, UNDECIDED):
        here = found["verdict"] == verdict
        if not here.any():
            continue
        order = np.argsort(-np.abs(found["difference"][here]), kind="stable")
        names = [
            str(policy) if verdict == EQUIVALENT else f"{policy} ({difference:+.4f})"
            for policy, difference in zip(found["policy"][here][order], found["difference"][here][order], strict=True)
        ]
        parts.append(f"{verdict}: {listed(names)}")
    worlds = "" if len(told["worlds"]) == 1 else f", over {len(told['worlds'])} worlds"
    margin = "" if told["margin"] is None else f" (margin {told['margin']})"
    unit = found["unit"][0]
    return f"{told['primary']} ({unit}) against {told['baseline']}{worlds}{margin}: {'; '.join(parts)}."


def _percent(chance: float) -> str:
    return f"over {CERTAINTY:.1%}" if chance > CERTAINTY else f"{chance:.0%}"


def _best(result: "ComparisonResult") -> str:
    table = result.tables["policies"]
    if np.isnan(table["best"]).all():
        return "One replicate, so nothing is said of chance." if result.manifest["replicates"] == 1 else ""
    chance = float(np.nanmax(table["best"]))
    leaders = [str(name) for name in table["policy"][table["best"] == chance]]
    good = int(_primary(result, scope(result))["good"][0])
    word = "best" if good else "highest"
    text = f"{listed(leaders)} {'is' if len(leaders) == 1 else 'are equally'} {word}"
    text += f" with a chance of {_percent(chance)}" + (f", so no policy is clearly {word}" if chance < CERTAIN else "")
    regret = table["most_regret"]
    if len(result.manifest["worlds"]) > 1 and not np.isnan(regret).all():
        least = int(np.nanargmin(regret))
        if table["policy"][least] in leaders and len(leaders) == 1:
            text += ", and has the least regret in the worst world"
        else:
            text += f"; {table['policy'][least]} has the least regret in the worst world"
        text += f" ({regret[least]:.4f})"
    return text + "."


def _worlds(result: "ComparisonResult") -> str:
    """Policies that are better in one world and worse in another."""
    if len(result.manifest["worlds"]) == 1:
        return ""
    primary = where(result.tables["effects"], measure=result.manifest["primary"])
    torn = []
    for policy in result.manifest["policies"][1:]:
        mine = where(primary, policy=policy)
        apart = mine["world"] != ALL_WORLDS
        here = {verdict: list(mine["world"][apart & (mine["verdict"] == verdict)]) for verdict in (BETTER, WORSE)}
        if here[BETTER] and here[WORSE]:
            torn.append(f"{policy} is better in {listed(here[BETTER])} but worse in {listed(here[WORSE])}")
    return f"It depends on the world: {'; '.join(torn)}." if torn else ""


def _guardrails(result: "ComparisonResult") -> str:
    table = result.tables["guardrails"]
    if not rows_of(table):
        return ""
    apart = table["world"] != ALL_WORLDS
    broken, open_ = (apart & (table["verdict"] == verdict) for verdict in (BROKEN, UNDECIDED))
    texts = []
    for rule in dict.fromkeys(map(str, table["guardrail"])):
        here = table["guardrail"] == rule
        told = [
            f"{word} {listed(list(dict.fromkeys(map(str, table['policy'][here & which]))))}"
            for word, which in (("broken by", broken), ("undecided for", open_))
            if (here & which).any()
        ]
        if told:
            texts.append(f"'{rule}' is {' and '.join(told)}")
    somewhere = " in some world" if len(result.manifest["worlds"]) > 1 else ""
    return f"Guardrails{somewhere}: {'; '.join(texts)}." if texts else "All guardrails are kept."


def _failures(result: "ComparisonResult") -> str:
    failed = result.tables["cells"]["failure"] != ""
    if not failed.any():
        return ""
    reasons = dict.fromkeys(map(str, result.tables["cells"]["failure"][failed]))
    return f"{failed.sum()} of {failed.size} cells failed and are left out with their pairs ({'; '.join(list(reasons)[:3])})."


def _width(result: "ComparisonResult") -> str:
    told = result.manifest
    if told["until_width"] is None:
        return ""
    apart = where(result.tables["effects"], measure=told["primary"])
    widths = (apart["high"] - apart["low"])[apart["world"] != ALL_WORLDS]
    widest = float(np.nanmax(widths, initial=0.0))
    n, needed = told["replicates"], told["replicates_needed"]
    if needed > n:
        return f"The width {told['until_width']} was not reached with {n} replicates: the widest interval is {widest:.4f} wide; about {needed:,} replicates would do."
    return f"With {n} replicates no interval of {told['primary']} is wider than {widest:.4f} ({told['until_width']} asked)."


def _pairing(result: "ComparisonResult") -> str:
    gain = _primary(result, scope(result))["pairing_gain"]
    gain = gain[np.isfinite(gain)]
    if not gain.size or not math.isfinite(middle := float(np.median(gain))):
        return ""
    return f"Runs on different seeds would have needed {middle:,.0f} times as many replicates (median; n = {result.manifest['replicates']})."
