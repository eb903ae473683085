"""Outcomes as bytes: nothing is lost on the way."""

import numpy as np
import pytest

from sim.results.cells.origin import as_text, expanded, squeezed
from sim.results.cells.outcome import Outcome, pack
from tests.experiments.cells.stand_ins import bits

TABLES = {
    "groups": {"group": np.array(["lowest", "最高", ""]), "visits": np.array([0.1, -0.0, np.nan])},
    "flags": {"on": np.array([True, False]), "small": np.array([1, 2], np.uint8), "far": np.array([2**62, -1])},
    "empty": {"day": np.zeros(0, np.int64), "name": np.zeros(0, "U3")},
    "none": {},
}


def test_an_outcome_comes_back_to_the_bit():
    outcome = Outcome("a" * 32, "", 1.5, {"visits": 1 / 3, "debt": np.nan, "tips": -0.0}, TABLES)
    back = pack(outcome).unpacked()
    assert back.seconds == 1.5
    assert bits([outcome]) == bits([back])


def test_outcomes_of_one_shape_share_its_text_and_others_do_not():
    one, other = Outcome("a", "", 1, {"x": 1.0}, TABLES), Outcome("b", "", 2, {"x": 2.0}, TABLES)
    assert pack(one).shape == pack(other).shape
    assert pack(Outcome("c", "", 1, {"y": 1.0}, TABLES)).shape != pack(one).shape
    whole_days = {"series": {"day": np.arange(3)}}
    hours = {"series": {"day": np.arange(3) / 24}}
    assert pack(Outcome("a", "", 1, {}, whole_days)).shape != pack(Outcome("a", "", 1, {}, hours)).shape


def test_only_the_tables_asked_for_are_unpacked():
    packed = pack(Outcome("a", "", 1, {"x": 1.0}, TABLES))
    assert set(packed.unpacked(("flags",)).tables) == {"flags"}
    assert packed.unpacked(()).measures == {"x": 1.0}


def test_a_failed_outcome_carries_its_reason_only():
    back = pack(Outcome("a", "too large", 2.0, {"x": 1.0}, TABLES)).unpacked()
    assert (back.reason, dict(back.measures), dict(back.tables)) == ("too large", {}, {})


def test_a_column_that_is_no_number_and_no_text_is_refused():
    with pytest.raises(TypeError, match="datetime64"):
        pack(Outcome("a", "", 1, {}, {"t": {"date": np.array(["2016-11-24"], "datetime64[D]")}}))


def test_a_scenario_is_kept_as_what_differs_from_another():
    base = {f"number_{k}": k * 1.7 for k in range(200)}
    varied = base | {"number_3": 650}
    text, against = as_text(varied), as_text(base)
    small = squeezed(text, against)
    assert expanded(small, against) == varied
    assert len(small) < len(text) / 20
