"""Ledgers of credit, to the fen, on every tick: of a user, of every lender, of the platform, in any world.

A run of one user is a ledger of that user, so that what holds for totals is held for single people too.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.experiments import ledger_year
from sim.experiments.ledgers import flows_broken, states_broken
from sim.model.lenders import MOST_LENDERS
from sim.model.money import LARGEST_DEBT_FEN
from tests.helpers import (
    AT_THE_CEILING,
    BUSY,
    ENGINES,
    FINANCE,
    HARD_TIMES,
    LINE,
    MARKET,
    PACKETS,
    finished,
    lenders,
    scenario,
    total,
)

DAYS = 100
"""Four paydays, so that the first can default."""
LONG = 800
"""More than two years, in which what is not repaid compounds 26 times."""


def share(high=1.0):
    return st.floats(0.0, high)


LENDER = st.fixed_dictionaries(
    {
        "capital": st.sampled_from((0.0, 1.0, 30.0, 2_000.0)),
        "cutoff": share(3.0),
        "score_cutoff": st.floats(400.0, 800.0),
        "price": share(0.5),
        "risk_premium": share(0.5),
        "loan": st.sampled_from((100.0, 1_000.0, 20_000.0)),
        "term": st.integers(1, 15),
    }
)
GATE = st.sampled_from(({"kind": "none"}, {"kind": "threshold", "threshold": 640}, {"kind": "price", "price": 50.0}))
WORLDS = st.fixed_dictionaries(
    {
        "switches.credit_line": st.booleans(),
        "switches.lenders": st.booleans(),
        "switches.market": st.booleans(),
        "switches.bureau": st.booleans(),
        "switches.merchants": st.booleans(),
        "switches.incentive": st.booleans(),
        "switches.habit": st.booleans(),
        "switches.choice": st.booleans(),
        "switches.coverage": st.booleans(),
        "policy.gate": GATE,
        "policy.incentive.kind": st.sampled_from(("none", "red_packet")),
        "policy.incentive.budget": st.sampled_from((0.0, 0.3, 20.0)),
        "policy.incentive.amount": st.sampled_from((0.01, 2.0, 77.77)),
        "policy.incentive.sent": st.floats(0.0, 0.5),
        "policy.incentive.sent_again": st.floats(0.0, 0.5),
        "policy.incentive.passed_on": share(),
        "policy.incentive.split": st.integers(1, 10),
        "policy.incentive.start": st.integers(0, 30),
        "world.packets.smallest": st.sampled_from((0.01, 0.1, 5.0)),
        "world.market.curve": st.sampled_from(("exponential", "gompertz", "logistic")),
        "world.calendar.start_date": st.sampled_from(("2012-03-01", "2016-09-01", "2018-06-01")),
        "world.bureau.months": st.integers(1, 3),
        "world.bureau.features": st.sampled_from(("bureau", "transactions", "social", "all")),
        "world.bureau.joined": st.integers(0, MOST_LENDERS),
        "world.bureau.social_tells": share(),
        "world.merchants.joins_per_month": st.floats(0.0, 2_000.0),
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
).map(lambda drawn: possible(drawn))
"""Every mechanism of credit on or off, alone and together."""


def possible(drawn):
    """A world drawn, with switched off what the others leave nothing to do (a scenario would be refused)."""
    on = dict(drawn)
    on["switches.market"] &= on["switches.lenders"]
    on["switches.bureau"] &= on["switches.lenders"] or on["switches.credit_line"]
    return on


def start_and_run(given_world, engine, seed):
    start = ENGINES[engine](given_world, seed).snapshot()
    run = ENGINES[engine](given_world, seed)
    run.run(given_world.run.ticks)
    return start, run


def hold_the_books(start, run):
    """Every identity of the ledgers: of flows on every tick, of states at the end."""
    waiting = int(run.columns["packet_fen"].astype(np.int64).sum()) if run.scenario.gives_packets else 0
    assert flows_broken(run.scenario, run.totals, start, waiting) == []
    assert states_broken(run.columns, run.totals[-1]) == []


def in_each_engine(changes, users, seed, days=DAYS):
    for engine, many in users.items():
        given_world = scenario(BUSY, changes, {"run.users": many, "run.ticks": days})
        hold_the_books(*start_and_run(given_world, engine, seed))


FOR_GOOD = {
    "world.money.minimum_payment": st.sampled_from((0.0, 0.001)),
    "world.money.interest": st.sampled_from((0.3, 0.5, 1.0)),
    "world.lending.late_charge": st.just(1.0),
}
"""Debts that nobody has to repay and that grow by a third a month or more: beyond every ceiling in 800 days."""


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
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


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=WORLDS, growing=st.fixed_dictionaries(FOR_GOOD), seed=st.integers(0, 2**32))
def test_ledgers_balance_in_worlds_where_debts_grow_for_years(changes, growing, seed):
    in_each_engine({**changes, **growing}, {"fast": 60, "readable": 4}, seed, LONG)


@pytest.mark.parametrize(
    "world",
    [{**LINE, "world.money.minimum_payment": 0.0, "world.money.interest": 0.5}, AT_THE_CEILING],
    ids=["unpaid for years", "everything at its largest"],
)
def test_ledgers_balance_where_debts_reach_their_ceiling(world):
    given_world = scenario(world, {"run.users": 200, "run.ticks": LONG})
    start, run = start_and_run(given_world, "fast", 1)
    hold_the_books(start, run)
    assert run.columns["debt"].max() == LARGEST_DEBT_FEN  # where 32 bits would overflow without a ceiling


@pytest.mark.parametrize(
    "besides", [PACKETS, {**MARKET, "world.calendar.start_date": "2018-06-01"}], ids=["packets", "market"]
)
def test_ledgers_balance_with_what_comes_on_top_of_credit(besides):
    in_each_engine({**FINANCE, **HARD_TIMES, **besides}, {"fast": 600, "readable": 60}, 3)


def test_the_worlds_drawn_have_every_mechanism_on_somewhere():
    seen = {}

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(changes=WORLDS)
    def look(changes):
        for path, value in changes.items():
            seen.setdefault(path, set()).add(str(value))

    look()
    switched = {path for path in seen if path.startswith("switches.")}
    assert len(switched) >= 9
    assert all(seen[path] == {"True", "False"} for path in switched)
    for path in ("policy.lending.information", "policy.incentive.kind", "world.market.curve", "policy.gate"):
        assert len(seen[path]) > 1, path


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
    assert flows_broken(run.scenario, run.totals, start) == ["the platform: assets and cash rise by the profit"]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("liquidity", -1, "cash"),
        ("debt", 10**6, "debt"),
        ("owed_1", 5, "lender 1"),
        ("need", -1, "need"),
    ],
)
def test_a_state_astray_would_be_seen(column, value, told):
    run = ENGINES["fast"](scenario(BUSY, FINANCE, HARD_TIMES, lenders(2), {"run.users": 300, "run.ticks": 40}), 1)
    run.run(40)
    users = run.snapshot()
    assert states_broken(users, run.totals[-1]) == []
    users[column][np.flatnonzero(users[column] == 0)[0]] = value
    assert any(told in name for name in states_broken(users, run.totals[-1]))


def test_a_year_of_everything_keeps_its_books():
    found = ledger_year.audit(ledger_year.everything(3_000, 70))
    assert found.broken == []
    assert found.looks > 5
    assert all(found.moved[name] > 0 for name in ledger_year.MOVED if name != "written_off_fen")


@pytest.mark.slow
def test_the_command_says_that_a_year_of_everything_keeps_its_books(capsys):
    assert ledger_year.main(100_000, 365) == 0
    told = capsys.readouterr().out
    assert "broken: none" in told
    assert "written_off" in told
    assert "lender_4_lost" in told
