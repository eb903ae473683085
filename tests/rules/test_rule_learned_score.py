"""A learned score by hand-worked numbers: outcomes, the formula that engines publish by, what users expect of it."""

from math import log

import numba
import numpy as np
import pytest

from sim.draws import COMPANY, luck
from sim.engines.columns import Columns
from sim.engines.compiled import use_rules
from sim.model.bureau.company import company_of
from sim.model.bureau.formula import CONSTANT, HOLDS, LENGTH, SLOPES, THIN, learned_points, published_by
from sim.model.bureau.learn import learn, own_luck
from sim.model.bureau.outcomes import ALREADY, DUE, OVERDUE, bill_due, instalment_due, judged, late
from sim.model.bureau.records import FEATURES, SETS, Records, features_of
from sim.model.bureau.scale import anchored
from sim.model.choice.bounds import highest_score, lowest_score_at_rest
from sim.model.columns import GROUPS, accounts_of, standings_of
from sim.model.credit import CLOSED
from sim.model.lenders import BARRED, LATE
from sim.model.outlook import believed_score, score_with
from sim.model.score import asset_count
from sim.model.states import REPAY, REST, SPEND
from tests.helpers import FINANCE, HARD_TIMES, OUTLOOK, finished, scenario

USER = {
    "has_file": 1,
    "record": 0.5,
    "in_use": 0.25,
    "debt": 300_000,
    "income": 100_000,
    "payment_rate": 1.0,
    "ticket": 1,
    "shopping_share": 100,
    "recent_spend": 0.0,
    "ability": 0.5,
    "identity": 0.25,
    "assets": 2,
    "relationships": 0.5,
    "company": 0.0,
}


def formula_of(constant=600.0, thin=-40.0, **slopes):
    made = np.zeros(LENGTH)
    made[[HOLDS, CONSTANT, THIN]] = 1.0, constant, thin
    for place, one in enumerate(FEATURES):
        made[SLOPES + place] = slopes.get(one.name, 0.0)
    return made.tolist()


def points(formula, **changes):
    return learned_points(formula, **{**USER, **changes})


def test_points_are_a_constant_and_a_slope_for_each_feature():
    assert points(formula_of()) == 600.0
    assert points(formula_of(record=100.0, utilisation=-40.0)) == 600.0 + 50.0 - 10.0
    assert points(formula_of(debt_months=-10.0)) == pytest.approx(600.0 - 10.0 * log(4.0))  # three months of income
    assert points(formula_of(assets=7.0, shopping_share=0.1)) == pytest.approx(600.0 + 14.0 + 10.0)
    assert points(formula_of(ability=20.0, identity=8.0, relationships=4.0)) == 600.0 + 10.0 + 2.0 + 2.0
    assert points(formula_of(payment_rate=9.0, ticket=9.0, recent_spend=9.0)) == 600.0  # logarithms of 1
    assert points(formula_of(recent_spend=9.0), recent_spend=99.0) == pytest.approx(600.0 + 9.0 * log(100.0))


def test_a_sign_of_ability_in_the_company_counts_where_the_formula_has_a_slope_for_it():
    formula = formula_of()
    assert points(formula, company=2.0) == 600.0
    formula[SLOPES + len(FEATURES)] = 12.0
    assert points(formula, company=2.0) == 624.0
    # of a true ability of 1.5: all of it, none of it, and with three fifths told four fifths are luck
    assert company_of(1.5, 1.0, 0.9) == 1.5
    assert company_of(1.5, 0.0, 0.5) == 0.0
    assert company_of(1.5, 0.6, 1.0) == pytest.approx(0.9 + 0.8 * 12.0**0.5 / 2.0)
    rng = np.random.default_rng(6)
    ability = rng.normal(size=200_000)
    sign = company_of(ability, 0.6, rng.random(200_000))
    assert sign.std() == pytest.approx(1.0, abs=4 * 0.5**0.5 / 200_000**0.5)
    assert np.corrcoef(sign, ability)[0, 1] == pytest.approx(0.6, abs=4 * 0.8 / 200_000**0.5)


def test_users_all_at_once_have_the_luck_of_each():
    users = np.array([5, 0, 123_456])
    assert own_luck(users, 7 + (1 << 32), COMPANY).tolist() == [luck(7, 1, COMPANY, 0, int(who), 0)[0] for who in users]


def test_a_thin_user_has_one_number_in_place_of_the_bureaus_features():
    formula = formula_of(record=100.0, utilisation=-40.0, debt_months=-10.0, assets=7.0)
    assert points(formula, has_file=0) == 600.0 - 40.0 + 14.0
    assert points(formula, has_file=0, record=0.9, debt=0, in_use=1.0) == points(formula, has_file=0)


def test_users_without_income_payments_or_debt_have_a_score():
    formula = formula_of(debt_months=-10.0, payment_rate=1.0, ticket=1.0)
    assert points(formula, income=0, debt=0, payment_rate=0.0, ticket=0) == pytest.approx(600.0 + log(1e-6))


@pytest.mark.parametrize("feature_set", SETS)
def test_engines_publish_what_was_learned(feature_set):
    run = finished(scenario(FINANCE, HARD_TIMES, {"run.users": 2_000, "run.ticks": 40}))
    users, limit = run.columns, np.maximum(run.columns["limit"], 1)
    overdue = np.random.default_rng(2).random(2_000) < 0.2 + 0.5 * users["identity_base"]
    values = features_of(users, limit)
    learned = learn(Records(users["id"].astype(np.int64), values, overdue), feature_set, 3)
    odds = learned.log_odds_of_paying(values)
    scale = anchored(odds, share=0.2)
    formula = published_by(learned, scale).tolist()
    in_use = np.minimum(users["debt"] / limit, 1.0)
    made = [
        learned_points(
            formula,
            *(users[name][k].item() for name in ("has_file", "record")),
            in_use[k].item(),
            *(users[name][k].item() for name in ("debt", "income", "payment_rate", "ticket", "shopping_share")),
            *(users[name][k].item() for name in ("recent_spend", "ability_base", "identity_base")),
            asset_count(int(users["declared"][k])),
            users["relationships"][k].item(),
            0.0,
        )
        for k in range(2_000)
    ]
    assert {0, 1} == set(users["has_file"])
    expected = scale.offset + scale.points_to_double / log(2.0) * odds
    assert np.abs(np.array(made) - expected).max() < 1e-3  # features are kept in single precision
    assert 0.1 < (np.array(made) >= 749.5).mean() <= 0.2  # equal odds, as thin users have, stay together


def test_the_rule_gives_the_same_bits_compiled():
    use_rules()

    @numba.njit
    def compiled(formula, debt, income, rate, ticket, spend):
        return learned_points(formula, 1, 0.3, 0.2, debt, income, rate, ticket, 90, spend, 0.4, 0.5, 1, 0.6, -0.3)

    rng = np.random.default_rng(4)
    for _ in range(50):
        formula = rng.normal(size=LENGTH)
        case = (int(rng.integers(10**6)), int(rng.integers(10**6)), rng.random(), int(rng.integers(9999)), rng.random())
        assert compiled(formula, *case) == compiled.py_func(formula.tolist(), *case)


def people(**columns):
    made = Columns(len(next(iter(columns.values()))), (*GROUPS, accounts_of(2), standings_of(2)))
    for name, values in columns.items():
        made[name][:] = values
    return made


def test_who_is_late_has_missed_an_instalment_or_a_bill():
    loans = people(loan_1=[3, 3 + LATE, 3, BARRED, 0], loan_2=[0, 0, 2 + 2 * LATE, 0, 0], missed=[0, 0, 0, 0, 1])
    assert late(loans, [0, 1]).tolist() == [False, True, True, False, True]
    assert late(loans, [0]).tolist() == [False, True, False, False, True]  # the second has not joined
    assert late(people(missed=[0, 2, CLOSED]), []).tolist() == [False, True, True]


def test_who_owes_has_something_due():
    owes = people(owed_1=[5, 0, 0], owed_2=[0, 7, 0], billed=[9, 9, 0], debt=[9, 0, 9])
    assert instalment_due(owes, [0, 1]).tolist() == [True, True, False]
    assert instalment_due(owes, [0]).tolist() == [True, False, False]
    assert instalment_due(owes, []).tolist() == [False] * 3
    assert bill_due(owes).tolist() == [True, False, False]


def test_an_outcome_has_who_owed_and_was_not_overdue_before():
    flags = np.array([0, DUE, OVERDUE, DUE | OVERDUE, ALREADY | DUE, ALREADY | DUE | OVERDUE], np.uint8)
    assert judged(flags).tolist() == [False, True, True, True, False, False]


LEARNED_WORLD = OUTLOOK._replace(by_change=1)


def test_users_expect_of_a_learned_score_the_change_that_the_weights_would_bring():
    # published 600, by the weights something else: what a plan adds is the same
    for plan in (SPEND, REPAY):
        by_weights = believed_score(OUTLOOK, plan, 60.0, 0) - score_with(OUTLOOK, 30.0, 1000.0, 0)
        assert believed_score(LEARNED_WORLD, plan, 60.0, 0) == pytest.approx(600.0 + by_weights)
    assert believed_score(LEARNED_WORLD, REST, 60.0, 0) == pytest.approx(600.0)
    assert believed_score(OUTLOOK, REST, 60.0, 0) != pytest.approx(600.0)


def test_bounds_hold_for_a_learned_score():
    first, last = 20.0, 80.0
    for plan in (SPEND, REPAY):
        highest = highest_score(LEARNED_WORLD, plan, 0, first, last)
        assert all(believed_score(LEARNED_WORLD, plan, days, 0) <= highest + 1e-9 for days in (20.0, 50.0, 80.0))
    lowest = lowest_score_at_rest(LEARNED_WORLD, first, last)
    assert all(believed_score(LEARNED_WORLD, REST, days, 0) >= lowest - 1e-9 for days in (20.0, 50.0, 80.0))
