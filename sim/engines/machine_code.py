"""Machine code of phases and rules, kept between runs: compiled once by other processes, loaded here without the compiler.

Loading the compiler (numba) takes longer than many runs take, so it is loaded only where something is compiled: in
processes of `sim.engines.build`, which leave an object file each in a folder named after all that decides what is in it:
the code of the model and the engines, the libraries and the processor.
"""

import ctypes
import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
import platformdirs

from sim.engines.code import code_hash

PLACE = "SCOREGATE_CACHE"
"""Environment variable with the folder to keep machine code in, instead of the user's cache folder."""

LONGEST_WAIT = 600.0
"""Seconds after which a compiling process is given up, and the work is done here."""


class Wanted(NamedTuple):
    """Something to be compiled. kind: `phase`, `team` (run by all threads of a team together) or that of a rule (`admission`,
    `plan_value`); name: of the function; numbers: type of the record of numbers, for phases; module: of a rule.
    """

    kind: str
    name: str
    numbers: np.dtype[Any] | None = None
    module: str = "sim.engines"

    @classmethod
    def rule(cls, kind: str, function: Callable[..., Any]) -> "Wanted":
        """A rule of a kind."""
        return cls(kind, function.__qualname__, None, function.__module__)

    @property
    def ours(self) -> bool:
        """Whether it is from this package, and so covered by the hash of its code."""
        return self.module == "sim.engines" or self.module.startswith("sim.model.")

    @property
    def file(self) -> str:
        """Name of the file that holds it."""
        return f"{self.name}-{_digest(self.kind, self.module, self.numbers)}.o"


@cache
def _digest(kind: str, module: str, numbers: np.dtype[Any] | None) -> str:
    described = "" if numbers is None else repr(numbers.descr)
    return hashlib.sha256(f"{kind} {module} {described}".encode()).hexdigest()[:12]


@cache
def folder() -> Path:
    """Where machine code for this code on this processor is kept (made if need be; a temporary one if it cannot be)."""
    features = llvm.get_host_cpu_features().flatten()
    libraries = f"{version('numba')} {version('llvmlite')} {sys.version_info[:2]}"
    machine = hashlib.sha256(f"{llvm.get_host_cpu_name()} {features} {libraries}".encode()).hexdigest()[:12]
    place = os.environ.get(PLACE)
    root = Path(place) if place else Path(platformdirs.user_cache_dir("scoregate"))
    path = root / "kernels" / f"{code_hash()}-{machine}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError:
        return Path(tempfile.mkdtemp(prefix="scoregate-"))


_lock = threading.Lock()
_addresses: dict[tuple[str, str], int] = {}
_engines: list[Any] = []
"""Engines hold the loaded code; they live as long as the process."""


def addresses(wanted: Sequence[Wanted]) -> list[int]:
    """Address of each in memory; what is nowhere yet is compiled first, by as many processes as help."""
    with _lock:
        missing = [w for w in dict.fromkeys(wanted) if _key(w) not in _addresses and not (folder() / w.file).is_file()]
        if missing:
            _compile(missing)
        return [_address(w) for w in wanted]


_outsiders: dict[Callable[..., Any], int] = {}


def rule_address(kind: str, function: Callable[..., Any]) -> int:
    """Address of a rule of a kind, one of this package or any other.

    One from outside may call others whose changes no hash here would notice, so it is compiled anew in every process. Raises
    TypeError if it cannot be compiled.
    """
    wanted = Wanted.rule(kind, function)
    if wanted.ours:
        return addresses([wanted])[0]
    with _lock:
        if function not in _outsiders:
            from sim.engines.build import object_code_of

            _outsiders[function] = _load(object_code_of(function, kind, None))
        return _outsiders[function]


def as_function(address: int) -> Callable[..., int]:
    """A function of a team (desk, numbers, day, stretch, number of the thread) at an address, to be called from Python.

    The interpreter's lock is released meanwhile.
    """
    return _team_function(address)


_team_function = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 4, ctypes.c_int64)


def _key(wanted: Wanted) -> tuple[str, str]:
    return (wanted.module, wanted.file)


def _address(wanted: Wanted) -> int:
    key = _key(wanted)
    if key not in _addresses:
        _addresses[key] = _load((folder() / wanted.file).read_bytes())
    return _addresses[key]


def _load(content: bytes) -> int:
    """Load machine code (the name of its function, a line end, an object file); returns the function's address."""
    symbol, _, code = content.partition(b"\n")
    _know_the_runtime()
    target = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return int(engine.get_function_address(symbol.decode()))


PROVIDED = {
    "numba_frexp": "frexp",
    "sqrt": "sqrt",
    "sqrtf": "sqrtf",
    "NRT_Free": "abort",
    "numba_do_raise": "abort",
    "numba_gil_ensure": "abort",
    "numba_gil_release": "abort",
    "numba_runtime_build_excinfo_struct": "abort",
    "numba_unpickle": "abort",
}
"""What compiled code names of the compiler's own library, and what stands for it here: the C library's equal, or the end on the
paths of errors, which rules never take. Were one missing, none would be found."""


@cache
def _know_the_runtime() -> None:
    """Let loaded code find what it calls."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    c_library = ctypes.CDLL(None if sys.platform != "win32" else "ucrtbase")
    for name, equal in PROVIDED.items():
        if llvm.address_of_symbol(name) is None:
            llvm.add_symbol(name, ctypes.cast(getattr(c_library, equal), ctypes.c_void_p).value)


SECONDS = {
    "review_phase": 3.5,
    "circle_acts_phase": 2.0,
    "people_phase": 1.7,
    "past_phase": 1.6,
    "counts_phase": 1.0,
}
"""Rough time that the longest take to compile; no other takes as long as the last of them."""


def _compile(missing: Sequence[Wanted]) -> None:
    """Compile into the folder; in this process what the others did not.

    The processes take one after the other, the longest first, so that all end at about the same time.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    longest_first = sorted(missing, key=lambda w: -SECONDS.get(w.name, 0.0))
    with tempfile.TemporaryDirectory(prefix="scoregate-", ignore_cleanup_errors=True) as claims:
        at_work = [_start(longest_first, claims) for _ in range(min(processors, 1 + len(missing) // 4, 4))]
        for process in at_work:
            if process is None:
                continue
            try:
                process.wait(LONGEST_WAIT)
            except subprocess.TimeoutExpired:
                pass
            finally:
                process.kill()
                process.wait()
    left = [w for w in missing if not (folder() / w.file).is_file()]
    if left:
        from sim.engines.build import build

        build(left, folder())


def _start(wanted: Sequence[Wanted], claims: str) -> "subprocess.Popen[bytes] | None":
    """A process that compiles what no other has claimed in the folder `claims`; None where none can be started."""
    places = os.pathsep.join(place for place in sys.path if place)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "sim.engines.build"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": places},
        )
        assert process.stdin is not None
        process.stdin.write(pickle.dumps((list(wanted), str(folder()), claims)))
        process.stdin.close()
    except OSError:
        return None
    return process
