"""The committed reference results are what the program gives today, at the size and seeds they state."""

from pathlib import Path

import pandas as pd
import pytest

from sim.experiments.reference import NAMES, effect_table
from sim.experiments.run import run
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference"


def test_every_reference_file_is_known():
    assert {p.stem for p in FOLDER.glob("*.csv")} == set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_reference_is_made_again_to_the_digit(name, workspace):
    result = run(f"{name}.yaml")
    effect_table(result).to_csv("again.csv", index=False, lineterminator="\n")
    pd.testing.assert_frame_equal(pd.read_csv("again.csv"), pd.read_csv(FOLDER / f"{name}.csv"), check_exact=True)
    assert result.summary() in (FOLDER / "answers.txt").read_text(encoding="utf-8").splitlines()
    assert not list(Path().glob("results"))
