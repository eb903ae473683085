"""Memory does not grow with the number of cells."""

import subprocess
import sys

import pytest

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
