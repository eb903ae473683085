"""Perks with score levels of their own, by hand-worked numbers; and where they must be the same as perks that come with the gate."""

import numba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines.compiled import use_rules
from sim.model.choice import decision_rule
from sim.model.choice.perks import NO_PERKS, Perks, highest_perk, perks_gained, perks_of
from sim.model.choice.prospect import OUT_OF_THE_RUNNING, Prospect
from sim.model.choice.review import (
    ALL_LEVELS,
    Costs,
    GateView,
    Standing,
    choose_plan,
    has_all_perks,
    out_of_reach,
    plan_prospect,
)
from sim.model.gates import gate_kinds
from sim.model.gates.entry import Level
from sim.model.gates.ranking import NOBODY
from sim.model.numbers import as_namespace, numbers
from sim.model.outlook import believed_score
from sim.model.states import FOLK, REST, SPEND
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from tests.helpers import OUTLOOK as A_USER
from tests.helpers import scenario

LADDER = Perks(4, (600.0, 650.0, 700.0, 750.0), (0.1, 0.2, 0.3, 0.4))
"""The levels of 2016, with worths that no two of them share."""
USER = A_USER._replace(belief=FOLK, published=640.0, folk_points_per_day=0.5, debt=0.0)
"""Believes in 15 points a month: 655 at the first publication 30 days ahead, 730 at the sixth."""
COSTS = Costs(spend_per_day=0.1, repay_per_day=0.1, upload_each=20.0)
THRESHOLD = gate_kinds()["threshold"].admission
RULES = ("forward_looking", "goal_gradient", "myopic", "dynamic_programming")


def view(perks, threshold=750.0, to_end=1e6, ahead=6):
    padding = Level(0, 0.0, 0.0, 0.0, 0.0)
    levels = (Level(1, threshold, 0.0, 0.0, 0.0), padding, padding, padding, padding)
    return GateView(levels, 1, NOBODY, 0.0, 40.0, 0.0, to_end, 30.0, 30.0, ahead, perks)


def weighed(outlook, gate, prize=0.0, value=None):
    """Everything that a spending plan is told to a rule of choice, and what the plan is worth."""
    seen: list[Prospect] = []

    def listening(prospect, table):
        seen.append(prospect)
        return prospect.prize_per_day if value is None else value(prospect, table)

    prizes = (prize, 0.0, 0.0, 0.0, 0.0)
    standing = Standing(outlook.published, -1.0)
    worth = plan_prospect(
        THRESHOLD, listening, [], outlook, gate, standing, ALL_LEVELS, SPEND, 0, prizes, 0.1, 0.0, 0.003
    )
    return seen, worth


# What is gained -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "reached", "worth", "level"),
    [
        (590.0, 599.0, 0.0, 0.0),  # the lowest level not reached
        (590.0, 600.0, 0.1, 600.0),  # a level is had from its very score
        (599.0, 750.0, 1.0, 750.0),  # all of them
        (600.0, 750.0, 0.9, 750.0),  # who stands at a level has its perk, and gains nothing more from it
        (640.0, 745.0, 0.5, 700.0),
        (700.0, 749.0, 0.0, 0.0),  # between two levels
        (750.0, 950.0, 0.0, 0.0),  # above all levels nothing is left to gain
        (700.0, 640.0, 0.0, 0.0),  # downhill neither
    ],
)
def test_a_user_gains_the_perks_above_the_score_held_up_to_the_one_reached(held, reached, worth, level):
    assert perks_gained(LADDER, held, reached) == pytest.approx(worth)
    assert highest_perk(LADDER, held, reached) == level


def test_padding_is_no_perk():
    two = LADDER._replace(level_count=2)
    assert perks_gained(two, 500.0, 950.0) == pytest.approx(0.3)
    assert highest_perk(two, 500.0, 950.0) == 650.0
    assert perks_gained(NO_PERKS, 0.0, 950.0) == highest_perk(NO_PERKS, 0.0, 950.0) == 0.0


def test_the_shipped_levels_as_the_rules_see_them():
    # 15 CNY a month in four equal parts: 0.125 CNY a day each, half as much again once merchants offer half as much again
    p = as_namespace(numbers(load("perk_levels.yaml"), 1))
    assert perks_of(p, 1.5) == Perks(4, (600.0, 650.0, 700.0, 750.0), (0.1875,) * 4)
    assert p.gate_perks_0 == 0.0  # and the gate brings none besides
    p = as_namespace(numbers(load("merchants.yaml"), 1))
    assert perks_of(p, 1.5) == NO_PERKS
    assert p.gate_perks_0 == 0.5


def test_levels_are_put_in_order():
    levels = [{"score": 700, "share": 0.75}, {"score": 600, "share": 0.25}]
    given = scenario({"world.choice.perk_levels": levels, "world.choice.perk_worth": 120.0})
    p = as_namespace(numbers(given, 1))
    assert perks_of(p, 1.0) == Perks(2, (600.0, 700.0, 0.0, 0.0), (1.0, 3.0, 0.0, 0.0))


# What a plan is told --------------------------------------------------------------------------------------------------


def test_a_perk_below_the_gate_is_a_goal_of_its_own():
    # held 640; believed 655, 670, 685, 700, 715, 730: the perk of 650 from the first, that of 700 from the fourth; the gate never
    seen, worth = weighed(USER, view(LADDER))
    assert [one.prize_per_day for one in seen] == pytest.approx([0.2, 0.2, 0.2, 0.5])
    assert [one.points_missing for one in seen] == [10.0, 10.0, 10.0, 60.0]
    assert [one.missing_at_rest for one in seen] == [10.0, 10.0, 10.0, 60.0]  # a folk user stays put at rest
    assert [one.days_to_admission for one in seen] == [30.0, 60.0, 90.0, 120.0]
    assert worth == pytest.approx(0.5)
    # the search ends with the fourth: 730 is the furthest, and no perk that it reaches is left


def test_perks_add_to_the_prize_of_a_gate():
    # a gate at 700: with it come its own prize, and the perks of 650 and 700 from where the user stands
    seen, _ = weighed(USER, view(LADDER, threshold=700.0), prize=2.0)
    assert [one.prize_per_day for one in seen] == pytest.approx([0.2, 0.2, 0.2, 2.5])
    # a gate at 690, opened at 700 as the perk is: the goal is the perk, which lies beyond
    seen, _ = weighed(USER, view(LADDER, threshold=690.0), prize=2.0)
    assert [one.prize_per_day for one in seen] == pytest.approx([0.2, 0.2, 0.2, 2.5])
    assert seen[-1].points_missing == 60.0


def test_nothing_is_gained_of_a_perk_that_rest_brings_or_that_is_held():
    # who knows the formula expects more of resting than the score that stands: what lies between comes by itself
    knows = A_USER._replace(published=590.0, debt=0.0)
    at_rest, spending = (believed_score(knows, plan, 30.0, 0) for plan in (REST, SPEND))
    assert 590.0 < at_rest < spending
    between = Perks(2, (at_rest - 1.0, (at_rest + spending) / 2.0, 0.0, 0.0), (5.0, 0.2, 0.0, 0.0))
    assert weighed(knows, view(between, ahead=1))[1] == 0.2
    # what is held already is not gained, though rest would lose it
    held = knows._replace(published=at_rest + 1.0)
    around = Perks(2, (at_rest + 0.5, spending - 0.5, 0.0, 0.0), (5.0, 0.2, 0.0, 0.0))
    assert weighed(held, view(around, ahead=1))[1] == 0.2


def test_who_is_sure_of_the_gate_may_still_strive_for_a_perk():
    def chosen(perks):
        rule, standing, prizes = of_rule("forward_looking", []), Standing(640.0, -1.0), (9.0, 0.0, 0.0, 0.0, 0.0)
        gate = view(perks, threshold=600.0)
        return choose_plan(THRESHOLD, rule, [], USER, gate, standing, 0, prizes, COSTS, 0.003, 1e-3, 0.5)

    assert chosen(LADDER) == SPEND
    assert chosen(NO_PERKS) == chosen(LADDER._replace(level_count=1)) == REST


def test_who_is_above_all_levels_gains_nothing_and_weighs_nothing():
    above = USER._replace(published=760.0)
    seen, worth = weighed(above, view(LADDER, threshold=951.0))
    assert seen == []
    assert worth == OUT_OF_THE_RUNNING
    assert has_all_perks(above, view(LADDER))
    assert not has_all_perks(USER, view(LADDER))
    assert has_all_perks(USER, view(NO_PERKS))


def test_a_perk_is_in_reach_where_the_gate_is_not():
    far = view(LADDER, threshold=900.0)
    assert not out_of_reach(THRESHOLD, USER, far, 640.0, 0)
    assert out_of_reach(THRESHOLD, USER, view(NO_PERKS, threshold=900.0), 640.0, 0)
    nearly = USER._replace(folk_points_per_day=0.05)  # 649 at most, six publications ahead
    assert out_of_reach(THRESHOLD, nearly, far, 640.0, 0)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_that_strives_does_so_for_a_perk_alone_and_more_the_more_it_is_worth(rule):
    given = Scenario.model_validate({"world": {"choice": {"myopic_days": 31.0}}})
    table = decision_rule(rule).prepare(given).tolist()
    small, large = (
        weighed(USER, view(LADDER._replace(worths=worths), threshold=951.0), 0.0, of_rule(rule, table))[1]
        for worths in ((0.1, 0.2, 0.3, 0.4), (1.0, 2.0, 3.0, 4.0))
    )
    assert OUT_OF_THE_RUNNING < small < large


def of_rule(rule, table):
    deciding = decision_rule(rule).value
    return lambda prospect, _: deciding(prospect, table)


# The same as perks that come with the gate ----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
@given(
    held=st.integers(600, 749),
    perk=st.floats(0.01, 50.0),
    circle=st.floats(0.0, 20.0),
    pace=st.floats(0.0, 3.0),
    ahead=st.integers(1, 8),
    uniform=st.floats(0.0, 1.0, exclude_max=True),
)
def test_perks_at_the_gate_itself_are_those_that_come_with_it_to_the_bit(
    rule, held, perk, circle, pace, ahead, uniform
):
    outlook = USER._replace(published=float(held), folk_points_per_day=pace)
    at_the_gate = Perks(1, (750.0, 0.0, 0.0, 0.0), (perk, 0.0, 0.0, 0.0))
    table = TABLES[rule]
    values: dict[str, list[float]] = {"with": [], "own": []}

    def chosen(name, gate, prize):
        def value(prospect, _):
            values[name].append(decision_rule(rule).value(prospect, table))
            return values[name][-1]

        prizes = (prize, 0.0, 0.0, 0.0, 0.0)
        standing = Standing(float(held), -1.0)
        return choose_plan(THRESHOLD, value, table, outlook, gate, standing, 0, prizes, COSTS, 0.003, 20.0, uniform)

    plans = (
        chosen("with", view(NO_PERKS, ahead=ahead), circle + perk),
        chosen("own", view(at_the_gate, ahead=ahead), circle),
    )
    assert plans[0] == plans[1]
    assert values["with"] == values["own"]


TABLES = {rule: decision_rule(rule).prepare(Scenario()).tolist() for rule in RULES}


@given(st.floats(350, 950), st.floats(350, 950), st.floats(350, 950))
def test_what_two_steps_gain_is_what_one_gains(low, middle, high):
    low, middle, high = sorted((low, middle, high))
    steps = perks_gained(LADDER, low, middle) + perks_gained(LADDER, middle, high)
    assert steps == pytest.approx(perks_gained(LADDER, low, high))


def test_levels_worth_nothing_are_no_perks():
    levels = [{"score": 600, "share": 0.0}, {"score": 700, "share": 1.0}]
    p = as_namespace(numbers(scenario({"world.choice.perk_levels": levels, "world.choice.perk_worth": 30.0}), 1))
    assert perks_of(p, 1.0) == Perks(1, (700.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))
    p = as_namespace(numbers(scenario({"world.choice.perk_levels": levels, "world.choice.perk_worth": 0.0}), 1))
    assert perks_of(p, 1.0) == NO_PERKS


def test_a_level_out_of_reach_is_no_goal():
    out = Perks(1, (950.0, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0, 0.0))
    assert weighed(USER, view(out, threshold=951.0)) == ([], OUT_OF_THE_RUNNING)


def test_the_rules_give_the_same_bits_compiled():
    use_rules()

    @numba.njit
    def compiled(worth, offer, held, reached):
        perks = Perks(3, (600.0, 650.0, 700.0, 0.0), (worth * offer, worth, 0.3 * worth, 0.0))
        return perks_gained(perks, held, reached), highest_perk(perks, held, reached)

    for n in range(200):
        case = (0.1 + n / 7, 1.0 + n / 90, 560.0 + n, 600.0 + 0.9 * n)
        assert compiled(*case) == compiled.py_func(*case)
