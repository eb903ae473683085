"""Target 4d: how well each set of features tells who falls overdue, on the same users in the same quarter."""

from math import isnan

from sim.engines.fast import FastEngine
from sim.experiments.facts.row import Effort, Finding, missing, of_seeds, of_shares
from sim.model.bureau.learn import learn
from sim.model.bureau.records import ALL, BUREAU, SOCIAL, TRANSACTIONS, Records
from sim.scenario.load import load_shipped

FIRST_QUARTER_ENDS = 97
"""Ticks until the first quarter, of September to December 2016, has ended."""


RUNGS = (BUREAU, TRANSACTIONS, SOCIAL, "both", "social gain", "social gain told", "fixed weights")
GAINS = ("social gain", "social gain told")


def without(records: Records, feature_set: str) -> Records:
    """The same records, one set of features taken away."""
    places = [place for place, one in enumerate(records.features) if one.belongs_to != feature_set]
    kept = tuple(records.features[place] for place in places)
    return Records(records.users, records.values[:, places], records.overdue, kept)


def ladder(records: Records, seed: int) -> dict[str, float]:
    """AUC on users held out of the scores learned from each set of features; social gain: of social data beside the others."""
    both = learn(without(records, SOCIAL), ALL, seed).power.auc
    alone = {name: learn(records, name, seed).power.auc for name in (BUREAU, TRANSACTIONS, SOCIAL)}
    return {**alone, "both": both, "social gain": learn(records, ALL, seed).power.auc - both}


def first_quarter(seed: int, users: int, threads: int, social_tells: float) -> dict[str, float]:
    """The ladder of one seed, and the AUC of the score by the fixed weights on the same users."""
    settings = [f"run.users={users}", "switches.bureau=true", f"world.bureau.social_tells={social_tells}"]
    scenario = load_shipped("silo.yaml", settings)
    engine = FastEngine(scenario, seed, threads)
    office = engine.flywheel.office
    assert office is not None
    office.keeps_records, office.publishes = True, False
    engine.run(FIRST_QUARTER_ENDS)
    records, score = office.records, office.quarters[-1].score
    if records is None or score is None:
        return dict.fromkeys(RUNGS, float("nan"))
    return ladder(records, seed) | {"fixed weights": score.auc}


def measured(seed: int, users: int, threads: int) -> dict[str, float]:
    """The first quarter of one seed; social gain told: where social data tell the ability to repay outright, on the same people."""
    plain, told = (first_quarter(seed, users, threads, tells) for tells in (0.0, 1.0))
    return plain | {"social gain told": told["social gain"]}


def check(effort: Effort) -> dict[str, Finding]:
    """Three seeds of 60,000 users at scale 1."""
    found = [measured(seed, effort.users(60_000), effort.threads) for seed in effort.seeds(3)]
    if any(isnan(one["both"]) for one in found):
        return {f"4d {name}": missing("too few borrowers to learn from") for name in RUNGS}
    return {f"4d {name}": (of_seeds if name in GAINS else of_shares)([one[name] for one in found]) for name in RUNGS}
