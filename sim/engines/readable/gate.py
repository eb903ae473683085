"""A user and the gate: learning of it, facing it, inviting others."""

import numpy as np

from sim.draws import GATE, LEARN, unit
from sim.engines.readable.borrower import Borrower
from sim.model import totals as n
from sim.model.awareness import learning_hazard
from sim.model.choice.mixture import rule_in
from sim.model.choice.review import prizes_per_day, review_due, total_prize
from sim.model.gates.entry import invitation_order, levels_of, offer, opened
from sim.model.numerics import happens
from sim.model.states import ENTERED, INVITED

single = np.float32


class AtGate(Borrower):
    """A user who learns of a gate and faces it."""

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

    def prizes(self) -> tuple[float, ...]:
        """Worth of being admitted to each level of the gate (CNY/day)."""
        today = self.model.today
        made: tuple[float, ...] = prizes_per_day(
            self.model.p, float(self.circle_worth), today.appeal, today.exclusivity, today.offer
        )
        return made

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

    def invite(self) -> None:
        """Phase tell, at a gate that knows invitations: those who are in and know invite some contacts, once."""
        p = self.model.p
        chosen = sorted(self.contacts, key=lambda other: int(invitation_order(p, self.id, other.id)))
        for other in chosen[: p.gate_invitations]:
            other.admitted |= INVITED
