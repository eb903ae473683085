"""What a phase is given: a desk of addresses. Compiled code makes arrays of them by one machine instruction or two.

A phase is compiled on its own and called by its address, as it would otherwise be optimised and translated again in
every function above it. It therefore takes few and plain arguments: a desk (one per thread), the numbers of the scenario, the
day, and the places low to high (excluded) of the users to work on.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from sim.engines.layout import BLOCK
from sim.model.lenders import TURNS
from sim.model.totals import COUNT


def _rows(field: str, kind: Any, length: int | None) -> Any:
    """Function (record, row, low, high) that gives part of a row of the array at an address of the record, as an array.

    length: of a row; None for the number of users that the record names.
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
waiting_column = _rows("waiting", types.int32, None)
opening_column = _rows("openings", types.int16, None)
lesson_column = _rows("lessons", types.float32, None)
account_column = _rows("accounts", types.int32, None)
standing_column = _rows("standings", types.uint8, None)
demand_of = _rows("demand", types.int64, TURNS)
served_of = _rows("served", types.int64, 0)
market_of = _rows("market", types.float64, 0)
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
double_row = _rows("doubles", types.float64, BLOCK)
own_totals = _rows("totals", types.int64, 0)
cuts_of = _rows("cuts", types.float64, 0)
far_counts_of = _rows("far_counts", types.int32, 0)
far_starts_of = _rows("far_starts", types.int64, 0)
sources_of = _rows("sources", types.int32, 0)
targets_of = _rows("targets", types.int32, 0)
formula_of = _rows("formula", types.float64, 0)
feeds_of = _rows("feeds", types.float64, 0)
purses_of = _rows("purses", types.int64, 0)
calendar_of = _rows("calendar", types.int64, 0)
addresses_of = _rows("addresses", types.int64, 0)
when_of = _rows("when", types.int64, 0)
results_of = _rows("result", types.int64, 0)
partial_of = _rows("partial", types.int64, 0)
team_of = _rows("team", types.int64, 0)


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
