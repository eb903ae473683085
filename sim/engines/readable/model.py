"""The Mesa model: one step is one tick."""

from types import SimpleNamespace

import mesa
import numpy as np

from sim.engines.columns import Columns
from sim.engines.readable.user import User
from sim.model import totals as n
from sim.model.calendar import (
    ACCOUNTS,
    ANSWER,
    APPLY,
    BILL_DUE,
    CAMPAIGN,
    CIRCLE_LIVE,
    DOOR,
    GATE_ACTIVE,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PACKETS,
    PAYDAY,
    PUBLICATION,
    PUBLICATION_DAY,
    RANKING,
    REVIEW_ALL,
    make_calendar,
    market_by_tick,
)
from sim.model.calendar import STATEMENT as STATEMENT_DAY
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import belief_in, rules_of
from sim.model.choice.review import GateView, gate_view
from sim.model.circle import (
    ATTENTION,
    ESCROW,
    MOTIVATION,
    PULL,
    TIP_EACH,
    circle_today,
    open_groups,
    ticks_late,
    together,
)
from sim.model.clock import active_days
from sim.model.columns import groups_of
from sim.model.contacts import Contacts, assemble, complete, far_contact, far_contacts_named, nobody
from sim.model.flywheel import Flywheel
from sim.model.gates.ranking import NOBODY, last_place
from sim.model.lenders import MOST_LENDERS, TURNS, turns_served
from sim.model.numbers import as_namespace, lenders_capital, numbers
from sim.model.packets import packets_afforded, packets_planned, shuffled
from sim.model.states import ENTERED, LEARNED, MOST_GROUPS
from sim.scenario.schema import Scenario


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
    itself); seed: of the luck, the scenario's own if not given, so vary it to get replicates (with `mesa.batch_run` of Mesa 3.3 as
    a parameter, since its `iterations` alone repeat the same run; of Mesa 3.5 by its argument `rng=[1, 2, 3]`, which takes the
    place of any parameter `seed`); rng: the same, as newer Mesa calls it; the other arguments, if given, replace single values of
    the scenario, so that `mesa.batch_run` can vary them: users, threshold (makes the gate a hard threshold), responsive_share.
    """

    def __init__(
        self,
        specification: Scenario | None = None,
        *,
        seed: int | None = None,
        rng: int | None = None,
        users: int | None = None,
        threshold: int | None = None,
        responsive_share: float | None = None,
    ) -> None:
        scenario = specification if specification is not None else _example()
        data = scenario.model_dump(mode="json")
        if users is not None:
            data["run"]["users"] = int(users)
        if threshold is not None:
            dates = {key: data["policy"]["gate"][key] for key in ("covers", "announced", "start", "end", "dropped")}
            data["policy"]["gate"] = {"kind": "threshold", "threshold": int(threshold), **dates}
        if responsive_share is not None:
            data["world"]["population"]["responsive_share"] = float(responsive_share)
        scenario = Scenario.model_validate(data)
        given = seed if seed is not None else rng
        self.luck_seed = scenario.run.seed if given is None else int(given)
        # Mesa's own generator is never drawn from; it gets the same number for the record.
        super().__init__(rng=self.luck_seed % 2**32)
        self.specification = scenario
        self.p = as_namespace(numbers(scenario, self.luck_seed))
        self.calendar = make_calendar(scenario)
        self.market = market_by_tick(scenario).tolist()
        self.admission = scenario.policy.gate.admission
        self.rules = rules_of(scenario)
        self.tables = [prepared(rule, scenario).data for rule, _ in self.rules]  # these give plain floats
        self.tick = 0
        self.total: list[int] = [0] * n.COUNT
        self.yesterday: list[int] = [0] * n.COUNT
        for lender, capital in enumerate(lenders_capital(scenario)):
            self.yesterday[n.CASH_AT_LENDER + lender] = capital
        self.demand = [[0] * TURNS for _ in range(self.p.lender_count)]
        self.served = [0] * self.p.lender_count
        self.history: list[list[int]] = []
        self.just_learned: list[User] = []
        self.today = SimpleNamespace(
            appeal=0.0,
            pull=0.0,
            exclusivity=0.0,
            offer=1.0,
            active_days=0.0,
            open_groups=0,
            feeds=[0.0] * 3 * MOST_GROUPS,
            purses=[0] * 2 * MOST_GROUPS,
            escrow=0,
            cutoff=NOBODY,
            tie=0.0,
            budget=self.p.incentive_budget_fen,
            to_anybody=0,
            to_openers=0,
            factor=1,
            shift=0,
        )
        self.flywheel = Flywheel(scenario, self.luck_seed)
        self.formula = self.flywheel.formula.tolist()
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

    def columns(self) -> Columns:
        """The users now, in columns."""
        columns = Columns(len(self.people), groups_of(self.specification))
        for name in columns.names:
            columns[name][:] = [user.column(name) for user in self.people]
        return columns

    def turn_flywheel(self, tick: int) -> None:
        """Before the tick: the bureau notes outcomes and, once a quarter, learns; merchants join."""
        if self.flywheel.busy[tick]:
            self.flywheel.before(tick, self.columns, self.yesterday[n.ACTIVE_30] / len(self.people))
            self.formula, self.today.offer = self.flywheel.formula.tolist(), self.flywheel.offer

    def visits_per_user(self) -> float:
        """Visits to the platform per user in the last tick."""
        channels = self.yesterday[n.VISITS_HABIT : n.VISITS_CIRCLE + 1]
        return (sum(channels) + self.yesterday[n.VISITS_PACKET]) / len(self.people)

    def begin(self, live: bool, ticks_open: int) -> None:
        """Phase circle."""
        today, p = self.today, self.p
        today.active_days = active_days(p, self.tick)
        today.open_groups = int(open_groups(p, self.tick))
        today.appeal, today.pull, today.exclusivity = 0.0, 0.0, 1.0
        for circle in range(p.circles):
            self.begin_circle(circle, live, ticks_open - int(ticks_late(p, circle)))
        today.escrow = sum(today.purses[ESCROW : ESCROW + p.circles])

    def begin_circle(self, circle: int, live: bool, ticks_open: int) -> None:
        """Phase circle, for one of them; before it opens, `ticks_open` is below 0."""
        today, before, p = self.today, self.yesterday, self.p
        feeds, purses, posted = today.feeds, today.purses, before[n.CIRCLE_POSTS + circle]
        purses[ESCROW + circle] += before[n.CIRCLE_TIPS_FEN + circle] - before[n.CIRCLE_TIPS_RECEIVED_FEN + circle]
        purses[TIP_EACH + circle] = purses[ESCROW + circle] // posted if posted > 0 else 0
        motivation, appeal, pull, attention = p.circle_first_motivation, 0.0, 0.0, 0.0
        last_day = self.history[-p.ticks_per_day :]
        if live and ticks_open >= 0:
            motivation, appeal, pull, attention, today.exclusivity = circle_today(
                p,
                ticks_open * p.tick_days,
                feeds[MOTIVATION + circle],
                sum(row[n.CIRCLE_POSTS + circle] for row in last_day),
                sum(row[n.CIRCLE_REACTIONS + circle] for row in last_day),
                before[n.KNOWING],
                before[n.COMMENTERS],
            )
        feeds[MOTIVATION + circle], feeds[PULL + circle], feeds[ATTENTION + circle] = motivation, pull, attention
        today.appeal, today.pull = together(today.appeal, appeal), together(today.pull, pull)

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
            today.offer,
        )
        return view

    def rank(self) -> None:
        """Work out the last place at a gate that ranks, from the scores as they stand."""
        ids = np.array([user.id for user in self.people], np.int32)
        scores = np.array([user.score for user in self.people], np.int16)
        places = self.specification.policy.gate.places(len(self.people))
        self.today.cutoff, self.today.tie = last_place(self.luck_seed, ids, scores, places or 0)

    def share_out_capital(self) -> None:
        """Phase capital: how far each lender's cash goes in the order by lot."""
        for lender, demand in enumerate(self.demand):
            self.served[lender] = int(turns_served(demand, self.yesterday[n.CASH_AT_LENDER + lender]))
            demand[:] = [0] * TURNS

    def plan_packets(self) -> None:
        """Phase budget: what the last day took and brought back, how many packets are given today, and in which order."""
        p, today, users = self.p, self.today, len(self.people)
        before = self.history[-p.ticks_per_day] if self.tick >= p.ticks_per_day else [0] * n.COUNT
        today.budget += before[n.PACKET_RETURNED_FEN] - before[n.PACKET_GIVEN_FEN]
        to_anybody, to_openers = packets_planned(p, users, self.tick // p.ticks_per_day)
        afforded = int(packets_afforded(to_anybody + to_openers, today.budget, p.incentive_amount_fen))
        today.to_anybody = min(to_anybody, afforded)
        today.to_openers = afforded - today.to_anybody
        today.factor, today.shift = shuffled(p, self.tick, users)

    def keep_books(self, counted: bool) -> None:
        """Totals that carry over from the last tick: the lenders' cash, and what was not counted today."""
        total, before = self.total, self.yesterday
        if not counted:
            for k in (*range(n.FIRST_CARRIED, n.AFTER_CARRIED), *range(n.OWED_FEN, n.OWED_FEN + MOST_LENDERS)):
                total[k] = before[k]
        for j in range(MOST_LENDERS):
            total[n.CASH_AT_LENDER + j] = before[n.CASH_AT_LENDER + j] + total[n.BACK_FEN + j] - total[n.LENT_FEN + j]

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
        self.turn_flywheel(tick)
        self.begin(live, int(self.calendar.ticks_open[tick]))
        if flag & ANSWER:
            self.share_out_capital()
        if flag & PACKETS:
            self.plan_packets()
        if publication:
            for user in self.people:
                user.look_at_contacts()
        gate = self.gate_view(tick)
        curious = bool(flag & PUBLICATION_DAY) and bool(flag & GATE_AHEAD) and self.p.score_matters == 1
        for user in self.people:
            if flag & STATEMENT_DAY:
                user.receive_statement(tick)
            if flag & PAYDAY:
                user.receive_pay(tick)
            if flag & ANSWER:
                user.hear_answers(tick)
            if flag & BILL_DUE:
                user.settle_bill()
            if publication:
                user.be_scored(tick)
                user.gain_experience()
            if flag & APPLY:
                user.apply(tick)
            if flag & (GATE_DAY | DOOR):
                user.face_gate(tick, gate_active, bool(flag & GATE_DAY), int(self.calendar.ticks_to_end[tick]))
            if flag & KNOWN_ABOUT:
                user.maybe_learn(tick, bool(flag & CAMPAIGN))
            user.maybe_review(tick, gate, bool(flag & GATE_AHEAD), bool(flag & REVIEW_ALL))
            user.practise()
            user.improve()
            user.act(tick, live, gate_active, curious, bool(flag & PACKETS))
            user.be_counted(tick)
            if flag & ACCOUNTS:
                user.count_accounts()
        for user in self.just_learned:
            for other in user.contacts:
                other.known_contacts += 1
        if gate_active and self.p.gate_invitations > 0:
            for user in self.people:
                if user.admitted & ENTERED and user.knows and tick in (user.admitted_day, user.learned_day):
                    user.invite()
        if flag & PACKETS:
            for user in self.people:
                user.pass_on(tick)
        self.total[n.ESCROW_FEN] = self.today.escrow + self.total[n.TIPS_FEN] - self.total[n.TIPS_RECEIVED_FEN]
        self.keep_books(bool(flag & ACCOUNTS))
        self.total[n.OUTCOMES : n.AFTER_FLYWHEEL] = self.flywheel.totals()
        self.yesterday = [int(value) for value in self.total]
        self.history.append(self.yesterday)
        self.tick += 1
        self.running = self.tick < self.specification.run.ticks
        self.datacollector.collect(self)


def _example() -> Scenario:
    from sim.scenario.load import load

    return load("gate_750.yaml", ["run.users=500"])
