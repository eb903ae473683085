"""A sweep or comparison is made again from what its page holds: the very same cells, and so the very same figures."""

import html
import re

import numpy as np
import pytest
import yaml

import sim
from sim.experiments.compare.plan import make_comparison_plan
from sim.experiments.sweep.plan import make_sweep_plan
from sim.report.page.write import page
from sim.report.stored import load
from sim.scenario.files import shipped_files, shipped_folder
from sim.scenario.reader import read
from sim.scenario.text import as_yaml

SMALL = {"users": 60, "ticks": 20, "replicates": 2}
SWEEP = """\
extends: gate_750.yaml
name: '1e5'
note: |
  "two lines" of <b>text</b>
  and: more
vary:
  policy.gate.threshold: [600, 640]
  how: {unaware: {switches: {awareness: false}}, plain: {}}
design: {kind: list}
measures: [visits, just_above]
"""
COMPARISON = """\
extends: base.yaml
name: 'no: "plain" name'
baseline: open_circle.yaml
rule: myopic
world: {score: {noise: 3.0}}
policies:
  soft: {extends: gates/soft.yaml, policy: {gate: {lowest: 690}}}
  placebo: {extends: placebo.yaml, switches: {habit: false}}
worlds:
  as is: {}
  lottery's: {extends: lottery.yaml, world: {population: {responsive_share: 0.7}}, rule: goal_gradient}
replicates: 2
margin: 1%
"""


def saved(text, folder):
    """Files that a reader saves out of a page, by what it tells of each; and the command it gives for them."""
    folder.mkdir()
    command = re.search(r"there (scoregate \w+ \S+) makes it again", text).group(1)
    found = re.findall(r"<summary>(\S+\.yaml): the file itself.*?<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
    for name, content in found:
        (folder / name).write_text(html.unescape(content), encoding="utf-8")
    return command.split(), {name for name, _ in found}


@pytest.fixture(autouse=True)
def no_library(monkeypatch):
    """Pages without plotly.js, which is 5 MB of no interest here."""
    monkeypatch.setattr("plotly.offline.get_plotlyjs", lambda: "")


@pytest.mark.parametrize("setting", [(), ("switches.habit=false", "policy.gate.start=30")])
def test_a_sweep_is_made_again_from_its_page_alone(tmp_path, setting, monkeypatch):
    file = tmp_path / "mine.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    made = sim.sweep(file, setting, **SMALL, executor="threads", out=tmp_path / "results")
    text = page([load(tmp_path, str(made.path))]).replace("<wbr>", "")  # as a reader sees it
    file.unlink()
    (_, command, name), files = saved(text, tmp_path / "from_page")
    monkeypatch.chdir(tmp_path / "from_page")
    assert (command, files) == ("sweep", {"sweep.yaml", "baseline.yaml"})
    again = sim.sweep(name, executor="threads")
    assert again.manifest["run_id"] == made.manifest["run_id"]
    for column, values in made.tables["effects"].items():
        np.testing.assert_array_equal(again.tables["effects"][column], values)
    assert again.manifest["note"] == made.manifest["note"]


def test_a_comparison_is_made_again_from_its_page_alone(tmp_path, monkeypatch):
    file = tmp_path / "mine.yaml"
    file.write_text(COMPARISON, encoding="utf-8")
    made = sim.compare(file, users=60, ticks=20, executor="threads", out=tmp_path / "results")
    text = page([load(tmp_path, str(made.path))]).replace("<wbr>", "")  # as a reader sees it
    file.unlink()
    (_, command, name), files = saved(text, tmp_path / "from_page")
    monkeypatch.chdir(tmp_path / "from_page")
    assert (command, files) == ("compare", {"comparison.yaml"})
    again = sim.compare(name, executor="threads")
    assert again.manifest["scenarios"] == made.manifest["scenarios"]
    for column, values in made.tables["effects"].items():
        np.testing.assert_array_equal(again.tables["effects"][column], values)


def written(files, folder):
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_text(as_yaml(data), encoding="utf-8")


LONG = pytest.mark.slow  # forty parameters at four points
SWEEPS = [pytest.param(path.stem, marks=[LONG] * (path.stem == "sobol_world")) for path in shipped_files("sweeps")]


@pytest.mark.parametrize("name", SWEEPS)
def test_the_files_of_every_shipped_sweep_are_that_sweep(name, tmp_path):
    fewer = ["design.points=4"] if name.startswith("sobol") else []
    plan = make_sweep_plan(shipped_folder() / "sweeps" / f"{name}.yaml", fewer, users=100, ticks=30, replicates=1)
    written(plan.files, tmp_path / "again")
    assert make_sweep_plan(tmp_path / "again" / "sweep.yaml").key == plan.key


@pytest.mark.parametrize("name", [path.stem for path in shipped_files("comparisons")])
def test_the_file_of_every_shipped_comparison_is_that_comparison(name, tmp_path):
    plan = make_comparison_plan(f"comparisons/{name}", ["margin=2%"], users=100, ticks=30)
    written({"comparison.yaml": dict(plan.comparison.whole)}, tmp_path / "again")
    assert "extends" not in str(plan.comparison.whole)
    again = make_comparison_plan(tmp_path / "again" / "comparison.yaml")
    assert again.comparison.arms == plan.comparison.arms
    assert again.key == plan.key


def test_text_comes_back_as_it_was(tmp_path):
    from tests.report.hostile import HOSTILE

    file = tmp_path / "a.yaml"
    texts = [
        *HOSTILE,
        "1e5",
        "NaN",
        ".inf",
        "1_000",
        "0x10",
        "yes",
        "~",
        "null",
        "Null",
        "2016-11-24",
        "12:30:00",
        " x ",
    ]
    data = {"texts": texts, "by": {text[:80]: 1 for text in texts}, "numbers": [1e-5, 1.0, 3, None, True]}
    file.write_text(as_yaml(data), encoding="utf-8")
    assert read(file, "a.yaml").data == data
    assert yaml.safe_load(as_yaml({"a": "b"})) == {"a": "b"}  # plain YAML to everybody else too
