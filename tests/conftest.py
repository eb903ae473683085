"""Shared ground of the tests: where the shipped scenarios lie, and a folder to work in."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    """Compile what most tests need once, before the processes that share the tests start and would each do it."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        from sim.engines.fast import prepare
        from sim.scenario.load import load

        prepare([load("gate_750.yaml")])


@pytest.fixture
def shipped() -> Path:
    """Folder of the shipped scenarios."""
    return ROOT / "scenarios"


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    """An empty folder that is also the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
