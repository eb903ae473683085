"""What kind of answer a user's day has, and the chance of each plan."""

from dataclasses import dataclass, field
from enum import Enum

from sim.experiments.explain.life import Life
from sim.experiments.explain.recall import Review, Weighed, hold_review, user_at_review
from sim.model.calendar import GATE_AHEAD, REVIEW_ALL
from sim.model.choice.mixture import belief_in, rule_in, rules_of
from sim.model.choice.prospect import OUT_OF_THE_RUNNING
from sim.model.choice.review import has_all_perks, last_publication, levels_not_sure, out_of_reach, review_due
from sim.model.numbers import as_namespace, numbers
from sim.model.numerics import exponential
from sim.model.outlook import believed_score
from sim.model.score import asset_count
from sim.model.states import PLANS, REPAY, REST, SPEND, UPLOAD

ALL_ASSETS = 7
"""Flags of all assets that a user may own."""


class Reason(Enum):
    """Why a user does what they do, the first that holds."""

    NO_GATE = "no gate rewards a score in this world"
    UNRESPONSIVE = "does not respond to a threshold at all"
    UNAWARE = "does not know of the circle and its gate"
    NOT_AHEAD = "no gate is announced or in force"
    NO_EFFORT = "follows a rule of choice that never makes an effort"
    OUT_OF_REACH = "no effort can reach the gate in time"
    SURE = "is admitted without an effort"
    NONE_HELPS = "no plan brings admission nearer"
    WEIGHED = "weighed the plans"


@dataclass(frozen=True)
class Option:
    """One plan at a review. chance: of being taken (0 to 1); value: worth today of all it brings and costs (CNY; None: not in the running);
    the rest of the one publication that speaks most for it: prize (CNY/day) that it adds, cost until admission (CNY, not
    discounted), days until admission, and points that the user believes it brings more than rest. Of a plan that is not in the
    running, cost, days and points are of the last publication that the user looks ahead to; all 0 where it cannot be taken at all.
    """

    plan: str
    chance: float
    value: float | None = None
    prize_per_day: float = 0.0
    cost: float = 0.0
    days: float = 0.0
    points: float = 0.0
    missing: float = 0.0
    assets: int = 0


@dataclass
class Why:
    """Why a user is on a plan at the end of a tick, in one world.

    plan: by name; options: rest, spend, repay, upload in this order where plans were weighed or fail, or else rest alone; review: the
    last one, None where there was none; at_rest, goal: score believed to come of resting by the next publication, and what the
    gate asks (points; None where nothing was weighed).
    """

    reason: Reason
    plan: str
    tick: int
    rule: str
    options: list[Option] = field(default_factory=lambda: [Option(PLANS[REST], 1.0)])
    review: Review | None = None
    at_rest: float | None = None


def last_review(life: Life, tick: int) -> int | None:
    """The last tick up to `tick` on which the user, who responds and knows, reviewed the own plan under a gate ahead."""
    step = numbers_of(life).review_ticks
    learned = life.rows[tick + 1]["learned_day"]
    for back in range(tick, max(learned, 0) - 1, -1):
        flag = int(life.calendar.flags[back])
        if flag & GATE_AHEAD and (flag & REVIEW_ALL or learned == back or review_due(back, life.user, step)):
            return back
    return None


def numbers_of(life: Life):  # type: ignore[no-untyped-def]
    """The numbers that the rules take, of the world of a life."""
    return as_namespace(numbers(life.scenario, life.seed))


def best_of(weighed: list[Weighed], plan: int) -> Weighed | None:
    """What speaks most for a plan, None if it is not in the running."""
    own = [one for one in weighed if one.prospect.plan == plan and one.value > OUT_OF_THE_RUNNING]
    return max(own, key=lambda one: one.value, default=None)


def chances(values: list[float | None], scale: float) -> list[float]:
    """Chance of each plan by its value (CNY; None: not in the running), as `logit_choice` takes them."""
    top = max(value for value in values if value is not None)
    weights = [0.0 if value is None else exponential((value - top) / scale) for value in values]
    return [weight / sum(weights) for weight in weights]


def options_of(review: Review) -> list[Option]:
    """Every plan with its value, cost and chance."""
    best = {plan: best_of(review.weighed, plan) for plan in range(len(PLANS)) if plan != REST}
    values = [0.0, *(found.value if found else None for found in best.values())]
    shares = chances(values, review.user.model.p.choice_noise)
    made = [Option(PLANS[REST], shares[REST], 0.0)]
    for plan, found in best.items():
        if found is None:
            made.append(failing(review, plan))
            continue
        seen = found.prospect
        assets = round(seen.cost_at_once / float(review.user.privacy_cost)) if plan == UPLOAD else 0
        cost = seen.cost_per_day * seen.days_to_admission + seen.cost_at_once
        made.append(
            Option(
                PLANS[plan],
                shares[plan],
                found.value,
                seen.prize_per_day,
                cost,
                seen.days_to_admission,
                seen.points_gained,
                seen.missing_at_rest,
                assets,
            )
        )
    return made


def failing(review: Review, plan: int) -> Option:
    """A plan that is not in the running: what it would bring and cost until the last publication that the user looks ahead to."""
    user, days = review.user, last_publication(review.gate)
    outlook = user.outlook()
    costs = user.costs(outlook)
    assets = asset_count(user.owned & ~outlook.declared & ALL_ASSETS) if plan == UPLOAD else 0
    if (plan == REPAY and outlook.debt <= 0.0) or (plan == UPLOAD and not assets):
        return Option(PLANS[plan], 0.0)
    declared = outlook.declared | user.owned if plan == UPLOAD else outlook.declared
    points = believed_score(outlook, plan, days, declared) - believed_score(outlook, REST, days, outlook.declared)
    cost = {SPEND: costs.spend_per_day * days, REPAY: costs.repay_per_day * days, UPLOAD: costs.upload_each * assets}[
        plan
    ]
    return Option(PLANS[plan], 0.0, cost=float(cost), days=float(days), points=float(points), assets=assets)


def all_failing(review: Review) -> list[Option]:
    """Every plan where none is in the running: rest for certain, and what the others would have brought; rest alone where it is
    too late for any.
    """
    if is_too_late(review):
        return [Option(PLANS[REST], 1.0)]
    return [Option(PLANS[REST], 1.0, 0.0), *(failing(review, plan) for plan in (SPEND, REPAY, UPLOAD))]


def is_too_late(review: Review) -> bool:
    """Whether no score is published any more before the gate ends."""
    gate = review.gate
    return bool(max(gate.days_to_publication, gate.days_to_start) >= gate.days_to_end)


def why(life: Life, tick: int) -> Why:
    """Why the user is on the plan of the end of a tick."""
    row, flag, scenario = life.rows[tick + 1], int(life.calendar.flags[tick]), life.scenario
    rule = rules_of(scenario)[rule_in(row["belief"])][0]
    plan = PLANS[row["plan"]]

    def short(reason: Reason) -> Why:
        return Why(reason, plan, tick, rule.name)

    gate = scenario.policy.gate
    if not (gate.has_circle and gate.guards and gate.rewards_score and scenario.switches.gate):
        return short(Reason.NO_GATE)
    if not row["responsive"]:
        return short(Reason.UNRESPONSIVE)
    if not row["knows"]:
        return short(Reason.UNAWARE)
    at = last_review(life, tick)
    if not flag & GATE_AHEAD or at is None:
        return short(Reason.NOT_AHEAD)
    user = user_at_review(life, at)
    review = hold_review(user, at)
    found = Why(_reason(review, rule.strives), plan, tick, rule.name, review=review)
    if found.reason is Reason.WEIGHED:
        found.options = options_of(review)
    elif found.reason in (Reason.OUT_OF_REACH, Reason.NONE_HELPS):
        found.options = all_failing(review)
    found.at_rest = float(believed_score(user.outlook(), REST, review.gate.days_to_publication, user.declared))
    return found


def _reason(review: Review, strives: bool) -> Reason:
    user, gate = review.user, review.gate
    outlook, start = user.outlook(), float(user.starting_score)
    admission = user.model.admission
    if not strives:
        return Reason.NO_EFFORT
    if out_of_reach(admission, outlook, gate, start, user.owned):
        return Reason.OUT_OF_REACH
    if levels_not_sure(admission, outlook, gate, start) == 0 and has_all_perks(outlook, gate):
        return Reason.SURE
    running = any(one.value > OUT_OF_THE_RUNNING for one in review.weighed)
    return Reason.WEIGHED if running else Reason.NONE_HELPS


def belief_of(row: dict[str, int]) -> int:
    """Code of what a user believes about the own score."""
    return int(belief_in(row["belief"]))
