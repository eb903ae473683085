"""How rules become machine code, and where it is kept between runs.

numba's own cache notices a change only in the file of the outermost function, not in the rules it calls, so the folder is
named after a hash of all the code that can end up in a kernel.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numba import cfunc, from_dtype, types
from numba.core import config as numba_config
from numba.core.errors import NumbaError
from numba.extending import register_jitable
from numpy.typing import NDArray

import sim.model
from sim.engines.code import code_hash
from sim.engines.memory import DESK, TODAY
from sim.model.choice.prospect import Prospect
from sim.model.gates.registry import ARGUMENTS
from sim.model.rule import RULES, VECTOR_RULES

config: Any = numba_config

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "cache": True}
"""No fast-math: reordered sums or fused operations would break the agreement of the engines."""

_registered: set[Callable[..., Any]] = set()


def use_rules() -> None:
    """Make every rule callable from compiled code, and point the compile cache at the folder of this very code."""
    if not config.CACHE_DIR:
        config.CACHE_DIR = str(Path(platformdirs.user_cache_dir("scoregate")) / "kernels" / code_hash())
    for module in pkgutil.walk_packages(sim.model.__path__, "sim.model."):
        importlib.import_module(module.name)
    _register_rules()


def _register_rules() -> None:
    """Make every rule marked so far callable from compiled code."""
    for rules, inside in ((RULES, False), (VECTOR_RULES, True)):
        for rule in rules:
            if rule not in _registered:
                register_jitable(error_model="numpy", forceinline=inside, no_cfunc_wrapper=True)(rule)
                _registered.add(rule)


ADMISSION = types.float64(*[types.float64] * len(ARGUMENTS))
PROSPECT = types.NamedTuple([types.int64, *[types.float64] * (len(Prospect._fields) - 1)], Prospect)
PLAN_VALUE = types.float64(PROSPECT, types.CPointer(types.float64))

PHASES: dict[str, Callable[..., int]] = {}
"""Every phase by name."""


def phase(function: Callable[..., int]) -> Callable[..., int]:
    """Mark a function as a phase, compiled when its address is asked for; returns it unchanged."""
    PHASES[function.__name__] = function
    return function


_kept: list[Any] = []
"""Compiled rules whose addresses were given out."""


@cache
def rule_address(function: Callable[..., float], signature: Any) -> int:
    """Address of a compiled rule that phases call: one phase serves every gate and way of choosing.

    A rule from outside the package may call others whose changes no cache would notice, so it is compiled in every process.
    """
    use_rules()  # a rule from outside may call rules that were not there before
    # The cache's folder stands for the code of this package, not for that of a rule from outside.
    ours = function.__module__.startswith("sim.model.")
    try:
        compiled: Any = cfunc(signature, cache=ours)(function)
    except NumbaError as error:
        reason = str(error).strip().splitlines()[-1]
        raise TypeError(
            f"rule {function.__module__}.{function.__qualname__} cannot be compiled: {reason}; "
            "use plain arithmetic, other rules and sim.model.numerics only"
        ) from error
    _kept.append(compiled)
    return int(compiled.address)


@cache
def _compiled_phase(name: str, params: Any) -> Any:
    signature = types.int64(from_dtype(DESK), from_dtype(params), from_dtype(TODAY), types.int64, types.int64)
    return cfunc(signature, cache=True, error_model="numpy")(PHASES[name])


def phase_address(function: Callable[..., int], params: NDArray[np.void]) -> int:
    """Address of a compiled phase, for the numbers of a scenario (as a record)."""
    return int(_compiled_phase(function.__name__, params.dtype).address)
