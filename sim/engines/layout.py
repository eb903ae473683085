"""How compiled code finds its data: records of addresses that it is given, and the arrays that they point to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.score import HIGHEST, LOWEST
from sim.model.totals import COUNT

BLOCK = 512
"""Users worked on at a time: few enough that their columns stay in cache while all phases pass over them."""

WORDS, RATES, COUNTS, LISTS, DOUBLES = 10, 6, 8, 2, 5
"""Rows of the scratch arrays of a desk."""

SCRATCH = np.cumsum([0, WORDS * 4, RATES * 4, COUNTS * 4, LISTS * 4, 1, DOUBLES * 8]) * BLOCK
"""Where the scratch arrays of a desk start in its memory, and how many bytes they are together: 32-bit words, rates and counts,
lists of places, flags of a byte, doubles.
"""

ANSWERS = HIGHEST - LOWEST + 1
"""Length of the table of the chance that a comment is answered, by the score of who made it."""

DESK = np.dtype(
    [
        (field, "i8")
        for field in (
            "users",
            "floats",
            "ints",
            "shorts",
            "bytes",
            "starts",
            "others",
            "learned",
            "learned_counts",
            "result",
            "answers",
            "words",
            "rates",
            "counts",
            "chosen",
            "flags",
            "doubles",
            "totals",
            "admission",
            "plan_values",
            "tables",
            "lessons",
            "accounts",
            "standings",
            "waiting",
            "openings",
            "demand",
            "served",
            "market",
            "cuts",
            "far_counts",
            "far_starts",
            "sources",
            "targets",
            "formula",
            "feeds",
            "purses",
        )
    ]
)
"""Number of users, addresses of what all threads share, of a thread's own scratch and totals, of the scenario's rules, and of
what only some worlds or day 0 need (0 otherwise): columns of those who learn, of credit, of red packets; demand: int64 (lenders, TURNS),
offers (fen) by lender and place in the order by lot; served: int64 (lenders), places that each lender can serve;
market: float64 (ticks), factor on the demand for credit; formula: float64 (LENGTH), by which the bureau publishes;
feeds: float64 (3 * MOST_GROUPS), state of the circles; purses: int64 (2 * MOST_GROUPS), their money."""

TODAY = np.dtype(
    [
        ("appeal", "f8"),
        ("pull", "f8"),
        ("exclusivity", "f8"),
        ("offer", "f8"),
        ("cutoff", "f8"),
        ("tie", "f8"),
        ("escrow", "i8"),
        ("tick", "i8"),
        ("flags", "i8"),
        ("ticks_to_publication", "i8"),
        ("ticks_to_start", "i8"),
        ("ticks_to_end", "i8"),
        ("ticks_open", "i8"),
        ("round", "i8"),
        ("active_days", "f8"),
        ("open_groups", "i8"),
        ("budget", "i8"),
        ("to_anybody", "i8"),
        ("to_openers", "i8"),
        ("factor", "i8"),
        ("shift", "i8"),
    ]
)
"""The day, what all users see of the circle, of the last place at a gate that ranks and of perks on offer, and what it carries to tomorrow.
round: of publication, 0 but on day 0; budget: for red packets, before the day's (fen); to_anybody,
to_openers: places for packets given today, in the order of factor and shift."""


RUN = np.dtype(
    [
        (field, "i8")
        for field in (
            "first_tick",
            "last_tick",
            "ticks",
            "phases",
            "threads",
            "totals_width",
            "calendar",
            "addresses",
            "when",
            "result",
            "partial",
            "team",
        )
    ]
)
"""A stretch of a run: ticks first to last (excluded) of `ticks`, and addresses. calendar: int64 (5, ticks), flags and ticks from
there; addresses, when: int64 (phases), and flags of the days on which they are; result: int64 (ticks + 1, totals), row
t + 1 for tick t, so that row t is yesterday; partial: int64 (threads, totals_width), the threads' own totals; team: counters."""


class Desks:
    """Desks of `threads` threads over the same users; holds all arrays whose addresses the desks hold.

    columns: the four groups that all users have; besides: further arrays by the field that holds their address.
    """

    def __init__(
        self,
        threads: int,
        columns: tuple[NDArray[Any], ...],
        starts: NDArray[np.int64],
        others: NDArray[np.int32],
        result: NDArray[np.int64],
        answers: NDArray[np.float32],
        rules: tuple[int, int, int] = (0, 0, 0),
        besides: dict[str, NDArray[Any]] | None = None,
    ) -> None:
        users = columns[0].shape[1]
        self.learned = np.zeros(users, np.int32)
        self.learned_counts = np.zeros((users + BLOCK - 1) // BLOCK, np.int64)
        self.totals = np.zeros((threads, (COUNT + 7) // 8 * 8), np.int64)
        self.records = np.zeros(threads, DESK)
        self._held: list[NDArray[Any]] = [*columns, starts, others, result, answers]
        others_shared = (starts, others, self.learned, self.learned_counts, result, answers)
        shared = [array.ctypes.data for array in (*columns[:4], *others_shared)]
        scratch = np.zeros(
            (threads, int(SCRATCH[-1]) // 8), np.float64
        )  # one array, since asking for an address takes a while
        self._held.append(scratch)
        for thread in range(threads):
            own = (scratch.ctypes.data + thread * scratch.strides[0] + SCRATCH[:-1]).tolist()
            total = self.totals.ctypes.data + thread * self.totals.strides[0]
            given = (users, *shared, *own, total, *rules)
            self.records[thread] = (*given, *(0,) * (len(DESK.names or ()) - len(given)))
        for field, array in (besides or {}).items():
            self.records[field] = array.ctypes.data
            self._held.append(array)


# Counters of a team of threads, a cache line apart.
LINE = 8
ARRIVED = 0
GENERATION = 1 * LINE
BLOCKS = 2 * LINE  # and 3 * LINE, in turn
STOP = 4 * LINE
SIZE = 5 * LINE


def new_team() -> NDArray[np.int64]:
    """Counters of a team about to start."""
    return np.zeros(SIZE, np.int64)
