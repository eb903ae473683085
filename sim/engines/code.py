"""The identity of the code that decides results: part of every stored run's key, and the name of the compile cache."""

import hashlib
import inspect
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.gate import GateSettings


@cache
def code_hash() -> str:
    """Hash (16 hex digits) of everything that decides a result: model, draws, engines, what is taken of a cell, numba."""
    package = Path(__file__).resolve().parent.parent
    taken = [package / "experiments" / name for name in ("cell.py", "groups.py", "cells/reduce.py")]
    taken += sorted((package / "experiments" / "after").glob("*.py"))
    digest = hashlib.sha256(version("numba").encode())
    parts = [*sorted((package / "model").rglob("*.py")), *sorted((package / "engines").rglob("*.py"))]
    for part in (package / "draws.py", *parts, *taken):
        digest.update(part.name.encode())
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


def foreign_hash(settings: "type[GateSettings]") -> str:
    """Hash (16 hex digits) of the module that a kind of gate from outside the package lies in; empty for a shipped kind.

    Part of a stored run's key beside `code_hash`, so that a result is not taken for that of a rule changed since.
    """
    if settings.__module__.split(".")[0] == __name__.split(".")[0]:
        return ""
    try:
        source = inspect.getsource(sys.modules[settings.__module__])
    except (OSError, TypeError, KeyError):  # no file: written at a prompt
        source = settings.admission.__code__.co_code.hex()
    return hashlib.sha256(source.encode()).hexdigest()[:16]
