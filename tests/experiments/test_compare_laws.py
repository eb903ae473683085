"""Laws of comparisons: what must be zero is zero, what `run` says it says too, and the order of the file changes nothing."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import sim
from sim.experiments.cells.evaluate import evaluate
from sim.experiments.compare import compare as home
from sim.experiments.compare.plan import make_comparison_plan
from sim.report.compare_figures import draw_comparison
from sim.results.store import ResultError
from sim.results.table import where

SIZE = {"users": 400, "ticks": 45, "replicates": 6, "seed": 11}
BUSY = """\
world: {population: {responsive_share: 0.8}, awareness: {campaign_rate: 0.2}}
policy: {circle: {opens: 2}}
"""
FILE = f"""\
extends: base.yaml
name: laws
baseline: open
{BUSY}policies:
  open: {{policy: {{gate: {{kind: open}}}}}}
  twin: {{policy: {{gate: {{kind: open}}}}}}
  gate: {{policy: {{gate: {{kind: threshold, threshold: 640}}}}}}
  lottery: {{policy: {{gate: {{kind: lottery, share: 0.2}}}}}}
worlds:
  as is: {{}}
  nobody responds: {{world: {{population: {{responsive_share: 0.0}}}}}}
margin: 1%
guardrails:
  - {{measure: debt, group: {{kind: income, group: lowest third}}, may_rise_by: 0%}}
"""
EFFORT = ("visits_payment", "visits_score", "visits_credit", "debt", "spending", "missed_bills", "mean_score")


def compared(folder, text, **size):
    path = folder / "laws.yaml"
    path.write_text(text, encoding="utf-8")
    return sim.compare(path, **(SIZE | size))


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return compared(tmp_path_factory.mktemp("laws"), FILE)


def test_a_twin_of_the_baseline_differs_nowhere(result):
    for name in ("effects", "groups", "guardrails"):
        twin = where(result.tables[name], policy="twin")
        seen = twin["n"] > 0
        assert seen.any()
        for column in ("difference", "low", "high"):
            assert (twin[column][seen] == 0.0).all(), (name, column)
    effects = where(result.tables["effects"], policy="twin")
    told = ~np.isnan(effects["difference"])
    assert set(effects["verdict"][told]) == {"equivalent"}
    assert set(effects["p_adjusted"][told]) == {1.0}
    assert set(where(result.tables["guardrails"], policy="twin")["verdict"]) == {"kept"}


def test_equal_policies_share_the_chance_of_being_best(result):
    best = result.tables["best"]
    for world in ("as is", "nobody responds", "all worlds"):
        here = where(best, world=world)
        assert here["best"].sum() == pytest.approx(1.0)
        assert len(set(here["best"][np.isin(here["policy"], ("open", "twin"))])) == 1
        assert here["regret"].min() == 0.0


def test_the_baseline_has_no_difference_and_is_not_judged(result):
    assert "open" not in result.tables["effects"]["policy"]
    row = where(result.tables["policies"], policy="open")
    assert (row["difference"][0], row["worst_difference"][0]) == (0.0, 0.0)


def test_where_nobody_responds_no_effort_differs(result):
    placebo = where(result.tables["effects"], world="nobody responds", policy="gate")
    for measure in EFFORT:
        (difference,) = where(placebo, measure=measure)["difference"]
        assert difference == 0.0, measure
    assert where(placebo, measure="visits_circle")["difference"][0] != 0.0  # exclusion is still there
    as_is = where(result.tables["effects"], world="as is", policy="gate")
    assert all(where(as_is, measure=measure)["difference"][0] != 0.0 for measure in EFFORT)


def test_a_view_is_labelled_by_world_and_policy(result):
    view = result.view("debt")
    assert (view.name, view.unit, view.dims) == ("debt", "CNY/user", ("world", "policy"))
    assert list(view.coords["world"][1]) == ["as is", "nobody responds", "all worlds"]
    assert list(view.coords["policy"][1]) == ["twin", "gate", "lottery"]
    assert result.view().name == "visits"
    for figure in ("difference", "low_bca", "n"):
        for row in result.effects.query("measure == 'debt'").to_dict("records"):
            assert result.view("debt", figure).sel(world=row["world"], policy=row["policy"]) == row[figure]
    for wrong in (("dept",), ("debt", "verdict")):
        with pytest.raises(KeyError, match="known: "):
            result.view(*wrong)


def test_a_view_as_xarray(result):
    pytest.importorskip("xarray")
    array = result.view("debt").to_xarray()
    assert float(array.sel(world="as is", policy="gate")) == result.view("debt").sel(world="as is", policy="gate")


def test_effects_are_those_of_a_run_to_the_bit(result, tmp_path):
    (tmp_path / "gate.yaml").write_text(
        f"extends: base.yaml\nname: gate\nbaseline: open.yaml\n{BUSY}".replace(
            "policy: {", "policy: {gate: {kind: threshold, threshold: 640}, "
        ),
        encoding="utf-8",
    )
    (tmp_path / "open.yaml").write_text(
        f"extends: base.yaml\nname: open\n{BUSY}".replace("policy: {", "policy: {gate: {kind: open}, "),
        encoding="utf-8",
    )
    run = sim.run(tmp_path / "gate.yaml", **SIZE)
    ours = where(result.tables["effects"], world="as is", policy="gate")
    by_reference = {"just_above", "quiet_short"}  # counted from the gate's own score in a run, from 750 here
    compared_with = [name for name in run.effects if name not in by_reference]
    assert len(compared_with) > 25
    for measure in compared_with:
        theirs, mine = run.effects[measure].interval, where(ours, measure=measure)
        found = [mine[name][0] for name in ("difference", "low", "high", "n")]
        assert_array_equal(found, [theirs.mean, theirs.low, theirs.high, theirs.n], err_msg=measure)


def test_the_order_of_the_file_does_not_matter(result, tmp_path):
    lines = FILE.splitlines()
    policies, worlds = lines.index("policies:"), lines.index("worlds:")
    turned = [
        *lines[: policies + 1], *reversed(lines[policies + 1 : worlds]), "worlds:",
        *reversed(lines[worlds + 1 : worlds + 3]), *lines[worlds + 3 :],
    ]  # fmt: skip
    other = compared(tmp_path, "\n".join(turned) + "\n")
    for name, by in (
        ("effects", ["measure", "world", "policy"]),
        ("groups", ["kind", "group", "measure", "world", "policy"]),
        ("guardrails", ["world", "policy"]),
        ("best", ["world", "policy"]),
        ("cells", ["policy", "world", "replicate"]),
    ):
        one, two = (getattr(found, name).sort_values(by, ignore_index=True) for found in (result, other))
        assert one.equals(two), name


def test_one_replicate_says_nothing_of_chance(tmp_path):
    result = compared(tmp_path, FILE, replicates=1)
    gate = where(result.tables["effects"], policy="gate", measure="visits")
    assert set(gate["verdict"]) == {"undecided"}
    assert np.isnan(gate["low"]).all()
    assert np.isnan(result.tables["best"]["best"]).all()
    assert "One replicate, so nothing is said of chance." in result.summary()


def test_a_failed_cell_takes_its_pair_with_it(tmp_path, monkeypatch):
    path = tmp_path / "laws.yaml"
    path.write_text(FILE, encoding="utf-8")
    evaluated = cache(lambda: evaluate(make_comparison_plan(path, **SIZE).jobs(0, SIZE["replicates"])))
    failed = {0}  # the baseline in the first world and replicate

    class Failing:
        """Cells of which some have failed."""

        def __init__(self, cells):
            self.cells = cells
            self.failures = dict.fromkeys(failed, "out of luck")

        def measure(self, name):
            values = self.cells.measure(name)
            values[list(failed)] = np.nan
            return values

        def table(self, name):
            table = self.cells.table(name)
            keep = ~np.isin(table["job"], list(failed))
            return {column: values[keep] for column, values in table.items()}

    monkeypatch.setattr(home, "evaluate", lambda jobs, **_: Failing(evaluated()))
    result = compared(tmp_path, FILE, out=tmp_path / "results")
    visits = where(result.tables["effects"], measure="visits")
    assert set(visits["n"][visits["world"] == "as is"]) == {5}
    assert set(visits["n"][visits["world"] == "nobody responds"]) == {6}
    assert set(visits["n"][visits["world"] == "all worlds"]) == {5}
    assert (result.tables["cells"]["failure"] != "").sum() == 1
    assert "1 of 48 cells failed and are left out with their pairs (out of luck)." in result.summary()
    assert result.path.name.endswith("-failed1")
    failed.update(range(1, 48, 4))  # the twin, everywhere
    without = compared(tmp_path, FILE)
    assert set(where(without.tables["effects"], policy="twin")["n"]) == {0}
    assert draw_comparison(without, tmp_path / "figures", ("svg",))
    failed.update(range(48))
    with pytest.raises(ResultError, match="laws: all 48 cells failed, the first because: out of luck"):
        compared(tmp_path, FILE)
    monkeypatch.setattr(home, "evaluate", lambda jobs, **_: evaluated())
    again = compared(tmp_path, FILE, out=tmp_path / "results")  # not read back: the same command tries again
    assert not again.reused
    assert set(where(again.tables["effects"], measure="visits")["n"]) == {6}


def test_until_a_width(tmp_path):
    # the size of the intervals with six replicates is known from the run above: ask for something that needs more than the
    # first stage, and for something that the most replicates do not reach
    simple = "".join(
        line for line in FILE[: FILE.index("worlds:")].splitlines(True) if "twin" not in line and "lottery" not in line
    )
    small = {"users": 150, "ticks": 20, "replicates": 3}
    first = compared(tmp_path, simple, **small, until_width=1.0)
    assert first.manifest["replicates"] == 20  # wide enough at once, and no fewer than the first stage
    widest = (first.verdicts["high"] - first.verdicts["low"]).max()
    reached = compared(tmp_path, simple, **small, until_width=0.9 * widest)
    assert 20 < reached.manifest["replicates"] == reached.manifest["replicates_needed"] <= 26
    assert (reached.verdicts["high"] - reached.verdicts["low"]).max() <= 0.9 * widest * (1 + 1e-12)
    assert "no interval of visits is wider than" in reached.summary()
    capped = compared(tmp_path, simple, **small, until_width=0.5 * widest, most_replicates=22)
    assert capped.manifest["replicates"] == 22
    assert capped.manifest["replicates_needed"] == math.ceil((20**0.5 / 0.5) ** 2)
    assert "was not reached with 22 replicates" in capped.summary()
    shared = first.cells["replicate"] < 20  # the first stage is the same, whatever comes after
    assert_array_equal(first.cells["visits"][shared], reached.cells.query("replicate < 20")["visits"])


def test_a_stored_comparison_is_read_back(tmp_path):
    out = tmp_path / "results"
    first = compared(tmp_path, FILE, replicates=2, out=out)
    again = compared(tmp_path, FILE, replicates=2, out=out)
    assert (first.reused, again.reused) == (False, True)
    assert first.path == again.path == next(Path(out).glob("laws/*-compare"))
    assert again.manifest == first.manifest
    for name, table in first.tables.items():
        for column, values in table.items():
            assert_array_equal(again.tables[name][column], values, err_msg=f"{name}.{column}")
    assert again.summary() == first.summary()
    assert not compared(tmp_path, FILE.replace("margin: 1%", "margin: 2%"), replicates=2, out=out).reused
