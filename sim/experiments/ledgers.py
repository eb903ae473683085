"""The ledgers of a finished run: every identity that must hold to the fen, on every tick and for every user.

Two kinds. **Flows**: on every tick, what a stock changes by is what came in less what went out: the users' cash, the platform's
line of credit, each lender's book, the money for red packets. **States**: at a moment, every single user is in a state that
the books allow, and the users' accounts add up to the totals that stand in the books.

Whole fen and whole numbers throughout, so that an identity holds exactly or is broken. That flows balance for a single user, and
not just in sum, is held where users can be looked at one by one (`tests/laws/test_law_user_ledger.py`, every user on every tick);
the engine for many users agrees with that one to the last bit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.columns import Columns
from sim.model.credit import CLOSED
from sim.model.lenders import BARRED, MOST_LENDERS, months_left, runs, times_late
from sim.model.numbers import lenders_capital
from sim.model.totals import KEPT_BY_GROUP, LENDER_FLOWS, TOTALS
from sim.scenario.schema import Scenario

SPENT = ("living_fen", "cash_fen", "repaid_bill_fen", "repaid_early_fen", "saved_fen", "tips_fen", "fees_fen")
"""What users pay out of cash, beside what they pay back to lenders."""
Flows = NDArray[np.int64]
Named = Iterator[tuple[str, bool]]


def flows_broken(
    scenario: Scenario, totals: NDArray[np.int64], start: Mapping[str, NDArray[Any]] | Columns, waiting: int = 0
) -> list[str]:
    """Names of the identities of flows that do not hold on every tick of a run; empty if all do.

    totals: shape (ticks, totals), as an engine leaves them; start: the users' columns on day 0; waiting: money in red packets
    that waits at the end (fen).
    """
    return [name for name, holds in _flows(scenario, totals, start, waiting) if not holds]


def _flows(scenario: Scenario, totals: NDArray[np.int64], start: Any, waiting: int) -> Named:
    def total(name: str) -> Flows:
        column: Flows = totals[:, TOTALS.index(name)]
        return column

    def step(name: str, column: str) -> Flows:
        return np.diff(total(name), prepend=np.int64(start[column].astype(np.int64).sum()))

    zero = np.zeros(len(totals), np.int64)
    of_all = {
        name: sum((total(f"lender_{j + 1}_{name}_fen") for j in range(MOST_LENDERS)), zero) for name in LENDER_FLOWS
    }
    incoming = total("income_fen") + total("tips_received_fen") + total("packet_kept_fen") + of_all["lent"]
    outgoing = sum((total(name) for name in SPENT), zero) + of_all["repaid"]
    yield "cash of the users", bool((step("liquidity_fen", "liquidity") == incoming - outgoing).all())

    repaid = total("repaid_bill_fen") + total("repaid_early_fen")
    profit = total("interest_fen") + total("late_fees_fen") - total("written_off_fen")
    assets = step("debt_fen", "debt") + repaid - total("charged_fen")
    yield "the platform: assets and cash rise by the profit", bool((assets == profit).all())
    yield "nobody owes the platform less than nothing", bool(total("debt_fen").min(initial=0) >= 0)
    yield "living costs unmet are not below zero", bool(total("unmet_fen").min(initial=0) >= 0)

    capital = [*lenders_capital(scenario), *[0] * MOST_LENDERS][:MOST_LENDERS]
    for j, own in enumerate(capital):
        lent, priced, back, lost = (total(f"lender_{j + 1}_{name}_fen") for name in LENDER_FLOWS)
        owed, till = (total(f"lender_{j + 1}_{name}_fen") for name in ("owed", "cash"))
        whose = f"lender {j + 1}"
        yield (
            f"{whose}: what is owed was lent or priced and not settled",
            bool((owed == np.cumsum(lent + priced - back - lost)).all()),
        )
        yield (
            f"{whose}: assets and cash are capital and profit",
            bool((owed + till == own + np.cumsum(priced - lost)).all()),
        )
        yield f"{whose} lends no more than it has", bool(till.min(initial=0) >= 0)

    out = np.cumsum(total("packet_given_fen") - total("packet_returned_fen"))
    kept = total("packet_kept_fen")
    budget = round(scenario.policy.incentive.budget * 100.0 * scenario.run.users)
    yield "red packets: no more is out than the budget", bool(out.max(initial=0) <= budget)
    yield "red packets: what is out is kept or waits", int(out[-1] - kept.sum()) == waiting
    thirds, files = KEPT_BY_GROUP[:3], KEPT_BY_GROUP[3:]
    for names in (thirds, files):
        yield (
            "red packets: what is kept is some group's",
            bool((sum((total(one) for one in names), zero) == kept).all()),
        )


def states_broken(users: Mapping[str, NDArray[Any]] | Columns, totals: NDArray[np.int64]) -> list[str]:
    """Names of the identities of states that some user, or the sum over users, breaks; empty if all hold.

    users: columns at the end of a tick; totals: of that tick, shape (totals,).
    """
    return [name for name, holds in _states(users, totals) if not holds]


def _states(users: Any, totals: NDArray[np.int64]) -> Named:
    def in_all(name: str) -> int:
        return int(users[name].astype(np.int64).sum())

    def books(name: str) -> int:
        return int(totals[TOTALS.index(name)])

    names = set(users.names if isinstance(users, Columns) else users)
    yield "cash is not below zero", bool((users["liquidity"] >= 0).all())
    yield "debt is not below zero", bool((users["debt"] >= 0).all())
    yield "cash adds up", in_all("liquidity") == books("liquidity_fen")
    yield "debt adds up", in_all("debt") == books("debt_fen")
    if "missed" in names:
        closed = users["missed"] == CLOSED
        yield (
            "a closed line owes nothing and has no limit",
            not (users["debt"][closed].any() or users["limit"][closed].any()),
        )
        yield (
            "need, unmet costs, limit and bill are not below zero",
            all(bool((users[name] >= 0).all()) for name in ("need", "unmet", "limit", "billed")),
        )
    for j in range(MOST_LENDERS):
        if f"owed_{j + 1}" not in names:
            break
        owed, loan = users[f"owed_{j + 1}"], users[f"loan_{j + 1}"].astype(np.int64)
        whose = f"lender {j + 1}"
        yield (
            f"{whose}: who owes has a loan that runs, and the other way round",
            bool(((owed > 0) == (months_left(loan) > 0)).all()),
        )
        yield f"{whose}: what is owed is not below zero", bool((owed >= 0).all())
        yield (
            f"{whose}: who is in default owes nothing and is not late",
            not (
                owed[loan == BARRED].any()
                or times_late(loan[loan == BARRED]).any()
                or not runs(loan[loan == BARRED]).all()
            ),
        )
    if "packet_fen" in names:
        yield "who has money in packets has packets", bool(((users["packet_fen"] > 0) == (users["packets"] > 0)).all())
