"""A learned score against what statistics says it can and cannot do, and Goodhart's law in the setting of Perdomo et al. 2020.

The bound: where log odds of paying are Normal and known, no score tells better than they do. Payers have the density
f(x) s(x) / c and overdue users f(x) (1 - s(x)) / (1 - c), with f Normal, s logistic and c the share of payers; the AUC is the
chance that the first lies above the second.

Goodhart: Perdomo, Zrnic, Mendler-Duenner & Hardt 2020 (ICML; simulator in zykls/whynot) let people move three of eleven
features by a step times the score's own weights, with the outcome fixed: effort that games. The variant of yoshavit/whynot
lets the outcome follow the features: effort that improves. Here some respond and others do not, as thresholds find them
(Hoernle et al. 2022): where everybody moves by the same step the order of users, and so the AUC, cannot change.
"""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit as logistic
from scipy.stats import binom, norm

from sim.model.bureau.fit import fit_logistic
from sim.model.bureau.learn import learn
from sim.model.bureau.power import auc_difference, power
from sim.model.bureau.records import ALL, BUREAU, TRANSACTIONS, Feature, Records

EIGHT_SD = 8.0


def bound(mean, spread):
    """AUC of Normal log odds of paying, by integration on a fine grid and, for the share of payers, by quadrature."""
    share, _ = quad(lambda x: norm.pdf(x, mean, spread) * logistic(x), mean - 12 * spread, mean + 12 * spread)
    x = np.linspace(mean - EIGHT_SD * spread, mean + EIGHT_SD * spread, 40_001)
    density = norm.pdf(x, mean, spread)
    pays, late = density * logistic(x) / share, density * (1 - logistic(x)) / (1 - share)
    step = x[1] - x[0]
    late_below = np.concatenate([[0.0], np.cumsum((late[1:] + late[:-1]) / 2 * step)])
    return float(np.trapezoid(pays * late_below, x))


def test_the_bound_itself():
    assert bound(1.0, 1e-3) == pytest.approx(0.5, abs=1e-3)  # nothing to tell
    assert bound(0.0, 1000.0) > 0.999  # all to tell
    rng = np.random.default_rng(1)
    x = rng.normal(1.5, 1.2, 400_000)
    found = power(x, rng.random(x.size) > logistic(x))
    assert found.low < bound(1.5, 1.2) < found.high


def world(rng, n, mean=1.5, spread=1.2):
    """n users' log odds of paying and whether they are overdue."""
    ability = rng.normal(mean, spread, n)
    return ability, rng.random(n) > logistic(ability)


def records(columns, overdue, sets):
    features = tuple(Feature(f"x{place}", one, "", "") for place, one in enumerate(sets))
    return Records(np.arange(overdue.size), np.column_stack(columns).astype(np.float32), overdue, features)


def test_perfect_information_reaches_the_bound():
    # 6,000 held out, a sixth to a quarter overdue: half an interval is about 0.015, so that a bound wrong by 0.02 fails in
    # most of 20 worlds. A 95% interval holds the truth in 16 or more of 20 with chance above 99.9%.
    target = bound(1.5, 1.2)
    held = [
        learn(records([ability], overdue, [BUREAU]), BUREAU, seed).power
        for seed in range(20)
        for ability, overdue in [world(np.random.default_rng(100 + seed), 20_000)]
    ]
    assert sum(one.low <= target <= one.high for one in held) >= 16
    assert abs(np.mean([one.auc for one in held]) - target) < 4 * 0.0075 / np.sqrt(20)
    assert max(one.high - one.low for one in held) < 0.04


def test_behaviour_that_says_nothing_of_ability_is_worth_nothing():
    # twelve features of pure noise: out of sample the AUC is .5 within its interval; in sample they seem to tell something
    held, inside = [], []
    for seed in range(20):
        rng = np.random.default_rng(200 + seed)
        _, overdue = world(rng, 4_000)
        made = records(rng.normal(size=(12, 4_000)), overdue, [TRANSACTIONS] * 12)
        learned = learn(made, TRANSACTIONS, seed)
        held.append(learned.power)
        inside.append(power(learned.log_odds_of_paying(made.values), overdue).auc)
    assert sum(one.low <= 0.5 <= one.high for one in held) >= 16
    assert abs(np.mean([one.auc for one in held]) - 0.5) < 4 * 0.021 / np.sqrt(20)
    assert np.mean(inside) > 0.52


def test_sets_complement_each_other_as_far_as_they_differ():
    # two noisy views of ability: both together tell more; a copy of the first adds nothing
    rng = np.random.default_rng(3)
    ability, overdue = world(rng, 20_000)
    one, other = (ability + rng.normal(0, 1.5, 20_000) for _ in range(2))
    told = {
        name: learn(records([one, second], overdue, [BUREAU, TRANSACTIONS]), which, 5).power
        for name, second, which in (
            ("alone", other, BUREAU),
            ("both", other, ALL),
            ("copy", one, ALL),
        )
    }
    assert told["both"].auc > told["alone"].auc + 0.02
    assert told["copy"].auc == pytest.approx(told["alone"].auc, abs=1e-6)


def test_thin_files_are_told_apart_but_not_told_from_each_other():
    # ability known to the bureau for those with a file alone: among thin users the score is one and the same
    rng = np.random.default_rng(4)
    ability, overdue = world(rng, 10_000)
    thin = rng.random(10_000) < 0.77
    made = records([np.where(thin, np.nan, ability)], overdue, [BUREAU])
    score = learn(made, BUREAU, 5).log_odds_of_paying(made.values)
    assert np.unique(score[thin]).size == 1
    assert power(score[~thin], overdue[~thin]).low > 0.7
    assert power(score, overdue).low > 0.5


@pytest.mark.slow
def test_intervals_hold_what_they_say():
    # 1,000 worlds: a true 95% gives 927 to 970 with chance 99.9%; unequal groups and few overdue are the hard case
    target, held = bound(2.5, 1.0), 0
    for seed in range(1_000):
        ability, overdue = world(np.random.default_rng(seed), 600, 2.5, 1.0)
        found = power(ability, overdue)
        held += found.low <= target <= found.high
    assert binom.ppf(0.0005, 1_000, 0.95) <= held <= binom.ppf(0.9995, 1_000, 0.95)


@pytest.mark.slow
def test_differences_on_the_same_users_hold_what_they_say():
    # two equally noisy views: the difference is 0
    held = 0
    for seed in range(1_000):
        rng = np.random.default_rng(5_000 + seed)
        ability, overdue = world(rng, 600)
        found = auc_difference(ability + rng.normal(size=600), ability + rng.normal(size=600), overdue)
        held += found.low <= 0.0 <= found.high
    assert binom.ppf(0.0005, 1_000, 0.95) <= held <= binom.ppf(0.9995, 1_000, 0.95)


# Goodhart's law

USERS = 20_000
STRATEGIC = [0, 5, 7]


def before(seed):
    """Eleven noisy views of ability, the score learned from them, and the luck that decides who is overdue."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(1.5, 1.2, USERS)
    values = ability[:, None] + rng.normal(0.0, 3.0, (USERS, 11))
    fortune = rng.random(USERS)
    responds = rng.random(USERS)
    return ability, values, fortune, responds, fit_logistic(values, fortune > logistic(ability))


def after(seed, step, share, improves):
    """Outcomes, log odds of paying by the score, before and after a share of users moved the strategic features by `step`
    times its weights; the score, and the features after. improves: true log odds of paying rise by as much as the score thinks.
    """
    ability, values, fortune, responds, formula = before(seed)
    moved = values.copy()
    moved[np.ix_(responds < share, STRATEGIC)] -= step * formula.slopes[STRATEGIC]
    first, second = -formula.log_odds(values), -formula.log_odds(moved)
    overdue = fortune > logistic(ability + (second - first if improves else 0.0))
    return (first, fortune > logistic(ability)), (second, overdue), formula, moved


# A step of 120 times a weight of about .08 moves each of three features by 10, three of their standard deviations.
STEP, SHARE = 120.0, 0.3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gaming_lowers_accuracy(seed):
    # same users, same outcomes: the paired interval, about .006 wide, lies below 0
    (first, overdue), (gamed, same), *_ = after(seed, STEP, SHARE, improves=False)
    assert (overdue == same).all()
    assert auc_difference(gamed, first, overdue).high < 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_improvement_does_not_lower_accuracy(seed):
    # Outcomes change, so the two are taken as independent: a fall of .011 would be seen, and gaming of this size costs .025.
    first, improved, *_ = after(seed, STEP, SHARE, improves=True)
    one, other = power(*first), power(*improved)
    reach = np.hypot(one.high - one.low, other.high - other.low) / 2
    assert reach < 0.012
    assert other.auc - one.auc > -reach
    assert other.overdue < one.overdue


@pytest.mark.parametrize("improves", [False, True])
def test_without_effort_nothing_changes(improves):
    for step, share in ((0.0, SHARE), (STEP, 0.0)):
        first, second, *_ = after(1, step, share, improves)
        assert power(*second) == power(*first)


def test_where_everybody_games_alike_the_order_stays():
    first, second, *_ = after(1, STEP, 1.0, improves=False)
    assert power(*second).auc == pytest.approx(power(*first).auc, abs=1e-9)


def test_the_more_gaming_the_less_accuracy():
    aucs = [power(*after(1, step, SHARE, improves=False)[1]).auc for step in (0.0, 40.0, 80.0, 120.0)]
    assert (np.diff(aucs) < 0).all()


def test_a_score_learned_again_trusts_gamed_features_less():
    _, (gamed, overdue), formula, moved = after(1, STEP, SHARE, improves=False)
    again = fit_logistic(moved, overdue)
    assert (np.abs(again.slopes[STRATEGIC]) < 0.7 * np.abs(formula.slopes[STRATEGIC])).all()
    assert auc_difference(-again.log_odds(moved), gamed, overdue).low > 0
