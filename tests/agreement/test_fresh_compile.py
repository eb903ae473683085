"""What a compiler makes of the rules does not matter: fresh or cached, with a processor's vector instructions or without."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engines.build import unclaimed
from sim.engines.machine_code import Wanted
from tests.helpers import BUSY, finished, scenario

GIVEN = {"run.users": 1_500, "run.ticks": 45}

PROGRAM = """
from sim.engines.machine_code import folder
from tests.agreement.test_fresh_compile import digest
print(digest())
print(folder())
"""


def digest() -> str:
    """Hash of all totals and columns of a run."""
    run = finished(scenario(BUSY, GIVEN), 31)
    hashed = hashlib.sha256(run.totals.tobytes())
    for array in run.columns.arrays:
        hashed.update(array.tobytes())
    return hashed.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [{}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}, {"NUMBA_OPT": "1"}],
    ids=["as here", "plain processor", "little optimised"],
)
def test_a_fresh_compile_gives_the_same_bits(tmp_path, settings):
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, **settings, "SCOREGATE_CACHE": str(tmp_path), "PYTHONPATH": str(root)}
    finished_process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished_process.returncode == 0, finished_process.stderr
    fresh, folder = finished_process.stdout.split()
    assert Path(folder).is_relative_to(tmp_path)
    assert any(Path(folder).glob("*.o"))  # it was compiled there and then
    assert fresh == digest()


def test_processes_that_compile_together_share_the_work(tmp_path):
    wanted = [Wanted("plan_value", f"value_{number}") for number in range(7)]
    one, other = unclaimed(wanted, tmp_path), unclaimed(wanted, tmp_path)
    taken = [next(one), next(other), next(other), *one, *other]
    assert sorted(w.name for w in taken) == [w.name for w in wanted]  # each once
