"""The committed result of the shipped study of sensitivity is of that study, and says what README quotes."""

import pandas as pd
import pytest

from sim.experiments.sensitivity import reference
from sim.experiments.sensitivity.plan import make_sensitivity_plan
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference" / "sensitivity"


def test_it_is_of_the_shipped_study():
    plan = make_sensitivity_plan(reference.FILE)
    screening, indices = pd.read_csv(FOLDER / "screening.csv"), pd.read_csv(FOLDER / "indices.csv")
    assert set(screening["input"]) == {*plan.names, "seed"}
    assert set(indices["input"]) == set(screening["input"][screening["kept"]])
    assert len(indices) == plan.file.keys.keep + 1


def test_readme_names_what_it_hangs_on():
    indices = pd.read_csv(FOLDER / "indices.csv").set_index("input")
    first = indices.drop("seed")["total"].nlargest(3).index.tolist()
    answer = (FOLDER / "answer.txt").read_text(encoding="utf-8")
    assert all(f"{name} (total index {indices.loc[name, 'total']:.2f}" in answer for name in first)
    assert set(first) == {
        "world.circle.seeker_visits",  # how often seekers visit the circle
        "world.circle.comment_pull",  # how much being answered pulls them
        "world.population.seeker_share",  # how many seekers there are
    }
    assert "it is above zero at 14% of the screening's points" in answer
    assert round(100 * indices.loc["seed", "total"]) == 1
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "above zero at 14% of the points" in readme
    screening = pd.read_csv(FOLDER / "screening.csv").set_index("input")
    turns = screening["turns_up"] + screening["turns_down"]
    assert f"{turns.sum()} turn it, most often that of {turns.idxmax()}" in answer
    assert (turns[screening["mu_star"] == 0.0] == 0).all()  # what changes nothing turns nothing
    assert "Luck makes 1%." in readme


def test_its_columns_are_those_that_the_page_on_results_names():
    page = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    for name in ("screening", "indices"):
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {name}.parquet |")]
        found = pd.read_csv(FOLDER / f"{name}.csv").columns
        columns = {column.removesuffix("_low").removesuffix("_high") for column in found} - {"input"}
        assert all(f"`{column}`" in row for column in columns), (name, columns)


@pytest.mark.slow
def test_it_is_made_again_to_the_digit(workspace):
    pytest.importorskip("SALib")
    reference.make(workspace)
    for name in ("screening", "indices"):
        again, kept = pd.read_csv(f"{name}.csv"), pd.read_csv(FOLDER / f"{name}.csv")
        pd.testing.assert_frame_equal(again, kept, check_exact=False, rtol=1e-5)
