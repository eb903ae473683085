"""The lab's page without a browser: what is loaded is what is watched, and absurd numbers get a message."""

import json
import logging
import warnings
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("panel", reason="the lab's extra is not installed: pip install 'scoregate[lab]'")
from sim.lab import page as page_module
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


class Inline:
    """A worker that works at once, and a document whose next tick is now."""

    def submit(self, work):
        from concurrent.futures import Future

        future = Future()
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)
        return future

    def add_next_tick_callback(self, call):
        call()

    def shutdown(self, **_):
        pass


@pytest.fixture
def quick(page):
    """The page with small worlds, everything done at once."""
    page._worker = page._document = Inline()
    page.fields["run.users"].value = "300"
    page.fields["run.ticks"].value = "40"
    return page


def broken(kind, *_):
    raise kind("<b>as tested</b>")


@pytest.mark.parametrize("kind", [TypeError, KeyError, ZeroDivisionError, RuntimeError, MemoryError])
@pytest.mark.parametrize("where", ["advance", "measures"])
def test_any_fault_of_a_computation_is_a_message_and_the_page_goes_on(quick, monkeypatch, caplog, kind, where):
    assert not quick.play.disabled
    whole = getattr(type(quick._session), where)
    monkeypatch.setattr(type(quick._session), where, partial(broken, kind))
    quick._on_play(None)
    with caplog.at_level(logging.ERROR):
        quick._on_frame()
    told = quick.message.object
    assert "role='alert'" in told
    assert "<b>" not in told
    if kind is MemoryError:
        assert "fewer users" in told
    else:
        assert kind.__name__ in told
        assert "as tested" in caplog.text  # and where it came from, for whoever looks into it
        assert "Traceback" in caplog.text
    assert not quick.clock.running
    assert quick.play.label == "Play"
    monkeypatch.setattr(type(quick._session), where, whole)
    quick._on_reset(None)
    assert quick.message.object == ""
    quick._on_frame()
    assert quick._session.day > 0


def test_worlds_that_cannot_be_made_are_told_and_another_choice_helps(quick, monkeypatch):
    made = page_module.Session
    monkeypatch.setattr(page_module, "Session", partial(broken, OSError))
    quick.fields[THRESHOLD].value = "700"
    assert "OSError" in quick.message.object
    monkeypatch.setattr(page_module, "Session", made)
    quick.fields[THRESHOLD].value = "690"
    assert quick.message.object == ""
    assert not quick.play.disabled


def test_nothing_is_played_while_a_field_is_wrong(quick):
    quick.start()
    assert not quick.play.disabled
    quick.fields[THRESHOLD].value = "many"
    assert quick.play.disabled
    quick._enable(True)  # as when worlds asked for before are ready
    assert quick.play.disabled
    quick.say([])  # as when a user's reasons are asked for
    assert "threshold" in quick.message.object
    quick.fields[THRESHOLD].value = "700"
    assert not quick.play.disabled
    assert "threshold" not in quick.message.object


def test_another_kind_of_gate_keeps_what_was_typed_that_belongs_to_no_kind(quick):
    quick.fields["world.population.responsive_share"].value = "0.5"
    quick.fields["policy.gate.start"].value = "20"
    quick.kind.value = "top_share"
    assert THRESHOLD not in quick.fields
    shown = quick.texts()
    assert shown["world.population.responsive_share"] == "0.5"
    assert shown["policy.gate.start"] == "20"
    assert shown["run.users"] == "300"
    gate = quick._session.arms["policy"].policy.gate
    assert (gate.kind, gate.start) == ("top_share", 20)
    assert quick._session.users == 300
    quick.scenario.value = "lottery.yaml"  # another file, whose own values are shown
    assert quick.texts()["world.population.responsive_share"] != "0.5"


def test_users_to_click_on_are_told_with_the_day_they_are_of(quick):
    title = quick._charts.users.figure.title
    assert title.text.startswith("Users on day 0:")
    quick._on_play(None)
    quick._on_frame()
    assert title.text.startswith("Users on day 0:")  # as they are still drawn while days pass
    quick._on_play(None)
    assert quick._session.day > 0
    assert title.text.startswith(f"Users on day {quick._session.day}:")


def test_visits_by_the_hour_are_drawn_as_means_of_a_day_with_the_hours_faint_behind(quick):
    visits = quick._charts.figures[0]
    faint, clear = visits.renderers[:2], visits.renderers[2:4]
    assert visits.title.text == "Visits to the platform"
    quick._on_play(None)
    quick._on_frame()
    column = [line.glyph.y for line in (*faint, *clear)]
    assert column == ["policy_visits_hour", "baseline_visits_hour", "policy_visits", "baseline_visits"]
    data = clear[0].data_source.data
    assert np.isnan(data["policy_visits_hour"]).all()
    assert np.array_equal(data["policy_visits"], quick._session.measures("policy")["visits"])
    quick.scenario.value = "campus_2016.yaml"
    quick.fields["run.users"].value = "300"
    quick.fields["run.ticks"].value = "96"
    quick._session.advance(4)
    quick._show(0.0)
    assert all(line.glyph.line_alpha < 0.5 for line in faint)
    assert all(line.glyph.line_alpha == 1.0 for line in clear)
    assert [item.renderers for item in visits.legend[0].items] == [
        [faint[k], clear[k]] for k in (0, 1)
    ]  # hidden together
    assert "24-hour mean" in visits.title.text
    data, hours = clear[0].data_source.data, quick._session.measures("policy")["visits"]
    assert np.array_equal(data["policy_visits_hour"], hours)
    assert np.isnan(data["policy_visits"][:23]).all()
    assert data["policy_visits"][23] == pytest.approx(hours[:24].mean())
    assert data["policy_visits"][95] == pytest.approx(hours[72:].mean())
    quick.scenario.value = "gate_750.yaml"  # days again
    assert visits.title.text == "Visits to the platform"


def test_what_is_wrong_is_not_saved(quick):
    quick._on_save()
    parcel = json.loads(quick.parcel.value)
    assert parcel["name"] == "mine.yaml"
    assert "users: 300" in parcel["text"]
    before = quick.parcel.value
    quick.fields[THRESHOLD].value = "many"
    quick._on_save()
    assert quick.parcel.value == before
    assert "Not saved:" in quick.message.object


def test_nothing_that_panel_will_drop_is_used():
    with warnings.catch_warnings():
        for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("error", kind)
        made = LabPage()
        made.view()
        made._on_play(None)
        made.close()


def test_the_speed_is_measured_on_every_picture():
    from sim.lab.speed import measured

    seconds = measured(users=200, days=6, step=2, threads=1)
    assert len(seconds) == 3
    assert min(seconds) > 0
