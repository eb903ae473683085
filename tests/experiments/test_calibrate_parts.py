"""Calibration over a small simulator with closed forms, through the code that the model takes: what is found, what stays open."""

import numpy as np
import pytest

from sim.experiments.calibrate.identification import FLAT, information_of, knowledge, knowledge_of_draws
from sim.experiments.calibrate.moments_fit import jacobians, nearest
from sim.experiments.calibrate.simulator import Memory
from sim.results.store import ResultError
from sim.scenario.calibration import FitKeys

KEYS = FitKeys(replicates=8)
ALL = np.ones(3, bool)
ERROR = np.full(3, 0.03)
LUCK = 0.05


def toy(places, seeds):
    """Three moments of three parameters: a, exp(b) + a b, a - b, with Normal luck of sd 0.05 on each; the third does nothing."""
    luck = np.array([np.random.default_rng(100 + seed).standard_normal(3) for seed in seeds]) * LUCK
    a, b = places[:, 0], places[:, 1]
    return np.stack([a, np.exp(b) + a * b, a - b], axis=1)[:, None, :] + luck[None]


def product(places, seeds):
    """Two moments that depend on the sum of two parameters only; the third parameter has its own."""
    luck = np.array([np.random.default_rng(200 + seed).standard_normal(3) for seed in seeds]) * LUCK
    both = places[:, 0] + places[:, 1]
    return np.stack([both, both**2, places[:, 2]], axis=1)[:, None, :] + luck[None]


def fitted(simulate, values, keys=KEYS, errors=ERROR):
    best = nearest(simulate, values, errors, ALL, keys, 3)
    return knowledge(best.place, best.jacobians, best.simulated, np.diag(errors**2))


def observed(simulate, truth, number):
    """Data with the errors stated: the true moments (luck averages out over 4,000 seeds) plus Normal errors."""
    exact = simulate(np.array([truth]), range(10_000, 14_000))[0].mean(axis=0)
    return exact + ERROR * np.random.default_rng(number).standard_normal(3)


def test_intervals_hold_the_truth_as_often_as_they_say_and_what_does_nothing_is_named():
    # 100 data sets: the count of a 95% interval is binomial with sd 2.2, so 88 to 100 leaves out 1 in 300 on the low side.
    truths = np.random.default_rng(7).uniform(0.2, 0.8, (100, 3))
    inside = np.zeros(3)
    for number, truth in enumerate(truths):

        def afresh(places, seeds, number=number):  # every data set is fitted on luck of its own
            return toy(places, range(seeds.start + 50 * number, seeds.stop + 50 * number))

        exact = np.array([truth[0], np.exp(truth[1]) + truth[0] * truth[1], truth[0] - truth[1]])
        values = exact + ERROR * np.random.default_rng(number).standard_normal(3)
        found = fitted(afresh, values, FitKeys(replicates=8, points=8, starts=1))
        assert found.unknown.tolist() == [False, False, True]
        inside += (found.low <= truth) & (truth <= found.high)
    assert (inside[:2] >= 88).all(), inside
    assert (inside[:2] < 100).all(), inside  # nor are they so wide that nothing could be outside
    assert inside[2] == 100


def test_the_sandwich_is_that_of_a_linear_model():
    # One parameter, two moments x and 2x with errors s and s, luck l over n seeds: weighted least squares has slope (1, 2),
    # so the estimate is (m1 + 2 m2) / 5 and its variance (s^2 + l^2 / n) / 5.
    seeds, errors, luck = 4000, 0.1, 0.3
    simulated = np.array([0.5, 1.0]) + luck * np.random.default_rng(1).standard_normal((seeds, 2))
    slopes = np.tile(np.array([[1.0], [2.0]]), (seeds, 1, 1))
    known = knowledge(np.array([0.5]), slopes, simulated, np.diag([errors**2] * 2))
    expected = (errors**2 + luck**2 / seeds) / 5
    assert known.covariance[0, 0] == pytest.approx(expected, rel=0.01)
    assert (known.high - known.low)[0] == pytest.approx(2 * 1.96 * np.sqrt(expected), rel=0.01)


def test_correlated_errors_count():
    # x seen twice with errors of correlation 1 is seen once.
    slopes, simulated = np.ones((3, 2, 1)), np.full((3, 2), 0.5)
    once = knowledge(np.array([0.5]), slopes[:, :1], simulated[:, :1], np.array([[0.01**2]]))
    twice = knowledge(np.array([0.5]), slopes, simulated, np.full((2, 2), 0.01**2))
    assert twice.covariance == pytest.approx(once.covariance)


def test_two_that_only_count_together_are_named_as_such():
    values = observed(product, [0.3, 0.5, 0.5], 1)
    known = fitted(product, values)
    assert known.unknown.tolist() == [True, True, False]
    assert known.flat.sum() == 1
    loadings = known.directions[:, known.flat][:, 0]
    assert abs(loadings[0] + loadings[1]) < 0.05  # one against the other
    assert known.place[0] + known.place[1] == pytest.approx(0.8, abs=0.1)


def test_noise_in_slopes_is_not_taken_for_information():
    # Slopes of pure noise, sd 30 in each of 8 seeds and 5 moments: the mean Jacobian alone would claim 5 * 30^2 / 8 = 562.
    slopes = 30.0 * np.random.default_rng(3).standard_normal((200, 8, 5, 1))
    naive = np.array([float((one.mean(axis=0) ** 2).sum()) for one in slopes])
    unbiased = np.array([information_of(one)[0, 0] for one in slopes])
    assert (naive > FLAT).all()
    # Its sd is sqrt(2 * 5 / (8 * 7)) * 30^2 = 380, so the mean of 200 has sd 27.
    assert abs(unbiased.mean()) < 110
    assert (unbiased <= FLAT).mean() > 0.4


def test_without_information_every_interval_is_the_range():
    known = knowledge(np.array([0.4, 0.6]), np.zeros((4, 3, 2)), np.zeros((4, 3)), np.eye(3))
    assert known.unknown.all()
    assert known.low.tolist() == [0.0, 0.0]
    assert known.high.tolist() == [1.0, 1.0]


def test_slopes_keep_within_the_ranges():
    asked = []

    def simulate(places, seeds):
        asked.append(places)
        return (places**2).sum(axis=1)[:, None, None] * np.ones((1, len(seeds), 1))

    found = jacobians(simulate, np.array([0.0, 0.5, 1.0]), range(2), 0.1, np.ones(1, bool))
    assert asked[0].min() >= 0.0
    assert asked[0].max() <= 1.0
    assert found[0, 0] == pytest.approx([0.1, 1.0, 1.9])


def test_points_that_cannot_be_run_are_left_out_and_none_at_all_is_told():
    def half(places, seeds):
        values = toy(places, seeds)
        values[places[:, 0] > 0.5] = np.nan
        return values

    values = observed(toy, [0.3, 0.6, 0.5], 2)
    assert fitted(half, values).place[:2] == pytest.approx([0.3, 0.6], abs=0.1)
    with pytest.raises(ResultError, match="at no point of the ranges"):
        fitted(lambda places, seeds: np.full((len(places), len(seeds), 3), np.nan), values)


def test_a_held_out_moment_without_a_value_does_not_stop_the_fit():
    def lacking(places, seeds):
        values = toy(places, seeds)
        values[..., 2] = np.nan
        return values

    fitted_ones = np.array([True, True, False])
    best = nearest(lacking, np.array([0.3, np.exp(0.6) + 0.18, 0.0]), ERROR, fitted_ones, KEYS, 3)
    assert best.place[:2] == pytest.approx([0.3, 0.6], abs=0.1)
    assert np.isnan(best.jacobians[:, 2]).all()


def test_a_point_is_asked_for_once():
    calls = []
    memory = Memory(lambda places, seeds: calls.append(len(places)) or toy(places, seeds))
    places = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.1, 0.2, 0.3]])
    first = memory(places, range(2))
    assert np.array_equal(memory(places[:2], range(2)), first[:2])
    assert np.array_equal(first[0], first[2])
    assert calls == [2]
    memory(places[:1], range(3))
    assert calls == [2, 1]


def test_quantiles_of_draws_are_those_of_their_distribution():
    # 20,000 draws, weighted by 2x: the density of sqrt(u), with quantiles sqrt(p), mean 2/3; errors of a quantile below 0.01.
    draws = np.random.default_rng(4).uniform(size=(20_000, 1))
    known = knowledge_of_draws(draws, draws[:, 0] / draws[:, 0].sum())
    assert known.place[0] == pytest.approx(2 / 3, abs=0.01)
    assert not known.unknown[0]
    assert known.low[0] == pytest.approx(np.sqrt(0.025), abs=0.01)
    assert known.high[0] == pytest.approx(np.sqrt(0.975), abs=0.01)


def test_uniform_draws_are_not_identified():
    draws = np.random.default_rng(5).uniform(size=(5_000, 2))
    assert knowledge_of_draws(draws, np.full(5_000, 1 / 5_000)).unknown.all()


def test_a_few_uniform_draws_are_not_taken_for_knowledge():
    # 400 samples of 40 draws with uneven weights, seen right 97% of the time (standard error 0.9%); by the variance alone 39%.
    rng = np.random.default_rng(6)
    named = []
    for _ in range(400):
        weights = rng.exponential(size=40)
        named.append(knowledge_of_draws(rng.uniform(size=(40, 2)), weights / weights.sum()).unknown.all())
    assert np.mean(named) > 0.93


@pytest.mark.slow
def test_a_posterior_by_abc_is_the_exact_one():
    pytest.importorskip("pyabc")
    from sim.experiments.calibrate.posterior import posterior

    # One moment, x itself, with error 0.1 and no luck: the posterior is Normal(0.5, 0.1) (cut at the ends, 5 sd away). 400
    # weighted draws, worth about 200: the standard error of the mean is 0.007, of the sd 0.005.
    keys = FitKeys(method="abc", replicates=1, population=400, populations=5, simulations=20_000)

    def itself(places, seeds):
        return places[:, None, :] * np.ones((1, len(seeds), 1))

    found = posterior(itself, np.array([0.5]), np.array([0.1]), np.ones(1, bool), keys, 1)
    assert found.temperature == 1.0
    known = knowledge_of_draws(found.draws, found.weights)
    assert known.place[0] == pytest.approx(0.5, abs=0.03)
    assert np.sqrt(known.covariance[0, 0]) == pytest.approx(0.1, abs=0.02)
    again = posterior(itself, np.array([0.5]), np.array([0.1]), np.ones(1, bool), keys, 1)
    assert np.array_equal(again.draws, found.draws)
