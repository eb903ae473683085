"""Threads that run one function of machine code together, on the same users, numbers and day."""

import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from sim.engines.blueprint import Blueprint
from sim.engines.layout import BLOCK, RUN, STOP, Desks, new_team
from sim.engines.machine_code import as_function

SHORT_SWEEP = 64 * BLOCK
"""Users up to which one phase takes no longer than a few milliseconds, so that nobody waits for it to be stopped."""


class Crew:
    """Threads at desks. reached: what the last function that they ran came to."""

    def __init__(self, blueprint: Blueprint, desks: Desks, params: NDArray[np.void], today: NDArray[np.void]) -> None:
        self._blueprint, self._desks, self._params, self._today = blueprint, desks, params, today
        self.reached = 0

    def run(self, name: str, run: NDArray[np.void], team: NDArray[np.int64]) -> int:
        """Run `run_ticks` or `sweep`; returns the least that a thread returned, kept in `reached`.

        Ctrl-C stops after the tick at hand: where it means anything, even one thread is not the main one, which waits for it.
        """
        records = self._desks.records
        run["team"], run["threads"] = team.ctypes.data, len(records)
        function = as_function(self._blueprint.team[name])
        given = (self._params.ctypes.data, self._today.ctypes.data, run.ctypes.data)
        first = records.ctypes.data
        desks = [first + me * records.strides[0] for me in range(len(records))]
        if len(desks) == 1 and (
            (name == "sweep" and int(records["users"][0]) <= SHORT_SWEEP)
            or threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        ):
            self.reached = function(desks[0], *given, 0)
            return self.reached
        with ThreadPoolExecutor(len(desks)) as pool:
            futures: list[Future[int]] = [pool.submit(function, desk, *given, me) for me, desk in enumerate(desks)]
            try:
                self.reached = min(future.result() for future in futures)
            except BaseException:
                team[STOP] = 1
                self.reached = min(future.result() for future in futures)
                raise
        return self.reached

    def sweep(self, name: str) -> None:
        """One phase for all users."""
        run, address = np.zeros(1, RUN), np.array([self._blueprint.phase[name]], np.int64)
        run["addresses"] = address.ctypes.data
        self.run("sweep", run, new_team())
