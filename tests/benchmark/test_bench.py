"""The benchmark prints what it promises. How fast it is depends on the machine and is not tested."""

import json

from typer.testing import CliRunner

from sim.cli import app
from sim.engines.columns import BYTES_PER_USER, Columns


def test_a_user_takes_at_most_96_bytes_of_state():
    columns = Columns(1000)
    assert sum(array.nbytes for array in columns.arrays) == 1000 * BYTES_PER_USER
    assert BYTES_PER_USER <= 96


def test_bench_prints_rates_of_both_engines_memory_and_bandwidth():
    shown = CliRunner().invoke(app, ["bench", "--users", "5000", "--days", "20", "--json"])
    figures = json.loads(shown.stdout)
    assert {"fast engine, 1 thread", "fast engine, 2 threads", "readable engine", "fast over readable"} <= set(figures)
    assert figures["state per user"][0] == BYTES_PER_USER
    assert figures["fast over readable"][0] > 1
    assert figures["every mechanism, 2 threads"][0] > 0
    assert figures["copy bandwidth, 1 thread"][0] > 0
