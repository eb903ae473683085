"""What a month brings to a user: contacts looked at, a statement, a score and what it teaches."""

import numpy as np

from sim.draws import COMPANY, SCORE, STATEMENT
from sim.engines.readable.person import Person
from sim.model import totals as n
from sim.model.bureau.company import company_of
from sim.model.bureau.formula import HOLDS, learned_points
from sim.model.choice.mixture import belief_in
from sim.model.experience import after_publication, learns_from
from sim.model.money import buffer_months, living_shock, statement
from sim.model.numerics import standard_normal
from sim.model.score import (
    asset_count,
    behaviour,
    history,
    published_score,
    raised,
    raw_score,
    record_after_statement,
    relationships,
    utilisation,
)
from sim.model.states import LEARNED

single = np.float32


class Monthly(Person):
    """A user with income, bills and scores."""

    def look_at_contacts(self) -> None:
        """Phase relationships."""
        points = sum(other.score for other in self.contacts)
        self.relationships = single(
            relationships(points, len(self.contacts), self.model.p.score_uninformed_relationships)
        )

    def receive_statement(self, tick: int) -> None:
        """Phase statement."""
        p, total = self.model.p, self.model.total
        uniform, _, _, _ = self.luck(STATEMENT, tick)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float(self.true_ability))
        self.liquidity, self.debt, living, added, due, paid, saved = statement(
            self.liquidity,
            self.debt,
            self.income,
            months,
            p.money_living_share,
            living_shock(p.money_living_spread, standard_normal(uniform)),
            p.money_minimum_payment,
            p.money_interest,
            p.money_limit_months,
        )
        if due > 0:
            self.record = single(
                record_after_statement(
                    float(self.record),
                    paid > 0,
                    p.score_streak_gain,
                    p.score_missed_loss,
                    p.score_uninformed_record,
                    p.score_record_forgetting,
                )
            )
            total[n.BILLS] += 1
            if paid > 0:
                self.errands += 1
            else:
                total[n.BILLS_MISSED] += 1
        total[n.INCOME_FEN] += self.income
        total[n.LIVING_FEN] += living
        total[n.INTEREST_FEN] += added
        total[n.REPAID_BILL_FEN] += paid
        total[n.SAVED_FEN] += saved

    def be_scored(self, tick: int, whom: int = 0) -> None:
        """Phase publication."""
        p = self.model.p
        raw = raw_score(
            history(float(self.record), utilisation(self.debt, max(self.limit(), 1)), p.score_utilisation_weight),
            raised(float(self.ability_base), self.declared, p.score_ability_per_asset),
            behaviour(float(self.recent_spend), p.score_half_spend),
            raised(float(self.identity_base), self.declared, p.score_identity_per_asset),
            float(self.relationships),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
        )
        if self.model.formula[HOLDS]:
            raw = self.points_learned()
        noise, _, _, _ = self.luck(SCORE, tick, whom)
        self.score = published_score(raw, p.score_noise, noise)

    def points_learned(self) -> float:
        """Score before noise by the formula that the bureau has learned."""
        p, company = self.model.p, 0.0
        if p.bureau_social_tells > 0.0:
            uniform, _, _, _ = self.luck(COMPANY, 0)
            company = company_of(float(self.true_ability), p.bureau_social_tells, uniform)
        points: float = learned_points(
            self.model.formula,
            self.has_file,
            float(self.record),
            utilisation(self.debt, max(self.limit(), 1)),
            self.debt,
            self.income,
            float(self.payment_rate),
            self.ticket,
            self.shopping_share,
            float(self.recent_spend),
            float(self.ability_base),
            float(self.identity_base),
            asset_count(self.declared),
            float(self.relationships),
            company,
        )
        return points

    def gain_experience(self) -> None:
        """Phase experience: what the new score teaches of the efforts since the last one."""
        if belief_in(self.belief) != LEARNED:
            return
        spend_months, repay_months, uploads = learns_from(
            float(self.spend_days), float(self.repay_days), float(self.proved_before), self.declared
        )
        spend_points, repay_points, upload_points = after_publication(
            float(self.learned_spend),
            float(self.learned_repay),
            float(self.learned_upload),
            spend_months,
            repay_months,
            uploads,
            float(self.score - self.score_before),
            self.model.p.choice_learning_rate,
        )
        self.learned_spend, self.learned_repay = single(spend_points), single(repay_points)
        self.learned_upload = single(upload_points)
        self.spend_days = self.repay_days = single(0.0)
        self.score_before = self.score
        self.proved_before = asset_count(self.declared)
