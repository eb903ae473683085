"""Memory does not grow with the number of cells."""

import os
import subprocess
import sys

import pytest

from sim.experiments import cells_speed

SCRIPT = """
import sys
from pathlib import Path
from sim.experiments.cells.evaluate import evaluate
from tests.experiments.cells.stand_ins import tiny_jobs
cells = evaluate(tiny_jobs(int(sys.argv[1]), 50, 5), store=Path(sys.argv[2]), executor="threads", workers=2)
assert len(cells.frame()) == int(sys.argv[1])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def peak(cells, folder) -> int:
    """Most memory (kB) that an evaluation had at once."""
    shown = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(cells), str(folder)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_twenty_times_the_cells_take_hardly_more_memory(tmp_path):
    assert peak(2_000, tmp_path / "many") < 1.2 * peak(100, tmp_path / "few")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux counts it")
def test_a_sweep_of_ten_thousand_cells_takes_hardly_more_memory_than_one_of_a_hundred():
    assert cells_speed.peak(200, users=100, days=10) < 1.2 * cells_speed.peak(2, users=100, days=10)


def test_the_command_takes_memory_for_tables_from_the_system():
    script = """
import sys
from sim.cli import main
sys.argv = ["scoregate", "--help"]
try:
    main()
finally:
    import pyarrow
    print(pyarrow.default_memory_pool().backend_name)
"""
    environment = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    ).stdout
    assert shown.split()[-1] == "system"
