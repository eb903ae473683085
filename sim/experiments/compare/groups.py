"""Groups of users that a comparison can tell apart, and what is measured of each."""

import numpy as np
from numpy.typing import NDArray

from sim.experiments.cells.outcome import Cells
from sim.experiments.groups import FILES, INCOME_THIRDS, STARTS
from sim.model.states import ROLES
from sim.results.table import Table, rows_of
from sim.scenario.comparison import GroupName

GROUPS: dict[str, tuple[str, ...]] = {
    "income": INCOME_THIRDS,
    "file": FILES,
    "role": ROLES,
    "responsive": ("not responsive", "responsive"),
    "start": STARTS,
}
"""Groups by kind, as the table of groups of a cell names them."""

_LENDERS_OFF = ("lenders", "switches.lenders is off")
_PACKETS_OFF = ("incentive", "no red packets are given")
BY_SWITCH: dict[str, tuple[str, str]] = {
    "unmet": ("finance", "switches.credit_line and switches.lenders are off"),
    **dict.fromkeys(("owed", "borrowers", "borrowers_several", "overdue", "barred"), _LENDERS_OFF),
    **dict.fromkeys(("line_late", "line_closed"), ("credit_line", "switches.credit_line is off")),
    **dict.fromkeys(("openers", "incentives"), _PACKETS_OFF),
}
"""Measures of groups that are there only with a switch: its name, and what to say where it is off."""

GROUP_MEASURES: dict[str, tuple[str, int]] = {
    "visits": ("1/user/day", 1),
    "score": ("points", 0),
    "score_rise": ("points", 0),
    "debt": ("CNY/user", -1),
    "recent_spend": ("CNY/user/day", 1),
    "assets": ("assets/user", 0),
    "admitted": ("share", 0),
    "knowing": ("share", 0),
    "unmet": ("CNY/user", -1),
    "owed": ("CNY/user", -1),
    "borrowers": ("share", 0),
    "borrowers_several": ("share", -1),
    "overdue": ("share", -1),
    "barred": ("share", -1),
    "line_late": ("share", -1),
    "line_closed": ("share", -1),
    "openers": ("share", 0),
    "incentives": ("CNY/user/day", -1),
}
"""Unit and good direction of what is measured of every group: the mean over its users at the end, visits over the run;
`recent_spend` is money sent through the platform of late (the average that the behaviour sub-score is made of), `assets` those proved.

Of credit (unmet to line_closed): shares of all users of the group, not of its borrowers; `unmet` is living costs of the last month,
`barred` those who ever defaulted with a lender, `line_closed` on the credit line. Of red packets: `openers` have ever opened one,
`incentives` is the money kept over the run, by income and by file alone. Only where these mechanisms are on."""


def of_whom(cells: Cells, groups: Table, measure: str, group: GroupName | None) -> NDArray[np.float64]:
    """A measure of all users or of a group, a value per job (NaN where the cell failed, or has no such measure)."""
    if group is None:
        return cells.measure(measure)
    found = np.full(len(cells), np.nan)
    if rows_of(groups) and measure in groups:
        here = (groups["kind"] == group.kind) & (groups["group"] == group.group)
        found[groups["job"][here]] = groups[measure][here]
    return found
