"""A review held again: the user of the readable engine, with the columns of that day, before the same rules and luck.

Nothing of the model is written down a second time here. What the phases before the review do to the user is done by the
readable engine's own methods, and the values weighed are seen by standing between the review and the rule of choice.
"""

from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from sim.draws import PLAN
from sim.engines.readable.model import GateModel
from sim.engines.readable.user import User
from sim.experiments.explain.life import Life, Row
from sim.model.calendar import CAMPAIGN, DOOR, GATE_ACTIVE, GATE_DAY, KNOWN_ABOUT, PUBLICATION, STATEMENT
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import rules_of
from sim.model.choice.prospect import Prospect
from sim.model.choice.review import GateView
from sim.model.numbers import as_namespace, numbers
from sim.model.totals import COUNT


class Weighed(NamedTuple):
    """A plan as it was weighed for one of the publications ahead, and its value (CNY) by the user's rule of choice."""

    prospect: Prospect
    value: float


class Review(NamedTuple):
    """One review. user: as at the review, before the plan was chosen; weighed: all that was weighed, in order; noise: the
    luck (0 to 1) that decided; plan: what came out of it.
    """

    user: User
    tick: int
    gate: GateView
    weighed: list[Weighed]
    noise: float
    plan: int


class _Recalled(User):
    """A user of the readable engine made from columns instead of drawn from luck."""

    def __init__(self, model: Any, row: Row, contacts: int) -> None:  # Mesa's own setting up needs a whole model
        self.model = model
        for name, value in row.items():
            setattr(self, name, value)
        self.contacts = [self] * contacts
        self.errands = 0


def _model_of(life: Life, tick: int) -> Any:
    """All that the methods of a user ask of their model in a tick."""
    scenario = life.scenario
    rules = rules_of(scenario)
    model: Any = SimpleNamespace(
        p=as_namespace(numbers(scenario, life.seed)),
        calendar=life.calendar,
        admission=scenario.policy.gate.admission,
        rules=rules,
        tables=[prepared(rule, scenario).data for rule, _ in rules],
        today=SimpleNamespace(**life.todays[tick]),
        formula=life.formulas[tick],
        total=[0] * COUNT,
        just_learned=[],
    )
    model.gate_view = partial(GateModel.gate_view, model)
    return model


def user_at_review(life: Life, tick: int) -> User:
    """The user in a tick after all phases that come before the review."""
    before, after, flag = life.rows[tick], life.rows[tick + 1], int(life.calendar.flags[tick])
    model = _model_of(life, tick)
    user = _Recalled(model, before, life.contacts)
    if flag & STATEMENT:
        user.receive_statement(tick)
    if flag & PUBLICATION:
        user.relationships = after["relationships"]  # nothing else in a tick changes it
        user.be_scored(tick)
        user.gain_experience()
    if flag & (GATE_DAY | DOOR):
        user.face_gate(tick, bool(flag & GATE_ACTIVE), bool(flag & GATE_DAY), int(life.calendar.ticks_to_end[tick]))
    if flag & KNOWN_ABOUT:
        user.maybe_learn(tick, bool(flag & CAMPAIGN))
    return user


def hold_review(user: User, tick: int, *, nearer: int = 0, worth: float = 1.0) -> Review:
    """The review of a user as `user_at_review` gives it.

    nearer: points by which every score counts for more at the gate; worth: factor on what admission and perks are worth to the
    user.
    """
    model: Any = user.model
    seen: list[Weighed] = []
    rules, admission, prizes = model.rules, model.admission, user.prizes

    def listening(value: Any) -> Any:
        def heard(prospect: Prospect, table: Any) -> float:
            found = float(value(prospect, table))
            seen.append(Weighed(prospect, found))
            return found

        return heard

    gate: GateView = model.gate_view(tick)
    noise, _, _, _ = user.luck(PLAN, tick)
    try:
        model.rules = [(rule._replace(value=listening(rule.value)), below) for rule, below in rules]
        if nearer:
            model.admission = lambda score, *rest: admission(score + nearer, *rest)
        if worth != 1.0:
            user.prizes = lambda: tuple(worth * prize for prize in prizes())  # type: ignore[method-assign]
            worths: Any = tuple(worth * one for one in gate.perks.worths)
            gate = gate._replace(perks=gate.perks._replace(worths=worths))
        with np.errstate(over="ignore"):
            plan = user.best_plan(tick, gate)
    finally:
        model.rules, model.admission = rules, admission
        user.__dict__.pop("prizes", None)
    return Review(user, tick, gate, seen, noise, plan)
