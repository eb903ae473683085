"""Directions of effect: turning this up moves that up (+) or down (-), all else and all luck the same.

A wrong sign here is a mechanism wired backwards. Sums over a run of 2,000 users and two seeds; both arms share their luck, so
that what moves them apart is the change (and, where a change moves people themselves, effects far beyond their spread).
"""

import numpy as np
import pytest

from sim.model.totals import of_lenders
from tests.helpers import (
    BUSY,
    FINANCE,
    GATE_640,
    HARD_TIMES,
    LENDERS,
    LOTTERY,
    MARKET,
    MERCHANTS,
    NONE,
    OPEN,
    PACKETS,
    different_totals,
    finished,
    information,
    lenders,
    scenario,
    total,
)

SIZE = {"run.users": 2_000, "run.ticks": 90}
FOR_A_WHILE = {"policy.circle.closes": 45, "policy.gate": {"kind": "open"}}
COVERS_VIEW = {"policy.gate": {"kind": "threshold", "threshold": 640, "covers": ("view", "like", "tip", "comment")}}
FOLK = {"world.population.folk_share": 1.0}
KNOWN = {"world.population.folk_share": 0.0}
FEW_PERKS = {"world.choice.perk_worth": 5.0}


def summed(*names):
    return lambda run: sum(int(total(run, name).sum()) for name in names)


def at(name, day):
    return lambda run: int(total(run, name)[day])


def after(name, day):
    return lambda run: int(total(run, name)[day:].sum())


efforts = summed("spend", "repay", "upload")
visits = summed("visits_habit", "visits_payment", "visits_score", "visits_credit", "visits_circle", "visits_packet")


def heard(name):
    return lambda run: int(total(run, name)[12])


def gate(threshold):
    return {"policy.gate": {"kind": "threshold", "threshold": threshold}}


def of(**settings):
    return lenders(3, **{"capital": 1_000.0, **settings})["world.lending.lenders"]


lent, priced = summed(*of_lenders("lent")), summed(*of_lenders("priced"))
IN_DEBT = {**FINANCE, **HARD_TIMES, "run.ticks": 130}
RICH_LENDERS = {**IN_DEBT, **lenders(4, capital=5_000.0)}  # or what one is refused goes to another
JOINED = {**MERCHANTS, **FEW_PERKS}
LEARNS = {**LENDERS, **HARD_TIMES, "switches.bureau": True, "run.ticks": 130}
BY_SCORE = {**IN_DEBT, **information("score")}
GIVEN = {**PACKETS, "policy.incentive.budget": 50.0}  # more than is given

# the change, from, to, what is measured, sign, and what is set besides
TABLE = [
    # gate
    ("policy.gate", gate(640)["policy.gate"], gate(700)["policy.gate"], summed("admitted"), "-", {}),
    ("policy.gate", gate(640)["policy.gate"], gate(700)["policy.gate"], summed("comments"), "-", {}),
    ("policy.gate", LOTTERY["policy.gate"], {"kind": "lottery", "share": 0.6}, summed("admitted"), "+", {}),
    ("policy.gate", gate(640)["policy.gate"], {**gate(640)["policy.gate"], "end": 20}, efforts, "-", {}),
    ("policy.gate", OPEN["policy.gate"], COVERS_VIEW["policy.gate"], summed("visits_circle"), "-", {}),
    ("policy.gate", NONE["policy.gate"], OPEN["policy.gate"], visits, "+", {}),
    ("policy.gate", LOTTERY["policy.gate"], GATE_640["policy.gate"], efforts, "+", {}),
    # circle dates and campaign
    ("policy.circle.opens", 4, 40, summed("visits_circle"), "-", {}),
    ("policy.circle.closes", 80, 40, summed("visits_circle"), "-", {}),
    ("policy.campaign.reach", 0.5, 2.0, heard("knowing"), "+", {}),
    ("policy.campaign.days", 2, 20, heard("knowing"), "+", {}),
    # awareness
    ("world.awareness.campaign_rate", 0.02, 0.2, heard("knowing"), "+", {}),
    ("world.awareness.contact_rate", 0.0, 0.5, heard("knowing"), "+", {}),
    ("world.awareness.circle_rate", 0.0, 0.1, heard("knowing"), "+", {}),
    # who responds, and to what
    ("world.population.responsive_share", 0.2, 0.6, efforts, "+", {}),
    ("world.choice.perk_worth", 5.0, 200.0, efforts, "+", {}),
    ("world.choice.worth_median", 1.0, 30.0, efforts, "+", FEW_PERKS),
    ("world.choice.comment_worth", 0.0, 0.9, efforts, "+", FEW_PERKS),
    ("world.choice.onlooker_worth", 0.0, 1.0, efforts, "+", FEW_PERKS),
    ("world.choice.privacy_median", 20.0, 600.0, summed("uploads"), "-", KNOWN),
    ("world.choice.spend_hassle", 0.1, 5.0, summed("spend"), "-", {}),
    ("world.choice.spend_waste", 0.0, 0.5, summed("spend"), "-", {}),
    ("world.choice.repay_hassle", 0.1, 5.0, summed("repay"), "-", {}),
    ("world.choice.repay_cost", 0.0, 0.5, summed("repay"), "-", {}),
    ("world.choice.horizon", 1, 6, efforts, "+", FOLK),
    ("world.choice.folk_points", 5.0, 20.0, efforts, "+", FOLK),
    ("world.choice.discount", 0.001, 0.05, efforts, "-", {}),
    ("world.population.folk_share", 0.1, 0.9, summed("uploads"), "-", {}),
    ("world.population.car_share", 0.05, 0.6, summed("uploads"), "+", {}),
    ("world.population.declared_share", 0.1, 0.8, summed("uploads"), "-", {}),
    ("world.score.ability_per_asset", 0.02, 0.2, summed("uploads"), "+", KNOWN),
    # effort does what it is for
    ("world.choice.spend_boost", 0.5, 3.0, summed("payments"), "+", FOLK),
    ("world.choice.repay_errands", 0.1, 1.0, summed("visits_credit"), "+", {}),
    ("world.choice.repay_share", 0.1, 0.9, summed("repaid_early_fen"), "+", {}),
    # score
    ("world.score.half_spend", 30.0, 200.0, summed("score_points"), "-", {}),
    ("world.score.missed_loss", 0.05, 0.6, summed("score_points"), "-", {}),
    ("world.score.streak_gain", 0.01, 0.2, summed("score_points"), "+", {}),
    ("world.score.utilisation_weight", 0.1, 0.9, summed("score_points"), "-", {}),
    ("world.score.uninformed_record", 0.3, 0.8, summed("score_points"), "+", {}),
    ("world.score.ability_middle", 0.3, 0.5, summed("score_points"), "+", {}),
    ("world.score.identity_middle", 0.3, 0.6, summed("score_points"), "+", {}),
    ("world.score.identity_per_asset", 0.0, 0.3, summed("score_points"), "+", {}),
    ("world.score.noise", 1.0, 60.0, summed("score_750"), "+", {}),
    # money
    ("world.money.living_share", 0.5, 1.1, summed("bills_missed"), "+", {}),
    ("world.money.buffer_median", 0.3, 2.0, summed("liquidity_fen"), "+", {}),
    ("world.money.limit_months", 1.0, 4.0, summed("debt_fen"), "+", {}),
    ("world.money.interest", 0.005, 0.05, summed("interest_fen"), "+", {}),
    ("world.population.income_median", 3_000.0, 6_000.0, summed("debt_fen"), "-", {}),
    ("world.population.shopping_median", 1_000.0, 5_000.0, summed("charged_fen"), "+", {}),
    ("world.population.outflow_median", 5_000.0, 30_000.0, summed("outflow_fen"), "+", {}),
    # circle
    ("world.circle.onlooker_visits", 0.05, 0.5, summed("visits_circle"), "+", {}),
    ("world.circle.seeker_visits", 0.1, 1.0, summed("visits_circle"), "+", {}),
    ("world.circle.poster_visits", 0.1, 1.0, summed("visits_circle"), "+", {}),
    ("world.circle.comment_pull", 0.0, 5.0, summed("visits_circle"), "+", OPEN),
    ("world.circle.exclusivity", 0.0, 5.0, summed("visits_circle"), "+", LOTTERY),
    ("world.circle.reply_high", 0.1, 1.0, summed("visits_circle"), "+", OPEN),
    ("world.circle.attention_pull", 0.0, 5.0, summed("visits_circle"), "+", {}),
    ("world.circle.novelty_floor", 0.1, 0.9, summed("visits_circle"), "+", {}),
    ("world.circle.novelty_days", 5.0, 100.0, summed("visits_circle"), "+", {}),
    ("world.circle.post_rate", 0.1, 2.0, summed("visits_circle"), "+", {}),
    ("world.circle.half_posts", 0.001, 0.1, summed("visits_circle"), "-", {}),
    ("world.circle.half_reactions", 1.0, 30.0, summed("posts"), "-", {}),
    ("world.circle.first_motivation", 0.1, 1.0, summed("posts"), "+", {}),
    ("world.circle.like_rate", 0.1, 2.0, summed("likes"), "+", {}),
    ("world.circle.comment_rate", 0.05, 1.0, summed("comments"), "+", {}),
    ("world.circle.tip_rate", 0.05, 0.5, summed("tips_fen"), "+", {}),
    ("world.circle.tip_most", 50.0, 500.0, summed("tips_fen"), "+", {}),
    ("world.circle.tip_skew", 2, 12, summed("tips_fen"), "-", {}),
    ("world.population.poster_share", 0.02, 0.2, summed("posts"), "+", {}),
    ("world.population.seeker_share", 0.1, 0.5, summed("visits_circle"), "+", {}),
    # usage
    ("world.population.payments_mean", 0.2, 0.8, summed("payments"), "+", {}),
    ("world.population.visits_median", 0.5, 2.0, summed("visits_habit"), "+", {}),
    ("world.population.rival_median", 10.0, 30.0, summed("visits_rival"), "+", {}),
    ("world.usage.check_rate", 0.01, 0.1, summed("visits_score"), "+", {}),
    ("world.usage.striving_checks", 1.0, 20.0, summed("visits_score"), "+", {}),
    ("world.usage.publication_checks", 1.0, 20.0, summed("visits_score"), "+", {}),
    ("world.usage.circle_minutes", 0.0, 20.0, summed("visits_rival"), "-", {}),
    ("world.usage.attention_minutes", 30.0, 300.0, summed("visits_rival"), "+", {}),
    # credit as a business
    ("policy.credit.limit_floor", 100.0, 2_000.0, summed("limit_fen"), "+", IN_DEBT),
    ("policy.credit.limit_flow", 0.1, 1.0, summed("limit_fen"), "+", IN_DEBT),
    ("policy.credit.limit_flow", 0.1, 1.0, summed("charged_fen"), "+", IN_DEBT),
    ("policy.credit.limit_cut", 0.1, 0.9, summed("limit_fen"), "-", IN_DEBT),
    ("policy.credit.late_fee", 0.01, 0.5, summed("late_fees_fen"), "+", IN_DEBT),
    ("policy.credit.kept_months", 0.0, 2.0, summed("repaid_bill_fen"), "-", IN_DEBT),
    ("world.money.minimum_payment", 0.05, 0.5, summed("bills_missed"), "+", IN_DEBT),
    ("world.score.default_loss", 0.1, 0.9, summed("score_points"), "-", IN_DEBT),
    ("world.liquidity.loss_chance", 0.01, 0.2, summed("in_need"), "+", IN_DEBT),
    ("world.liquidity.recovery_chance", 0.1, 0.9, summed("in_need"), "-", IN_DEBT),
    ("world.liquidity.kept_share", 0.1, 0.9, summed("in_need"), "-", IN_DEBT),
    ("world.liquidity.loss_chance", 0.01, 0.2, summed("late_instalments"), "+", IN_DEBT),
    ("world.lending.shopping", 0.0, 20.0, summed("applications"), "+", IN_DEBT),
    ("world.lending.shopping", 0.0, 20.0, summed("borrowers_2"), "+", IN_DEBT),
    ("world.lending.late_charge", 0.0, 0.5, priced, "+", IN_DEBT),
    ("world.lending.lenders", of(capital=20.0), of(capital=200.0), summed("loans"), "+", IN_DEBT),
    ("world.lending.lenders", of(cutoff=0.3), of(cutoff=2.0), lent, "+", IN_DEBT),
    ("world.lending.lenders", of(price=0.01), of(price=0.10), summed("late_instalments"), "+", IN_DEBT),
    ("world.lending.lenders", of(loan=500.0), of(loan=5_000.0), lent, "+", IN_DEBT),
    ("world.lending.lenders", of(score_cutoff=550.0), of(score_cutoff=680.0), summed("approvals"), "-", BY_SCORE),
    ("policy.lending.information", "silo", "shared", summed("borrowers_2"), "-", RICH_LENDERS),
    # the market
    ("world.calendar.start_date", "2012-01-20", "2015-01-20", summed("loans"), "+", {**RICH_LENDERS, **MARKET}),
    ("world.calendar.start_date", "2016-11-20", "2018-11-20", lent, "+", {**RICH_LENDERS, **MARKET}),
    # red packets
    ("policy.incentive.kind", "none", "red_packet", visits, "+", PACKETS),
    (
        "policy.incentive.kind",
        "none",
        "red_packet",
        summed("liquidity_fen"),
        "+",
        {**PACKETS, "world.packets.payments": 0.0},
    ),
    ("policy.incentive.sent", 0.01, 0.1, summed("packets_opened"), "+", GIVEN),
    ("policy.incentive.sent_again", 0.0, 0.5, summed("packets_given"), "+", GIVEN),
    ("policy.incentive.budget", 0.1, 1.0, summed("packets_given"), "+", PACKETS),
    ("policy.incentive.amount", 1.0, 10.0, summed("packet_kept_fen"), "+", GIVEN),
    ("policy.incentive.passed_on", 0.2, 0.9, summed("packets_passed"), "+", GIVEN),
    ("policy.incentive.split", 1, 5, summed("packets_passed"), "+", GIVEN),
    ("policy.incentive.start", 5, 20, summed("packets_given"), "-", GIVEN),
    ("policy.incentive.end", 10, 30, summed("packets_given"), "+", GIVEN),
    ("policy.incentive.every", 30, 80, summed("packets_given"), "-", GIVEN),
    ("world.packets.opening_new", 0.1, 0.6, summed("first_openers"), "+", GIVEN),
    ("world.packets.opening_used", 0.1, 0.9, summed("packets_opened"), "+", GIVEN),
    ("world.packets.responsive_factor", 0.1, 2.0, summed("packets_opened"), "+", GIVEN),
    ("world.packets.tiredness", 0.1, 0.9, summed("packets_opened"), "-", GIVEN),
    ("world.packets.rest_days", 0.5, 20.0, summed("packets_opened"), "-", GIVEN),
    ("world.packets.payments", 0.1, 0.9, summed("visits_payment"), "+", GIVEN),
    ("world.packets.smallest", 0.05, 0.5, summed("packets_passed"), "-", GIVEN),
    # the bureau
    ("world.bureau.joined", 1, 4, summed("outcomes"), "+", LEARNS),
    ("world.bureau.features", "social", "transactions", at("learned_auc_ppm", 129), "+", LEARNS),
    ("world.bureau.anchored_share", 0.01, 0.2, summed("score_750"), "+", LEARNS),
    ("world.bureau.points_to_double", 10.0, 200.0, summed("score_points"), "-", LEARNS),  # further below those at 750
    # merchants
    ("world.merchants.joins_per_month", 5.0, 50.0, summed("merchants"), "+", JOINED),
    ("world.merchants.joins_per_month", 0.0, 500.0, efforts, "+", JOINED),
    ("world.merchants.potential", 150, 5_000, summed("merchants"), "+", JOINED),
    ("world.merchants.usual_gini", 0.2, 0.6, summed("merchants"), "-", {**JOINED, **IN_DEBT, "switches.bureau": True}),
    ("world.merchants.usual_reach", 0.3, 0.9, summed("merchants"), "-", JOINED),
    ("world.merchants.half_offer", 10.0, 1_000.0, efforts, "+", JOINED),  # the later what they give is saturated
    ("world.choice.improvement", 0.0, 2.0, summed("in_need"), "-", IN_DEBT),
    # an effect outlives the circle, and the more so the more of the opens is habit
    ("world.usage.habit_weight", 0.1, 0.8, after("visits_habit", 45), "+", FOR_A_WHILE),
    ("switches.habit", False, True, after("visits_habit", 45), "+", FOR_A_WHILE),
]
NAMES = [f"{number} {path.rsplit('.', 1)[-1]}" for number, (path, *_) in enumerate(TABLE)]


@pytest.mark.parametrize(("path", "low", "high", "measure", "sign", "besides"), TABLE, ids=NAMES)
def test_direction(path, low, high, measure, sign, besides):
    move = sum(
        measure(finished(scenario(BUSY, SIZE, besides, {path: high}), seed))
        - measure(finished(scenario(BUSY, SIZE, besides, {path: low}), seed))
        for seed in (1, 2)
    )
    assert move > 0 if sign == "+" else move < 0, f"{path}: {low} to {high} moved it by {move}"


def test_a_habit_made_by_the_circle_fades_after_it():
    # weeks after the close, against the same world without a circle: what is left of the effect shrinks to under half
    world = scenario(BUSY, {"run.users": 6_000, "run.ticks": 225, "world.circle.seeker_visits": 3.0}, FOR_A_WHILE)
    without = scenario(BUSY, {"run.users": 6_000, "run.ticks": 225, "world.circle.seeker_visits": 3.0}, NONE)
    effect = sum(
        (total(finished(world, seed), "visits_habit") - total(finished(without, seed), "visits_habit"))[45:]
        for seed in (1, 2, 3)
    )
    months = effect.reshape(6, 30).sum(1)
    assert months[0] > 0
    assert (np.diff(months[:3]) < 0).all()
    assert abs(months[5]) < 0.2 * months[0]  # 150 days are 3.3 times the 45 of habit: e**-3.3 = 4% are left


def test_score_off_and_on_differ_only_through_scores():
    # the record, not the score, is what bills move: with no gate nothing else asks for the score
    on, off = (finished(scenario(BUSY, SIZE, NONE, {"switches.score": value})) for value in (True, False))
    assert different_totals(on, off) == {"score_points", "score_750"}
