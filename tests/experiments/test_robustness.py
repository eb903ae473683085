"""Robustness: variants change what they say, a variant in which nobody responds has no effort, the committed table is of these."""

import numpy as np
import pandas as pd
import pytest

from sim.experiments.robustness.reference import make
from sim.experiments.robustness.study import answer, jobs_of, robustness
from sim.experiments.robustness.variants import variants
from sim.model.choice import rule_names
from sim.results.rounding import rounded
from sim.scenario.load import load_shipped, resolved
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference" / "robustness"


def small(name):
    (found,) = [one for one in variants() if one.name == name]
    return found._replace(users=300, replicates=2)


def test_every_rule_habit_beliefs_graphs_and_sizes_are_among_them():
    by_family = {}
    for one in variants():
        by_family.setdefault(one.family, []).append(one)
    assert {one.name for one in by_family["rule of choice"]} == {name.replace("_", " ") for name in rule_names()}
    assert {one.users for one in by_family["population"]} >= {1_000, 10_000_000}
    assert len(by_family["beliefs"]) >= 4
    assert len(by_family["graph"]) >= 6
    assert len(by_family["habit"]) == 2
    assert len(by_family["several at once"]) == 4
    assert max(one.users for one in variants(50_000)) <= 50_000


def test_a_variant_changes_what_it_says_in_both_arms_alike():
    for one in variants():
        plain = [resolved(load_shipped(name)) for name in ("gate_750.yaml", "open_circle.yaml")]
        arms = [resolved(job.scenario) for job in jobs_of(one, 180)[:2]]
        for before, after in zip(plain, arms, strict=True):
            changed = {key for key in before if before[key] != after[key]} - {"run"}
            assert changed <= {"world", "rule", "switches"}
            assert changed or not one.settings or one.settings == ("rule=forward_looking",)
        assert arms[0]["world"] == arms[1]["world"]
        assert jobs_of(one, 180)[0].seed == jobs_of(one, 180)[1].seed


def test_effort_vanishes_where_nobody_responds_and_difference_is_that_of_the_cells():
    table = robustness([small("none"), small("everybody responds")], ticks=60)
    assert table["effort"][0] == 0.0
    assert table["effort"][1] > 0.0
    assert table["circle"][0] < 0.0
    parts = table["circle"] + table["effort"] + table["habit"]
    np.testing.assert_allclose(parts, table["difference"], rtol=1e-9, atol=1e-12)
    assert table["sign"][0] in ("fewer", "undecided")
    assert table["channel"][0] == "circle"


def test_the_answer_names_what_differs():
    table = {
        "family": np.array(["a", "b", "c"]),
        "variant": np.array(["x", "y", "x again"]),
        "sign": np.array(["fewer", "more", "fewer"]),
        "channel": np.array(["circle", "effort", "circle"]),
        "n": np.array([8, 1, 8]),
    } | {name: np.array([1.0, 2.0, 1.0]) for name in ("users", "baseline", "difference", "circle", "effort", "habit")}
    told = answer(table)
    assert told.startswith("In 2 of 3 variants")
    assert "2 of them differ in their figures" in told  # what stands twice is not counted as evidence twice
    assert "Of a single run, without an interval: y." in told
    assert "b: y (more visits, by effort)" in told


def test_the_committed_table_is_of_these_variants_and_readme_quotes_it():
    kept = pd.read_csv(FOLDER / "robustness.csv")
    assert kept["variant"].tolist() == [one.name for one in variants()]
    assert kept["users"].tolist() == [one.users for one in variants()]
    told = (FOLDER / "answer.txt").read_text(encoding="utf-8")
    assert told.strip() == answer({name: kept[name].to_numpy() for name in kept})
    one = kept[kept["family"] != "several at once"]
    assert ((one["sign"] == "fewer") & (one["channel"] == "circle")).all()
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"in all of {len(one)} variants" in readme
    assert f"({one['difference'].min():.4f} to {one['difference'].max():.4f};" in readme


@pytest.mark.slow
def test_what_is_not_large_is_made_again_to_the_digit(workspace):
    make(workspace, 20_000, out=None)
    again, kept = pd.read_csv("robustness.csv"), pd.read_csv(FOLDER / "robustness.csv")
    kept = kept[kept["users"] <= 20_000].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, kept, check_exact=False, rtol=1e-5, atol=1e-9)


def test_figures_are_cut_to_what_is_read():
    assert rounded({"value": np.array([1.23456789]), "name": np.array(["x"])})["value"][0] == 1.23457
