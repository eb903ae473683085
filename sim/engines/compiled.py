"""Which functions are compiled, and how: rules inside phases, phases by name, rules that phases call by address. Needs numba."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import register_jitable

import sim.model
from sim.model.choice.prospect import Prospect
from sim.model.gates.registry import ARGUMENTS
from sim.model.rule import RULES, VECTOR_RULES

_registered: set[Callable[..., Any]] = set()


def use_rules() -> None:
    """Make every rule marked so far callable from compiled code.

    No fast-math anywhere: reordered sums or fused operations would break the agreement of the engines.
    """
    for module in pkgutil.walk_packages(sim.model.__path__, "sim.model."):
        importlib.import_module(module.name)
    for rules, inside in ((RULES, False), (VECTOR_RULES, True)):
        for rule in rules:
            if rule not in _registered:
                register_jitable(error_model="numpy", forceinline=inside, no_cfunc_wrapper=True)(rule)
                _registered.add(rule)


PROSPECT = types.NamedTuple([types.int64, *[types.float64] * (len(Prospect._fields) - 1)], Prospect)
RULE_KINDS = {
    "admission": types.float64(*[types.float64] * len(ARGUMENTS)),
    "plan_value": types.float64(PROSPECT, types.CPointer(types.float64)),
}
"""What the rules that phases call by address take and return, by kind."""

PHASES: dict[str, Callable[..., int]] = {}
"""Every phase by name."""


def phase(function: Callable[..., int]) -> Callable[..., int]:
    """Mark a function as a phase, compiled when its address is asked for; returns it unchanged."""
    PHASES[function.__name__] = function
    return function


team_phase = phase
"""Mark a function that every thread of a team runs at once; it takes a stretch of a run and the number of the thread."""
