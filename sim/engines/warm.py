"""The first run compiles everything, which takes a while: half of it is compiled by a second process, into the common cache.

`python -m sim.engines.warm` is that process; it reads a pickled (record type, names of phases) from its input. Should it fail,
the first process compiles what is missing itself.
"""

import gc
import hashlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engines import day_zero, kernels
from sim.engines.code import code_hash
from sim.engines.compiled import PHASES, config, phase_address

FOR_THE_SECOND = (
    day_zero.people_phase,
    kernels.statement_phase,
    kernels.publication_phase,
    kernels.relationships_phase,
    kernels.admission_phase,
    kernels.learning_phase,
    kernels.tell_phase,
    kernels.circle_phase,
    kernels.stocks_phase,
)
"""Phases left to the second process: about half of the work, with those together that share rules."""

LONGEST_WAIT = 120.0
"""Seconds after which the second process is given up."""

_one_at_a_time = threading.Lock()


def compile_all(params: NDArray[np.void]) -> None:
    """Compile every phase for a record of numbers, unless the cache on disk holds them already."""
    kind = hashlib.sha256(repr(params.dtype.descr).encode()).hexdigest()[:16]
    complete = Path(config.CACHE_DIR) / f"complete-{code_hash()}-{kind}"
    with _one_at_a_time:
        if complete.exists():
            return
        second = _start_second(params)
        try:
            _compile((phase for phase in PHASES.values() if second is None or phase not in FOR_THE_SECOND), params)
            if second is not None:
                second.wait(LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if second is not None:
                second.kill()
                second.wait()
        _compile(FOR_THE_SECOND, params)
        complete.parent.mkdir(parents=True, exist_ok=True)
        complete.touch()


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage collection meanwhile: it takes a tenth of the time and finds little."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compile(phases: Iterable[Callable[..., int]], params: NDArray[np.void]) -> None:
    with _no_collection():
        for phase in phases:
            phase_address(phase, params)


def _start_second(params: NDArray[np.void]) -> "subprocess.Popen[bytes] | None":
    """The second process at work; None where there is no second processor or no process can be started."""
    if (os.cpu_count() or 1) < 2:
        return None
    work = pickle.dumps((params.dtype, [phase.__name__ for phase in FOR_THE_SECOND]))
    places = os.pathsep.join(place for place in sys.path if place)
    try:
        second = subprocess.Popen(
            [sys.executable, "-m", "sim.engines.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NUMBA_CACHE_DIR": config.CACHE_DIR, "PYTHONPATH": places},
        )
        assert second.stdin is not None
        second.stdin.write(work)
        second.stdin.close()
    except OSError:
        return None
    return second


def main() -> None:
    """Compile the phases asked for."""
    kind, names = pickle.load(sys.stdin.buffer)
    _compile([PHASES[name] for name in names], np.zeros(1, kind))


if __name__ == "__main__":
    main()
