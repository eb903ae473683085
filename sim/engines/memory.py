"""What a phase is given: a desk of addresses. Compiled code makes arrays of them by one machine instruction or two.

A phase is compiled on its own and called by its address, as it would otherwise be optimised and translated again in
every function above it. It therefore takes few and plain arguments: a desk (one per thread), the numbers of the scenario, the
day, and the places low to high (excluded) of the users to work on.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array
from numpy.typing import NDArray

from sim.model.score import HIGHEST, LOWEST
from sim.model.totals import COUNT

BLOCK = 512
"""Users worked on at a time: few enough that their columns stay in cache while all phases pass over them."""

WORDS, RATES, COUNTS, LISTS = 10, 6, 8, 2
"""Rows of the scratch arrays of a desk."""

ANSWERS = HIGHEST - LOWEST + 1
"""Length of the table of the chance that a comment is answered, by the score of who made it."""

DESK = np.dtype(
    [
        (field, "i8")
        for field in (
            "users",
            "floats",
            "ints",
            "shorts",
            "bytes",
            "lessons",
            "starts",
            "others",
            "learned",
            "learned_counts",
            "result",
            "answers",
            "words",
            "rates",
            "counts",
            "chosen",
            "flags",
            "totals",
            "admission",
            "plan_values",
            "tables",
        )
    ]
)
"""Number of users, addresses of what all threads share, of a thread's own scratch and totals, and of the scenario's rules;
lessons: 0 where nobody learns."""

TODAY = np.dtype(
    [
        ("motivation", "f8"),
        ("appeal", "f8"),
        ("pull", "f8"),
        ("attention", "f8"),
        ("exclusivity", "f8"),
        ("cutoff", "f8"),
        ("tie", "f8"),
        ("tip_each", "i8"),
        ("escrow", "i8"),
        ("tick", "i8"),
        ("flags", "i8"),
        ("ticks_to_publication", "i8"),
        ("ticks_to_start", "i8"),
        ("ticks_to_end", "i8"),
        ("ticks_open", "i8"),
        ("round", "i8"),
        ("active_days", "f8"),
        ("open_groups", "i8"),
    ]
)
"""The day, what all users see of the circle and of the last place at a gate that ranks, and what it carries to tomorrow. round: of publication, 0 but on day 0."""


class Desks:
    """Desks of `threads` threads over the same users; holds all arrays whose addresses the desks hold."""

    def __init__(
        self,
        threads: int,
        columns: tuple[NDArray[Any], ...],
        starts: NDArray[np.int64],
        others: NDArray[np.int32],
        result: NDArray[np.int64],
        answers: NDArray[np.float32],
        rules: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        users = columns[0].shape[1]
        self.learned = np.zeros(users, np.int32)
        self.learned_counts = np.zeros((users + BLOCK - 1) // BLOCK, np.int64)
        self.totals = np.zeros((threads, (COUNT + 7) // 8 * 8), np.int64)
        self.records = np.zeros(threads, DESK)
        self._held: list[NDArray[Any]] = [*columns, starts, others, result, answers]
        lessons = columns[4].ctypes.data if len(columns) > 4 else 0
        others_shared = (starts, others, self.learned, self.learned_counts, result, answers)
        shared = [
            *(array.ctypes.data for array in columns[:4]),
            lessons,
            *(array.ctypes.data for array in others_shared),
        ]
        for thread in range(threads):
            scratch: list[NDArray[Any]] = [
                np.zeros((WORDS, BLOCK), np.uint32),
                np.zeros((RATES, BLOCK), np.float32),
                np.zeros((COUNTS, BLOCK), np.int32),
                np.zeros((LISTS, BLOCK), np.int32),
                np.zeros(BLOCK, np.uint8),
            ]
            self._held += scratch
            own = [array.ctypes.data for array in (*scratch, self.totals[thread])]
            self.records[thread] = (users, *shared, *own, *rules)


def _rows(field: str, kind: Any, length: int | None) -> Any:
    """Function (desk, row, low, high) that gives part of a row of the array at an address of the desk, as an array.

    length: of a row; None for the number of users.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def rows(typing_context: Any, desk: Any, row: Any, low: Any, high: Any) -> Any:
        result = types.Array(kind, 1, "C")

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            record = signature.args[0]

            def look_up(name: str) -> Any:
                return context.get_getattr(record, name)(context, builder, record, arguments[0], name)

            whole = context.get_value_type(types.intp)
            size = context.get_abi_sizeof(context.get_data_type(kind))
            width = look_up("users") if length is None else whole(length)
            first = builder.add(builder.mul(arguments[1], width), arguments[2])
            address = builder.add(look_up(field), builder.mul(first, whole(size)))
            view = context.make_array(result)(context, builder)
            populate_array(
                view,
                data=builder.inttoptr(address, context.get_data_type(kind).as_pointer()),
                shape=[builder.sub(arguments[3], arguments[2])],
                strides=[whole(size)],
                itemsize=whole(size),
                meminfo=None,
                parent=None,
            )
            return view._getvalue()

        return result(desk, types.intp, types.intp, types.intp), generate

    return rows


float_column = _rows("floats", types.float32, None)
int_column = _rows("ints", types.int32, None)
short_column = _rows("shorts", types.int16, None)
byte_column = _rows("bytes", types.uint8, None)
lesson_column = _rows("lessons", types.float32, None)
plan_values_of = _rows("plan_values", types.int64, 0)
tables_of = _rows("tables", types.int64, 0)
starts_of = _rows("starts", types.int64, 0)
others_of = _rows("others", types.int32, 0)
learned_of = _rows("learned", types.int32, 0)
learned_counts_of = _rows("learned_counts", types.int64, 0)
totals_of = _rows("result", types.int64, COUNT)
answers_of = _rows("answers", types.float32, 0)
luck_row = _rows("words", types.uint32, BLOCK)
rate_row = _rows("rates", types.float32, BLOCK)
count_row = _rows("counts", types.int32, BLOCK)
chosen_row = _rows("chosen", types.int32, BLOCK)
flag_row = _rows("flags", types.uint8, BLOCK)
own_totals = _rows("totals", types.int64, 0)


def _no_pointer(_: Any) -> int:
    """Stands where numba wants to know how to find a function's address: here it is always at hand."""
    raise NotImplementedError


def function_at(signature: Any) -> Any:
    """Function (address) that gives the compiled function of this signature at an address, to be called or passed on."""

    @intrinsic  # type: ignore[untyped-decorator]
    def function(typing_context: Any, address: Any) -> Any:
        result = types.ExternalFunctionPointer(signature, _no_pointer)

        def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(result))

        return result(types.int64), generate

    return function


@intrinsic  # type: ignore[untyped-decorator]
def numbers_at(typing_context: Any, address: Any) -> Any:
    """The float64 numbers at an address, to be read by place."""
    result = types.CPointer(types.float64)

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(result))

    return result(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def call_phase(typing_context: Any, address: Any, desk: Any, params: Any, today: Any, low: Any, high: Any) -> Any:
    """Call the phase at an address; returns what it returns (int64)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole = context.get_value_type(types.int64)
        kinds = [context.get_value_type(kind) for kind in signature.args[1:]]
        pointer = builder.inttoptr(arguments[0], ir.FunctionType(whole, kinds).as_pointer())
        return builder.call(pointer, arguments[1:])

    return types.int64(types.int64, desk, params, today, types.int64, types.int64), generate
