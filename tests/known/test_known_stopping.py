"""Optimal effort near a threshold, a stopping problem (Bellman 1957, Dynamic Programming; Puterman 1994, Markov Decision Processes),
against independent solutions with scipy: a finer grid by Gauss-Hermite, the exact first step, simulated play.
"""

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.choice.dynamic_programming import gain_at, prepare, rest_at
from sim.model.choice.stopping import (
    COSTS,
    NEAREST,
    PACES,
    POINTS,
    PUBLICATIONS,
    STEP,
    cost_at,
    rest_value,
    solve,
)
from sim.scenario.schema import Scenario

FACTOR = float(np.exp(-0.003 * 30.0))
GRID = NEAREST + STEP * np.arange(POINTS)
TABLE = prepare(Scenario()).tolist()


def values(publications: int, cost: float, pace: float, fine: int = 16) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, value of stopping and of going on, by backward induction on values (not on their difference): another grid,
    `fine` times as fine and far wider, and another quadrature. Prizes are paid on arrival: factor * (prize + what follows).
    """
    points = np.arange(-24.0, 64.0, STEP / fine)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    stopped, best = np.zeros_like(points), np.zeros_like(points)
    gone_on = best
    for _ in range(publications):
        expected = np.zeros_like(points)
        expected_stop = np.zeros_like(points)
        for node, weight in zip(nodes, weights, strict=True):
            expected += weight * np.interp(points - pace - node, points, best)
            expected_stop += weight * np.interp(points - node, points, stopped)
        gone_on = -cost + FACTOR * (norm.cdf(-(points - pace)) + expected)
        stopped = FACTOR * (norm.cdf(-points) + expected_stop)
        best = np.maximum(stopped, gone_on)
    return points, stopped, gone_on


@pytest.mark.parametrize("publications", [1, 2, 6, 24])
@pytest.mark.parametrize("cost_number", [0, 5, 9, 12, 20])
@pytest.mark.parametrize("pace_number", [0, 1, 4, 9, 16])
def test_the_tables_are_the_independent_solution(publications, cost_number, pace_number):
    rest, gain = solve(FACTOR)
    points, stopped, gone_on = values(publications, cost_at(cost_number), STEP * pace_number)
    # A hope that bends is taken as linear over a quarter, which adds up to half a hundredth of a prize. The table ends at 8
    # inside the gate; striving that costs nothing goes on there, which the table does not see.
    near, allowed = GRID > -2.0, 0.006 if cost_number > 0 else 0.02
    assert rest[publications, PACES - 1 :] == pytest.approx(np.interp(GRID, points, stopped), abs=2e-4)
    exact = np.interp(GRID, points, gone_on - stopped)
    assert gain[publications - 1, cost_number, pace_number][near] == pytest.approx(exact[near], abs=allowed)


def test_with_one_publication_left_the_gain_is_exact():
    _, gain = solve(FACTOR)
    for number in (0, 5, COSTS - 1):
        for pace in (0, 3, 16):
            exact = FACTOR * (norm.cdf(-(GRID - STEP * pace)) - norm.cdf(-GRID)) - cost_at(number)
            assert gain[0, number, pace] == pytest.approx(exact, abs=1e-12)


def test_resting_is_the_discounted_chance_of_a_random_walk():
    by_hand = sum(FACTOR**k * norm.cdf(-2.0 / np.sqrt(k)) for k in range(1, 6))
    assert rest_value(FACTOR, 5, np.array([2.0]))[5, 0] == pytest.approx(by_hand, abs=1e-12)
    assert rest_at(TABLE, 5, 2.0) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize(
    ("publications", "cost", "pace", "points"),
    [
        (6, 0.3, 1.0, 3.0),
        (6, 0.3, 1.1, 2.3),
        (12, 0.05, 0.6, 4.9),
        (3, 0.9, 2.7, 3.1),
        (36, 1.7, 3.6, 8.2),
        (1, 0.01, 0.4, 0.1),
    ],
)
def test_the_rule_reads_between_the_points_of_the_table(publications, cost, pace, points):
    grid, stopped, gone_on = values(publications, cost, pace)
    exact = np.interp(points, grid, gone_on - stopped)
    assert gain_at(TABLE, publications, cost, pace, points) == pytest.approx(exact, abs=0.015)


def test_beyond_the_dearest_cost_every_further_cost_is_lost():
    assert gain_at(TABLE, 6, 15.0, 1.0, 2.0) == pytest.approx(gain_at(TABLE, 6, 12.0, 1.0, 2.0) - 3.0)


def test_the_policy_of_the_table_earns_what_the_table_says_and_no_simpler_one_earns_more():
    # 200,000 games of six publications; a game is worth at most 6, so the standard error of a mean is below 0.005
    cost, pace, start, publications = 0.3, 1.0, 3.0, 6
    luck = np.random.default_rng(5).standard_normal((publications, 200_000))

    def play(goes_on):
        points = np.full(luck.shape[1], start)
        earned = np.zeros(luck.shape[1])
        striving = np.ones(luck.shape[1], bool)
        for step in range(publications):
            striving &= goes_on(publications - step, points)
            earned -= FACTOR**step * cost * striving
            points = points - pace * striving - luck[step]
            earned += FACTOR ** (step + 1) * (points <= 0.0)
        return earned.mean()

    def by_table(left, points):
        asked = np.round(points, 2)  # each different number is looked up once
        known = {point: gain_at(TABLE, left, cost, pace, point) > 0.0 for point in np.unique(asked).tolist()}
        return np.array([known[point] for point in asked.tolist()])

    best = play(by_table)
    promised = rest_at(TABLE, publications, start) + gain_at(TABLE, publications, cost, pace, start)
    assert best == pytest.approx(promised, abs=0.015)
    for simple in (
        lambda left, points: np.zeros(points.size, bool),
        lambda left, points: np.ones(points.size, bool),
        lambda left, points: points > 0.0,
        lambda left, points: (points > 0.0) & (points < 3.5),
        lambda left, points: left > 3,
    ):
        assert play(simple) < best + 0.005


def test_the_tables_take_no_more_than_twenty_megabytes():
    rest, gain = solve(FACTOR)
    assert rest.shape == (PUBLICATIONS + 1, PACES - 1 + POINTS)
    assert rest.nbytes + gain.nbytes < 20e6
