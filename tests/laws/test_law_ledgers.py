"""Ledgers of credit, to the fen, on every tick: of a user, of every lender, of the platform, in any world.

A run of one user is a ledger of that user, so that what holds for totals is held for single people too.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model.lenders import MOST_LENDERS
from sim.model.numbers import lenders_capital
from sim.model.totals import LENDER_FLOWS
from tests.helpers import BUSY, ENGINES, FINANCE, HARD_TIMES, MARKET, PACKETS, finished, lenders, scenario, total

DAYS = 100
"""Four paydays, so that the first can default."""


def share(high=1.0):
    return st.floats(0.0, high)


LENDER = st.fixed_dictionaries(
    {
        "capital": st.sampled_from((0.0, 1.0, 30.0, 2_000.0)),
        "cutoff": share(3.0),
        "score_cutoff": st.floats(400.0, 800.0),
        "price": share(0.5),
        "loan": st.sampled_from((100.0, 1_000.0, 20_000.0)),
        "term": st.integers(1, 15),
    }
)
WORLDS = st.fixed_dictionaries(
    {
        "switches.credit_line": st.booleans(),
        "switches.lenders": st.booleans(),
        "policy.lending.information": st.sampled_from(("silo", "shared", "score")),
        "policy.credit.from_score": st.booleans(),
        "policy.credit.limit_floor": st.floats(0.0, 3_000.0),
        "policy.credit.limit_flow": share(5.0),
        "policy.credit.grace_days": st.integers(1, 27),
        "policy.credit.late_fee": share(),
        "policy.credit.kept_months": share(2.0),
        "world.liquidity.loss_chance": share(),
        "world.liquidity.recovery_chance": share(),
        "world.liquidity.kept_share": share(),
        "world.lending.lenders": st.lists(LENDER, min_size=1, max_size=MOST_LENDERS).map(tuple),
        "world.lending.shopping": share(30.0),
        "world.lending.smallest": st.floats(0.0, 500.0),
        "world.lending.late_charge": share(),
        "world.money.living_share": share(2.0),
        "world.money.interest": share(0.5),
        "world.money.minimum_payment": share(),
        "world.calendar.statement_day": st.integers(1, 28),
        "world.calendar.publication_day": st.integers(1, 28),
    }
)


def start_and_run(given_world, engine, seed):
    start = ENGINES[engine](given_world, seed).snapshot()
    run = ENGINES[engine](given_world, seed)
    run.run(given_world.run.ticks)
    return start, run


def step(run, name, first):
    """Change of a stock on every tick, from what it was on day 0."""
    return np.diff(total(run, name), prepend=first)


def hold_the_books(start, run):
    """Every identity of the ledgers, on every tick."""
    flow = {
        name: sum((total(run, f"lender_{j + 1}_{name}_fen") for j in range(MOST_LENDERS)), np.int64(0))
        for name in LENDER_FLOWS
    }
    given = total(run, "tips_received_fen") + total(run, "packet_kept_fen")
    incoming = total(run, "income_fen") + given + flow["lent"]
    spent = ("living_fen", "cash_fen", "repaid_bill_fen", "repaid_early_fen", "saved_fen", "tips_fen", "fees_fen")
    outgoing = sum(total(run, name) for name in spent) + flow["repaid"]
    cash = step(run, "liquidity_fen", int(start["liquidity"].astype(np.int64).sum()))
    assert (cash == incoming - outgoing).all(), "cash of the users"

    charged = total(run, "charged_fen")
    repaid = total(run, "repaid_bill_fen") + total(run, "repaid_early_fen")
    profit = total(run, "interest_fen") + total(run, "late_fees_fen") - total(run, "written_off_fen")
    assets = step(run, "debt_fen", int(start["debt"].astype(np.int64).sum()))
    assert (assets + repaid - charged == profit).all(), "the platform: assets and cash rise by the profit"
    assert total(run, "debt_fen").min() >= 0

    capital = [*lenders_capital(run.scenario), *[0] * MOST_LENDERS][:MOST_LENDERS]
    for j, own in enumerate(capital):
        lent, priced, back, lost = (total(run, f"lender_{j + 1}_{name}_fen") for name in LENDER_FLOWS)
        owed, till = (total(run, f"lender_{j + 1}_{name}_fen") for name in ("owed", "cash"))
        assert (owed == np.cumsum(lent + priced - back - lost)).all(), "what is owed is what was lent and not settled"
        assert (owed + till == own + np.cumsum(priced - lost)).all(), "assets and cash are capital and profit"
        assert till.min() >= 0, "a lender lends no more than it has"
    columns = run.columns
    assert columns["liquidity"].min() >= 0
    assert total(run, "unmet_fen").min() >= 0


def in_each_engine(changes, users, seed):
    for engine, many in users.items():
        given_world = scenario(BUSY, changes, {"run.users": many, "run.ticks": DAYS})
        hold_the_books(*start_and_run(given_world, engine, seed))


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=WORLDS, seed=st.integers(0, 2**32))
def test_ledgers_balance_in_any_world(changes, seed):
    in_each_engine(changes, {"fast": 60, "readable": 6}, seed)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=WORLDS, seed=st.integers(0, 2**32))
def test_the_ledger_of_one_user_balances_in_any_world(changes, seed):
    in_each_engine(changes, {"fast": 1, "readable": 1}, seed)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=WORLDS, seed=st.integers(0, 2**32), alone=st.booleans())
def test_ledgers_balance_in_five_hundred_worlds(changes, seed, alone):
    in_each_engine(changes, {"fast": 1 if alone else 200, "readable": 1 if alone else 10}, seed)


@pytest.mark.parametrize(
    "besides", [PACKETS, {**MARKET, "world.calendar.start_date": "2018-06-01"}], ids=["packets", "market"]
)
def test_ledgers_balance_with_what_comes_on_top_of_credit(besides):
    in_each_engine({**FINANCE, **HARD_TIMES, **besides}, {"fast": 600, "readable": 60}, 3)


def test_the_books_of_a_busy_world_are_not_empty():
    # otherwise the identities would hold of nothing at all
    run = finished(scenario(BUSY, FINANCE, HARD_TIMES, {"run.users": 1_500, "run.ticks": 130}))
    for name in ("late_fees_fen", "written_off_fen", "unmet_fen", "lender_1_lent_fen", "lender_1_lost_fen"):
        assert total(run, name).sum() > 0, name


def test_a_fen_astray_would_be_seen():
    given_world = scenario(BUSY, FINANCE, HARD_TIMES, lenders(2), {"run.users": 300, "run.ticks": 40})
    start, run = start_and_run(given_world, "fast", 1)
    hold_the_books(start, run)
    start["debt"][7] += 1
    with pytest.raises(AssertionError, match="platform"):
        hold_the_books(start, run)
