"""Effort that improves: it runs only in worlds where effort raises the true ability to repay."""

from numpy import float32

from sim.engines.compiled import phase, use_rules
from sim.engines.memory import byte_column, float_column
from sim.model import columns as c
from sim.model.states import REST

use_rules()


@phase
def improvement_phase(desk, p, today, low, high):
    """Phase improvement: another tick on a plan makes a user better able to repay."""
    plans, abilities = byte_column(desk, c.PLAN, low, high), float_column(desk, c.TRUE_ABILITY, low, high)
    step = float32(p.improvement_per_tick)
    for k in range(high - low):
        abilities[k] += step if plans[k] != REST else float32(0.0)
    return 0
