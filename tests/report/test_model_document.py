"""MODEL.md names every file of the model and every stream of luck, each with the number that the code has."""

import re

from sim.draws import STREAMS
from tests.conftest import ROOT

MODEL = ROOT / "sim" / "model"
DOCUMENT = (MODEL / "MODEL.md").read_text(encoding="utf-8")


def test_every_stream_of_luck_is_listed_with_its_number():
    listed = {name: int(number) for number, name in re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", DOCUMENT, re.MULTILINE)}
    assert listed == STREAMS


def test_every_file_of_the_model_is_told_of():
    files = [path for path in MODEL.rglob("*.py") if path.name != "__init__.py"]
    untold = [path.relative_to(MODEL).as_posix() for path in files if f"{path.name}`" not in DOCUMENT]
    assert untold == []


def test_headings_of_submodels_count_up():
    numbers = [int(number) for number in re.findall(r"^### 7\.(\d+) ", DOCUMENT, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
