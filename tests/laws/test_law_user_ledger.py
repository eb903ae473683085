"""The ledger of every single user on every tick: opening + what the user was booked with = closing, for cash and for each debt.

The readable engine lets one look: what a user does in a phase is booked in the totals while that user acts, so that the totals'
change in between is the user's own. The engine for many users agrees with it to the last bit (`tests/agreement`).
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engines.readable import ReadableEngine
from sim.model import totals as n
from tests.helpers import BUREAU, BUSY, FINANCE, HARD_TIMES, MARKET, MERCHANTS, PACKETS, information, scenario
from tests.laws.test_law_ledgers import WORLDS

ACTS = (
    "receive_statement",
    "receive_pay",
    "hear_answers",
    "settle_bill",
    "face_gate",
    "act",
    "repay_early",
    "be_scored",
    "apply",
    "maybe_review",
    "be_counted",
    "count_accounts",
    "pass_on",
)
"""What a user does in a tick, each looked at alone (`repay_early` is a part of `act`)."""
CASH_IN = (n.INCOME_FEN, n.TIPS_RECEIVED_FEN, n.PACKET_KEPT_FEN)
CASH_OUT = (
    n.LIVING_FEN,
    n.CASH_FEN,
    n.REPAID_BILL_FEN,
    n.REPAID_EARLY_FEN,
    n.SAVED_FEN,
    n.TIPS_FEN,
    n.FEES_FEN,
)
DEBT_UP = (n.CHARGED_FEN, n.INTEREST_FEN, n.LATE_FEES_FEN)
DEBT_DOWN = (n.REPAID_BILL_FEN, n.REPAID_EARLY_FEN, n.WRITTEN_OFF_FEN)


class Auditor:
    """Stands beside every user of a run and compares accounts with bookings after everything the user does.

    seen: how often an account moved, by account; wrong: what did not balance.
    """

    def __init__(self, engine):
        self.seen, self.wrong = {"cash": 0, "debt": 0, "owed": 0}, []
        self.model = engine.model
        for user in self.model.people:
            for name in ACTS:
                setattr(user, name, self.beside(user, name, getattr(user, name)))

    def beside(self, user, name, act):
        def watched(*given, **named):
            cash, debt, owed, before = user.liquidity, user.debt, list(user.owed), list(self.model.total)
            found = act(*given, **named)
            booked = [after - earlier for after, earlier in zip(self.model.total, before, strict=True)]
            lenders = range(len(owed))
            lent, back = (sum(booked[first + j] for j in lenders) for first in (n.LENT_FEN, n.BACK_FEN))
            flows = {
                "cash": sum(booked[k] for k in CASH_IN) + lent - sum(booked[k] for k in CASH_OUT) - back,
                "debt": sum(booked[k] for k in DEBT_UP) - sum(booked[k] for k in DEBT_DOWN),
            }
            moved = {"cash": user.liquidity - cash, "debt": user.debt - debt}
            for j in lenders:
                up, down = (
                    booked[n.LENT_FEN + j] + booked[n.PRICED_FEN + j],
                    booked[n.BACK_FEN + j] + booked[n.LOST_FEN + j],
                )
                flows[f"owed {j}"], moved[f"owed {j}"] = up - down, user.owed[j] - owed[j]
            for account, flow in flows.items():
                self.seen[account.split()[0]] += moved[account] != 0
                if moved[account] != flow:
                    self.wrong.append((self.model.tick, user.id, name, account, moved[account], flow))
            return found

        return watched


def audited(given_world, seed):
    engine = ReadableEngine(given_world, seed)
    auditor = Auditor(engine)
    engine.run(given_world.run.ticks)
    return auditor


EVERYTHING = {
    **FINANCE,
    **HARD_TIMES,
    **PACKETS,
    **MARKET,
    **BUREAU,
    **MERCHANTS,
    **information("shared"),
    "world.calendar.start_date": "2018-01-05",
    "run.users": 40,
    "run.ticks": 100,
}


def test_every_account_of_every_user_balances_with_everything_on():
    found = audited(scenario(BUSY, EVERYTHING), 3)
    assert found.wrong == []
    assert min(found.seen.values()) > 20, found.seen


def test_a_fen_that_nobody_booked_would_be_seen():
    engine = ReadableEngine(scenario(BUSY, EVERYTHING, {"run.ticks": 3}), 3)
    user, plain = engine.model.people[7], engine.model.people[7].act

    def generous(*given, **named):
        plain(*given, **named)
        user.liquidity += 1

    user.act = generous
    auditor = Auditor(engine)
    engine.run(3)
    assert {(who, name, account) for _, who, name, account, *_ in auditor.wrong} == {(7, "act", "cash")}


@pytest.mark.slow
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=WORLDS, seed=st.integers(0, 2**32))
def test_every_account_of_every_user_balances_in_any_world(changes, seed):
    assert audited(scenario(BUSY, changes, {"run.users": 12, "run.ticks": 100}), seed).wrong == []
