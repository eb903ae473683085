"""Lists of the users that a flag picks out, without a branch per user, which no processor could foresee."""

from typing import Any

from llvmlite import ir
from numba import int64, njit, types, uint64
from numba.extending import intrinsic

GROUP = 32
"""Flags looked at together."""


@intrinsic  # type: ignore[untyped-decorator]
def flags_from(typing_context: Any, flags: Any, first: Any) -> Any:
    """The flags first to first + 31 (uint8, 0 or not) as the bits of one number (uint64): an instruction or two."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        kind = ir.VectorType(ir.IntType(8), GROUP)
        start = builder.bitcast(builder.gep(array.data, [arguments[1]]), kind.as_pointer())
        group = builder.load(start)
        group.align = 1
        there = builder.icmp_unsigned("!=", group, ir.Constant(kind, None))
        return builder.zext(builder.bitcast(there, ir.IntType(GROUP)), ir.IntType(64))

    return types.uint64(flags, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, bits: Any) -> Any:
    """Place of the lowest bit that is set (bits: uint64, not 0)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@njit(nogil=True)
def flagged(flags, size, chosen):
    """List the places below `size` that are flagged; returns how many. `flags` is a whole scratch row, however few are in use."""
    count = 0
    for first in range(0, size, GROUP):
        bits = flags_from(flags, first)
        if first + GROUP > size:
            bits &= (uint64(1) << uint64(size - first)) - uint64(1)
        while bits != uint64(0):
            chosen[count] = first + int64(lowest_bit(bits))
            bits &= bits - uint64(1)
            count += 1
    return count
