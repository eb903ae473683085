"""What each kind of gate costs, beside the hard threshold in the same sitting.

A kind costs what its reviews cost: the more people have a level of the gate within reach and not yet for sure, the more
plans are weighed. `tiers` has a level near almost everybody; on commenting alone, at 750, it costs what the threshold does.

python -m sim.experiments.gate_speed [USERS [DAYS]] (30 days where a tick is an hour)

Last comes the rule that is solved before the run, dynamic programming, beside the default rule, solving included.
"""

import sys
import time
from statistics import median
from typing import NamedTuple

from sim.engines.blueprint import Blueprint
from sim.engines.fast import DayZero, FastEngine
from sim.model.gates import gate_kinds
from sim.scenario.load import load_shipped
from sim.scenario.schema import Scenario

ROUNDS = 9
"""Times that every kind is run, each time right after the hard threshold, so that what else the machine does falls on both."""
HARD = "threshold"


class Cost(NamedTuple):
    """Of one kind of gate: nanoseconds of processor time per user-tick, and how many times that of the hard threshold."""

    nanoseconds: float
    ratio: float


def gate_costs(users: int, ticks: int, tick: str = "day", threads: int = 1) -> dict[str, Cost]:
    """Cost of every kind of gate that guards something, with its default settings: medians over pairs of runs."""
    kinds = [kind for kind, settings in gate_kinds().items() if settings.guards]
    # A kind replaces the one below it, so it is set whole; its other settings are their defaults.
    scenarios = {
        kind: load_shipped(
            "open_circle.yaml",
            [f"policy.gate.kind={kind}", f"run.users={users}", f"run.tick={tick}", f"run.ticks={ticks}"],
        )
        for kind in kinds
    }
    people = DayZero(scenarios[HARD], 1, threads)

    def seconds(kind: str) -> float:
        engine = FastEngine(scenarios[kind], 1, threads, people)
        started = time.process_time()
        engine.run(ticks)
        return time.process_time() - started

    for kind in kinds:
        seconds(kind)  # loads the compiled code
    found = {}
    for kind in kinds:
        pairs = [(seconds(HARD), seconds(kind)) for _ in range(ROUNDS)]
        own = median(second for _, second in pairs) / (users * ticks) * 1e9
        found[kind] = Cost(own, median(second / first for first, second in pairs))
    return found


def solved_cost(users: int, ticks: int) -> float:
    """Processor time of a run by dynamic programming, solving included, over that by the default rule: median over pairs."""
    names = ("forward_looking", "dynamic_programming")
    usual, solved = (
        load_shipped("gate_750.yaml", [f"rule={name}", f"run.users={users}", f"run.ticks={ticks}"]) for name in names
    )
    people = DayZero(usual, 1)

    def seconds(scenario: Scenario) -> float:
        started = time.process_time()
        Blueprint(scenario).ready()  # once a scenario: what is kept of an earlier run would hide it
        FastEngine(scenario, 1, 1, people).run(ticks)
        return time.process_time() - started

    seconds(solved)  # loads the compiled code
    return median(seconds(solved) / seconds(usual) for _ in range(3))


def main(users: int = 100_000, ticks: int = 180) -> None:
    """Print the cost of every kind, by the day and by the hour, and how many times that of the hard threshold."""
    for tick in ("day", "hour"):
        costs = gate_costs(users, ticks if tick == "day" else 24 * 30, tick)
        for kind, cost in costs.items():
            print(
                f"{tick:5} {kind:12} {cost.nanoseconds:6.1f} ns per user-tick  {cost.ratio:5.2f} times {HARD}",
                flush=True,
            )
    print(f"day   dynamic_programming {solved_cost(users, 365):5.2f} times forward_looking, 365 days, solving included")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
