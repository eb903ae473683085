"""The identity of the code that decides results: part of every stored run's key, and the name of the compile cache."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def code_hash() -> str:
    """Hash (16 hex digits) of everything that decides what a kernel computes: model, draws, engines, numba."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(version("numba").encode())
    parts = [*sorted((package / "model").rglob("*.py")), *sorted((package / "engines").rglob("*.py"))]
    for part in (package / "draws.py", *parts):
        digest.update(part.name.encode())
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]
