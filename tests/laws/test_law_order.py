"""Nothing depends on the order of users, the number of threads, or the steps in which a run is taken."""

import numpy as np
import pytest

from sim.engines.fast import DayZero, FastEngine
from sim.engines.readable import ReadableEngine
from sim.model.columns import NAMES
from tests.helpers import (
    BUREAU,
    BUSY,
    FINANCE,
    HARD_TIMES,
    LOTTERY,
    NONE,
    OPEN,
    different_columns,
    information,
    rearranged,
    scenario,
)

MANY = {"run.users": 5_000}
"""Several blocks, the last not full."""
POLICIES = {
    "none": NONE,
    "open": OPEN,
    "gate": {},
    "lottery": LOTTERY,
    "bureau": {**FINANCE, **HARD_TIMES, **BUREAU},
    "finance": {**FINANCE, **HARD_TIMES, **information("shared")},
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("threads", [1, 2])
def test_rearranging_the_users_rearranges_the_result(policy, threads):
    given = scenario(BUSY, MANY, POLICIES[policy])
    start = DayZero(given, 3)
    order = np.random.default_rng(8).permutation(given.run.users)
    straight = FastEngine(given, 3, 1, start)
    shuffled = FastEngine(given, 3, threads, rearranged(start, order))
    for engine in (straight, shuffled):
        engine.run(given.run.ticks)
    assert np.array_equal(straight.totals, shuffled.totals)
    for name in straight.columns.names:
        assert np.array_equal(straight.columns[name][order], shuffled.columns[name]), name
    assert not np.array_equal(straight.columns["liquidity"], shuffled.columns["liquidity"])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("threads", [2, 3, 4])
def test_threads_change_nothing(policy, threads):
    given = scenario(BUSY, MANY, POLICIES[policy])
    one, several = FastEngine(given, 3, 1), FastEngine(given, 3, threads)
    assert several.threads == threads
    for engine in (one, several):
        engine.run(given.run.ticks)
    assert np.array_equal(one.totals, several.totals)
    assert different_columns(one, several) == set()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_day_zero_made_by_several_threads_is_the_same(threads):
    given = scenario(BUSY, MANY)
    one, other = DayZero(given, 3, 1), DayZero(given, 3, threads + 1)
    for name in NAMES:
        assert one.columns[name].tobytes() == other.columns[name].tobytes(), name
    assert np.array_equal(one.contacts.others, other.contacts.others)


@pytest.mark.parametrize(("engine", "users"), [(FastEngine, 5_000), (ReadableEngine, 150)])
def test_a_run_in_pieces_is_the_run_at_once(engine, users):
    given = scenario(BUSY, {"run.users": users})
    whole, pieces = engine(given, 3), engine(given, 3)
    whole.run(60)
    for ticks in (1, 2, 0, 5, 27, 1, 1_000):
        pieces.run(ticks)
    assert whole.tick == pieces.tick == 60
    assert np.array_equal(whole.totals, pieces.totals)
    assert different_columns(whole, pieces) == set()


def test_threads_may_change_between_pieces():
    given = scenario(BUSY, MANY)
    whole, pieces = FastEngine(given, 3, 1), FastEngine(given, 3, 2)
    whole.run(60)
    for ticks in (3, 30, 27):
        pieces.run(ticks)
    assert np.array_equal(whole.totals, pieces.totals)


def test_a_day_zero_at_hand_is_not_changed_by_a_run():
    given = scenario(BUSY, MANY)
    start = DayZero(given, 3)
    before = start.columns.copy()
    first = FastEngine(given, 3, 1, start)
    first.run(60)
    for name in NAMES:
        assert before[name].tobytes() == start.columns[name].tobytes(), name
    again = FastEngine(given, 3, 1, start)
    again.run(60)
    assert np.array_equal(first.totals, again.totals)


def test_another_seed_is_another_world():
    given = scenario(BUSY)
    one, other = FastEngine(given, 3), FastEngine(given, 4)
    assert not np.array_equal(one.columns["income"], other.columns["income"])


def test_more_users_leave_the_first_ones_as_they_are():
    # people are worked out from their own number alone; only the graph and the scores know how many there are
    few, many = DayZero(scenario({"run.users": 600}), 3), DayZero(scenario({"run.users": 900}), 3)
    for name in ("income", "payment_rate", "debt", "record", "owned", "circle_worth"):
        assert np.array_equal(few.columns[name], many.columns[name][:600]), name
