"""Tables as they are committed: figures cut to the digits that are read."""

import numpy as np

from sim.results.table import Table

DIGITS = 6
"""More than anybody reads, fewer than depend on how a library adds up."""


def rounded(table: Table, digits: int = DIGITS) -> Table:
    """The table with its figures cut to so many significant digits; whole numbers and texts as they are."""
    return {
        name: np.array([float(f"{value:.{digits}g}") for value in column.tolist()])
        if column.dtype.kind == "f"
        else column
        for name, column in table.items()
    }
