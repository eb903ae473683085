"""The readable engine: a Mesa model, one agent per user, the rules called as plain Python.

Use it as any Mesa model: `GateModel(threshold=700).step()`, `mesa.batch_run(GateModel, {...})`, `model.datacollector`,
`model.agents`. It is slow and exists to be read, extended and compared: it agrees with the fast engine to the last bit.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.draws import CIRCLE, ERRAND, GATE, LEARN, PLAN, POST, SCORE, STATEMENT, VISITS, fifth, luck, philox, unit
from sim.engines.columns import Columns
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.calendar import (
    CAMPAIGN,
    CIRCLE_LIVE,
    DOOR,
    GATE_ACTIVE,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PUBLICATION,
    PUBLICATION_DAY,
    RANKING,
    REVIEW_ALL,
    make_calendar,
)
from sim.model.calendar import STATEMENT as STATEMENT_DAY
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import belief_in, rule_in, rule_luck, rules_of, with_rule
from sim.model.choice.review import (
    Costs,
    GateView,
    Standing,
    choose_plan,
    gate_view,
    out_of_reach,
    prizes_per_day,
    review_due,
    total_prize,
)
from sim.model.circle import (
    acting_role,
    circle_rate,
    circle_today,
    may_use,
    noticed_rate,
    open_groups,
    reply_chance,
    tip_amount,
)
from sim.model.clock import active_days
from sim.model.columns import groups_of
from sim.model.contacts import Contacts, assemble, complete, far_contact, far_contacts_named, nobody
from sim.model.counts import ONE, poisson_count
from sim.model.experience import MONTH, after_publication, learns_from
from sim.model.gates.entry import invitation_order, levels_of, offer, opened
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.money import (
    buffer_months,
    charged,
    credit_limit,
    paid_in_cash,
    repayment,
    shopping_part,
    statement,
)
from sim.model.numbers import as_namespace, numbers
from sim.model.numerics import happens
from sim.model.outlook import Outlook, nth_undeclared
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
from sim.model.states import (
    COMMENT,
    ENTERED,
    INVITED,
    LEARNED,
    LIKE,
    NEVER,
    POSTER,
    POSTING,
    REPAY,
    REST,
    ROLE,
    SEEKER,
    SPEND,
    TIP,
    UPLOAD,
    VIEW,
    VIEWED,
)
from sim.model.totals import TOTALS
from sim.model.usage import (
    checks_rate,
    displacement,
    expected_visits,
    habit_after,
    habit_rate,
    payments_rate,
    spend_after,
)
from sim.scenario.schema import Scenario

single = np.float32


class User(mesa.Agent):  # type: ignore[misc,unused-ignore]
    """One user: the columns of `sim.model.columns` as attributes; numbers in single precision, as both engines store them."""

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
        return int(credit_limit(self.income, self.model.p.money_limit_months))

    def look_at_contacts(self) -> None:
        """Phase relationships."""
        points = sum(other.score for other in self.contacts)
        self.relationships = single(
            relationships(points, len(self.contacts), self.model.p.score_uninformed_relationships)
        )

    def receive_statement(self, tick: int) -> None:
        """Phase statement."""
        p, total = self.model.p, self.model.total
        shock, _, _, _ = self.luck(STATEMENT, tick)
        months = buffer_months(p.money_buffer_median, p.money_buffer_spread, float(self.true_ability))
        self.liquidity, self.debt, living, added, due, paid, saved = statement(
            self.liquidity,
            self.debt,
            self.income,
            months,
            p.money_living_share,
            p.money_living_spread,
            p.money_minimum_payment,
            p.money_interest,
            p.money_limit_months,
            shock,
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
            history(float(self.record), utilisation(self.debt, self.limit()), p.score_utilisation_weight),
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
        noise, _, _, _ = self.luck(SCORE, tick, whom)
        self.score = published_score(raw, p.score_noise, noise)

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

    def practise(self) -> None:
        """Phase practice: another tick on a plan, for those who learn from it."""
        if belief_in(self.belief) == LEARNED:
            day = single(self.model.p.tick_days)
            self.spend_days += day if self.plan == SPEND else single(0.0)
            self.repay_days += day if self.plan == REPAY else single(0.0)

    def face_gate(self, tick: int, gate_active: bool, everybody: bool, ticks_to_end: int) -> None:
        """Phase admission."""
        model, p = self.model, self.model.p
        if not gate_active:
            self.admitted = 0
            return
        entered, invited = bool(self.admitted & ENTERED), self.admitted & INVITED
        interested = p.gate_sells and self.knows and self.responsive
        if entered and (p.gate_sells or not everybody):
            return
        if not everybody and not invited:
            if not (interested and review_due(tick, self.id, p.review_ticks)):
                return
        offered = 0.0
        if interested:
            prize = total_prize(self.prizes())
            strives = model.rules[rule_in(self.belief)][0].strives
            offered = offer(strives, ticks_to_end * p.tick_days, prize, self.liquidity, p.choice_discount)
        standing, _, _, _ = self.luck(GATE, 0)
        self.admitted = invited | opened(
            model.admission,
            levels_of(p),
            p.gate_levels,
            standing,
            float(self.score),
            float(self.starting_score),
            (tick - p.gate_start) * p.tick_days,
            1.0 if invited else 0.0,
            offered,
            model.today.cutoff,
            model.today.tie,
        )
        if self.admitted & ENTERED and not entered:
            fee = min(p.gate_fee, self.liquidity)
            self.liquidity -= fee
            model.total[n.FEES_FEN] += fee
            if self.admitted_day < 0:
                self.admitted_day = tick
                model.total[n.NEWLY_ADMITTED] += 1

    def prizes(self) -> tuple[float, ...]:
        """Worth of being admitted to each level of the gate (CNY/day)."""
        today = self.model.today
        made: tuple[float, ...] = prizes_per_day(
            self.model.p, float(self.circle_worth), today.appeal, today.exclusivity
        )
        return made

    def invite(self) -> None:
        """Phase tell, at a gate that knows invitations: those who are in and know invite some contacts, once."""
        p = self.model.p
        chosen = sorted(self.contacts, key=lambda other: int(invitation_order(p, self.id, other.id)))
        for other in chosen[: p.gate_invitations]:
            other.admitted |= INVITED

    def maybe_learn(self, tick: int, campaign_on: bool) -> None:
        """Phase learning."""
        if self.knows:
            return
        p = self.model.p
        hazard = learning_hazard(
            p.campaign_hazard,
            p.awareness_contact_rate,
            p.awareness_circle_rate,
            campaign_on,
            self.known_contacts,
            len(self.contacts),
            float(self.base_visits) + float(self.payment_rate),
            self.model.today.appeal,
        )
        if p.switch_awareness == 0 or happens(hazard * self.model.today.active_days, unit(self.words(LEARN, tick)[0])):
            self.knows = 1
            self.learned_day = tick
            self.model.total[n.LEARNED] += 1
            self.model.just_learned.append(self)

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
            self.limit() * 0.01,
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
        )

    def best_plan(self, tick: int, gate: GateView) -> int:
        """The plan that the user takes at a review."""
        model, p = self.model, self.model.p
        outlook, start = self.outlook(), float(self.starting_score)
        if out_of_reach(model.admission, outlook, gate, start, self.owned):
            return REST
        costs = Costs(
            outlook.usual_spend * p.choice_spend_boost * p.choice_spend_waste + p.choice_spend_hassle,
            outlook.repay_pace * p.choice_repay_cost + p.choice_repay_hassle,
            float(self.privacy_cost),
        )
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
                costs,
                p.choice_discount,
                p.choice_noise,
                noise,
            )
        )

    @property
    def acting_role(self) -> int:
        """The role that the user plays today: posters look on until their own circle is open."""
        return int(acting_role(self.role, self.model.today.open_groups))

    def may(self, feature: int, gate_active: bool) -> bool:
        """Whether the user may use a feature of the circle today."""
        return bool(may_use(feature, self.acting_role, gate_active, self.model.p.gate_covers, self.admitted))

    def rate_in_circle(self, gate_active: bool) -> np.float32:
        """Circle visits per day of this user, who knows of it, today (single precision)."""
        p, today = self.model.p, self.model.today
        may_comment = self.may(COMMENT, gate_active)
        if may_comment:
            self.model.total[n.COMMENTERS] += 1
        rate: np.float32 = circle_rate(
            self.acting_role,
            self.base_visits,
            single(p.circle_onlooker_visits * today.pull),
            single(p.circle_seeker_visits * today.pull),
            single(p.circle_poster_visits * today.pull * (1.0 + today.attention)),
        )
        if may_comment and self.acting_role == SEEKER:
            answered = reply_chance(
                float(self.score), p.circle_reply_low, p.circle_reply_high, p.circle_reply_middle, p.circle_reply_width
            )
            rate = noticed_rate(rate, single(answered), single(p.circle_comment_pull * today.exclusivity))
        return rate if self.may(VIEW, gate_active) else single(0.0)

    def act(self, tick: int, live: bool, gate_active: bool, curious: bool) -> None:
        """Phase acts: visits by channel, payments, repayments, the circle."""
        p, total = self.model.p, self.model.total
        days, check_rate = single(self.model.today.active_days), single(p.usage_check_rate)
        words = self.words(VISITS, tick)

        expected = expected_visits(self.base_visits, self.payment_rate, check_rate)
        rate = habit_rate(self.base_visits, self.habit, expected, single(p.usage_habit_weight)) * days
        by_habit = poisson_count(rate, words[0])
        rate = payments_rate(self.payment_rate, self.plan == SPEND, single(p.choice_spend_boost)) * days
        payments = poisson_count(rate, words[2])
        curious = curious and self.model.rules[rule_in(self.belief)][0].strives
        factor = single(p.usage_publication_checks if curious and self.knows and self.responsive else 1.0)
        rate = checks_rate(check_rate, self.plan != REST, single(p.usage_striving_checks), factor) * days
        checks = poisson_count(rate, words[3])

        in_circle, taken = 0, single(0.0)
        if live:
            rate = self.rate_in_circle(gate_active) if self.knows else single(0.0)
            in_circle = poisson_count(rate * days, fifth(words[0], words[1], words[2]))
            if p.switch_attention == 1:
                minutes, budget = single(p.usage_circle_minutes), single(p.usage_attention_minutes)
                taken = displacement(rate, minutes, budget)
        by_rival = poisson_count(self.rival_rate * (ONE - taken) * days, words[1])

        self.repay_early(tick)
        self.pay(payments)
        self.take_part(tick, in_circle, live, gate_active)

        if p.switch_feed == 0:
            in_circle = 0
        visits = by_habit + payments + checks + self.errands + in_circle
        self.habit = single(habit_after(self.habit, single(visits), single(p.tick_days), single(p.habit_step)))
        self.visits += visits
        if visits > 0:
            self.last_visit_day = tick
        if by_rival > 0:
            total[n.RIVAL_ACTIVE] += 1
        total[n.VISITS_HABIT] += by_habit
        total[n.VISITS_PAYMENT] += payments
        total[n.VISITS_SCORE] += checks
        total[n.VISITS_CREDIT] += self.errands
        total[n.VISITS_CIRCLE] += in_circle
        total[n.VISITS_RIVAL] += by_rival
        total[n.LIQUIDITY_FEN] += self.liquidity
        total[n.DEBT_FEN] += self.debt
        self.errands = 0

    def repay_early(self, tick: int) -> None:
        """Errands of the repaying plan."""
        if self.plan != REPAY:
            return
        p = self.model.p
        trips = poisson_count(
            single(p.choice_repay_errands * self.model.today.active_days), self.words(ERRAND, tick)[0]
        )
        self.errands += trips
        repaid = repayment(self.debt, self.liquidity, trips, p.choice_repay_share)
        self.liquidity -= repaid
        self.debt -= repaid
        self.model.total[n.REPAID_EARLY_FEN] += repaid

    def pay(self, payments: int) -> None:
        """Payments: cash first, then credit while the limit lasts; the average of recent spend."""
        p, total = self.model.p, self.model.total
        outflow = 0
        if payments > 0:
            sent = payments * self.ticket
            shopping = shopping_part(sent, self.shopping_share)
            cash = paid_in_cash(shopping, self.liquidity)
            credit = charged(shopping, cash, self.debt, self.limit())
            self.liquidity -= cash
            self.debt += credit
            outflow = sent - shopping + cash + credit
            total[n.PAYMENTS] += payments
            total[n.OUTFLOW_FEN] += outflow
            total[n.PASSED_ON_FEN] += sent - shopping
            total[n.CASH_FEN] += cash
            total[n.CHARGED_FEN] += credit
        self.recent_spend = single(
            spend_after(self.recent_spend, single(outflow), single(p.tick_days), single(p.forgetting_step))
        )

    def take_part(self, tick: int, visits: int, live: bool, gate_active: bool) -> None:
        """The circle: yesterday's tips received; likes, comments and tips given; posts made."""
        p, total, today = self.model.p, self.model.total, self.model.today
        if self.posts > 0:
            received = self.posts * today.tip_each
            self.liquidity += received
            total[n.TIPS_RECEIVED_FEN] += received
            self.posts = 0
        if visits > 0:
            self.role |= VIEWED
            like, comment, tipping, amount = self.words(CIRCLE, tick)
            many = single(visits)
            if self.may(LIKE, gate_active):
                total[n.LIKES] += poisson_count(many * single(p.circle_like_rate), like)
            if self.may(COMMENT, gate_active):
                total[n.COMMENTS] += poisson_count(many * single(p.circle_comment_rate), comment)
            if self.may(TIP, gate_active) and poisson_count(many * single(p.circle_tip_rate), tipping) > 0:
                tip = min(tip_amount(unit(amount), p.tip_most_fen, p.circle_tip_skew), self.liquidity)
                self.liquidity -= tip
                total[n.TIPS] += 1
                total[n.TIPS_FEN] += tip
        if live and self.role & ROLE == POSTER and self.knows and self.may(POSTING, gate_active):
            rate = single(p.circle_post_rate * today.motivation * today.active_days)
            self.posts = min(int(poisson_count(rate, self.words(POST, tick)[0])), 255)
            total[n.POSTED] += self.posts

    def be_counted(self, tick: int) -> None:
        """Phase totals, the states of users."""
        total = self.model.total
        p = self.model.p
        total[n.KNOWING] += self.knows
        total[n.VIEWERS] += self.role >= VIEWED
        total[n.ADMITTED_USERS] += self.admitted & ENTERED != 0
        total[n.RESTING + self.plan] += 1
        total[n.SCORE_POINTS] += self.score
        total[n.SCORE_750] += self.score >= 750
        total[n.ACTIVE] += self.last_visit_day > max(tick - p.ticks_per_day, -1)
        total[n.ACTIVE_30] += self.last_visit_day > max(tick - p.month_ticks, -1)


def named_contacts(scenario: Scenario, p: SimpleNamespace) -> Contacts:
    """The contact graph of a scenario's users, by the plain rules."""
    users, world = scenario.run.users, scenario.world.contacts
    if world.kind == "none":
        return nobody(users)
    if world.kind == "complete":
        return complete(users)
    pairs = [
        (who, far_contact(p, who, number, users))
        for who in range(users)
        for number in range(1, far_contacts_named(p, who) + 1)
    ]
    array = np.array(pairs, np.int32).reshape(-1, 2)
    return assemble(users, world.group_size, array[:, 0], array[:, 1])


class GateModel(mesa.Model):  # type: ignore[misc,unused-ignore]
    """A payment app, its users, a circle and a gate; one step is one tick (a day, or an hour).

    specification: the scenario to run (the shipped gate_750 with 500 users if not given; Mesa keeps the name `scenario` for
    itself); seed: of the luck, the scenario's own if not given, so vary it to get replicates; the other arguments, if given,
    replace single values of the scenario, so that `mesa.batch_run` can vary them: users, threshold (makes the gate a
    hard threshold), responsive_share.
    """

    def __init__(
        self,
        specification: Scenario | None = None,
        *,
        seed: int | None = None,
        users: int | None = None,
        threshold: int | None = None,
        responsive_share: float | None = None,
    ) -> None:
        scenario = specification if specification is not None else _example()
        data = scenario.model_dump(mode="json")
        if users is not None:
            data["run"]["users"] = int(users)
        if threshold is not None:
            dates = {key: data["policy"]["gate"][key] for key in ("covers", "announced", "start", "end")}
            data["policy"]["gate"] = {"kind": "threshold", "threshold": int(threshold), **dates}
        if responsive_share is not None:
            data["world"]["population"]["responsive_share"] = float(responsive_share)
        scenario = Scenario.model_validate(data)
        self.luck_seed = scenario.run.seed if seed is None else int(seed)
        # Mesa's own generator is never drawn from; it gets the same number for the record.
        super().__init__(rng=self.luck_seed % 2**32)
        self.specification = scenario
        self.p = as_namespace(numbers(scenario, self.luck_seed))
        self.calendar = make_calendar(scenario)
        self.admission = scenario.policy.gate.admission
        self.rules = rules_of(scenario)
        self.tables = [prepared(rule, scenario).data for rule, _ in self.rules]  # these give plain floats
        self.tick = 0
        self.total: list[int] = [0] * n.COUNT
        self.yesterday: list[int] = [0] * n.COUNT
        self.history: list[list[int]] = []
        self.just_learned: list[User] = []
        self.today = SimpleNamespace(
            motivation=0.0,
            appeal=0.0,
            pull=0.0,
            attention=0.0,
            exclusivity=0.0,
            active_days=0.0,
            open_groups=0,
            tip_each=0,
            escrow=0,
            cutoff=NOBODY,
            tie=0.0,
        )
        self.people = [User(self, who) for who in range(scenario.run.users)]
        self.graph = named_contacts(scenario, self.p)
        for who, user in enumerate(self.people):
            row = self.graph.others[self.graph.starts[who] : self.graph.starts[who + 1]]
            user.contacts = [self.people[k] for k in row]
        for user in self.people:
            user.be_scored(0, 1)
        for user in self.people:
            user.look_at_contacts()
        for user in self.people:
            user.be_scored(0, 2)
            user.starting_score = user.score
            user.score_before = user.score if belief_in(user.belief) == LEARNED else 0
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "visits_per_user": lambda m: m.visits_per_user(),
                "knowing_share": lambda m: m.yesterday[n.KNOWING] / len(m.people),
                "admitted_share": lambda m: m.yesterday[n.ADMITTED_USERS] / len(m.people),
                "mean_score": lambda m: m.yesterday[n.SCORE_POINTS] / len(m.people),
            },
        )
        self.running = True

    def visits_per_user(self) -> float:
        """Visits to the platform per user in the last tick."""
        return sum(self.yesterday[n.VISITS_HABIT : n.VISITS_CIRCLE + 1]) / len(self.people)

    def begin(self, live: bool, ticks_open: int) -> None:
        """Phase circle."""
        today, before, p = self.today, self.yesterday, self.p
        today.active_days = active_days(p, self.tick)
        today.open_groups = int(open_groups(p, self.tick))
        today.escrow += before[n.TIPS_FEN] - before[n.TIPS_RECEIVED_FEN]
        today.tip_each = today.escrow // before[n.POSTED] if before[n.POSTED] > 0 else 0
        last_day = self.history[-p.ticks_per_day :]
        if live:
            today.motivation, today.appeal, today.pull, today.attention, today.exclusivity = circle_today(
                p,
                ticks_open * p.tick_days,
                today.motivation,
                sum(row[n.POSTED] for row in last_day),
                sum(row[n.LIKES] + row[n.COMMENTS] + row[n.TIPS] for row in last_day),
                before[n.KNOWING],
                before[n.COMMENTERS],
            )
        else:
            today.motivation, today.appeal, today.pull = p.circle_first_motivation, 0.0, 0.0
            today.attention, today.exclusivity = 0.0, 1.0

    def gate_view(self, tick: int) -> GateView:
        """What the gate looks like today."""
        calendar, today = self.calendar, self.today
        view: GateView = gate_view(
            self.p,
            tick,
            today.cutoff,
            today.tie,
            int(calendar.ticks_to_start[tick]),
            int(calendar.ticks_to_end[tick]),
            int(calendar.ticks_to_publication[tick]),
        )
        return view

    def rank(self) -> None:
        """Work out the last place at a gate that ranks, from the scores as they stand."""
        ids = np.array([user.id for user in self.people], np.int32)
        scores = np.array([user.score for user in self.people], np.int16)
        places = self.specification.policy.gate.places(len(self.people))
        self.today.cutoff, self.today.tie = last_place(self.luck_seed, ids, scores, places or 0)

    def step(self) -> None:
        """One tick, in the order of `sim.model.schedule`; nothing after the scenario's last."""
        if self.tick >= self.specification.run.ticks:
            self.running = False
            return
        tick, flag = self.tick, int(self.calendar.flags[self.tick])
        live, gate_active = bool(flag & CIRCLE_LIVE), bool(flag & GATE_ACTIVE)
        publication = bool(flag & PUBLICATION)
        self.total = [0] * n.COUNT
        self.just_learned = []
        if flag & RANKING:
            self.rank()
        self.begin(live, int(self.calendar.ticks_open[tick]))
        if publication:
            for user in self.people:
                user.look_at_contacts()
        gate = self.gate_view(tick)
        curious = bool(flag & PUBLICATION_DAY) and bool(flag & GATE_AHEAD) and self.p.score_matters == 1
        for user in self.people:
            if flag & STATEMENT_DAY:
                user.receive_statement(tick)
            if publication:
                user.be_scored(tick)
                user.gain_experience()
            if flag & (GATE_DAY | DOOR):
                user.face_gate(tick, gate_active, bool(flag & GATE_DAY), int(self.calendar.ticks_to_end[tick]))
            if flag & KNOWN_ABOUT:
                user.maybe_learn(tick, bool(flag & CAMPAIGN))
            user.maybe_review(tick, gate, bool(flag & GATE_AHEAD), bool(flag & REVIEW_ALL))
            user.practise()
            user.act(tick, live, gate_active, curious)
            user.be_counted(tick)
        for user in self.just_learned:
            for other in user.contacts:
                other.known_contacts += 1
        if gate_active and self.p.gate_invitations > 0:
            for user in self.people:
                if user.admitted & ENTERED and user.knows and tick in (user.admitted_day, user.learned_day):
                    user.invite()
        self.total[n.ESCROW_FEN] = self.today.escrow + self.total[n.TIPS_FEN] - self.total[n.TIPS_RECEIVED_FEN]
        self.yesterday = [int(value) for value in self.total]
        self.history.append(self.yesterday)
        self.tick += 1
        self.running = self.tick < self.specification.run.ticks
        self.datacollector.collect(self)


def _example() -> Scenario:
    from sim.scenario.load import load

    return load("gate_750.yaml", ["run.users=500"])


class ReadableEngine:
    """The readable model behind the interface of the fast engine."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.model = GateModel(scenario, seed=seed)

    @property
    def tick(self) -> int:
        """Ticks run so far."""
        return self.model.tick

    @property
    def totals(self) -> NDArray[np.int64]:
        """Totals of the ticks run so far, shape (ticks, len(TOTALS))."""
        return np.array(self.model.history, np.int64).reshape(-1, len(TOTALS))

    @property
    def columns(self) -> Columns:
        """The state now, in columns."""
        columns = Columns(len(self.model.people), groups_of(self.scenario))
        for name in columns.names:
            columns[name][:] = [getattr(user, name) for user in self.model.people]
        return columns

    def run(self, ticks: int) -> None:
        """Advance by `ticks` (at most to the end)."""
        for _ in range(min(ticks, self.scenario.run.ticks - self.tick)):
            self.model.step()

    def snapshot(self) -> Columns:
        """The state now (a copy)."""
        return self.columns


def users_of(model: GateModel) -> Iterator[dict[str, Any]]:
    """Users of a model as dicts of their columns, for a person to look at."""
    for user in model.people:
        groups = groups_of(model.specification)
        yield {column.name: getattr(user, column.name) for _, group in groups for column in group}
