"""The table of parameters: complete, true to the schema, and the committed page is today's."""

import re

import pytest
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner

from sim.cli import app
from sim.model.gates import gate_kinds
from sim.model.gates.registry import SHIPPED
from sim.scenario.gate import GateSettings
from sim.scenario.parameters import ABOUT_THE_FILE, parameter_rows, parameters_text
from sim.scenario.schema import Scenario
from tests.conftest import ROOT

PAGE = ROOT / "sim" / "model" / "PARAMETERS.md"
ROWS = parameter_rows()


def leaves(model, prefix=""):
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel) and not isinstance(value, GateSettings):
            yield from leaves(value, f"{prefix}{name}.")
        elif not isinstance(value, GateSettings):
            yield f"{prefix}{name}"


def test_the_committed_page_is_what_the_command_writes():
    written = CliRunner().invoke(app, ["schema", "--markdown"])
    assert written.exit_code == 0, written.output
    assert written.stdout == parameters_text()
    assert PAGE.read_text(encoding="utf-8") == parameters_text(), (
        "write it anew: scoregate schema --markdown > sim/model/PARAMETERS.md"
    )


def test_every_value_of_a_scenario_and_of_every_gate_has_a_row():
    told = [(row.group, row.path) for row in ROWS]
    assert len(told) == len(set(told))
    paths = {path for _, path in told}
    assert {*leaves(Scenario())} - {*ABOUT_THE_FILE} <= paths
    for kind in SHIPPED:
        settings = gate_kinds()[kind]
        own = set(settings.model_fields) - set(GateSettings.model_fields) - {"kind"}
        assert {(f"policy.gate, kind {kind}", f"policy.gate.{name}") for name in own} <= set(told)
    for row in ROWS:
        assert row.unit, row.path
        assert row.allowed, row.path
        assert row.meaning, row.path
        assert row.grade in {"A", "B", "C", "M", "D", "-"}, row.path


@pytest.mark.parametrize(
    ("path", "default", "unit", "allowed", "grade"),
    [
        ("world.population.responsive_share", "0.2", "share", "0 to 1", "A"),
        ("world.choice.noise", "20", "CNY", "above 0, to 100,000", "-"),
        ("world.calendar.hours", None, "relative", "each 0 to 1,000", "-"),
        ("policy.circle.closes", "none", "day", "0 to 7,300 or none", "-"),
        ("policy.circle.openings", "{}", "day by group", "each 0 to 7,300", "-"),
        ("switches.lenders", "off", "on/off", "on, off", "-"),
        ("world.lending.lenders[].capital", "145", "CNY/user of the platform", "0 to 100,000", "D"),
        ("world.market.curve", "exponential", "kind", "exponential, gompertz, logistic", "D"),
    ],
)
def test_rows_by_hand(path, default, unit, allowed, grade):
    (row,) = [one for one in ROWS if one.path == path]
    assert (row.unit, row.allowed, row.grade) == (unit, allowed, grade)
    assert default is None or row.default == default


def patched(path, value):
    """A scenario as a mapping with one value changed."""
    data = Scenario().model_dump()
    node = data
    *above, last = path.split(".")
    for part in above:
        node = node[part]
    node[last] = value
    return data


def test_the_range_told_is_the_range_held():
    tried = 0
    for row in ROWS:
        found = re.fullmatch(r"(above )?(-?[\d.,]+?),? to (-?[\d.,]+)", row.allowed)
        if not found or "[]" in row.path or row.group.startswith("policy.gate"):
            continue
        low, high = (float(number.replace(",", "")) for number in found.groups()[1:])
        step = max(abs(high), 1.0) * 0.01
        whole = row.default.lstrip("-").isdigit() and isinstance(_now(row.path), int)
        for beyond in (low - step, high + step, *((low,) if found[1] else ())):
            with pytest.raises(ValidationError) as raised:
                Scenario.model_validate(patched(row.path, int(beyond // 1 + (beyond > high)) if whole else beyond))
            assert any(".".join(map(str, one["loc"])) == row.path for one in raised.value.errors()), row.path
        tried += 1
    assert tried > 140


def _now(path):
    node = Scenario()
    for part in path.split("."):
        node = getattr(node, part)
    return node
