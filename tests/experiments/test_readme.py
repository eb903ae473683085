"""Every command and snippet of README runs as it stands (smaller where it would take long)."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from tests.conftest import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return [
        text for name, text in re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE) if name == language
    ]


def commands():
    return [
        line for block in blocks("") for line in block.splitlines() if "scoregate" in line and "pip install" not in line
    ]


def test_the_two_commands_are_the_ones_ci_and_a_stranger_use():
    run, tests = (block.strip() for block in blocks("") if "pip install uv" in block)
    assert run == "pip install uv && uv run scoregate run scenarios/gate_750.yaml"
    assert tests in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert (ROOT / "scenarios" / "gate_750.yaml").is_file()


@pytest.mark.parametrize("command", commands())
def test_command_runs(command, workspace):
    Path("mine.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    Path("who_responds.yaml").write_text(blocks("yaml")[1], encoding="utf-8")
    arguments = shlex.split(command.removeprefix("uv run scoregate "))
    if arguments[0] in ("run", "sweep"):
        arguments += ["--users", "300", "--ticks", "40", "--replicates", "2", "--no-figures"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output


@pytest.mark.slow
def test_the_user_explained_weighs_plans(workspace):
    """At the shipped size, by the very command: value, cost and chance of each plan are told."""
    (command,) = re.findall(r"`scoregate (explain [^`]+)`", TEXT)
    shown = CliRunner().invoke(app, shlex.split(command))
    assert shown.exit_code == 0, shown.output
    told = " ".join(shown.output.split())
    assert re.search(r"To repay is believed .* it costs .* all in all .* CNY today.*chance [\d.]+%", told)
    assert told.count("chance ") >= 4  # of each plan, and of the one taken


def test_the_comparison_of_the_readme_runs(workspace):
    comparison = next(block for block in blocks("yaml") if "policies:" in block)
    Path("mine.yaml").write_text(comparison, encoding="utf-8")
    arguments = ["compare", "mine.yaml", "--users", "200", "--ticks", "20", "--replicates", "2", "--no-figures"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "soft" in shown.output


def test_there_are_commands_to_try():
    assert len(commands()) == 6


def test_python_snippet_runs(workspace):
    scope = {}
    exec(blocks("python")[0], scope)
    assert len(scope["r"].ticks) == 2 * 3 * 60
    assert "per user and day against open_circle" in scope["r"].summary()
    assert len(scope["s"].frame("visits")) == 2


def test_every_shipped_scenario_is_explained():
    for path in (ROOT / "scenarios").glob("*.yaml"):
        assert f"| {path.name} |" in TEXT


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
