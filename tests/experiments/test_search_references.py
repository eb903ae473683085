"""The committed results of the shipped search, calibration and comparisons: of today's files, consistent, and made again to the digit."""

import numpy as np
import pandas as pd
import pytest

from sim.experiments.calibrate import reference as calibrate_reference
from sim.experiments.calibrate.plan import make_calibration_plan
from sim.experiments.compare import reference as compare_reference
from sim.experiments.compare.plan import make_comparison_plan
from sim.experiments.optimise import reference as optimise_reference
from sim.experiments.optimise.plan import make_optimise_plan
from tests.conftest import ROOT

FOLDER = ROOT / "results" / "reference"


def kept(folder, name):
    return pd.read_csv(FOLDER / folder / f"{name}.csv")


def test_the_search_is_of_the_shipped_file():
    plan = make_optimise_plan(optimise_reference.FILE)
    keys = plan.file.keys
    trials, finalists, regret = (kept("optimise", name) for name in ("trials", "finalists", "regret"))
    assert len(trials) <= keys.search.trials
    assert set(trials["family"]) == {family.name for family in plan.file.families}
    assert {f"excess: {rail}" for rail in keys.guardrails} <= set(trials.columns)
    assert finalists["policy"].nunique() == keys.search.finalists
    assert set(finalists["objective"]) == {str(one) for one in keys.objectives}
    assert set(finalists["fresh_seeds"]) == {keys.search.confirm}
    assert (finalists["search_seeds"] > keys.search.replicates).all()  # close contenders had more
    np.testing.assert_allclose(finalists["curse"], finalists["search"] - finalists["confirmed"], rtol=1e-3, atol=1e-8)
    assert set(regret["world"]) == {world.name for world in plan.file.worlds}
    assert (regret.groupby("world")["regret"].min() == 0.0).all()


def test_the_calibration_is_of_the_shipped_file():
    plan = make_calibration_plan(calibrate_reference.FILE)
    parameters, targets = kept("calibrate", "parameters"), kept("calibrate", "targets")
    assert parameters["parameter"].tolist() == list(plan.names)
    assert (parameters["low"] <= parameters["estimate"]).all()
    assert (parameters["estimate"] <= parameters["high"]).all()
    np.testing.assert_allclose(targets["observed"], plan.values, rtol=1e-5)
    assert targets["held_out"].tolist() == (~plan.fitted.astype(bool)).tolist()
    assert (targets["met"] == (targets["gap"].abs() <= 1.96)).all()


@pytest.mark.parametrize("name", compare_reference.NAMES)
def test_a_comparison_is_of_the_shipped_file(name):
    plan = make_comparison_plan(f"comparisons/{name}")
    effects = kept(f"comparisons/{name}", "effects")
    assert set(effects["policy"]) == set(list(plan.policies)[1:])
    assert set(plan.worlds) < set(effects["world"])
    assert plan.keys.primary in set(effects["measure"])
    np.testing.assert_allclose(
        effects["difference"],
        effects["policy_mean"] - effects["baseline_mean"],
        rtol=1e-3,
        atol=2e-5 * effects["baseline_mean"].abs().max(),
    )


def same(again, before):
    pd.testing.assert_frame_equal(again, before, check_exact=False, rtol=1e-5, atol=1e-9)


@pytest.mark.slow
def test_the_search_is_made_again_to_the_digit(workspace):
    pytest.importorskip("optuna")
    optimise_reference.make(workspace, out=None)
    for name in ("trials", "finalists", "regret", "guardrails"):
        same(pd.read_csv(f"{name}.csv"), kept("optimise", name))


@pytest.mark.slow
def test_the_calibration_is_made_again_to_the_digit(workspace):
    calibrate_reference.make(workspace, out=None)
    for name in calibrate_reference.KEPT:
        pd.testing.assert_frame_equal(
            pd.read_csv(f"{name}.csv"), kept("calibrate", name), check_exact=False, rtol=1e-4, atol=1e-6
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", compare_reference.NAMES)
def test_a_comparison_is_made_again_to_the_digit(name, workspace):
    compare_reference.make(workspace, out=None, names=(name,))
    for file in (workspace / name).glob("*.csv"):
        same(pd.read_csv(file), kept(f"comparisons/{name}", file.stem))
