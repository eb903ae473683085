"""What joined lenders report of a quarter: who had something to pay, and who fell overdue with it.

A user has an outcome who had an instalment or a bill due with a lender that reports; overdue is who missed one. Who was overdue
when the quarter began has none: the question is who falls overdue.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.model.bureau.records import ByName
from sim.model.lenders import times_late

DUE, OVERDUE, ALREADY = 1, 2, 4
"""Flags of a user's quarter: had something to pay; missed it; was overdue before."""

Flags = NDArray[np.uint8]


class Users(ByName, Protocol):
    """The columns of a run with their names and length."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that there are."""
        ...

    @property
    def users(self) -> int:
        """Number of users."""
        ...


def late(users: Users, lenders: Sequence[int]) -> NDArray[np.bool_]:
    """Who is overdue now with one of these lenders (numbers from 0) or with the credit line, where there is one."""
    found = np.zeros(users.users, bool)
    for lender in lenders:
        found |= times_late(users[f"loan_{lender + 1}"]) > 0
    if "missed" in users.names:
        found |= np.asarray(users["missed"]) > 0
    return found


def instalment_due(users: Users, lenders: Sequence[int]) -> NDArray[np.bool_]:
    """Who, on the eve of payday, owes one of these lenders."""
    found = np.zeros(users.users, bool)
    for lender in lenders:
        found |= np.asarray(users[f"owed_{lender + 1}"]) > 0
    return found


def bill_due(users: Users) -> NDArray[np.bool_]:
    """Who, on the eve of the day on which the bill of the credit line is due, has one open."""
    return np.asarray(np.minimum(users["billed"], users["debt"]) > 0)


def judged(flags: Flags) -> NDArray[np.bool_]:
    """Who has an outcome."""
    return np.asarray((flags & (DUE | OVERDUE) != 0) & (flags & ALREADY == 0))
