"""Target 3d: the density test at the gate keeps its size with the gate off, and its power with the gate on is reported."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.facts.discontinuity import density_jump
from sim.experiments.facts.row import Effort, Finding, missing, of_share
from sim.scenario.load import load_shipped

LEVEL = 0.05
DAYS = 98
"""To just after the publication of 6 December, the fourth of a run from 1 September."""
USERS, SEEDS = 20_000, 240
CUTOFFS = {
    "3d size": ("open_circle.yaml", 750),
    "3d at 740": ("gate_750.yaml", 740),
    "3d at 760": ("gate_750.yaml", 760),
}
POWER = ("gate_750.yaml", 750)


def check(effort: Effort) -> dict[str, Finding]:
    """240 seeds of 20,000 users at scale 1, with and without the gate, in parallel."""
    users = effort.users(USERS)
    rows = CUTOFFS | {"3d power": POWER}
    worlds = {name: load_shipped(name, [f"run.users={users}", f"run.ticks={DAYS}"]) for name, _ in rows.values()}
    DayZero(next(iter(worlds.values())), 0)  # the rules are compiled once, before threads ask for them

    def p_values(seed: int) -> list[float]:
        start = DayZero(next(iter(worlds.values())), seed)
        scores = {}
        for name, scenario in worlds.items():
            engine = FastEngine(scenario, seed, 1, start)
            engine.run(DAYS)
            scores[name] = engine.columns["score"]
        return [density_jump(scores[name], cutoff).p for name, cutoff in rows.values()]

    with ThreadPoolExecutor(effort.threads) as pool:
        found = np.array(list(pool.map(p_values, effort.seeds(SEEDS))))
    findings = {}
    for name, p in zip(rows, found.T, strict=True):
        tested = p[~np.isnan(p)]
        findings[name] = (
            of_share(int((tested < LEVEL).sum()), tested.size, f"{users:,} users each")
            if tested.size
            else missing(f"too few of {users:,} users near the cutoff")
        )
    return findings
