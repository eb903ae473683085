"""The committed check of the facts is of today's targets, and it is made again to the digit."""

import json
import math

import pytest

from sim.experiments.effect import Interval
from sim.experiments.facts.check import CHECKS, Row, as_records, summary
from sim.experiments.facts.reference import cut
from sim.experiments.facts.row import Effort, Finding
from sim.experiments.facts.targets import targets
from sim.report.facts_table import facts_table
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference" / "facts"
KEPT = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))


def test_it_is_of_todays_targets_and_its_verdicts_follow_from_its_figures():
    assert [one["name"] for one in KEPT] == [target.name for target in targets()]
    rows = [
        Row(
            target,
            Finding(
                _number(one["value"]),
                Interval(0.0, _number(one["low"]), _number(one["high"]), 0),
                one["seeds"],
                one["note"],
            ),
        )
        for target, one in zip(targets(), KEPT, strict=True)
    ]
    assert cut(as_records(rows)) == KEPT
    assert (FOLDER / "answer.txt").read_text(encoding="utf-8").strip() == summary(rows)


def test_a_row_of_the_table_by_hand():
    row = {
        **{
            "name": "9a x",
            "what": "a | b",
            "source": "s",
            "grade": "A",
            "kind": "fit",
            "unit": "share",
            "note": "",
            "fitted": "q",
        },
        **{"target_low": 0.03, "target_high": 0.07, "value": 0.08125, "low": -0.001, "high": 1.5, "verdict": "miss"},
    }
    assert facts_table([row]).splitlines()[-1] == (
        "| **9a x**: a / b | s | A | 3 to 7% | 8.12% (-0.1 to 150) | **miss** (fitted: q) |"
    )
    open_row = row | {
        "target_low": None,
        "kind": "falsify",
        "verdict": "pass",
        "fitted": "",
        "unit": "points",
        "low": None,
    }
    assert facts_table([open_row]).splitlines()[-1] == (
        "| **9a x**: a / b | s | A | not at most 0.07 points | 0.0813 points | pass: it fails, as it must |"
    )


def _number(value):
    return math.nan if value is None else value


@pytest.mark.slow
@pytest.mark.parametrize("family", CHECKS)
def test_it_is_made_again_to_the_digit(family):
    check, _ = CHECKS[family]
    found = check(Effort(1.0, 2))
    kept = {one["name"]: one for one in KEPT}
    assert found
    for name, finding in found.items():
        for column, value in (("value", finding.value), ("low", finding.interval.low), ("high", finding.interval.high)):
            assert value == pytest.approx(_number(kept[name][column]), rel=1e-5, abs=1e-9, nan_ok=True), (name, column)
