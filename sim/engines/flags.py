"""Lists of the users that a flag picks out, without a branch per user, which no processor could foresee."""

from typing import Any

from llvmlite import ir
from numba import int64, njit, types, uint64
from numba.extending import intrinsic

GROUP = 32
"""Flags looked at together."""


def _bits_where(width: int, predicate: str) -> Any:
    """Function (array, first) that gives where GROUP whole numbers (of `width` bits, from `first` on) compare so with 0, as the
    bits of one number (uint64): an instruction or two each.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def bits(typing_context: Any, array: Any, first: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            made = context.make_array(signature.args[0])(context, builder, arguments[0])
            kind = ir.VectorType(ir.IntType(width), GROUP)
            start = builder.bitcast(builder.gep(made.data, [arguments[1]]), kind.as_pointer())
            group = builder.load(start)
            group.align = width // 8
            there = builder.icmp_signed(predicate, group, ir.Constant(kind, None))
            return builder.zext(builder.bitcast(there, ir.IntType(GROUP)), ir.IntType(64))

        return types.uint64(array, types.int64), generate

    return bits


bits_set = _bits_where(8, "!=")
bits_negative = _bits_where(32, "<")


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, bits: Any) -> Any:
    """Place of the lowest bit that is set (bits: uint64, not 0)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@njit(nogil=True)
def places_of(bits, first, size, chosen, count):
    """Add the places of the bits that are set, counted from `first` and below `size`, to a list of `count`; returns how many then."""
    if first + GROUP > size:
        bits &= (uint64(1) << uint64(size - first)) - uint64(1)
    while bits != uint64(0):
        chosen[count] = first + int64(lowest_bit(bits))
        bits &= bits - uint64(1)
        count += 1
    return count


@njit(nogil=True)
def flagged(flags, size, chosen):
    """List the places below `size` that are flagged; returns how many. `flags` is a whole scratch row, however few are in use."""
    count = 0
    for first in range(0, size, GROUP):
        count = places_of(bits_set(flags, first), first, size, chosen, count)
    return count


@njit(nogil=True)
def negative(numbers, size, chosen):
    """List the places below `size` of negative numbers (int32, a whole scratch row); returns how many."""
    count = 0
    for first in range(0, size, GROUP):
        count = places_of(bits_negative(numbers, first), first, size, chosen, count)
    return count
