"""Mechanism 4, choice. One shape: a rule `plan_value(...)` that puts a money value on a plan; `review.py` compares them.

A way of choosing is one file with that rule. Engines receive the rule; they know no way of choosing by name.
"""

from collections.abc import Callable

from sim.model.choice.forward_looking import value_forward_looking
from sim.model.choice.none import value_none

VALUES: dict[str, Callable[..., float]] = {"forward_looking": value_forward_looking, "none": value_none}
"""Value rule of each way of choosing."""
