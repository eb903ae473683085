"""The parts of a comparison by hand: corrections, resampling, contrasts, verdicts, the rule for a width."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.experiments.compare.bootstrap import bca_intervals, chances_of_best, level_for
from sim.experiments.compare.contrast import contrast, pairing_gain
from sim.experiments.compare.correction import adjusted
from sim.experiments.compare.groups import GROUP_MEASURES, GROUPS
from sim.experiments.compare.two_stage import replicates_needed
from sim.experiments.compare.verdict import guard, verdict
from sim.experiments.effect import t_interval
from sim.experiments.groups import group_codes
from sim.model.totals import KEPT_BY_GROUP
from sim.scenario.comparison import FIRST_STAGE, Amount
from tests.helpers import BUSY, FINANCE, PACKETS, finished, scenario, total

NAN = math.nan


def test_holm_by_hand():
    # sorted .01 .02 .04 times 3, 2, 1: .03 .04 .04; the missing one is no member of the family
    assert adjusted(np.array([0.04, 0.01, NAN, 0.02]), "holm") == pytest.approx([0.04, 0.03, NAN, 0.04], nan_ok=True)
    assert adjusted(np.array([0.5, 0.6]), "holm") == pytest.approx([1.0, 1.0])


def test_benjamini_and_hochberg_by_hand():
    # sorted .01 .02 .04 times 3/1, 3/2, 3/3: .03 .03 .04
    found = adjusted(np.array([0.04, 0.01, NAN, 0.02]), "benjamini_hochberg")
    assert found == pytest.approx([0.04, 0.03, NAN, 0.03], nan_ok=True)


def test_no_correction_and_nothing_to_correct():
    assert list(adjusted(np.array([0.04, 0.01]), "none")) == [0.04, 0.01]
    assert np.isnan(adjusted(np.array([NAN]), "holm")).all()


def test_a_contrast_is_the_interval_of_a_run_to_the_bit():
    values = np.random.default_rng(1).standard_normal(9)
    values[4] = NAN
    found, other = contrast(values), t_interval(values)
    assert (found.mean, *found.interval(), found.n) == (other.mean, other.low, other.high, other.n)


def test_p_values_by_hand():
    # 1, 2, 3: mean 2, standard error 1/sqrt(3), t = 3.4641 with 2 degrees of freedom: p = 0.0742
    found = contrast(np.array([1.0, 2.0, 3.0]))
    assert found.p_value() == pytest.approx(0.0742, abs=5e-5)
    # against a margin of 4 the nearer side is just as far: half of that
    assert found.p_equivalent(4.0) == pytest.approx(0.0371, abs=5e-5)
    assert found.p_equivalent(1.0) > 0.5


def test_too_few_differences_tell_nothing_unless_all_are_zero():
    one, same, none = contrast(np.array([0.5])), contrast(np.zeros(1)), contrast(np.array([NAN]))
    assert math.isnan(one.p_value())
    assert math.isnan(one.interval()[0])
    assert (same.p_value(), same.p_equivalent(0.0)) == (1.0, 0.0)
    assert none.n == 0
    assert math.isnan(none.mean)
    assert not none.same


def test_differences_that_never_vary():
    found = contrast(np.full(4, 0.25))
    assert found.interval() == (0.25, 0.25)
    assert found.p_value() == 0.0
    assert (found.p_equivalent(0.3), found.p_equivalent(0.2)) == (0.0, 1.0)


def test_after_a_second_stage_the_first_one_gives_the_spread():
    values = np.array([1.0, 3.0, 100.0, -100.0])
    found = contrast(values, first=2)
    assert (found.mean, found.n, found.freedom) == (1.0, 4, 1)
    assert found.spread == pytest.approx(math.sqrt(2))


def test_pairing_gain_by_hand():
    one, other = np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 3.5])
    assert pairing_gain(one, other) == pytest.approx((1.0 + 13 / 12) / (1 / 12))
    assert pairing_gain(one, one - 1.0) == math.inf
    assert math.isnan(pairing_gain(np.ones(3), np.ones(3)))
    assert math.isnan(pairing_gain(one[:1], other[:1]))


def test_a_bootstrap_interval_of_normal_values_is_as_wide_as_student_s():
    # values with exactly normal quantiles, so that the bootstrap has nothing but its own narrowness to correct
    from scipy.special import ndtri

    values = ndtri((np.arange(30) + 0.5) / 30)
    low, high = bca_intervals(values[None], 3)[0]
    assert high - low == pytest.approx(2 * contrast(values).half(), rel=0.05)
    assert level_for(5) > level_for(30) > 0.95
    assert level_for(100_000) == pytest.approx(0.95, abs=1e-4)


def test_bootstrap_rows_do_not_depend_on_one_another():
    rows = np.random.default_rng(4).standard_normal((3, 8))
    rows[1, 2] = NAN
    apart = np.concatenate([bca_intervals(row[None], 5) for row in rows])
    assert np.array_equal(bca_intervals(rows, 5), apart)
    assert np.array_equal(bca_intervals(rows[::-1], 5), apart[::-1])


def test_bootstrap_of_few_or_constant_values():
    rows = np.array([[1.0, 2.0, 3.0, 4.0, NAN], [0.0] * 5, [0.5] * 4 + [NAN], [NAN] * 5])
    found = bca_intervals(rows, 6)
    assert np.isnan(found[[0, 3]]).all()
    assert found[1:3].tolist() == [[0.0, 0.0], [0.5, 0.5]]


def test_chances_of_being_best():
    base = np.random.default_rng(7).standard_normal(6)
    assert list(chances_of_best(np.stack([base, base + 1e-9, base - 1.0]), 8)) == [0.0, 1.0, 0.0]
    assert list(chances_of_best(np.stack([base, base, base - 1.0]), 8)) == [0.5, 0.5, 0.0]  # ties are shared
    assert chances_of_best(np.array([[1.0, 0.0], [0.0, 1.0]]), 8) == pytest.approx([0.5, 0.5], abs=0.02)
    assert np.isnan(chances_of_best(base[None, :1], 8)).all()


@pytest.mark.parametrize("n", [2, 3, 8])
def test_of_two_policies_the_chance_is_that_of_students_t(n):
    luck = np.random.default_rng(n)
    pair = luck.standard_normal((2, n)) + np.array([[0.8], [0.0]])
    difference = pair[0] - pair[1]
    expected = stats.t.cdf(difference.mean() / (difference.std(ddof=1) / np.sqrt(n)), n - 1)
    # 9,999 draws: a standard error of at most 0.005
    assert chances_of_best(pair, 3)[0] == pytest.approx(expected, abs=0.02)


def test_three_replicates_are_not_enough_to_be_certain():
    # each of three replicates a little better than the other policy: resampling them would say 100%
    other = np.array([0.0, 1.0, 2.0])
    chance = chances_of_best(np.stack([other + np.array([0.1, 0.5, 0.9]), other]), 3)[0]
    assert 0.8 < chance < 0.97


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ((0.1, 0.01, 0.5, 1), "better"),
        ((-0.1, 0.01, 0.5, 1), "worse"),
        ((0.1, 0.01, 0.5, -1), "worse"),
        ((-0.1, 0.01, 0.5, -1), "better"),
        ((0.1, 0.01, 0.5, 0), "higher"),
        ((-0.1, 0.01, 0.5, 0), "lower"),
        ((0.1, 0.01, 0.01, 1), "equivalent"),  # certain, and certainly too small to matter
        ((0.1, 0.2, 0.2, 1), "undecided"),
        ((0.1, NAN, NAN, 1), "undecided"),
    ],
)
def test_verdicts(given, word):
    assert verdict(*given) == word


@pytest.mark.parametrize(
    ("low", "high", "may_rise", "word"),
    [
        (-2.0, 0.9, True, "kept"),
        (0.5, 1.5, True, "undecided"),
        (1.1, 1.5, True, "broken"),
        (-0.9, 2.0, False, "kept"),
        (-1.5, -0.5, False, "undecided"),
        (-1.5, -1.1, False, "broken"),
        (0.0, 0.0, True, "kept"),
        (NAN, NAN, True, "undecided"),
    ],
)
def test_guardrails(low, high, may_rise, word):
    assert guard(low, high, 1.0, may_rise) == word


def test_replicates_for_a_width_by_hand():
    # t with 19 degrees of freedom: 2.0930; (2 * 2.0930 * 1 / 0.5)^2 = 70.09
    assert replicates_needed(1.0, 20, 0.5) == 71
    assert replicates_needed(1.0, 20, 10.0) == 20
    assert replicates_needed(1.0, 20, NAN) == 20
    assert replicates_needed(1.0, 20, 1e-300) == 10**18
    assert replicates_needed(0.0, 20, 0.1) == replicates_needed(NAN, 20, 0.1) == FIRST_STAGE


def test_a_size_is_absolute_or_a_share_of_the_baseline():
    assert Amount(value=0.5).of(-200.0) == 0.5
    assert Amount(value=0.01, relative=True).of(-200.0) == 2.0
    assert str(Amount(value=0.01, relative=True)) == "1%"


def test_groups_and_their_measures_are_those_of_a_cell():
    from sim.experiments.groups import group_table, money_kept

    columns = finished(scenario(BUSY, {"run.ticks": 5})).columns
    codes = group_codes(columns, 640)
    assert {kind: tuple(names) for kind, (names, _) in codes.items()} == GROUPS
    of_all = {"visits", "score", "score_rise", "debt", "recent_spend", "assets", "admitted", "knowing"}
    assert set(group_table(columns, 5.0, 640)) == {"group", "kind", "users", *of_all}
    business = finished(scenario(BUSY, FINANCE, PACKETS, {"run.ticks": 5}))
    totals = {name: total(business, name) for name in KEPT_BY_GROUP}
    kept = money_kept(business.columns, business.scenario, totals, 5.0)
    assert set(group_table(business.columns, 5.0, 640, kept)) == {"group", "kind", "users", *GROUP_MEASURES}
