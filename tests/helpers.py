"""What several test files share: short ways to write a scenario, to run it and to read what came out."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.fast import DayZero, FastEngine
from sim.engines.readable import ReadableEngine
from sim.model.outlook import Outlook
from sim.model.states import KNOWN
from sim.model.totals import TOTALS
from sim.scenario.schema import Scenario

ENGINES = {"fast": FastEngine, "readable": ReadableEngine}

NONE = {"policy.gate": {"kind": "none"}}
OPEN = {"policy.gate": {"kind": "open"}}
GATE_640 = {"policy.gate": {"kind": "threshold", "threshold": 640}}
LOTTERY = {"policy.gate": {"kind": "lottery", "share": 0.2}}
GATES: dict[str, dict[str, Any]] = {
    "threshold": {"threshold": 640},
    "soft": {"lowest": 600, "surest": 680},
    "tiers": {"view": 560, "like": 600, "tip": 640, "comment": 660},
    "top_share": {"share": 0.2},
    "stretch": {"points": 10},
    "rising": {"threshold": 600, "rise": 30.0, "highest": 650},
    "lottery": {"share": 0.2},
    "price": {"price": 50.0},
    "invitation": {"seeds": 0.05, "each": 2},
}
"""Settings of every shipped kind of gate that guards something, such that in the world BUSY some are in and some are not."""


def gate_of(kind: str, **settings: Any) -> dict[str, Any]:
    """The policy of one kind of gate, with some settings changed."""
    return {"policy.gate": {"kind": kind, **GATES[kind], **settings}}


BUSY: dict[str, Any] = {
    **GATE_640,
    "policy.circle.opens": 4,
    "world.population.responsive_share": 0.8,
    "world.population.poster_share": 0.1,
    "world.population.seeker_share": 0.4,
    "world.awareness.campaign_rate": 0.2,
    "world.choice.perk_worth": 150.0,
    "world.choice.privacy_median": 20.0,
    "world.circle.tip_rate": 0.2,
    "world.circle.post_rate": 1.5,
    "run.users": 300,
    "run.ticks": 60,
}
"""A small world in which every mechanism fires within two months: a gate in the midst of the scores, many who respond."""

LINE = {"switches.credit_line": True}
LENDERS = {"switches.lenders": True}
FINANCE = {**LINE, **LENDERS}
BUREAU: dict[str, Any] = {**LENDERS, "switches.bureau": True, "world.bureau.months": 1}
"""Lenders whose reports the bureau learns from, every month."""
MERCHANTS: dict[str, Any] = {"switches.merchants": True, "world.bureau.months": 1}
"""Merchants that join every month."""
HARD_TIMES: dict[str, Any] = {
    # income is lost and costs swing, so that users come to need, miss, and default within months
    "world.money.living_share": 0.9,
    "world.money.living_spread": 0.8,
    "world.liquidity.loss_chance": 0.1,
    "world.population.shopping_median": 10_000.0,
}

AT_THE_CEILING: dict[str, Any] = {
    # debts double every month, of incomes so large that loans and limits are the largest there may be; nothing need be paid back
    **FINANCE,
    **HARD_TIMES,
    "policy.lending.information": "score",
    "policy.credit.limit_floor": 1_000_000.0,
    "policy.credit.limit_most": 1_000_000.0,
    "policy.credit.kept_months": 12.0,
    "world.lending.lenders": (
        {
            "capital": 100_000.0,
            "cutoff": 100.0,
            "score_cutoff": 580.0,
            "price": 1.0,
            "risk_premium": 1.0,
            "loan": 300_000.0,
            "term": 15,
        },
    )
    * 2,
    "world.lending.smallest": 100_000.0,
    "world.lending.late_charge": 1.0,
    "world.money.living_share": 2.0,
    "world.money.minimum_payment": 0.0,
    "world.money.interest": 1.0,
    "world.population.income_median": 100_000.0,
    "world.population.shopping_median": 1_000_000.0,
}
"""A world in which what is owed on the line and to lenders reaches the largest debt within four months."""

PACKETS: dict[str, Any] = {
    "policy.incentive.kind": "red_packet",
    "policy.incentive.sent": 0.02,
    "policy.incentive.sent_again": 0.05,
    "policy.incentive.start": 5,
    "policy.incentive.end": 25,
    "policy.incentive.every": 30,
}
"""Two campaigns within the two months of BUSY, whose budget runs out in the second."""
PERK_LEVELS: tuple[dict[str, Any], ...] = (
    {"score": 600, "share": 0.4},
    {"score": 640, "share": 0.3},
    {"score": 680, "share": 0.2},
    {"score": 720, "share": 0.1},
)
"""Levels of perks below, at and above the gate of BUSY."""
MARKET = {**LENDERS, "switches.market": True}


def lenders(count: int, **settings: Any) -> dict[str, Any]:
    """So many lenders with some settings changed."""
    return {**LENDERS, "world.lending.lenders": tuple(settings for _ in range(count))}


def information(kind: str) -> dict[str, Any]:
    """What lenders see."""
    return {"policy.lending.information": kind}


OUTLOOK = Outlook(
    belief=KNOWN,
    published=600.0,
    folk_points_per_day=0.2,
    recent_spend=30.0,
    usual_spend=30.0,
    spend_boost=1.0,
    forgetting_per_day=1 / 90,
    half_spend=60.0,
    record=0.6,
    debt=1000.0,
    limit=4000.0,
    repay_pace=10.0,
    spare_cash=800.0,
    spare_income_per_day=5.0,
    utilisation_weight=0.35,
    ability_base=0.4,
    identity_base=0.45,
    declared=0,
    ability_step=0.10,
    identity_step=0.08,
    relationships=0.5,
    history_weight=0.35,
    ability_weight=0.25,
    behaviour_weight=0.20,
    identity_weight=0.15,
    relationships_weight=0.05,
    learned_spend=0.2,
    learned_repay=0.1,
    learned_upload=15.0,
    by_change=0,
)
"""A user's view of the own score in round numbers, as the review rules take it: knows the formula, owes a quarter of the limit."""


def scenario(*changes: Mapping[str, Any]) -> Scenario:
    """A scenario from dotted paths, later ones on top: `scenario(BUSY, {"run.users": 50})`. A `policy.gate` is set whole."""
    flat: dict[str, Any] = {}
    for change in changes:
        if "policy.gate" in change:
            flat = {key: value for key, value in flat.items() if not key.startswith("policy.gate.")}
        flat.update(change)
    data: dict[str, Any] = {}
    for path in sorted(flat):  # so that policy.gate comes before policy.gate.threshold
        *above, last = path.split(".")
        place = data
        for part in above:
            place = place.setdefault(part, {})
        value = flat[path]
        place[last] = dict(value) if isinstance(value, Mapping) else value
    return Scenario.model_validate(data)


@cache
def finished(given: Scenario, seed: int = 1, engine: str = "fast") -> Any:
    """The engine of that name after a whole run, for looking at only: the same scenario is run once."""
    made = ENGINES[engine](given, seed)
    made.run(given.run.ticks)
    return made


def total(engine: Any, name: str) -> NDArray[np.int64]:
    """One total, by tick."""
    column: NDArray[np.int64] = engine.totals[:, TOTALS.index(name)]
    return column


def different_totals(one: Any, other: Any) -> set[str]:
    """Names of the totals that differ on any tick."""
    return {name for name in TOTALS if not np.array_equal(total(one, name), total(other, name))}


def different_columns(one: Any, other: Any) -> set[str]:
    """Names of the columns that differ for any user, to the last bit."""
    left, right = one.columns, other.columns
    return {name for name in {*left.names, *right.names} if left[name].tobytes() != right[name].tobytes()}


def rearranged(start: DayZero, order: NDArray[np.int64]) -> DayZero:
    """The same people with the same contacts, kept in another order."""
    from sim.model.contacts import permuted

    other = DayZero.__new__(DayZero)
    other.columns = start.columns.permuted(order)
    other.contacts = permuted(start.contacts, order)
    return other


def figures_by_plot(name: str, to: Path, out: str = "results") -> set[str]:
    """Names of the figures that `scoregate plot` draws of a stored study, which `scoregate report` must refuse in words."""
    from typer.testing import CliRunner

    from sim.cli import app

    for _ in range(2):  # and once more over those that are there
        shown = CliRunner().invoke(app, ["plot", name, "--to", str(to), "--out", out])
        assert shown.exit_code == 0, shown.output
    refused = CliRunner().invoke(app, ["report", name, "--out", out])
    assert refused.exit_code == 1
    assert "of which there is no report (its figures: scoregate plot)" in refused.output
    return {path.name for path in to.iterdir()}
