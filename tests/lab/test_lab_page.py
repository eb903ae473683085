"""The lab's page without a browser: what is loaded is what is watched, and absurd numbers get a message."""

from types import SimpleNamespace

import pytest

pytest.importorskip("panel", reason="the lab's extra is not installed: pip install 'scoregate[lab]'")
from sim.lab.page import LabPage

THRESHOLD = "policy.gate.threshold"


@pytest.fixture
def page():
    made = LabPage()
    yield made
    made.close()


def load(page, name, threshold):
    text = f"extends: gate_750.yaml\nname: mine\npolicy: {{gate: {{threshold: {threshold}}}}}\n"
    page.file.filename = name
    page._on_file(SimpleNamespace(new=text.encode()))


def test_a_file_named_as_what_is_shown_is_loaded_and_the_same_name_again(page):
    assert page.scenario.value == "gate_750.yaml"
    load(page, "gate_750.yaml", 610)
    assert page.fields[THRESHOLD].value == "610"
    assert page.scenario.value != "gate_750.yaml"
    load(page, "mine.yaml", 640)
    assert page.fields[THRESHOLD].value == "640"
    load(page, "mine.yaml", 600)
    assert page.fields[THRESHOLD].value == "600"
    assert len(set(page.scenario.options)) == len(page.scenario.options)
    assert page.command.value.startswith("scoregate run mine.yaml")
    page.scenario.value = "gate_750.yaml"  # the shipped one is still there
    assert page.fields[THRESHOLD].value == "750"


def test_a_number_of_thousands_of_digits_gets_a_message(page):
    page.fields[THRESHOLD].value = "9" * 5000
    assert "threshold" in page.message.object
    page._session = SimpleNamespace(users=100, day=1)
    page.user.value = "9" * 5000
    page.explain()
    assert "give a number from 0 to 99" in page.message.object
