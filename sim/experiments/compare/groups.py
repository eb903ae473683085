"""Groups of users that a comparison can tell apart, and what is measured of each."""

from sim.experiments.cell import STARTS
from sim.model.states import ROLES

GROUPS: dict[str, tuple[str, ...]] = {
    "income": ("lowest third", "middle third", "highest third"),
    "file": ("thin", "file"),
    "role": ROLES,
    "responsive": ("not responsive", "responsive"),
    "start": STARTS,
}
"""Groups by kind, as the table of groups of a cell names them."""

GROUP_MEASURES: dict[str, tuple[str, int]] = {
    "visits": ("1/user/day", 1),
    "score": ("points", 0),
    "score_rise": ("points", 0),
    "debt": ("CNY/user", -1),
    "admitted": ("share", 0),
    "knowing": ("share", 0),
}
"""Unit and good direction of what is measured of every group: the mean over its users at the end, visits over the run."""
