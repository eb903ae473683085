"""The first run compiles everything, which takes a while: half of it is compiled by a second process, into the common cache.

`python -m sim.engines.warm` is that process; it reads a pickled (record type, names of phases) from its input. Should it fail,
the first process compiles what is missing itself.
"""

import hashlib
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
from numba.core import config
from numpy.typing import NDArray

from sim.engines import day_zero, kernels
from sim.engines.compiled import PHASES, code_hash, phase_address

FOR_THE_SECOND = (
    day_zero.people_phase,
    kernels.statement_phase,
    kernels.publication_phase,
    kernels.relationships_phase,
    kernels.admission_phase,
    kernels.learning_phase,
    kernels.tell_phase,
    kernels.circle_phase,
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
            for phase in PHASES.values():
                if second is None or phase not in FOR_THE_SECOND:
                    phase_address(phase, params)
            if second is not None:
                second.wait(LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if second is not None:
                second.kill()
                second.wait()
        for phase in FOR_THE_SECOND:
            phase_address(phase, params)
        complete.parent.mkdir(parents=True, exist_ok=True)
        complete.touch()


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
    for name in names:
        phase_address(PHASES[name], np.zeros(1, kind))


if __name__ == "__main__":
    main()
