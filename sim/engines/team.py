"""A team of threads inside compiled code: an atomic counter to share out blocks, a barrier between phases.

Python threads run one compiled function that never holds the interpreter lock; a whole run of ticks stays in it. (numba's
own parallel loops cannot pass records and tuples, and their default threading layer on some systems cannot be entered by two
threads at once, which replicates side by side need.)

`team` is an int64 array of zeros, a cache line per counter: arrivals at the barrier, its generation, two block counters,
and a flag that asks all to stop.
"""

import sys
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from sim.engines.layout import ARRIVED, GENERATION

_let_others_run = types.ExternalFunction("SwitchToThread" if sys.platform == "win32" else "sched_yield", types.int32())


@intrinsic  # type: ignore[untyped-decorator]
def fetch_add(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Add to an element of an int64 array as one indivisible step; returns what it held before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type = signature.args[0]
        made = context.make_array(array_type)(context, builder, arguments[0])
        pointer = cgutils.get_item_pointer(context, builder, array_type, made, [arguments[1]], wraparound=False)
        amount = builder.zext(arguments[2], ir.IntType(64)) if arguments[2].type.width < 64 else arguments[2]
        return builder.atomic_rmw("add", pointer, amount, "seq_cst")

    return types.int64(array, types.intp, types.int64), generate


@njit(nogil=True)
def wait_for_all(team, threads):
    """Barrier: returns once all `threads` of the team have called it."""
    if threads == 1:
        return
    generation = fetch_add(team, GENERATION, 0)
    if fetch_add(team, ARRIVED, 1) == threads - 1:
        fetch_add(team, ARRIVED, -threads)
        fetch_add(team, GENERATION, 1)
        return
    spins = 0
    while fetch_add(team, GENERATION, 0) == generation:
        spins += 1
        if spins > 300:
            _let_others_run()
