"""scoregate: how people behave when an app locks a feature behind a credit score.

import sim
r = sim.run("scenarios/gate_750.yaml", users=20_000)
r.ticks            # a DataFrame, a row a day
r.effect("visits") # the paired difference against the baseline, with its interval
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.claims.study import ClaimsResult, claims
    from sim.experiments.compare.compare import ComparisonResult, compare
    from sim.experiments.decompose.decomposition import Decomposition
    from sim.experiments.decompose.study import decompose
    from sim.experiments.explain.explain import Explanation, explain
    from sim.experiments.optimise.study import OptimiseResult, optimise
    from sim.experiments.run import Result, Stopped, run
    from sim.experiments.sensitivity.study import SensitivityResult, sensitivity
    from sim.experiments.sweep.result import SweepResult
    from sim.experiments.sweep.run import sweep
    from sim.results.store import read
    from sim.scenario import Scenario, ScenarioError, load

__version__ = "0.1.0"
__all__ = [
    "ClaimsResult",
    "ComparisonResult",
    "Decomposition",
    "Explanation",
    "OptimiseResult",
    "Result",
    "Scenario",
    "ScenarioError",
    "SensitivityResult",
    "Stopped",
    "SweepResult",
    "claims",
    "compare",
    "decompose",
    "explain",
    "load",
    "optimise",
    "read",
    "run",
    "sensitivity",
    "sweep",
]

_HOMES = {
    "claims": "sim.experiments.claims.study",
    "ClaimsResult": "sim.experiments.claims.study",
    "compare": "sim.experiments.compare.compare",
    "ComparisonResult": "sim.experiments.compare.compare",
    "decompose": "sim.experiments.decompose.study",
    "Decomposition": "sim.experiments.decompose.decomposition",
    "explain": "sim.experiments.explain.explain",
    "Explanation": "sim.experiments.explain.explain",
    "optimise": "sim.experiments.optimise.study",
    "OptimiseResult": "sim.experiments.optimise.study",
    "run": "sim.experiments.run",
    "Result": "sim.experiments.run",
    "Stopped": "sim.experiments.run",
    "sensitivity": "sim.experiments.sensitivity.study",
    "SensitivityResult": "sim.experiments.sensitivity.study",
    "sweep": "sim.experiments.sweep.run",
    "SweepResult": "sim.experiments.sweep.result",
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
