"""The bureau by hand-worked numbers: accuracy, the fit, the scale, the split, and what belongs to which set of features."""

import numpy as np
import pytest
from scipy.optimize import minimize

from sim.draws import HELD_OUT, luck
from sim.model.bureau.fit import FitError, fit_logistic
from sim.model.bureau.learn import held_out, learn
from sim.model.bureau.power import auc_difference, power
from sim.model.bureau.records import ALL, BUREAU, FEATURES, SETS, SOCIAL, TRANSACTIONS, Records, features_of, places_of
from sim.model.bureau.scale import Scale, anchored
from tests.helpers import finished, scenario


def of(*scores):
    return np.array(scores, float)


PAYS, LATE = False, True


def test_auc_counts_pairs_and_ties_half():
    # payers 3, 2, 2; overdue 2, 1: of six pairs (3>2, 3>1, 2=2, 2>1, 2=2, 2>1) four are right and two are ties
    found = power(of(3, 2, 2, 2, 1), np.array([PAYS, PAYS, PAYS, LATE, LATE]))
    assert found.auc == pytest.approx(5 / 6)
    assert found.gini == pytest.approx(2 / 3)
    # at a score of 1: half of the overdue, no payer; at 2: all of the overdue, two payers of three
    assert found.ks == pytest.approx(1 / 2)
    assert (found.users, found.overdue) == (5, 2)


@pytest.mark.parametrize("distinct", [3, 40, 10_000])
def test_auc_is_that_of_all_pairs(distinct):
    rng = np.random.default_rng(5)
    score, overdue = rng.integers(0, distinct, 400), rng.random(400) < 0.3
    higher = score[~overdue][:, None] - score[overdue][None, :]
    found = power(score, overdue)
    assert found.auc == pytest.approx((higher > 0).mean() + (higher == 0).mean() / 2, abs=1e-12)
    # DeLong's variance by its definition
    beats = (higher > 0) + 0.5 * (higher == 0)
    rows, columns = beats.mean(1), beats.mean(0)
    error = np.sqrt(rows.var(ddof=1) / rows.size + columns.var(ddof=1) / columns.size)
    logit = np.log(found.auc / (1 - found.auc))
    reach = 1.959963984540054 * error / (found.auc * (1 - found.auc))
    assert (found.low, found.high) == pytest.approx(tuple(1 / (1 + np.exp(-logit + side * reach)) for side in (1, -1)))


def test_a_score_that_is_turned_round_turns_its_accuracy_round():
    rng = np.random.default_rng(6)
    score, overdue = rng.integers(0, 50, 300), rng.random(300) < 0.3
    assert power(-score, overdue).auc == pytest.approx(1 - power(score, overdue).auc)
    assert power(2 * score + 7, overdue) == power(score, overdue)
    same = auc_difference(score, 3 * score, overdue)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_extremes_of_accuracy():
    overdue = np.array([LATE, LATE, PAYS, PAYS])
    perfect, nothing = power(of(1, 2, 3, 4), overdue), power(of(5, 5, 5, 5), overdue)
    assert (perfect.auc, perfect.ks, perfect.gini) == (1.0, 1.0, 1.0)
    assert (nothing.auc, nothing.ks, nothing.gini) == (0.5, 0.0, 0.0)


@pytest.mark.parametrize("outcome", [True, False])
def test_accuracy_and_fit_need_both_outcomes(outcome):
    overdue = np.full(5, outcome)
    with pytest.raises(ValueError, match=f"{5 * outcome} of 5 users overdue"):
        power(np.arange(5.0), overdue)
    with pytest.raises(FitError, match=f"{5 * outcome} of 5 users overdue"):
        fit_logistic(np.arange(5.0)[:, None], overdue)


def test_faults_of_a_fit_are_told_together():
    with pytest.raises(FitError, match=r"infinite.*strength -1"):
        fit_logistic(np.array([[1.0], [np.inf]]), np.array([True, False]), -1.0)
    with pytest.raises(FitError, match="shape"):
        fit_logistic(np.zeros((3, 1)), np.array([True, False]))
    with pytest.raises(ValueError, match=r"NaN.*every user"):
        power(of(1, np.nan), np.array([True, False]))


def test_one_yes_or_no_feature_gives_the_log_odds_ratio():
    # 2 of 10 overdue without, 5 of 10 with: log odds log(2/8) and log(5/5)
    value = np.repeat([0.0, 1.0], 10)[:, None]
    overdue = np.concatenate([np.arange(10) < 2, np.arange(10) < 5])
    formula = fit_logistic(value, overdue, strength=1e-9)
    assert formula.log_odds(np.array([[0.0], [1.0]])) == pytest.approx([np.log(2 / 8), 0.0], abs=1e-6)


def test_the_fit_is_the_minimum_that_another_method_finds():
    rng = np.random.default_rng(8)
    values = rng.normal(2.0, 3.0, (500, 3)) * [1.0, 10.0, 0.1]
    overdue = rng.random(500) < 1 / (1 + np.exp(1 - 0.3 * (values[:, 0] - 2)))
    standard = (values - values.mean(0)) / values.std(0)

    def loss(point):
        log_odds = standard @ point[:3] + point[3]
        return np.logaddexp(0, log_odds).sum() - log_odds[overdue].sum() + 2.0 / 2 * (point[:3] ** 2).sum()

    found = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-6}).x
    formula = fit_logistic(values, overdue, strength=2.0)
    assert formula.log_odds(values) == pytest.approx(standard @ found[:3] + found[3], abs=1e-4)


def test_missing_values_have_a_log_odds_of_their_own():
    # Where the value is missing 30 of 100 are overdue, where it is there 10 of 100 whatever it is.
    value = np.concatenate([np.tile([1.0, 2.0], 50), np.full(100, np.nan)])[:, None]
    overdue = np.concatenate([np.arange(100) < 10, np.arange(100) < 30])
    formula = fit_logistic(value, overdue, strength=1e-6)
    shown = formula.log_odds(np.array([[1.0], [2.0], [np.nan]]))
    assert shown == pytest.approx([np.log(10 / 90), np.log(10 / 90), np.log(30 / 70)], abs=1e-4)


def test_one_indicator_for_features_missing_together_and_constants_do_nothing():
    rng = np.random.default_rng(9)
    values = np.column_stack([rng.normal(size=(300, 2)), np.full(300, 4.0)])
    values[:100, :2] = np.nan
    overdue = rng.random(300) < 0.3
    formula = fit_logistic(values, overdue)
    assert formula.missing[1:].tolist() == [0.0, 0.0]
    assert formula.missing[0] != 0.0
    assert formula.slopes[2] == 0.0


def test_separable_records_stay_finite_and_the_ridge_vanishes_with_strength():
    value, overdue = np.arange(20.0)[:, None], np.arange(20) < 8
    slopes = [fit_logistic(value, overdue, strength).slopes[0] for strength in (100.0, 1.0, 0.01)]
    assert 0 > slopes[0] > slopes[1] > slopes[2] > -100


def test_the_same_records_give_the_same_formula():
    rng = np.random.default_rng(10)
    values, overdue = rng.normal(size=(20_000, 4)), rng.random(20_000) < 0.2
    one, again, turned = (
        fit_logistic(values[order], overdue[order]) for order in (slice(None), slice(None), slice(None, None, -1))
    )
    assert one.slopes.tolist() == again.slopes.tolist()
    assert turned.slopes == pytest.approx(one.slopes, rel=1e-7)


def test_scale_has_its_share_at_the_mark_doubles_and_comes_back():
    odds = np.random.default_rng(11).normal(2.0, 0.8, 10_000)
    scale = anchored(odds, share=0.02, mark=750, points_to_double=40.0)
    published = scale.published(odds)
    assert (published >= 750).sum() == 200
    assert (np.diff(published[np.argsort(odds)]) >= 0).all()
    assert scale.published(of(1.0 + np.log(2)))[0] - scale.published(of(1.0))[0] == pytest.approx(40, abs=1)
    inside = (published > 350) & (published < 950)
    assert np.abs(scale.log_odds(published) - odds)[inside].max() <= 0.5 * np.log(2) / 40 + 1e-12
    points = np.arange(350, 951)
    assert scale.published(scale.log_odds(points)).tolist() == points.tolist()


def test_scale_stays_within_the_range():
    scale = Scale(600.0, 50.0)
    assert scale.published(of(-1e9, 0.0, 1e9)).tolist() == [350, 600, 950]


@pytest.mark.parametrize(("share", "at_the_mark"), [(0.0, 0), (0.2, 0), (0.4, 0), (0.6, 3), (0.8, 3), (1.0, 5)])
def test_users_with_equal_odds_stay_together(share, at_the_mark):
    odds = of(1, 1, 3, 3, 3)
    assert (anchored(odds, share).published(odds) >= 750).sum() == at_the_mark


def test_faults_of_a_scale_are_told_together():
    with pytest.raises(ValueError, match=r"at least one user.*share 2.*mark 350.*points_to_double 0"):
        anchored(of(), 2.0, 350, 0.0)


def test_sets_of_features():
    parts = [place for one in (BUREAU, TRANSACTIONS, SOCIAL) for place in places_of(one)]
    assert sorted(parts) == places_of(ALL) == list(range(len(FEATURES)))
    with pytest.raises(ValueError, match="'socal': unknown; there are bureau, transactions, social, all"):
        places_of("socal")
    with pytest.raises(ValueError, match="none of the features"):
        places_of(SOCIAL, FEATURES[:3])


def test_records_want_one_outcome_a_user():
    with pytest.raises(ValueError, match="values of shape"):
        Records(np.arange(3), np.zeros((3, 2), np.float32), np.zeros(3, bool))


def test_held_out_is_the_users_own_luck():
    users = np.array([5, 0, 123_456, 5])
    expected = [luck(7, 1, HELD_OUT, 0, int(who), 0)[0] < 0.5 for who in users]
    assert held_out(users, 7 + (1 << 32), 0.5).tolist() == expected
    many = held_out(np.arange(10_000), 7, 0.3)
    assert abs(many.mean() - 0.3) < 4 * np.sqrt(0.21 / 10_000)
    assert (many == held_out(np.arange(10_000), 7, 0.5)).mean() > 0.7  # a larger share keeps those of the smaller
    assert not (many & ~held_out(np.arange(10_000), 7, 0.5)).any()


def test_features_of_the_users_of_a_run():
    users = finished(scenario({"run.users": 4_000, "run.ticks": 2})).snapshot()
    table = {name: users[name] for name in ("income", "debt", "record", "has_file", "payment_rate", "declared")}
    values = features_of(users, limit=2 * users["income"])
    assert values.shape == (4_000, len(FEATURES))
    thin = table["has_file"] == 0
    bureau = places_of(BUREAU)
    assert np.isnan(values[thin][:, bureau]).all()
    assert np.isfinite(values[~thin]).all()
    assert np.isfinite(values[thin][:, places_of(TRANSACTIONS) + places_of(SOCIAL)]).all()
    assert values[~thin, 0] == pytest.approx(table["record"][~thin])
    assert values[:, 9] == pytest.approx([bin(flags & 7).count("1") for flags in table["declared"]])


def test_every_set_learns_from_the_users_of_a_run():
    # Overdue follows true ability, which the columns show in part: every set but the social one must tell something of it.
    users = finished(scenario({"run.users": 4_000, "run.ticks": 2})).snapshot()
    rng = np.random.default_rng(12)
    overdue = rng.random(4_000) < 1 / (1 + np.exp(1.5 + 1.2 * users["true_ability"]))
    records = Records(users["id"].astype(np.int64), features_of(users, 2 * users["income"]), overdue)
    learned = {one: learn(records, one, seed=3) for one in SETS}
    assert learned[TRANSACTIONS].power.low > 0.5
    assert learned[BUREAU].power.low > 0.5
    assert learned[ALL].power.auc > learned[BUREAU].power.auc
    judged = held_out(records.users, 3)
    assert learned[ALL].power.users == judged.sum()
    again = power(learned[ALL].log_odds_of_paying(records.values[judged]), overdue[judged])
    assert again == learned[ALL].power
