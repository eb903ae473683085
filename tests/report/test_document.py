"""The tables of MODEL.md are what the committed results tell."""

import re

import pandas as pd
import pytest

from sim.report.document import BLOCKS, WORLD, within, written
from tests.conftest import ROOT

DOCUMENT = (ROOT / "sim" / "model" / "MODEL.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "results" / "reference"


@pytest.mark.parametrize("name", BLOCKS)
def test_a_table_of_the_document_is_what_the_results_tell(name):
    assert within(DOCUMENT, name) == BLOCKS[name](REFERENCE), "write it anew: python -m sim.report.document"


def test_writing_changes_what_stands_between_the_marks_alone():
    spoilt = DOCUMENT.replace(within(DOCUMENT, "density"), "| another |")
    assert spoilt != DOCUMENT
    assert written(spoilt, REFERENCE) == DOCUMENT


def test_every_work_cited_with_its_year_is_among_the_references_which_are_in_order():
    body, _, listed = DOCUMENT.partition("## References\n")
    references = listed.strip().splitlines()
    assert all(re.match(r"- [A-Z][^.]", line) and line.endswith(".") for line in references)
    firsts = [line[2:].replace("ü", "ue").replace("'", "").lower() for line in references]
    assert firsts == sorted(firsts)
    cited = re.findall(
        r"([A-Z][\w'-]+)(?:, [A-Z][\w'-]+)*(?: (?:&|and) [A-Z][\w' -]+?| et al\.) \(?((?:19|20)\d\d)\b", body
    )
    assert len(cited) > 30
    for name, year in cited:
        assert any(name in line and year in line for line in references), f"{name} {year}"


def test_a_document_without_marks_is_a_sentence():
    with pytest.raises(ValueError, match="no marks <!-- density: begin -->"):
        within("nothing", "density")


def test_what_is_said_of_those_who_cannot_pass_is_what_the_results_say():
    groups = pd.read_csv(REFERENCE / "comparisons" / "policies_2016" / "groups.csv")
    here = groups[groups["world"] == WORLD].set_index(["policy", "measure", "group"]).sort_index()
    high, low = here.loc["gate_750"], here.loc["gate_650"]
    admitted = high.loc["admitted", "policy_mean"]
    assert admitted["lowest third"] < 0.0005
    assert admitted["thin"] < 0.01
    assert admitted["highest third"] > 10 * max(admitted["middle third"], admitted["lowest third"])
    visits = high.loc["visits"]
    assert (visits["high"].drop("admitted at the start") < 0).all()
    assert visits["difference"].idxmin() == "poster"
    by_start = visits["difference"].filter(like="short")
    assert set(by_start.nsmallest(2).index) <= {"1-25 points short", "26-50 points short", "51-100 points short"}
    assert visits["difference"][["lowest third", "middle third", "highest third"]].idxmin() == "highest third"
    debt = high.loc["debt"]
    assert (debt["high"][["1-25 points short", "26-50 points short"]] < 0).all()
    assert abs(debt["difference"]["lowest third"]) < 0.05
    gained = low.loc["visits"]
    assert (gained["low"][["middle third", "highest third"]] > 0).all()
    assert gained["low"]["lowest third"] <= 0
    for gate in (high, low):
        assert gate.loc["visits", "high"]["not responsive"] < 0
