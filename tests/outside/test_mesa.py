"""Mesa's batch_run drives the readable engine, and finds what a sweep finds with the fast one."""

import mesa
import pytest

import sim
from sim.engines.readable import GateModel
from sim.scenario import load


@pytest.mark.slow
def test_batch_run_gives_the_same_points_as_a_sweep():
    size = {"users": 150, "ticks": 30}
    specification = load("gate_750.yaml", [f"run.{name}={value}" for name, value in size.items()])
    varied = {"threshold": [600, 700], "responsive_share": [0.2, 1.0]}
    rows = mesa.batch_run(
        GateModel,
        {"specification": [specification], "seed": [7], **varied},
        max_steps=size["ticks"],
        data_collection_period=1,
        display_progress=False,
    )
    paths = {
        "policy.gate.threshold": varied["threshold"],
        "world.population.responsive_share": varied["responsive_share"],
    }
    swept = sim.sweep("gate_750.yaml", vary=paths, seed=7, replicates=1, **size).view("visits", "policy")
    for threshold in varied["threshold"]:
        for share in varied["responsive_share"]:
            days = {
                row["Step"]: row["visits_per_user"]
                for row in rows
                if (row["threshold"], row["responsive_share"]) == (threshold, share)
            }
            mean = sum(days[day] for day in range(size["ticks"])) / size["ticks"]
            assert swept.sel(threshold=threshold, responsive_share=share) == pytest.approx(mean, rel=1e-12)
