"""A year of a million users with every mechanism on, and every identity of its ledgers, to the fen.

    uv run python -m sim.experiments.ledger_year [USERS] [DAYS]

Identities of flows are looked at on every tick; those of states for every single user on the days of a month on which accounts
move (payday, the day after, the bill's day) and on the last day. Ends with status 1 and the names of what is broken, if anything is.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.engines.fast import FastEngine
from sim.experiments.bench import EVERYTHING
from sim.experiments.ledgers import flows_broken, states_broken
from sim.model.calendar import ACCOUNTS, make_calendar
from sim.model.totals import TOTALS
from sim.scenario.load import load_shipped
from sim.scenario.moment import LAST_DAY
from sim.scenario.schema import Scenario

MOVED = ("income_fen", "living_fen", "cash_fen", "charged_fen", "interest_fen", "written_off_fen", "packet_kept_fen")
"""Flows of which the sum is told, beside those of the lenders, so that one sees that the books are not empty."""


class Audit(NamedTuple):
    """What was looked at. looks: moments at which every user was; moved: flows over the run (CNY), by name; broken: names of
    identities that do not hold.
    """

    users: int
    days: int
    looks: int
    moved: dict[str, float]
    broken: list[str]
    seconds: float


def everything(users: int, days: int) -> Scenario:
    """A gate, the credit line, four lenders who price by risk and share what they see, bureau, merchants, packets, market."""
    data = load_shipped("merchants.yaml", [*EVERYTHING, f"run.users={users}", f"run.ticks={days}"]).model_dump(
        mode="json"
    )
    for lender in data["world"]["lending"]["lenders"]:
        lender["risk_premium"] = 0.02
    data["policy"]["lending"]["information"] = "shared"
    return Scenario.model_validate(data)


def audit(scenario: Scenario, seed: int = 1) -> Audit:
    """Run a scenario to its end in the engine for many users, looking at its ledgers on the way."""
    started = time.perf_counter()
    engine = FastEngine(scenario, seed)
    start = {name: engine.columns[name].copy() for name in ("liquidity", "debt")}
    moves = np.flatnonzero(make_calendar(scenario).flags & ACCOUNTS)
    stops = sorted({*(int(tick) + 1 for tick in moves), scenario.run.ticks})
    broken: list[str] = []
    for stop in stops:
        engine.run(stop - engine.tick)
        broken += [f"day {stop - 1}: {name}" for name in states_broken(engine.columns, engine.totals[stop - 1])]
    waiting = int(engine.columns["packet_fen"].astype(np.int64).sum()) if scenario.gives_packets else 0
    broken += flows_broken(scenario, engine.totals, start, waiting)
    names = [
        *MOVED,
        *(name for name in TOTALS if name.startswith("lender_") and not name.endswith(("owed_fen", "cash_fen"))),
    ]
    moved = {name: float(engine.totals[:, TOTALS.index(name)].sum()) * 0.01 for name in names}
    return Audit(scenario.run.users, scenario.run.ticks, len(stops), moved, broken, time.perf_counter() - started)


def main(users: int = 1_000_000, days: int = 365) -> int:
    """Print what was looked at and what is broken; returns the status to end with."""
    found = audit(everything(users, days))
    print(f"{found.users:,} users, {found.days} days, every mechanism on: {found.seconds:.0f} s")
    print(f"flows on each of {found.days} days, states of every user at {found.looks} moments")
    for name, amount in found.moved.items():
        if amount:
            print(f"  {name.removesuffix('_fen'):24} {amount:18,.2f} CNY")
    print(f"broken: {'; '.join(found.broken) or 'none'}")
    return 1 if found.broken else 0


def _from_one(most: int) -> Callable[[str], int]:
    """Reader of a whole number from 1 to `most`."""

    def number(given: str) -> int:
        if not given.isdecimal() or not 1 <= int(given) <= most:
            raise argparse.ArgumentTypeError(f"{given:.40} given; give a whole number from 1 to {most:,}")
        return int(given)

    return number


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sim.experiments.ledger_year", description=__doc__.split("\n")[0])
    parser.add_argument("users", nargs="?", type=_from_one(20_000_000), default=1_000_000, metavar="USERS")
    parser.add_argument("days", nargs="?", type=_from_one(LAST_DAY), default=365, metavar="DAYS")
    sys.exit(main(**vars(parser.parse_args())))
