"""Where a result comes from: everything needed to make it again."""

import platform
import shlex
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.experiments.plan import RunPlan
from sim.results.title import CHANGES
from sim.scenario.load import resolved, scenario_hash

FORMAT = 1
LIBRARIES = ("scoregate", "numpy", "numba", "scipy", "mesa", "pandas", "pyarrow", "pydantic")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that could change a result."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def circumstances(started: float) -> dict[str, Any]:
    """On what and when something was run that started at `started` (seconds since 1970): versions, platform, time, command."""
    return {
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 3),
        "command": _command(),
    }


def _command() -> str | None:
    """The command given, as it can be given again; None where the program was not started by its command."""
    program = Path(sys.argv[0]) if sys.argv else Path()
    ours = program.stem == "scoregate" or program.parts[-2:] == ("sim", "__main__.py")
    return shlex.join(["scoregate", *sys.argv[1:]]) if ours else None


def manifest(plan: RunPlan, started: float, finished: int, status: str) -> dict[str, Any]:
    """The manifest of a run: scenarios, hashes, seeds, engine, versions, time, command."""
    policy = plan.arms["policy"]
    return {
        "format": FORMAT,
        "kind": "run",
        "name": policy.name,
        "note": policy.note,
        "status": status,
        "run_id": plan.key,
        "replicates_finished": finished,
        "seeds": [policy.run.seed + k for k in range(finished)],
        "engine": plan.engine,
        "hashes": {arm: scenario_hash(scenario) for arm, scenario in plan.arms.items()},
        "scenarios": {arm: resolved(scenario) for arm, scenario in plan.arms.items()},
        **circumstances(started),
        **({CHANGES: list(plan.changes)} if plan.changes else {}),
    }
