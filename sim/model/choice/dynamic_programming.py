"""Dynamic programming: strive as long as going on is worth more than stopping, the noise of the score allowed for.

The stopping problem of `stopping.py` is solved once before the run, over points missing, publications left, the user's ratio
of cost to prize and the pace of the plan; a review looks the value up (linear between points of the grid). Assets proved
at once are no stopping problem: they are worth the rest that follows from a score so much higher.
"""

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.model.choice.decision_rule import DecisionRule, Table
from sim.model.choice.stopping import (
    COSTS,
    HIGHEST_COST,
    NEAREST,
    PACES,
    POINTS,
    PUBLICATIONS,
    STEP,
    cost_at,
    solve,
)
from sim.model.numerics import exponential
from sim.model.rule import rule
from sim.model.states import UPLOAD

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

PERIOD_DAYS = 30.0
LEAST_NOISE = 1.0
"""Points: published scores are whole."""
LARGEST_PACE = STEP * (PACES - 1)
REST_WIDTH = PACES - 1 + POINTS
FIRST_REST = 1
FIRST_GAIN = FIRST_REST + (PUBLICATIONS + 1) * REST_WIDTH
"""Layout of the table: the noise; rest, row by row; gain, row by row."""


@rule
def rest_at(table, publications, points):
    """Expected discounted periods at the gate of one who rests, so many standard deviations short of it."""
    place = min(max((points - NEAREST) / STEP + (PACES - 1), 0.0), REST_WIDTH - 1.0)
    left = min(int(place), REST_WIDTH - 2)
    share = place - left
    first = FIRST_REST + publications * REST_WIDTH + left
    return table[first] + share * (table[first + 1] - table[first])


@rule
def gain_along(table, row, place):
    """Gain at a fractional place along a row of the table."""
    left = min(int(place), POINTS - 2)
    share = place - left
    return table[row + left] + share * (table[row + left + 1] - table[row + left])


@rule
def gain_at(table, publications, cost, pace, points):
    """Value of going on less that of stopping, in prizes of a period; cost in the same unit, pace and points in noise."""
    place = min(max((points - NEAREST) / STEP, 0.0), POINTS - 1.0)
    quick = min(pace / STEP, PACES - 1.0)
    slow = min(int(quick), PACES - 2)
    quick = quick - slow
    # Beyond the grid nobody goes on, and every further cost is lost at once.
    within = min(cost, HIGHEST_COST)
    cheap = min(int((COSTS - 1) * sqrt(sqrt(within / HIGHEST_COST))), COSTS - 2)
    low, high = cost_at(cheap), cost_at(cheap + 1)
    dear = (within - low) / (high - low)
    row = FIRST_GAIN + (((publications - 1) * COSTS + cheap) * PACES + slow) * POINTS
    next_cost = PACES * POINTS
    one = gain_along(table, row, place)
    one = one + quick * (gain_along(table, row + POINTS, place) - one)
    other = gain_along(table, row + next_cost, place)
    other = other + quick * (gain_along(table, row + next_cost + POINTS, place) - other)
    return one + dear * (other - one) - (cost - within)


@rule
def value_dynamic_programming(prospect, table):
    """Value (CNY) of going on with the plan less that of stopping; table: as `prepare` lays it out."""
    noise = max(table[0], LEAST_NOISE)
    first = max(prospect.days_to_publication, prospect.days_to_start)
    left = (prospect.days_to_end - first) / prospect.publication_interval
    publications = int(min(max(left + 1.0 - 1e-9, 1.0), PUBLICATIONS * 1.0))
    discount = prospect.discount
    period = (1.0 - exponential(-discount * prospect.publication_interval)) / discount
    prize = prospect.prize_per_day * period
    # Only what lies between now and the gate's start is certain to bring nothing.
    waiting = exponential(-discount * max(prospect.days_to_start - prospect.publication_interval, 0.0))
    if prospect.plan == UPLOAD:
        before = rest_at(table, publications, prospect.missing_at_rest / noise)
        after = rest_at(table, publications, (prospect.missing_at_rest - prospect.points_gained) / noise)
        return waiting * prize * (after - before) - prospect.cost_at_once
    pace = prospect.points_gained / prospect.publications
    # A pace beyond the table is met at its edge: the noise is taken as larger, a quarter of the pace.
    noise = max(noise, pace / LARGEST_PACE)
    cost = prospect.cost_per_day * period
    if prize * HIGHEST_COST * 1e6 < cost:
        return -cost - prospect.cost_at_once
    gain = gain_at(table, publications, cost / prize, pace / noise, prospect.missing_at_rest / noise)
    return waiting * prize * gain - prospect.cost_at_once


def prepare(scenario: "Scenario") -> Table:
    """The noise of the score and the solved tables in one row."""
    rest, gain = solve(float(exponential(-scenario.world.choice.discount * PERIOD_DAYS)))
    return np.concatenate([[scenario.world.score.noise], rest.ravel(), gain.ravel()])


RULE = DecisionRule("dynamic_programming", value_dynamic_programming, prepare)
