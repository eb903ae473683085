"""How `spring_festival.yaml` was set: the rows of target 5a over two of its numbers, for one seed.

    uv run python -m sim.experiments.fit_packets

Three growth factors are published. The packets given out at first were chosen by them here, at the default chance of opening a
first packet, after amount, part passed on, contacts, days and packets given again had been chosen by the same factors (some thirty
combinations looked at): more numbers than figures, so that the rows can show only that the mechanism is able to grow like that.
"""

from itertools import product

from sim.engines.fast import default_threads
from sim.experiments.facts.packets import SCENARIO, growth, volumes
from sim.scenario.load import load_shipped

CHANCES = (0.24, 0.27, 0.30, 0.33)
SENT = (0.0004, 0.0008, 0.0016)
USERS, SEED = 20_000, 1


def main() -> None:
    """Print the rows, a line per combination."""
    threads = default_threads()
    print("opening_new     sent   growth 2015, 2016, 2017; largest over the one before")
    for chance, sent in product(CHANCES, SENT):
        changes = [f"world.packets.opening_new={chance}", f"policy.incentive.sent={sent}", f"run.users={USERS}"]
        found = growth(volumes(load_shipped(SCENARIO, changes), SEED, threads))
        print(f"{chance:11.2f} {sent:8.4f}  ", *(f"{value:8.2f}" for value in found.values()))


if __name__ == "__main__":
    main()
