"""scoregate: how people behave when an app locks a feature behind a credit score.

import sim
r = sim.run("scenarios/gate_750.yaml", users=20_000)
r.ticks            # a DataFrame, a row a day
r.effect("visits") # the paired difference against the baseline, with its interval
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.compare.compare import ComparisonResult, compare
    from sim.experiments.run import Result, Stopped, run
    from sim.results.store import read
    from sim.scenario import Scenario, ScenarioError, load

__version__ = "0.1.0"
__all__ = ["ComparisonResult", "Result", "Scenario", "ScenarioError", "Stopped", "compare", "load", "read", "run"]

_HOMES = {
    "compare": "sim.experiments.compare.compare",
    "ComparisonResult": "sim.experiments.compare.compare",
    "run": "sim.experiments.run",
    "Result": "sim.experiments.run",
    "Stopped": "sim.experiments.run",
    "read": "sim.results.store",
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
}


def __getattr__(name: str) -> Any:
    """Import a public name when first asked for, so that `import sim` alone is quick."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
