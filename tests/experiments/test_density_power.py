"""Size and power of the density test on the model: the table of rejections by hand, and what the committed one says.

Of n seeds a share of rejections at 5% has standard error sqrt(0.05 * 0.95 / n): 0.015 of 200. False rejections are held to three of them
above 5%, so that 25 cutoffs are all kept in 97 of 100 studies of a test that keeps its size exactly.
"""

import numpy as np
import pandas as pd
import pytest

from sim.experiments.after.density_power import (
    LEVEL,
    NEAR,
    RESPONSES,
    SEEDS,
    WORLDS,
    World,
    distances,
    measure,
    rejection_table,
)
from tests.conftest import ROOT

FILE = ROOT / "results" / "reference" / "density" / "power.csv"
GAMED = next(name for name in RESPONSES if name.startswith("everybody"))


def test_rejections_are_counted_of_the_tests_that_could_be_made():
    p = np.full((20, len(distances())), 0.5)
    p[:5, distances().index(0)] = 0.01
    p[:, distances().index(60)] = np.nan
    p[10:, distances().index(-30)] = np.nan
    table = pd.DataFrame(rejection_table({World(700, "nobody"): p})).set_index("distance")
    assert table.loc[0, "rejected"] == 0.25
    assert table.loc[0, "low"] < 0.25 < table.loc[0, "high"]
    assert table.loc[-30, "tests"] == 10
    assert table.loc[60, "tests"] == 0
    assert np.isnan(table.loc[60, "rejected"])


def test_the_gate_is_the_same_in_all_worlds_of_a_pair_and_only_the_response_differs():
    placebo, gamed = World(750, "nobody").scenario(300), World(750, GAMED).scenario(300)
    assert placebo.policy == gamed.policy
    assert (placebo.rule, gamed.rule) == ("none", "forward_looking")
    assert gamed.world.population.responsive_share == 1.0


def test_the_committed_table_keeps_its_size():
    table = pd.read_csv(FILE)
    assert list(dict.fromkeys(zip(table["gate"], table["responds"], strict=True))) == [tuple(one) for one in WORLDS]
    most = LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / SEEDS)
    false = table[(table["responds"] == "nobody") & (table["tests"] == SEEDS)]
    assert len(false) >= len(distances())
    assert (false["rejected"] <= most).all()
    # Beside a gate that people strive for scores are moved too, so only dummies further off have nothing to find there.
    dummies = table[~table["distance"].isin((0, *NEAR)) & (table["tests"] == SEEDS)]
    assert (dummies["rejected"] <= most).all()


def test_where_nobody_responds_it_rejects_as_often_as_target_3d_allows():
    # 3 to 7% at the gate and at 740 and 760: asked for to within the Wilson interval of the seeds that there are.
    table = pd.read_csv(FILE)
    near = table[(table["responds"] == "nobody") & table["distance"].isin((0, *NEAR))]
    assert (near["tests"] == SEEDS).all()
    assert SEEDS >= 200
    assert (near["low"] <= 0.07).all()
    assert (near["high"] >= 0.03).all()


def test_no_power_is_claimed_for_it_at_the_gate():
    # MODEL.md, 9, says that the test finds the gate in no world; who finds more power here must write that anew.
    table = pd.read_csv(FILE)
    at_gate = table[table["distance"] == 0]
    assert (at_gate["tests"] == SEEDS).all()
    assert (at_gate["low"] <= LEVEL).all()
    assert (
        at_gate.loc[at_gate["responds"] == GAMED, "rejected"].max()
        <= at_gate.loc[at_gate["responds"] == "nobody", "rejected"].max()
    )


@pytest.mark.slow
def test_it_is_made_again_to_the_digit():
    pytest.importorskip("rddensity")
    worlds = (WORLDS[0], WORLDS[-1])  # the others cost as much again, and are made by the same code
    again, table = pd.DataFrame(measure(worlds=worlds)), pd.read_csv(FILE)
    kept = pd.concat([table[(table["gate"] == gate) & (table["responds"] == responds)] for gate, responds in worlds])
    pd.testing.assert_frame_equal(again, kept.reset_index(drop=True), check_exact=False, rtol=1e-5, check_dtype=False)
