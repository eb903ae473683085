"""A user who weighs plans."""

import numpy as np

from sim.draws import PLAN
from sim.engines.readable.gate import AtGate
from sim.model import totals as n
from sim.model.bureau.formula import HOLDS
from sim.model.choice.mixture import belief_in, rule_in
from sim.model.choice.review import Costs, GateView, Standing, choose_plan, out_of_reach, review_due
from sim.model.experience import MONTH
from sim.model.outlook import Outlook, nth_undeclared
from sim.model.states import LEARNED, REPAY, REST, SPEND, UPLOAD

single = np.float32


class Planner(AtGate):
    """A user who reviews the own plan."""

    def maybe_review(self, tick: int, gate: GateView, gate_ahead: bool, review_all: bool) -> None:
        """Phase review."""
        if not (self.responsive and self.knows and self.model.p.gate_rewards_score):
            return
        if not gate_ahead:
            self.plan = REST
        elif review_all or self.learned_day == tick or review_due(tick, self.id, self.model.p.review_ticks):
            self.plan = self.best_plan(tick, gate)
            if self.plan == UPLOAD:
                self.declared = nth_undeclared(self.owned, self.declared, 1)
                self.errands += 1
                self.model.total[n.UPLOADS] += 1

    def outlook(self) -> Outlook:
        """What the user believes about the own score."""
        p = self.model.p
        liquidity = self.liquidity * 0.01
        learns = belief_in(self.belief) == LEARNED
        return Outlook(
            belief_in(self.belief),
            float(self.score),
            p.folk_points_per_day,
            float(self.recent_spend),
            float(self.payment_rate) * self.ticket * 0.01,
            p.choice_spend_boost,
            p.forgetting_per_day,
            p.score_half_spend,
            float(self.record),
            self.debt * 0.01,
            max(self.limit(), 1) * 0.01,
            p.choice_repay_errands * p.choice_repay_share * liquidity,
            liquidity,
            self.income * 0.01 * p.spare_income_share,
            p.score_utilisation_weight,
            float(self.ability_base),
            float(self.identity_base),
            self.declared,
            p.score_ability_per_asset,
            p.score_identity_per_asset,
            float(self.relationships),
            p.score_history_weight,
            p.score_ability_weight,
            p.score_behaviour_weight,
            p.score_identity_weight,
            p.score_relationships_weight,
            float(self.learned_spend) / MONTH if learns else 0.0,
            float(self.learned_repay) / MONTH if learns else 0.0,
            float(self.learned_upload) if learns else 0.0,
            int(self.model.formula[HOLDS]),
        )

    def costs(self, outlook: Outlook) -> Costs:
        """What the plans cost the user."""
        p = self.model.p
        return Costs(
            outlook.usual_spend * p.choice_spend_boost * p.choice_spend_waste + p.choice_spend_hassle,
            outlook.repay_pace * p.choice_repay_cost + p.choice_repay_hassle,
            float(self.privacy_cost),
        )

    def best_plan(self, tick: int, gate: GateView) -> int:
        """The plan that the user takes at a review."""
        model, p = self.model, self.model.p
        outlook, start = self.outlook(), float(self.starting_score)
        if out_of_reach(model.admission, outlook, gate, start, self.owned):
            return REST
        noise, _, _, _ = self.luck(PLAN, tick)
        code = rule_in(self.belief)
        return int(
            choose_plan(
                model.admission,
                model.rules[code][0].value,
                model.tables[code],
                outlook,
                gate,
                Standing(start, (tick - self.admitted_day) * p.tick_days if self.admitted_day >= 0 else -1.0),
                self.owned,
                self.prizes(),
                self.costs(outlook),
                p.choice_discount,
                p.choice_noise,
                noise,
            )
        )

    def practise(self) -> None:
        """Phase practice: another tick on a plan, for those who learn from it."""
        if belief_in(self.belief) == LEARNED:
            day = single(self.model.p.tick_days)
            self.spend_days += day if self.plan == SPEND else single(0.0)
            self.repay_days += day if self.plan == REPAY else single(0.0)

    def improve(self) -> None:
        """Phase improvement: another tick on a plan, where effort raises the true ability to repay."""
        self.true_ability += single(self.model.p.improvement_per_tick) if self.plan != REST else single(0.0)
