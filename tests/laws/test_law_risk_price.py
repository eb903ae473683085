"""Prices by the risk that a lender sees: nothing without a premium, higher for those seen as risky, blind to what is not seen."""

import numpy as np
import pytest

from tests.helpers import (
    BUSY,
    ENGINES,
    FINANCE,
    HARD_TIMES,
    different_columns,
    different_totals,
    finished,
    information,
    lenders,
    scenario,
    total,
)

USERS = {"fast": 1_500, "readable": 60}
both = pytest.mark.parametrize("engine", ENGINES)
KINDS = ("silo", "shared", "score")
RICH = {"capital": 5_000.0, "score_cutoff": 450.0, "term": 1}


def run(engine, kind, **settings):
    world = (BUSY, FINANCE, HARD_TIMES, lenders(3, **{**RICH, **settings}), information(kind))
    return finished(scenario(*world, {"run.users": USERS[engine], "run.ticks": 130}), engine=engine)


def mean_rate(made):
    """Price of what is lent (share): priced over lent, late charges included."""
    lent, priced = (sum(total(made, f"lender_{j}_{name}_fen").sum() for j in (1, 2, 3)) for name in ("lent", "priced"))
    return priced / lent


@both
@pytest.mark.parametrize("kind", KINDS)
def test_a_premium_makes_loans_dearer_where_risk_is_seen(engine, kind):
    without, with_it = (run(engine, kind, price=0.02, risk_premium=premium) for premium in (0.0, 0.3))
    assert different_totals(without, with_it)
    assert mean_rate(with_it) > mean_rate(without)


def first_round(kind, **settings):
    """The first lending, on the day after the first payday: nobody owes anything yet and nobody has been late."""
    world = (BUSY, FINANCE, HARD_TIMES, lenders(3, **{**RICH, **settings}), information(kind))
    return finished(scenario(*world, {"run.users": 1_500, "run.ticks": 20}))


@pytest.mark.parametrize("kind", ["silo", "shared"])
def test_before_anybody_owes_a_premium_changes_nothing(kind):
    # no debt, no lateness: nothing to see in a silo or in a bureau's books, so not a bit differs
    base, dear = (first_round(kind, risk_premium=premium) for premium in (0.0, 0.5))
    assert total(base, "loans").sum() > 100
    assert different_totals(base, dear) == set()
    assert different_columns(base, dear) == set()


def test_by_the_score_the_first_loan_has_a_premium_already():
    base, dear = (first_round("score", risk_premium=premium) for premium in (0.0, 0.5))
    assert mean_rate(dear) > mean_rate(base)


@both
def test_a_silo_cannot_price_debts_elsewhere_and_a_bureau_does(engine):
    # Up to and with the day on which the first instalments are late nobody has been late with anybody when prices are made, and
    # some who owe one lender borrow from another: a silo's premium has nothing to go by, shared books show those debts.
    offers = {"capital": 5_000.0, "loan": 300.0, "cutoff": 3.0, "term": 6, "price": 0.0}

    def priced(kind, premium):
        world = (BUSY, FINANCE, HARD_TIMES, lenders(3, **offers, risk_premium=premium), information(kind))
        made = finished(
            scenario(*world, {"run.users": USERS[engine], "run.ticks": 40, "world.lending.late_charge": 0.0}),
            engine=engine,
        )
        until = np.flatnonzero(total(made, "late_instalments"))[0] + 1
        assert total(made, "borrowers_2")[: until - 1].max() > 0
        assert total(made, "loans")[until - 1] > 0
        return sum(int(total(made, f"lender_{j}_priced_fen")[:until].sum()) for j in (1, 2, 3))

    assert [priced("silo", premium) for premium in (0.0, 0.3)] == [0, 0]
    assert priced("shared", 0.0) == 0 < priced("shared", 0.3)


def test_a_lender_alone_prices_whom_it_has_seen_late():
    # from the second loan on: those who were late once pay the premium to the lender they were late with
    def rate(premium):
        world = (BUSY, FINANCE, HARD_TIMES, lenders(1, **RICH, price=0.0, risk_premium=premium), information("silo"))
        made = finished(scenario(*world, {"run.users": 1_500, "run.ticks": 190, "world.lending.late_charge": 0.0}))
        return [int(total(made, "lender_1_priced_fen")[part].sum()) for part in (slice(0, 35), slice(35, 190))]

    assert rate(0.0) == [0, 0]
    first, later = rate(0.3)
    assert first == 0
    assert later > 0
