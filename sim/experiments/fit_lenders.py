"""How the lenders' capital was set: the rows of target 4 over a range of it, for one seed.

    uv run python -m sim.experiments.fit_lenders

Capital is the one number of the lenders that was chosen by its results, with all rows of 4a, 4b and 4c in view, so that these
rows of `check-facts` cannot tell much. Other numbers of lenders, terms, cut-offs and chances of losing income were tried beside
it and left at the first assumption.
"""

from sim.engines.fast import default_threads
from sim.experiments.facts.credit import measured

CAPITALS = (60.0, 100.0, 120.0, 130.0, 145.0, 160.0, 200.0)
USERS, SEED = 40_000, 1


def main() -> None:
    """Print the rows, a column per capital (CNY per user of the platform)."""
    threads = default_threads()
    found = [measured(SEED, USERS, threads, capital) for capital in CAPITALS]
    print("capital".ljust(16), *(f"{capital:8.0f}" for capital in CAPITALS))
    for name in found[0]:
        print(name.ljust(16), *(f"{one[name]:8.3f}" for one in found))


if __name__ == "__main__":
    main()
