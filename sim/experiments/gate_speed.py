"""What each kind of gate costs, beside the hard threshold in the same sitting.

python -m sim.experiments.gate_speed [USERS [DAYS]] (30 days where a tick is an hour)
"""

import sys
import time
from typing import Any

from sim.engines.fast import DayZero, FastEngine
from sim.model.gates import gate_kinds
from sim.scenario.load import load

ROUNDS = 5
"""Times that every kind is run, in turn, so that what else the machine does falls on all alike; the quickest counts."""
HARD = "threshold"


def gate_costs(users: int, ticks: int, tick: str = "day", threads: int = 1) -> dict[str, float]:
    """Nanoseconds per user-tick of every kind of gate that guards something, with its default settings."""
    kinds = [kind for kind, settings in gate_kinds().items() if settings.guards]
    people: Any = None
    best = dict.fromkeys(kinds, float("inf"))
    for _ in range(ROUNDS):
        for kind in kinds:
            # A kind replaces the one below it, so it is set whole; its other settings are their defaults.
            scenario = load(
                "open_circle.yaml",
                [f"policy.gate.kind={kind}", f"run.users={users}", f"run.tick={tick}", f"run.ticks={ticks}"],
            )
            people = people if people is not None else DayZero(scenario, 1, threads)
            engine = FastEngine(scenario, 1, threads, people)
            started = time.process_time()
            engine.run(ticks)
            best[kind] = min(best[kind], (time.process_time() - started) / (users * ticks) * 1e9)
    return best


def main(users: int = 100_000, ticks: int = 180) -> None:
    """Print the cost of every kind, by the day and by the hour, and how many times that of the hard threshold."""
    for tick in ("day", "hour"):
        costs = gate_costs(users, ticks if tick == "day" else 24 * 30, tick)
        for kind, cost in costs.items():
            print(
                f"{tick:5} {kind:12} {cost:6.1f} ns per user-tick  {cost / costs[HARD]:5.2f} times {HARD}", flush=True
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
