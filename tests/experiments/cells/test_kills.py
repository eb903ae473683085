"""Up to ten random kills of a parent or a worker lose no finished cell and run none twice."""

import sys

import pytest

from tests.experiments.cells.kills import CELLS, report


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds worker processes in /proc")
def test_killed_again_and_again_the_same_command_comes_to_the_same_tables():
    found = report(kills=10, seed=2)
    assert 5 <= found["parents killed"] + found["workers killed"] <= 10  # the last may come too late
    assert found["whole at the end"]
    assert found["same tables"]
    assert found["same sketches"]
    assert found["failed"] == 0
    assert found["lost"] == 0
    assert found["reused at the end"] == CELLS == found["cells"]
    # More only where random kills hit one cell twice in a row: it failed, and was run again by the next command.
    assert found["recorded"] <= CELLS + 2
