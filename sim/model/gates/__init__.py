"""Mechanism 2, gates. One shape: a rule `admission(score, starting_score, day, a, b, c, d)` that gives the chance that a
user is admitted to what the gate covers.

A kind of gate is one file: settings (a frozen class with `kind`, its numbers, and what it needs), and the rule. Engines
receive the rule and four numbers; they know no kind by name.
"""

from collections.abc import Callable

from sim.model.gates.lottery import admission_lottery
from sim.model.gates.none import admission_none
from sim.model.gates.open_circle import admission_open
from sim.model.gates.threshold import admission_threshold

ADMISSIONS: dict[str, Callable[..., float]] = {
    "none": admission_none,
    "open": admission_open,
    "threshold": admission_threshold,
    "lottery": admission_lottery,
}
"""Admission rule of each kind of gate."""
