"""What sharing what is owed does to borrowing from several lenders: where it can only lower it, and where it may not.

**At equal books**, and at one price, it can only lower it, for every user, where capital is not scarce. Shared books take room only from who owes
something and refuse only who is or was in arrears; who owes nobody is offered the same or nothing, and who owes one lender is
offered something by some of those who would in a silo. So nobody comes to owe two who would not have in a silo.

**Over time** books differ, and on single days there may be a few more. Summed over the days of a run there are fewer in every world
tried with capital for all. **With scarce capital** what one user is refused goes to another, and there may be more: a world in
which there are is among the tests.
"""

import numpy as np
import pytest

from tests.helpers import FINANCE, NONE, finished, information, lenders, scenario, total

AMPLE, SCARCE = 50_000.0, 145.0


def world(number, capital, users=600, days=190):
    """A random world of several lenders: (in a silo, with shared books), run."""
    rng = np.random.default_rng([number, 20161124])
    world = {
        "world.money.living_share": float(rng.uniform(0.6, 1.0)),
        "world.money.living_spread": float(rng.uniform(0.2, 1.0)),
        "world.liquidity.loss_chance": float(rng.uniform(0.0, 0.15)),
        "world.liquidity.recovery_chance": float(rng.uniform(0.1, 0.6)),
        "world.lending.shopping": float(rng.uniform(1.0, 12.0)),
        "world.population.shopping_median": float(rng.uniform(2_000.0, 12_000.0)),
        "run.users": users,
        "run.ticks": days,
    }
    offers = lenders(
        int(rng.integers(2, 7)),
        capital=capital,
        cutoff=float(rng.uniform(0.3, 3.0)),
        loan=float(rng.choice([1_000.0, 3_000.0, 10_000.0])),
        term=int(rng.integers(1, 10)),
        price=float(rng.uniform(0.0, 0.1)),
        risk_premium=float(rng.choice([0.0, 0.1])),
    )
    return tuple(
        finished(scenario(NONE, FINANCE, world, offers, information(kind)), number) for kind in ("silo", "shared")
    )


def borrower_days(made):
    return int(total(made, "borrowers_2").sum())


def hold(numbers, **size):
    fewer = 0
    for number in numbers:
        silo, shared = (borrower_days(made) for made in world(number, AMPLE, **size))
        assert shared <= silo, number
        fewer += shared < silo
    return fewer


def test_with_capital_for_all_sharing_never_raises_borrowing_from_several():
    assert hold(range(12)) >= 10  # and lowers it nearly everywhere


@pytest.mark.slow
def test_with_capital_for_all_sharing_never_raises_it_in_a_hundred_worlds():
    assert hold(range(100, 200), users=1_500, days=720) >= 90


def several(engine):
    columns = engine.columns
    names = [name for name in columns.names if name.startswith("owed_")]
    return sum((columns[name] > 0).astype(np.int64) for name in names) > 1


def answers(given):
    from sim.model.calendar import ANSWER, make_calendar

    return np.flatnonzero(make_calendar(given).flags & ANSWER)


@pytest.mark.parametrize("number", range(4))
def test_at_equal_books_nobody_borrows_from_several_who_would_not_have_in_a_silo(number):
    # up to the second payday books are the same: on the day after, lenders answer people of whom some owe
    from sim.engines.fast import FastEngine

    silo, shared = (made.scenario for made in world(number, AMPLE, users=3_000))
    second = int(answers(silo)[1])
    engines = [FastEngine(given, number) for given in (silo, shared)]
    for engine in engines:
        engine.run(second)
    books = [engine.columns for engine in engines]
    assert all(books[0][name].tobytes() == books[1][name].tobytes() for name in books[0].names)
    for engine in engines:
        engine.run(1)
    alone, together = (several(engine) for engine in engines)
    assert not (together & ~alone).any()
    assert together.sum() < alone.sum()


@pytest.mark.parametrize("number", [2, 19])
def test_with_scarce_capital_it_may_raise_it(number):
    # 145 CNY a user: whom shared books refuse leaves capital to others, who then borrow from several (4 of 20 worlds, by 1 to 8%)
    silo, shared = (borrower_days(made) for made in world(number, SCARCE, users=1_500, days=400))
    assert shared > silo
