"""Shared ground of the tests: where the shipped scenarios lie, and a folder to work in."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shipped() -> Path:
    """Folder of the shipped scenarios."""
    return ROOT / "scenarios"


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    """An empty folder that is also the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
