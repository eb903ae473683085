"""Target 4f, Goodhart's law: what a gate makes of a score, where effort moves the score alone and where it improves people.

After the pair of strategic classification (Perdomo et al. 2020: gaming; the variant of Miller, Milli & Hardt 2020: improvement). The one effort is
to send more money through the platform; hardly any of it is shopping, so that the effort costs nothing and changes nobody's
finances. Half of the users respond. The score is that of the fixed weights, before and after; judged by who falls overdue
with a lender in the quarter after, of all who were not overdue when it began: those who need no loan are as good as those
who pay. Every arm has the same people and luck.
"""

from math import isnan

import numpy as np

from sim.engines.fast import DayZero, FastEngine
from sim.experiments.facts.row import Effort, Finding, missing, of_seeds
from sim.model.bureau.outcomes import late
from sim.model.bureau.power import power
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

QUARTER_BEGINS, QUARTER_ENDS = 97, 187
"""Ticks run when the quarter to be foretold begins and has ended; the gate holds from the sixth day."""
IMPROVEMENT = 1.0
"""Rise of the true ability to repay in the world that improves, sd for a month of effort."""
WORLD = (
    "switches.bureau=true",
    "switches.credit_line=false",
    "switches.awareness=false",
    "policy.circle.opens=0",
    "world.population.responsive_share=0.5",
    "world.population.shopping_median=100",
    # the one effort is to send more money through the platform, and everybody who responds believes in it
    "world.population.folk_share=1",
    "world.choice.folk_points=60",
    "world.choice.perk_worth=3000",
    "world.choice.spend_boost=3",
    "world.choice.spend_hassle=0",
    "world.choice.spend_waste=0",
    "world.choice.repay_hassle=1000",
    "world.choice.privacy_median=100000",
    "world.choice.privacy_spread=0",
)
NO_GATE = ("policy.gate.kind=open",)
GATE = ("policy.gate.kind=stretch", "policy.gate.points=30", "policy.gate.start=6")


def auc_after(scenario: Scenario, seed: int, threads: int, start: DayZero | None) -> float:
    """AUC of the score on the first day of the quarter against who falls overdue in it; NaN if nobody does."""
    engine = FastEngine(scenario, seed, threads, start)
    office = engine.flywheel.office
    assert office is not None
    office.publishes, office.keeps_records = False, True
    engine.run(QUARTER_BEGINS)
    columns = engine.columns
    score, before = columns["score"].copy(), late(columns, range(len(scenario.world.lending.lenders)))
    engine.run(QUARTER_ENDS - QUARTER_BEGINS)
    assert office.records is not None
    fell = np.zeros(scenario.run.users, bool)
    fell[office.records.users[office.records.overdue]] = True
    return power(score[~before], fell[~before]).auc if fell.any() else float("nan")


def measured(seed: int, users: int, threads: int) -> dict[str, float]:
    """Every figure of one seed: AUC without a gate, and how a gate changes it in both worlds."""
    size = (f"run.users={users}", f"run.ticks={QUARTER_ENDS}")
    open_, gaming, improving = (
        load_shipped("silo.yaml", [*size, *WORLD, *gate, f"world.choice.improvement={improvement}"])
        for gate, improvement in ((NO_GATE, 0.0), (GATE, 0.0), (GATE, IMPROVEMENT))
    )
    start = DayZero(open_, seed, threads)
    before = auc_after(open_, seed, threads, start)
    return {
        "4f before": before,
        "4f gaming": auc_after(gaming, seed, threads, start) - before,
        "4f improvement": auc_after(improving, seed, threads, None) - before,
    }


def check(effort: Effort) -> dict[str, Finding]:
    """Five seeds of 40,000 users at scale 1."""
    found = [measured(seed, effort.users(40_000), effort.threads) for seed in effort.seeds(5)]
    if any(isnan(value) for one in found for value in one.values()):
        return {name: missing("nobody fell overdue among so few users") for name in found[0]}
    return {name: of_seeds([one[name] for one in found]) for name in found[0]}
