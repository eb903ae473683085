"""The golden trace of tiny.yaml. It changes only with the model: read the difference before writing it anew.

python -m tests.golden.test_tiny
"""

from pathlib import Path

from sim.scenario import load
from tests.golden.trace import trace

GOLDEN = Path(__file__).parent / "tiny_trace.txt"


def test_the_trace_of_tiny_is_as_it_was_read(shipped):
    made = trace(load(shipped / "tiny.yaml")).splitlines()
    assert made == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_the_trace_keeps_the_rules_a_reader_would_check(shipped):
    """Only the score decides admission; nothing opens the gate between publications; scores move on the 6th alone."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    day = -1
    publications = {5, 35}  # 6 September and 6 October 2016, from 1 September
    for line in lines:
        if line.startswith("day "):
            day = int(line[4:])
        if "score " in line and "->" in line and "user" in line and "score" in line.split(":")[1].split("->")[0]:
            assert day in publications, line
        if "admitted" in line:
            assert day in publications | {2}, line


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    GOLDEN.write_text(trace(load(root / "scenarios" / "tiny.yaml")), encoding="utf-8")
