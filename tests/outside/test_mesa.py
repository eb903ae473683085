"""Mesa's batch_run drives the readable engine, and finds what a sweep finds with the fast one; Mesa of either age."""

import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import mesa
import pytest

import sim
from sim.engines.readable import GateModel
from sim.scenario import load
from tests.conftest import ROOT


@pytest.mark.slow
def test_batch_run_gives_the_same_points_as_a_sweep():
    size = {"users": 150, "ticks": 30}
    specification = load("gate_750.yaml", [f"run.{name}={value}" for name, value in size.items()])
    varied = {"threshold": [600, 700], "responsive_share": [0.2, 1.0]}
    seeds = inspect.signature(mesa.batch_run).parameters.get("rng")  # newer Mesa takes them as an argument
    rows = mesa.batch_run(
        GateModel,
        {"specification": [specification], **({"seed": [7]} if seeds is None else {}), **varied},
        max_steps=size["ticks"],
        data_collection_period=1,
        display_progress=False,
        **({} if seeds is None else {"rng": [7]}),
    )
    paths = {
        "policy.gate.threshold": varied["threshold"],
        "world.population.responsive_share": varied["responsive_share"],
    }
    swept = sim.sweep("gate_750.yaml", vary=paths, seed=7, replicates=1, **size).view("visits", "policy")
    for threshold in varied["threshold"]:
        for share in varied["responsive_share"]:
            days = [
                row["visits_per_user"]
                for row in rows
                if (row["threshold"], row["responsive_share"]) == (threshold, share)
            ][: size["ticks"]]  # Mesa 3.3 takes one step more than asked for, newer Mesa none
            mean = sum(days) / size["ticks"]
            assert swept.sel(threshold=threshold, responsive_share=share) == pytest.approx(mean, rel=1e-12)


OTHER_MESA = """
import mesa
from sim.engines.readable import GateModel, User
ages = {"rng": [7, 8]} if mesa.__version__ >= "3.5" else {}
seeds = {} if ages else {"seed": [7, 8]}
rows = mesa.batch_run(
    GateModel,
    {"users": 40, "threshold": [600, 700], **seeds},
    max_steps=25,
    data_collection_period=1,
    display_progress=False,
    **ages,
)
found = [(row["threshold"], row["seed"], row["visits_per_user"], row["mean_score"]) for row in rows]
print(sorted(found[:25]), len({one[1] for one in found}))
model = GateModel(users=20, threshold=640, rng=5)
for _ in range(3):
    model.step()
print(len(model.agents_by_type[User]), model.agents.select(lambda user: user.score >= 640).get("score"))
print(model.datacollector.get_model_vars_dataframe().to_json(), mesa.Model in type(model).__mro__)
"""
"""What a Mesa user does with the model; printed to the last digit."""


def pythons():
    """Pythons on this machine that newer Mesa runs on."""
    named = [shutil.which(f"python3.{minor}") for minor in (12, 13)]
    kept = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[23].*/bin/python"))
    for python in [*map(str, kept), *filter(None, named)]:
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            yield python


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this is the newer Mesa already")
def test_newer_mesa_gives_the_same_model(tmp_path):
    python, uv = next(pythons(), None), shutil.which("uv")
    if python is None or uv is None:
        pytest.skip("needs uv and a Python 3.12 or newer, for Mesa 3.5")
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "environment")}
    made = subprocess.run(
        [uv, "sync", "--quiet", "--frozen", "--no-dev", "--python", python],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip(f"no environment could be made: {made.stderr[-300:]}")
    there = str(tmp_path / "environment" / "bin" / "python")
    version = [there, "-c", "import mesa; print(mesa.__version__)"]
    assert subprocess.run(version, capture_output=True, text=True, check=True).stdout >= "3.5"
    told = [
        subprocess.run([python, "-c", OTHER_MESA], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for python in (sys.executable, there)
    ]
    assert told[0] == told[1]
    assert told[0].count("\n") == 3
