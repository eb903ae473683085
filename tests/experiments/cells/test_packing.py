"""Outcomes as bytes: nothing is lost on the way."""

import numpy as np
import pytest

from sim.results.cells.origin import as_text, expanded, squeezed
from sim.results.cells.outcome import Outcome, pack, shape_of
from sim.results.cells.together import of_bodies, of_outcomes
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


def cell_of(place, groups):
    """A cell of many: some have the same groups, some have others of the same length, some fewer or none."""
    tables = TABLES | {
        "groups": {"group": np.array(groups, dtype=str), "visits": np.arange(len(groups)) / 3 - place},
        "flags": {
            "on": np.array([place > 1] * 2),
            "small": np.array([1, place], np.uint8),
            "far": np.array([-1, place]),
        },
    }
    return Outcome(f"{place:03d}", "", 1.0, {"visits": place / 7, "debt": np.nan}, tables)


def test_many_bodies_are_taken_apart_together_as_each_alone():
    of_each = (
        ["low", "high"],
        ["low", "high"],
        ["高", "high"],
        [],
        ["higher", "h"],
        ["low"],
        ["low", "high"],
        ["hig", "hlow"],
    )
    outcomes = [cell_of(place, groups) for place, groups in enumerate(of_each)]
    packed = [pack(outcome) for outcome in outcomes]
    shape = shape_of(packed[0].shape)
    assert {one.shape for one in packed} == {packed[0].shape}
    for some in (slice(None), slice(3, 4), slice(0, 2)):
        expected = of_outcomes(outcomes[some], shape)
        found = of_bodies([one.key for one in packed[some]], [one.body for one in packed[some]], shape)
        assert found.keys.tolist() == expected.keys.tolist()
        assert found.measures.tobytes() == expected.measures.tobytes()
        assert {name: list(table) for name, table in found.tables.items()} == {
            name: list(table) for name, table in expected.tables.items()
        }
        for name, table in expected.tables.items():
            for column, values in table.items():
                assert found.tables[name][column].dtype.kind == values.dtype.kind
                assert found.tables[name][column].tolist() == values.tolist()


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
