"""The compiling side of `sim.engines.machine_code`: phases and rules to object files. Loads numba.

`python -m sim.engines.build` reads a pickled (what is wanted, folder, folder of claims) from its input; several at once share the
work, as each claims what it compiles.
"""

import gc
import os
import pickle
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numba import cfunc, from_dtype, types
from numba.core.errors import NumbaError

from sim.engines import phases, ticks  # noqa: F401  (ticks defines what a team runs)
from sim.engines.compiled import PHASES, RULE_KINDS, use_rules
from sim.engines.layout import DESK, RUN, TODAY
from sim.engines.machine_code import PROVIDED, Wanted

phases.load_all()


def signature_of(kind: str, numbers: Any) -> Any:
    """What a function of this kind takes and returns."""
    if kind in RULE_KINDS:
        return RULE_KINDS[kind]
    records = [from_dtype(DESK), from_dtype(numbers), from_dtype(TODAY)]
    if kind == "team":
        return types.int64(*records, from_dtype(RUN), types.int64)
    return types.int64(*records, types.int64, types.int64)


def object_code_of(function: Callable[..., Any], kind: str, numbers: "np.dtype[Any] | None") -> bytes:
    """Compile a function: its name in the object file, a line end, the object file.

    Raises TypeError, with the reason, where the compiler cannot.
    """
    use_rules()  # a rule from outside may call rules that were not there before
    try:
        compiled: Any = cfunc(signature_of(kind, numbers), error_model="numpy")(function)
    except NumbaError as error:
        reason = str(error).strip().splitlines()[-1]
        raise TypeError(
            f"rule {function.__module__}.{function.__qualname__} cannot be compiled: {reason}; "
            "use plain arithmetic, other rules and sim.model.numerics only"
        ) from error
    _check_calls(function, compiled._library.get_llvm_str())
    _, _, (code, _) = compiled._library.serialize_using_object_code()
    return compiled._wrapper_name.encode() + b"\n" + bytes(code)


CALLABLE = re.compile(r"llvm\.|Py|_Py|sched_yield$|SwitchToThread$|" + "|".join(f"{name}$" for name in PROVIDED))
"""Functions that compiled code may name: those that the loading side has, and those on the path of errors that rules never take."""


def _check_calls(function: Callable[..., Any], code: str) -> None:
    """Refuse code that would call what is not there where it is loaded; raises TypeError."""
    called = re.findall(r'^declare [^\n]*?@"?([\w.]+)"?\(', code, re.MULTILINE)
    strange = sorted({name for name in called if not CALLABLE.match(name)})
    if strange:
        raise TypeError(
            f"rule {function.__module__}.{function.__qualname__} calls {', '.join(strange)}, which is not plain arithmetic; "
            "use plain arithmetic, other rules and sim.model.numerics only"
        )


def build(wanted: Iterable[Wanted], folder: Path) -> None:
    """Compile into a folder, each file in one step."""
    was_on = gc.isenabled()
    gc.disable()  # takes a tenth of the time and finds little
    try:
        for w in wanted:
            function = PHASES[w.name] if w.kind in ("phase", "team") else getattr(import_module(w.module), w.name)
            code = object_code_of(function, w.kind, w.numbers)
            handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(code)
            os.replace(name, folder / w.file)
    finally:
        if was_on:
            gc.enable()


def unclaimed(wanted: Sequence[Wanted], claims: Path) -> Iterator[Wanted]:
    """One after the other, those that nobody had claimed by then, each claimed as it is given out."""
    for w in wanted:
        try:
            (claims / w.file).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield w


def main() -> None:
    """Compile what is asked for."""
    wanted, folder, claims = pickle.load(sys.stdin.buffer)
    build(unclaimed(wanted, Path(claims)), Path(folder))


if __name__ == "__main__":
    main()
