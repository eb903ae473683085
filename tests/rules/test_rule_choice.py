"""Choice: the value of a plan against its integral, logit shares against softmax, and which plans are never taken."""

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from sim.model.choice import decision_rule, rule_names
from sim.model.choice.bounds import highest_score, lowest_score_at_rest
from sim.model.choice.forward_looking import net_present_value
from sim.model.choice.prospect import Prospect
from sim.model.choice.review import (
    ALL_LEVELS,
    OUT_OF_THE_RUNNING,
    Costs,
    GateView,
    Standing,
    choose_plan,
    goal_score,
    levels_not_sure,
    logit_choice,
    out_of_reach,
    plan_prospect,
    prize_per_day,
    review_due,
)
from sim.model.gates import gate_kinds
from sim.model.gates.entry import Level
from sim.model.gates.ranking import NOBODY
from sim.model.outlook import Outlook, believed_score, best_conceivable_score, nth_undeclared
from sim.model.states import CAR, FOLK, FUND, HOUSE, KNOWN, LEARNED, REPAY, REST, SPEND, UPLOAD
from sim.scenario.schema import Scenario
from tests.helpers import OUTLOOK as A_USER

VALUE = net_present_value
FORWARD_LOOKING = decision_rule("forward_looking").value
STANDING = Standing(600.0, -1.0)
ADMISSIONS = {kind: settings.admission for kind, settings in gate_kinds().items()}
THRESHOLD = ADMISSIONS["threshold"]

OUTLOOK = A_USER._replace(belief=FOLK, published=700.0, debt=0.0)
COSTS = Costs(spend_per_day=1.0, repay_per_day=1.0, upload_each=20.0)


def gate(threshold=705.0, to_start=0.0, to_end=1e6, to_publication=30.0, ahead=6):
    return of_levels([threshold], to_start, to_end, to_publication, ahead)


def of_levels(thresholds, to_start=0.0, to_end=1e6, to_publication=30.0, ahead=6):
    """A gate of one or more levels, padded as the engines do."""
    levels = [Level(1 << number, threshold, 0.0, 0.0, 0.0) for number, threshold in enumerate(thresholds)]
    padded = (*levels, *[Level(0, 0.0, 0.0, 0.0, 0.0)] * (5 - len(levels)))
    return GateView(padded, len(levels), NOBODY, 0.0, 40.0, to_start, to_end, to_publication, 30.0, ahead)


def prizes(*given):
    """Prizes of the levels, padded."""
    return (*given, *[0.0] * (5 - len(given)))


def plan(outlook, view, *, kind="threshold", rule="forward_looking", owned=0, prize=50.0, uniform=0.5, scale=1e-3):
    deciding = decision_rule(rule)
    table = deciding.prepare(Scenario()).tolist()
    return choose_plan(
        ADMISSIONS[kind],
        deciding.value,
        table,
        outlook,
        view,
        STANDING,
        owned,
        prizes(prize),
        COSTS,
        0.003,
        scale,
        uniform,
    )


def spend_prospect(view):
    return plan_prospect(
        THRESHOLD,
        FORWARD_LOOKING,
        [],
        OUTLOOK,
        view,
        STANDING,
        ALL_LEVELS,
        SPEND,
        0,
        prizes(50.0),
        COSTS.spend_per_day,
        0.0,
        0.003,
    )


# Value ---------------------------------------------------------------------------------------------------------------


@given(
    st.floats(0, 400), st.floats(0, 400), st.floats(0, 100), st.floats(0, 100), st.floats(0, 500), st.floats(1e-4, 0.1)
)
def test_value_is_the_discounted_stream_of_prize_and_cost(arrival, more, prize, cost, at_once, rate):
    end = arrival + more
    gained, _ = integrate.quad(lambda t: prize * np.exp(-rate * t), arrival, end, epsabs=1e-10, epsrel=1e-10)
    paid, _ = integrate.quad(lambda t: cost * np.exp(-rate * t), 0.0, arrival, epsabs=1e-10, epsrel=1e-10)
    assert VALUE(arrival, end, prize, cost, at_once, rate) == pytest.approx(gained - paid - at_once, rel=1e-7, abs=1e-6)


def test_value_by_hand():
    # a gate for ever, reached at once, 3 CNY a day at 0.003 a day: a perpetuity of 1,000 CNY
    assert VALUE(0.0, 1e6, 3.0, 7.0, 100.0, 0.003) == pytest.approx(900.0)
    # the same reached after ln 2 / 0.003 = 231 days: half, less 7 CNY a day for half a perpetuity
    assert VALUE(np.log(2) / 0.003, 1e6, 3.0, 7.0, 0.0, 0.003) == pytest.approx(500.0 - 7.0 / 0.003 / 2)


@given(st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 1e6))
def test_nothing_is_worth_anything_to_those_who_do_not_choose(arrival, cost, prize):
    prospect = Prospect(SPEND, arrival, 1e6, prize, cost, 0.0, 0.003, *[0.0] * 9)
    assert decision_rule("none").value(prospect, []) < OUT_OF_THE_RUNNING


def test_the_prize_by_hand():
    # 4 CNY a day for all of a lively circle; half of it commenting, lifted by 1.5; 0.1 the rest covered; appeal 0.8; perks 2
    assert prize_per_day(4.0, 0.5, 0.1, 0.8, 1.5, 2.0) == pytest.approx(4.0 * 0.8 * (0.5 * 1.5 + 0.1) + 2.0)
    assert prize_per_day(4.0, 0.5, 0.1, 0.0, 1.5, 2.0) == 2.0  # a dead circle leaves the perks
    assert prize_per_day(4.0, 0.0, 0.1, 1.0, 1.5, 0.0) == prize_per_day(4.0, 0.0, 0.1, 1.0, 1.0, 0.0)


# Logit ---------------------------------------------------------------------------------------------------------------

OUT = OUT_OF_THE_RUNNING


@pytest.mark.parametrize(
    "values",
    [
        (10.0, 20.0, -5.0),
        (-30.0, -30.0, -30.0),
        (0.0, 0.0, 0.0),
        (400.0, 390.0, 0.0),
        (OUT, 15.0, OUT),
        (5.0, OUT, 40.0),
        (OUT, OUT, -10.0),
    ],
)
def test_logit_shares_are_the_softmax(values):
    # Evenly spaced uniforms: every share is right to a step of the grid, whose edges round once.
    n, scale = 20_000, 20.0
    taken = [logit_choice(*values, scale, (k + 0.5) / n) for k in range(n)]
    shares = np.bincount(taken, minlength=4) / n
    exact = special.softmax(np.array([0.0, *(v if v > OUT else -np.inf for v in values)]) / scale)
    assert np.abs(shares - exact).max() <= 1.0 / n
    assert (shares[exact == 0.0] == 0.0).all()


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.integers(0, 2**32 - 1))
def test_without_noise_the_best_plan_is_taken(spend, repay, upload, word):
    best = max(0.0, spend, repay, upload)
    ranked = sorted((0.0, spend, repay, upload))
    if ranked[-1] - ranked[-2] < 1.0:
        return
    taken = logit_choice(spend, repay, upload, 0.01, (word + 0.5) * 2.0**-32)
    assert (0.0, spend, repay, upload)[taken] == best


# Which plans are in the running --------------------------------------------------------------------------------------

UNIFORMS = [1e-9, 0.1, 0.3, 0.5, 0.7, 0.9, 1 - 1e-9]


def test_a_plan_that_reaches_the_gate_is_taken():
    # 30 days x 0.2 = 6 points: 700 reaches 705 at the first publication
    assert plan(OUTLOOK, gate()) == SPEND


@pytest.mark.parametrize("rule", rule_names())
def test_an_effort_that_cannot_arrive_before_the_gate_ends_is_never_taken(rule):
    # publication in 10 days, gate ends in 10: nothing can be won whatever the prize, and noise does not matter
    known = OUTLOOK._replace(belief=KNOWN, debt=500.0)
    near = gate(701.0, to_publication=10.0, to_end=10.0)
    for outlook, threshold in ((OUTLOOK, 701.0), (known, believed_score(known, REST, 10.0, 0) + 1.0)):
        for scale in (1e-3, 20.0, 1e4):
            for uniform in UNIFORMS:
                view = near._replace(levels=gate(threshold).levels)
                assert plan(outlook, view, rule=rule, prize=1e6, scale=scale, uniform=uniform, owned=7) == REST
    # a day more, and every rule but the placebo's tries
    assert (plan(OUTLOOK, near._replace(days_to_end=11.0), rule=rule, prize=1e6) == SPEND) == (rule != "none")


def test_the_event_of_2016_left_no_time_for_effort():
    # announced 24 November, dropped by 28 November, next publication 6 December (facts.md, finding 1)
    known = OUTLOOK._replace(belief=KNOWN, debt=500.0)
    for outlook in (OUTLOOK, known):
        for uniform in UNIFORMS:
            assert plan(outlook, gate(to_end=4.0, to_publication=12.0), prize=1e6, owned=7, uniform=uniform) == REST


@pytest.mark.parametrize("kind", ["lottery", "open", "none", "price", "invitation"])
@pytest.mark.parametrize("belief", [FOLK, KNOWN])
@pytest.mark.parametrize("a", [0.0, 0.3, 1.0])
def test_a_gate_that_does_not_reward_the_score_draws_no_effort(kind, belief, a):
    outlook = OUTLOOK._replace(belief=belief, debt=500.0)
    for uniform in UNIFORMS:
        assert plan(outlook, gate(a), kind=kind, prize=1e6, owned=7, uniform=uniform, scale=1e3) == REST


def test_one_who_is_in_already_does_not_strive():
    inside = OUTLOOK._replace(published=720.0)
    for uniform in UNIFORMS:
        assert plan(inside, gate(), prize=1e6, owned=7, uniform=uniform, scale=1e3) == REST


def test_those_who_do_not_choose_rest():
    for uniform in UNIFORMS:
        assert plan(OUTLOOK, gate(), rule="none", prize=1e6, owned=7, uniform=uniform, scale=1e3) == REST


@pytest.mark.parametrize("rule", [name for name in rule_names() if name != "none"])
@pytest.mark.parametrize("belief", [FOLK, KNOWN, LEARNED])
def test_an_effort_is_worth_less_the_more_it_costs(rule, belief):
    # hence its logit share falls with its cost, under every rule
    outlook = A_USER._replace(belief=belief, published=700.0)
    threshold = believed_score(outlook, REST, 10.0, 0) + 0.5
    deciding = decision_rule(rule)
    table = deciding.prepare(Scenario()).tolist()
    view = gate(threshold, to_publication=10.0)
    spend = [
        plan_prospect(
            THRESHOLD,
            deciding.value,
            table,
            outlook,
            view,
            STANDING,
            ALL_LEVELS,
            SPEND,
            0,
            prizes(2.0),
            cost,
            0.0,
            0.003,
        )
        for cost in (0.0, 0.01, 0.1, 1.0, 3.0, 10.0, 100.0)
    ]
    assert spend[0] > 0.0
    assert (np.diff(spend) < 0.0).all()
    if belief != FOLK:
        upload = [
            plan_prospect(
                THRESHOLD,
                deciding.value,
                table,
                outlook,
                view,
                STANDING,
                ALL_LEVELS,
                UPLOAD,
                1,
                prizes(2.0),
                0.0,
                cost,
                0.003,
            )
            for cost in (0.0, 1.0, 30.0, 1000.0)
        ]
        assert np.diff(upload) == pytest.approx([-1.0, -29.0, -970.0])


def test_nobody_repays_without_debt_and_nobody_uploads_without_assets():
    known = OUTLOOK._replace(belief=KNOWN)
    at_rest = believed_score(known, REST, 30.0, 0)
    taken = {plan(known, gate(at_rest + 1.0), uniform=u, scale=1e9) for u in np.linspace(0.001, 0.999, 199)}
    assert taken == {REST, SPEND}
    indebted = known._replace(debt=500.0)
    taken = {
        plan(indebted, gate(at_rest - 3.0), owned=CAR, uniform=u, scale=1e9) for u in np.linspace(0.001, 0.999, 199)
    }
    assert taken == {REST, SPEND, REPAY, UPLOAD}


def test_an_asset_declared_already_cannot_be_proved_again():
    known = OUTLOOK._replace(belief=KNOWN, declared=CAR)
    at_rest = believed_score(known, REST, 30.0, CAR)
    taken = {plan(known, gate(at_rest + 1.0), owned=CAR, uniform=u, scale=1e9) for u in np.linspace(0.001, 0.999, 199)}
    assert UPLOAD not in taken


def test_two_uploads_are_weighed_when_one_does_not_do():
    known = OUTLOOK._replace(belief=KNOWN)
    at_rest = believed_score(known, REST, 30.0, 0)
    # 30 points: one asset brings 22.2, two 44.4 at 40 CNY; the prize of 1 CNY a day from day 30 is worth 300
    assert plan(known, gate(at_rest + 30.0), owned=CAR | FUND, prize=1.0) == UPLOAD
    assert plan(known, gate(at_rest + 30.0), owned=FUND, prize=1.0) != UPLOAD


def test_the_earliest_sufficient_publication_counts():
    # 14 points are 70 days of folk effort: the third publication, in 90 days
    assert spend_prospect(gate(714.0)) == VALUE(90.0, 1e6, 50.0, 1.0, 0.0, 0.003)
    # and not at all within a horizon of two publications
    assert spend_prospect(gate(714.0, ahead=2)) == OUT


def test_a_plan_is_worth_what_each_level_brings():
    # 6 points in 30 days: 705 is reached, 720 not; in 180 days both are, the first already in hand
    def prospect(thresholds, *worth, ahead):
        return plan_prospect(
            THRESHOLD,
            FORWARD_LOOKING,
            [],
            OUTLOOK,
            of_levels(thresholds, ahead=ahead),
            STANDING,
            ALL_LEVELS,
            SPEND,
            0,
            prizes(*worth),
            1.0,
            0.0,
            0.003,
        )

    assert prospect([705.0, 720.0], 10.0, 40.0, ahead=1) == VALUE(30.0, 1e6, 10.0, 1.0, 0.0, 0.003)
    first_only, both = VALUE(30.0, 1e6, 10.0, 1.0, 0.0, 0.003), VALUE(120.0, 1e6, 50.0, 1.0, 0.0, 0.003)
    assert prospect([705.0, 720.0], 10.0, 40.0, ahead=6) == max(first_only, both) == both
    # a level that is open already adds nothing, and one out of reach takes nothing away
    assert prospect([690.0, 705.0], 10.0, 40.0, ahead=6) == prospect([705.0], 40.0, ahead=6)
    assert prospect([705.0, 951.0], 10.0, 40.0, ahead=6) == prospect([705.0], 10.0, ahead=6)


def test_a_rising_threshold_is_foreseen():
    # 14 points of effort in 70 days against a threshold that rises faster than that
    rising = gate_kinds()["rising"](threshold=702, rise=7.0, highest=800).numbers()
    view = of_levels([0.0])._replace(levels=(Level(1, *rising), *of_levels([0.0]).levels[1:]), day=0.0)
    taken = {plan(OUTLOOK, view, kind="rising", prize=1e6, uniform=uniform, scale=1e3) for uniform in UNIFORMS}
    assert taken == {REST}
    assert plan(OUTLOOK, view._replace(day=-30.0), kind="rising", prize=1e6) == SPEND  # 706 on the day it starts


def test_a_gate_that_starts_later_is_entered_later():
    assert spend_prospect(gate(to_start=50.0)) == VALUE(50.0, 1e6, 50.0, 1.0, 0.0, 0.003)


@pytest.mark.parametrize("threshold", [350.0, 351.0, 705.0, 950.0, 951.0])
def test_the_goal_is_the_lowest_score_that_is_admitted(threshold):
    assert goal_score(THRESHOLD, gate(threshold), 0, 600.0, 30.0) == threshold


def test_a_gate_that_ignores_the_score_is_no_goal():
    assert goal_score(ADMISSIONS["lottery"], gate(0.3), 0, 600.0, 30.0) == 350.0
    assert goal_score(ADMISSIONS["none"], gate(), 0, 600.0, 30.0) == 951.0


@pytest.mark.parametrize(
    ("owned", "declared", "count", "expected"),
    [
        (CAR | HOUSE | FUND, 0, 1, CAR),
        (CAR | HOUSE | FUND, 0, 2, CAR | HOUSE),
        (CAR | HOUSE | FUND, 0, 3, 7),
        (HOUSE | FUND, 0, 1, HOUSE),
        (CAR | FUND, CAR, 1, CAR | FUND),
        (FUND, FUND, 1, FUND),
        (0, 0, 1, 0),
        (CAR | HOUSE, 0, 0, 0),
        (CAR, FUND, 3, CAR | FUND),
    ],
)
def test_undeclared_assets_are_proved_lowest_flag_first(owned, declared, count, expected):
    assert nth_undeclared(owned, declared, count) == expected


# Out of reach --------------------------------------------------------------------------------------------------------

SHARE = st.floats(0, 1)
MONEY = st.floats(0, 1e5)

OUTLOOKS = st.builds(
    Outlook,
    belief=st.sampled_from([KNOWN, FOLK, LEARNED]),
    published=st.integers(350, 950).map(float),
    folk_points_per_day=st.floats(0, 2),
    recent_spend=st.floats(0, 1000),
    usual_spend=st.floats(0, 1000),
    spend_boost=st.floats(0, 10),
    forgetting_per_day=st.floats(1e-3, 1),
    half_spend=st.floats(1, 1000),
    record=SHARE,
    debt=MONEY,
    limit=st.floats(1, 1e5),
    repay_pace=st.floats(0, 1000),
    spare_cash=MONEY,
    spare_income_per_day=st.floats(0, 1000),
    utilisation_weight=SHARE,
    ability_base=SHARE,
    identity_base=SHARE,
    declared=st.just(0),
    ability_step=st.floats(0, 0.4),
    identity_step=st.floats(0, 0.4),
    relationships=SHARE,
    history_weight=st.just(0.35),
    ability_weight=st.just(0.25),
    behaviour_weight=st.just(0.20),
    identity_weight=st.just(0.15),
    relationships_weight=st.just(0.05),
    learned_spend=st.floats(-2, 2),
    learned_repay=st.floats(-2, 2),
    learned_upload=st.floats(-50, 50),
)


@given(
    outlook=OUTLOOKS,
    owned=st.integers(0, 7),
    known_assets=st.integers(0, 7),
    above=st.integers(-5, 150),
    to_publication=st.integers(1, 31),
    to_start=st.integers(0, 90),
    to_end=st.integers(1, 400),
    ahead=st.integers(1, 24),
    uniform=st.sampled_from(UNIFORMS),
)
def test_out_of_reach_is_a_true_bound(
    outlook, owned, known_assets, above, to_publication, to_start, to_end, ahead, uniform
):
    outlook = outlook._replace(declared=owned & known_assets)
    at_rest = believed_score(outlook, REST, float(to_publication), outlook.declared)
    threshold = float(np.clip(np.floor(at_rest) + above, 350, 951))
    view = gate(threshold, float(to_start), float(to_end), float(to_publication), ahead)
    spared = out_of_reach(THRESHOLD, outlook, view, 600.0, owned)
    event(f"out of reach: {bool(spared)}")
    taken = plan(outlook, view, owned=owned, prize=1e6, uniform=uniform, scale=1e9)
    event(f"plan: {taken}")
    if spared:
        assert taken == REST


@given(OUTLOOKS, st.integers(0, 7), st.integers(0, 7), st.floats(0, 750))
def test_no_plan_exceeds_the_best_conceivable_score(outlook, owned, known_assets, days):
    outlook = outlook._replace(declared=owned & known_assets)
    best = best_conceivable_score(outlook, owned, days)
    for count in range(4):
        declared = nth_undeclared(owned, outlook.declared, count)
        for taken in (REST, SPEND, REPAY, UPLOAD):
            assert believed_score(outlook, taken, days, declared) <= best + 1e-9


def weighed_in_full(rule, outlook, view, start, taken, declared):
    """A plan's prospect at a gate of one level, every publication looked at and none spared."""
    level, best = view.levels[0], OUT
    for ahead in range(view.publications_ahead):
        days = view.days_to_publication + 30.0 * ahead
        arrival = max(days, view.days_to_start)
        if arrival >= view.days_to_end:
            break
        later = (start, view.day + days, 0.0, 0.0, view.cutoff, view.tie, *level[1:])
        with_plan = rule(believed_score(outlook, taken, days, declared), *later)
        gain = with_plan - rule(believed_score(outlook, REST, days, outlook.declared), *later)
        if gain > 0.0:
            best = max(best, VALUE(arrival, view.days_to_end, 0.0 + 50.0 * gain, 1.0, 0.0, 0.003))
        if with_plan >= 1.0:
            break
    return best


NEAR = {
    "threshold": lambda score, more, rise: {"threshold": score},
    "soft": lambda score, more, rise: {"lowest": min(score, 950), "surest": score + more},
    "stretch": lambda score, more, rise: {"points": score - 600},
    "rising": lambda score, more, rise: {"threshold": score, "rise": rise, "highest": min(score + more, 951)},
    "top_share": lambda score, more, rise: {},
}
"""Settings of every gate on the score that put it at some score."""


@given(OUTLOOKS, st.integers(0, 7), st.integers(0, 7), st.floats(0, 60), st.floats(0, 700), st.floats(0, 1))
def test_bounds_hold_on_every_day_between(outlook, owned, known_assets, first, more, part):
    outlook = outlook._replace(declared=owned & known_assets)
    last, days = first + more, first + part * more
    for count in range(4):
        declared = nth_undeclared(owned, outlook.declared, count)
        for taken in (SPEND, REPAY, UPLOAD):
            best = highest_score(outlook, taken, declared, first, last)
            assert believed_score(outlook, taken, days, declared) <= best + 1e-9
    lowest = lowest_score_at_rest(outlook, first, last)
    assert believed_score(outlook, REST, days, outlook.declared) >= lowest - 1e-9
    # and at the ends they are reached, where only one part of the score moves
    ends = [believed_score(outlook, SPEND, end, 0) for end in (first, last)]
    assert highest_score(outlook, SPEND, 0, first, last) == max(ends)


@settings(max_examples=300)
@given(
    outlook=OUTLOOKS,
    kind=st.sampled_from(sorted(NEAR)),
    above=st.integers(-40, 80),
    more=st.integers(1, 100),
    rise=st.floats(0, 60),
    day=st.integers(-100, 300).map(float),
    taken=st.sampled_from([SPEND, REPAY, UPLOAD]),
    to_publication=st.integers(1, 31).map(float),
    to_end=st.integers(1, 400).map(float),
    ahead=st.integers(1, 24),
)
def test_what_is_spared_the_weighing_would_have_come_to_nothing(
    outlook, kind, above, more, rise, day, taken, to_publication, to_end, ahead
):
    at = int(np.clip(np.floor(believed_score(outlook, REST, to_publication, outlook.declared)) + above, 350, 951))
    (made,) = gate_kinds()[kind](**NEAR[kind](at, more, rise)).levels()
    start = 600.0
    view = gate(to_end=to_end, to_publication=to_publication, ahead=ahead)
    view = view._replace(levels=(Level(1, *made.numbers), *view.levels[1:]), day=day, cutoff=float(at), tie=0.4)
    declared = 7 if taken == UPLOAD else outlook.declared
    rule = ADMISSIONS[kind]
    levels = levels_not_sure(rule, outlook, view, start)
    found = OUT
    if levels:
        standing = Standing(start, -1.0)
        found = plan_prospect(
            rule, FORWARD_LOOKING, [], outlook, view, standing, levels, taken, declared, prizes(50.0), 1.0, 0.0, 0.003
        )
    event(f"{kind}: {'sure' if not levels else 'out' if found == OUT else 'in the running'}")
    assert found == weighed_in_full(rule, outlook, view, start, taken, declared)


def test_out_of_reach_spares_the_far_and_not_the_near():
    # six publications from day 30 on: 180 days, 36 points of folk effort
    assert not out_of_reach(THRESHOLD, OUTLOOK, gate(736.0), 600.0, 0)
    assert out_of_reach(THRESHOLD, OUTLOOK, gate(737.0), 600.0, 0)


# Reviews -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [0, 3, 11, 100_000])
def test_a_user_reviews_once_in_every_period(user):
    due = [day for day in range(70) if review_due(day, user, 7)]
    assert len(due) == 10
    assert set(np.diff(due)) == {7}
