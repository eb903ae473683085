"""A user as on day 0: the columns of `sim.model.columns` as attributes, and the own luck."""

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.draws import luck, philox
from sim.model.choice.mixture import belief_in, rule_luck, with_rule
from sim.model.credit import line_target
from sim.model.money import credit_limit
from sim.model.population import (
    assets_of,
    income_of,
    past_of,
    seen_of,
    spending_of,
    traits_of,
    true_ability_of,
    visits_of,
    wealth_factor,
)
from sim.model.score import asset_count
from sim.model.states import LEARNED, NEVER, REST
from sim.model.usage import expected_visits

if TYPE_CHECKING:
    from sim.engines.readable.model import GateModel
    from sim.engines.readable.user import User

single = np.float32


class Person(mesa.Agent):  # type: ignore[misc,unused-ignore]
    """One user as on day 0; numbers in single precision, as both engines store them."""

    model: "GateModel"

    def __init__(self, model: "GateModel", who: int) -> None:
        super().__init__(model)
        p = model.p
        self.id = who
        wealth = wealth_factor(p, who)
        self.income = income_of(p, wealth)
        rate, self.ticket, self.shopping_share, payments = spending_of(p, wealth, who)
        visits, rival = visits_of(p, payments, who)
        true_ability = true_ability_of(p, wealth, who)
        ability, identity = seen_of(p, wealth, true_ability, who)
        self.owned, self.declared, self.has_file = assets_of(p, wealth, who)
        self.responsive, self.belief, self.role, worth, privacy = traits_of(p, who)
        if len(model.rules) > 1:
            drawn = rule_luck(p, who)
            code = next(code for code, (_, below) in enumerate(model.rules) if drawn < below)
            self.belief = with_rule(self.belief, code)
        self.payment_rate = single(rate)
        self.base_visits = single(visits)
        self.rival_rate = single(rival)
        self.true_ability = single(true_ability)
        self.ability_base = single(ability)
        self.identity_base = single(identity)
        self.circle_worth = single(worth)
        self.privacy_cost = single(privacy)
        self.liquidity, self.debt, record = past_of(
            p,
            self.income,
            self.ticket,
            float(self.payment_rate),
            self.shopping_share,
            float(self.true_ability),
            self.has_file,
            who,
        )
        self.record = single(record)
        self.recent_spend = single(float(self.payment_rate) * self.ticket * 0.01)
        self.habit = single(expected_visits(float(self.base_visits), float(self.payment_rate), p.usage_check_rate))
        self.relationships = single(p.score_uninformed_relationships)
        self.visits = 0
        self.score = 0
        self.starting_score = 0
        self.known_contacts = 0
        self.learned_day = NEVER
        self.admitted_day = NEVER
        self.last_visit_day = NEVER
        self.knows = 0
        self.admitted = 0
        self.plan = REST
        self.posts = 0
        learns = belief_in(self.belief) == LEARNED
        self.learned_spend = self.learned_repay = single(p.choice_prior_points if learns else 0.0)
        self.learned_upload = single(p.choice_prior_upload_points if learns else 0.0)
        self.spend_days = self.repay_days = single(0.0)
        self.score_before = 0
        self.proved_before = asset_count(self.declared) if learns else 0
        self.contacts: list[User] = []
        self.errands = 0
        self.packet_fen = self.packets = self.piece_fen = 0
        self.opened_day = NEVER
        self.line = self.billed = self.need = self.unmet = self.missed = self.lost = 0
        self.owed, self.loans = [0] * p.lender_count, [0] * p.lender_count
        if p.switch_credit_line:
            self.line = line_target(p, float(self.recent_spend), p.credit_score_middle)
            self.debt = min(self.debt, self.line)

    def luck(self, stream: int, tick: int, whom: int = 0) -> tuple[float, float, float, float]:
        """Four uniforms of this user."""
        drawn: tuple[float, float, float, float] = luck(
            self.model.p.seed_low, self.model.p.seed_high, stream, tick, self.id, whom
        )
        return drawn

    def words(self, stream: int, tick: int) -> tuple[int, int, int, int]:
        """Four 32-bit words of this user."""
        drawn: tuple[int, int, int, int] = philox(
            self.id, 0, tick, stream, self.model.p.seed_low, self.model.p.seed_high
        )
        return drawn

    def limit(self) -> int:
        """Credit limit (fen)."""
        if self.model.p.switch_credit_line:
            return int(self.line)
        return int(credit_limit(self.income, self.model.p.money_limit_months))

    def column(self, name: str) -> Any:
        """The value in a column of `sim.model.columns`."""
        if name == "limit":
            return self.line
        kind, _, number = name.partition("_")
        if kind in ("owed", "loan") and number.isdigit():
            return (self.owed if kind == "owed" else self.loans)[int(number) - 1]
        return getattr(self, name)
