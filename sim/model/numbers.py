"""The scenario as one flat record of numbers, with what follows from them worked out once.

`world.circle.post_rate` becomes `circle_post_rate`; switches become `switch_*` (0 or 1). Engines read `p.circle_post_rate`.
"""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import seed_halves
from sim.model.calendar import FAR, gate_dates, ticks_per_day
from sim.model.choice.mixture import rules_of
from sim.model.choice.perks import MOST_PERKS
from sim.model.clock import activity_table, tick_of
from sim.model.lenders import INFORMATION, MOST_LENDERS
from sim.model.numerics import chance, exponential, logarithm, standard_normal
from sim.model.states import FEATURES, MOST_GROUPS
from sim.scenario.gate import MOST_LEVELS, GateLevel
from sim.scenario.schema import Scenario

Numbers = dict[str, int | float | tuple[float, ...]]


def _flat(prefix: str, value: Any, into: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flat(f"{prefix}_{key}", inner, into)
    elif isinstance(value, (bool, int)):
        into[prefix] = int(value)
    elif isinstance(value, float):
        into[prefix] = value


def _logit(share: float) -> float:
    inside = min(max(share, 1e-9), 1.0 - 1e-9)
    return float(logarithm(inside / (1.0 - inside)))


@lru_cache(64)
def _pareto_smallest(mean: float, exponent: float, most: int) -> float:
    """Smallest value of a Pareto law of this tail exponent, cut off at `most`, whose mean is `mean` (bisection)."""
    tail = exponent - 1.0

    def cut_mean(smallest: float) -> float:
        # integral of P(K > k) from 0 to most
        ratio = float(exponential((1.0 - tail) * float(logarithm(most / smallest))))
        return (
            smallest + smallest * (1.0 - ratio) / (tail - 1.0)
            if abs(tail - 1.0) > 1e-9
            else smallest * (1.0 + float(logarithm(most / smallest)))
        )

    low, high = 1e-9, float(most)
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if cut_mean(middle) < mean else (low, middle)
    return low


def numbers(scenario: Scenario, seed: int) -> Numbers:
    """All numbers that rules need, by name (whole numbers stay whole); one is a table."""
    world, policy = scenario.world, scenario.policy
    p: dict[str, Any] = {}
    for name, section in world.model_dump(exclude={"population": {"poster_groups"}}).items():
        _flat(name, section, p)
    for name, on in scenario.switches.model_dump().items():
        p[f"switch_{name}"] = int(on)

    p["seed_low"], p["seed_high"] = seed_halves(seed)
    _clock(p, scenario)
    tick_days = p["tick_days"]
    spread = world.population.payments_spread
    p["payments_median"] = world.population.payments_mean * float(exponential(-0.5 * spread * spread))
    p["file_cut"] = float(standard_normal(min(max(1.0 - world.population.file_share, 1e-9), 1.0 - 1e-9)))
    for share in ("car", "house", "fund"):
        owned = p[f"population_{share}_share"]
        p[f"{share}_cut"] = float(standard_normal(min(max(1.0 - owned, 1e-9), 1.0 - 1e-9)))
    third = world.population.income_spread * float(standard_normal(2.0 / 3.0))
    p["income_below_middle"] = world.population.income_median * 100.0 * float(exponential(-third))
    p["income_above_middle"] = world.population.income_median * 100.0 * float(exponential(third))
    p["far_smallest"] = _pareto_smallest(world.contacts.far_mean, world.contacts.far_exponent, world.contacts.far_most)
    p["ability_logit"] = _logit(world.score.ability_middle)
    p["identity_logit"] = _logit(world.score.identity_middle)
    p["forgetting_per_day"] = 1.0 / world.score.forgetting_days
    p["forgetting_step"] = float(chance(tick_days / world.score.forgetting_days))
    p["habit_step"] = float(chance(tick_days / world.usage.habit_days)) if scenario.switches.habit else 0.0
    if not scenario.switches.feed:
        p["usage_circle_minutes"] = 0.0
    p["motivation_step"] = float(chance(tick_days / world.circle.motivation_days))
    p["folk_points_per_day"] = world.choice.folk_points / 30.0
    p["spare_income_share"] = max(1.0 - world.money.living_share, 0.0) / 30.0
    p["improvement_per_tick"] = world.choice.improvement * tick_days / 30.0
    p["tip_most_fen"] = world.circle.tip_most * 100.0
    p["campaign_hazard"] = world.awareness.campaign_rate * policy.campaign.reach

    _groups(p, scenario)
    _gate(p, scenario)
    _perks(p, scenario)
    _credit(p, scenario)
    _incentive(p, scenario)
    return p


def _clock(p: dict[str, Any], scenario: Scenario) -> None:
    """The length of a tick in several units, and how busy people are in the hours of a week."""
    per_day, calendar = ticks_per_day(scenario), scenario.world.calendar
    p["tick_days"], p["ticks_per_day"], p["tick_hours"] = 1.0 / per_day, per_day, 24 // per_day
    p["review_ticks"], p["month_ticks"] = calendar.review_days * per_day, 30 * per_day
    p["first_hour"] = 24 * calendar.start_date.weekday()
    p["activity"] = activity_table(calendar.hours, calendar.weekdays, per_day)


def _groups(p: dict[str, Any], scenario: Scenario) -> None:
    """The posting groups: up to which share of the posters each goes, and the tick on which its circle opens."""
    circle, groups = scenario.policy.circle, scenario.world.population.poster_groups
    names, below = list(groups), 0.0
    for number in range(MOST_GROUPS):
        name = names[number] if number < len(names) else ""
        below += groups.get(name, 0.0)
        p[f"group_below_{number}"] = below if number + 1 < len(names) else 1.0
        opens, first = (
            tick_of(day, ticks_per_day(scenario)) for day in (circle.openings.get(name, circle.opens), circle.opens)
        )
        p[f"group_opens_{number}"] = opens
        p[f"circle_late_{number}"] = opens - first if scenario.circles > 1 else 0
    p["circles"] = scenario.circles


def _gate(p: dict[str, Any], scenario: Scenario) -> None:
    """What the rules need to know of the gate: its levels, its dates, what it asks, and what being admitted is worth."""
    gate = scenario.policy.gate
    levels = gate.levels()
    if not 1 <= len(levels) <= MOST_LEVELS:
        raise ValueError(f"gate {type(gate).__name__} has {len(levels)} levels; it may have 1 to {MOST_LEVELS}")
    _, start, _ = gate_dates(scenario)
    p["gate_start"] = start
    p["gate_levels"] = len(levels)
    p["gate_covers"] = sum(FEATURES[feature] for feature in gate.covers)
    worths = {name: p.get(f"choice_{name}_worth", 0.0) for name in FEATURES}
    there = int(scenario.switches.circle)
    with_gate = gate.rewards_score and not scenario.world.choice.perk_levels
    for number in range(MOST_LEVELS):
        opens, four = levels[number] if number < len(levels) else GateLevel((), (0.0, 0.0, 0.0, 0.0))
        p[f"gate_features_{number}"] = sum(FEATURES[feature] for feature in opens)
        for letter, value in zip("abcd", four, strict=True):
            p[f"gate_{letter}_{number}"] = float(value)
        p[f"gate_worth_{number}"] = there * sum((worths[feature] for feature in opens if feature != "comment"), 0.0)
        p[f"gate_comment_worth_{number}"] = there * (worths["comment"] if "comment" in opens else 0.0)
        # Perks without levels of their own come with those of the gate, in proportion to the features that these open.
        part = len(opens) / len(gate.covers) if gate.covers else (1.0 / len(levels) if number < len(levels) else 0.0)
        p[f"gate_perks_{number}"] = part * scenario.world.choice.perk_worth / 30.0 if with_gate else 0.0
    fee = gate.fee()
    p["gate_sells"], p["gate_fee"] = int(fee is not None), round((fee or 0.0) * 100.0)
    p["gate_invitations"] = gate.invitations()
    p["gate_rewards_score"] = int(gate.rewards_score)
    # Whether anybody looks up the own score because of the gate: nobody does for one by lot or one that admits all, nor in the placebo.
    strives = [rule.strives for rule, _ in rules_of(scenario)]
    p["score_matters"] = int(gate.turns_away() and any(strives))
    p["placebo_rules"] = sum(1 << code for code, one in enumerate(strives) if not one)


def _perks(p: dict[str, Any], scenario: Scenario) -> None:
    """Perks with score levels of their own, lowest first: from which score, and what each is worth (CNY/day); those worth
    nothing are no perks.
    """
    choice = scenario.world.choice
    worths = {level.score: level.share * choice.perk_worth / 30.0 for level in choice.perk_levels}
    levels = sorted((score, worth) for score, worth in worths.items() if worth > 0.0)
    p["perk_count"] = len(levels)
    for number in range(MOST_PERKS):
        score, worth = levels[number] if number < len(levels) else (0, 0.0)
        p[f"perk_score_{number}"], p[f"perk_worth_{number}"] = float(score), worth


def _credit(p: dict[str, Any], scenario: Scenario) -> None:
    """The platform's credit line, and one table per property of the lenders, an entry each."""
    _flat("credit", scenario.policy.credit.model_dump(), p)
    p["information"] = INFORMATION.index(scenario.policy.lending.information)
    lenders = scenario.world.lending.lenders if scenario.switches.lenders else ()
    p["lender_count"] = len(lenders)
    for name in ("cutoff", "score_cutoff", "price", "risk_premium", "loan", "term"):
        given = [float(getattr(lender, name)) for lender in lenders]
        p[f"lender_{name}"] = (*given, *(0.0,) * (MOST_LENDERS - len(given)))


def _incentive(p: dict[str, Any], scenario: Scenario) -> None:
    """Red packets: the campaigns' days, and amounts in fen."""
    incentive = scenario.policy.incentive
    p["incentive_sent"], p["incentive_sent_again"] = incentive.sent, incentive.sent_again
    p["incentive_passed_on"] = incentive.passed_on
    p["incentive_split"], p["incentive_start"] = incentive.split, incentive.start
    p["incentive_days"] = FAR if incentive.end is None else incentive.end - incentive.start
    p["incentive_every"] = FAR if incentive.every is None else incentive.every
    p["incentive_budget_fen"] = round(incentive.budget * 100.0 * scenario.run.users)
    p["incentive_amount_fen"] = round(incentive.amount * 100.0)
    p["packets_smallest_fen"] = round(scenario.world.packets.smallest * 100.0)


def lenders_capital(scenario: Scenario) -> list[int]:
    """Capital of each lender (fen) for the users of a run."""
    lenders = scenario.world.lending.lenders if scenario.switches.lenders else ()
    return [round(lender.capital * 100.0 * scenario.run.users) for lender in lenders]


def as_record(p: Numbers) -> NDArray[np.void]:
    """The numbers as a record array of length 1, for compiled code."""
    return np.array([tuple(p.values())], _record_type(tuple(_field(name, value) for name, value in p.items())))


@lru_cache(64)
def _record_type(fields: tuple[tuple[Any, ...], ...]) -> np.dtype[np.void]:
    """One object for the same fields, as code is found by it."""
    return np.dtype(list(fields))


def _field(name: str, value: int | float | tuple[float, ...]) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return (name, "f8", (len(value),))
    return (name, "i8" if isinstance(value, int) else "f8")


def as_namespace(p: Numbers) -> SimpleNamespace:
    """The numbers as attributes, for readable code."""
    return SimpleNamespace(**p)
