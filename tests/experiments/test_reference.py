"""The committed reference results are what the program gives today, at the size and seeds they state."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.experiments.reference import BEHIND, FIGURES, KEPT, NAMES, effect_table
from sim.experiments.run import run
from sim.results.listing import manifests
from sim.results.store import read
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
    if name == NAMES[0]:  # what is behind the figures, to the bit
        kept = read(FOLDER / KEPT / name)
        for table, names in BEHIND.items():
            for column in names or result.tables[table]:
                if column != "seconds":
                    of_each = (kept.tables[table][column], result.tables[table][column])
                    np.testing.assert_array_equal(*of_each, err_msg=f"{table}: {column}")


def test_readme_shows_three_figures_whose_numbers_are_those_of_the_tables():
    shown = re.findall(r"!\[[^]]+\]\(results/reference/(\w+)\.png\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(FIGURES)
    kept = read(FOLDER / KEPT / NAMES[0])
    pd.testing.assert_frame_equal(
        effect_table(kept), pd.read_csv(FOLDER / f"{NAMES[0]}.csv"), check_exact=False, rtol=1e-9, check_dtype=False
    )
    ticks = kept.tables["ticks"]
    for arm in ("policy", "baseline"):
        mean = ticks["visits"][ticks["arm"] == arm].mean()
        assert mean == pytest.approx(getattr(kept.effects["visits"], arm), rel=1e-12)
    assert list(manifests(ROOT / "results")) == [
        one for one in manifests(ROOT / "results") if one[0].parent.name != "reference"
    ]  # what is kept here is nobody's to prune
    assert sum(file.stat().st_size for file in (FOLDER / KEPT / NAMES[0]).iterdir()) < 100_000


def test_a_figure_that_is_not_kept_is_an_error_in_words(tmp_path):
    told = CliRunner().invoke(
        app, ["plot", str(FOLDER / KEPT / NAMES[0]), "--kind", "awareness", "--to", str(tmp_path)]
    )
    assert told.exit_code == 1
    assert "--kind awareness: not a figure of this trimmed run; allowed: visits, channels, plans" in told.output
    assert isinstance(told.exception, SystemExit)


def test_no_page_is_made_of_what_is_kept_and_nobody_is_told_to_delete_it(tmp_path):
    file = tmp_path / "page.html"
    told = CliRunner().invoke(app, ["report", str(FOLDER / KEPT / NAMES[0]), "--to", str(file), "--no-facts"])
    assert told.exit_code == 1
    said = " ".join(told.output.split())
    assert "trimmed to what is behind its figures (visits, channels, plans), too little for a page" in said
    assert "remove" not in said
    assert not file.exists()


def test_without_a_kind_all_that_are_kept_are_drawn(tmp_path):
    told = CliRunner().invoke(app, ["plot", str(FOLDER / KEPT / NAMES[0]), "--format", "svg", "--to", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert {file.stem for file in tmp_path.iterdir()} == set(FIGURES)


@pytest.mark.parametrize("kind", FIGURES)
def test_each_figure_is_drawn_again_from_what_is_kept(kind, tmp_path):
    """By the shipped command; compared as pictures small enough that fonts and versions of libraries do not matter."""
    from PIL import Image

    def small(file):
        return np.asarray(Image.open(file).convert("L").resize((90, 52)), dtype=float)

    told = CliRunner().invoke(
        app, ["plot", str(FOLDER / KEPT / NAMES[0]), "--kind", kind, "--format", "png", "--to", str(tmp_path)]
    )
    assert told.exit_code == 0, told.output
    again = small(tmp_path / f"{kind}.png")
    distance = {other: np.abs(again - small(FOLDER / f"{other}.png")).mean() for other in FIGURES}
    assert distance[kind] < 1.0  # of 255
    assert min(gap for other, gap in distance.items() if other != kind) > 5.0
