"""The lab in a real browser: it starts, plays, takes changes and bad input, tells a user's reasons, saves what `run` accepts."""

import http.client
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("panel", reason="the lab's extra is not installed: pip install 'scoregate[lab]'")
from sim.lab.markup import MEANINGS, SHOWN
from sim.report.numbers import change, number

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: it drives the browser")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WAIT = 120_000
"""Milliseconds that a step may take on a busy machine; the first may have to compile the model."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address():
    """Address of a lab that runs for these tests, on a port of its own."""
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "sim", "lab", "--no-browser", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, f"no address in {line!r}"
        yield found.group()
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser():
    """A headless browser."""
    with playwright.sync_playwright() as driver:
        installed = next(filter(None, map(shutil.which, BROWSERS)), None)
        if installed is None and not Path(driver.chromium.executable_path).exists():
            pytest.skip("no browser: install Debian's chromium, or run `playwright install chromium`")
        made = driver.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        yield made
        made.close()


def test_it_listens_to_this_computer_alone(address):
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    socket.create_connection(("127.0.0.1", port), 10).close()
    others = {"127.0.0.2", *(one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET))}
    for other in others - {"127.0.0.1"}:  # where whatever listens at every address would answer
        with pytest.raises(OSError, match=r"."):
            socket.create_connection((other, port), 10).close()


@pytest.mark.parametrize(("origin", "status"), [("http://127.0.0.1:{}", 101), ("http://elsewhere.invalid", 403)])
def test_a_page_from_elsewhere_cannot_talk_to_it(address, origin, status):
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked.request("GET", "/")
    token = re.search(r'"token":"([^"]+)"', asked.getresponse().read().decode()).group(1)
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    keys = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    keys |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": f"bokeh, {token}"}
    asked.request("GET", "/ws", headers={**keys, "Origin": origin.format(port)})
    assert asked.getresponse().status == status
    asked.close()


def _is_complaint(message):
    """Whether the console tells of an error, or of a chart without a range."""
    return message.type == "error" or "initial ranges" in message.text


@pytest.fixture
def visit(browser, address):
    """Opens a tab of a width on the lab; at the end no tab may have had an error, or asked any other host for anything."""
    tabs, errors, strangers = [], [], []

    def opened(width=1280):
        tab = browser.new_page(viewport={"width": width, "height": 900}, accept_downloads=True)
        tab.set_default_timeout(WAIT)
        tab.on("console", lambda message: errors.append(message.text) if _is_complaint(message) else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on(
            "request",
            lambda asked: (
                strangers.append(asked.url) if not asked.url.startswith((address, "data:", "blob:")) else None
            ),
        )
        tabs.append(tab)
        tab.goto(address)
        tab.get_by_text("Day 0 of 180").wait_for()
        return tab

    yield opened
    for tab in tabs:
        tab.close()
    assert not errors
    assert not strangers


def _fill(tab, label, text):
    field = tab.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")


def _day(tab):
    return int(re.search(r"Day (\d+) of", tab.get_by_text(re.compile(r"Day \d+ of")).inner_text()).group(1))


def _press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def _small(tab):
    """Few users and a short run, at a gate that many can reach."""
    _fill(tab, "Users", "2000")
    tab.get_by_text("2,000 users in each world").wait_for()
    _fill(tab, "Length (ticks)", "60")
    tab.get_by_text("Day 0 of 60").wait_for()
    _fill(tab, "Threshold", "650")
    tab.locator("input[value*='threshold=650']").or_(tab.get_by_label("The same in a terminal")).wait_for()
    tab.get_by_text("Day 0 of 60").wait_for()


def _play_to_the_end(tab):
    _press(tab, "Play")
    tab.get_by_text("Day 60 of 60").wait_for()


def test_plays_pauses_resets_and_shows_a_users_reasons(visit):
    tab = visit()
    assert tab.locator("canvas").count() >= 5
    _small(tab)
    _press(tab, "Play")
    _press(tab, "Pause")
    tab.get_by_role("button", name="Play", exact=True).wait_for()
    time.sleep(2)  # days at hand when it was paused are still shown
    paused = _day(tab)
    time.sleep(1)
    assert _day(tab) == paused
    _press(tab, "Play")
    tab.get_by_text("Day 60 of 60").wait_for()
    _fill(tab, "User (number)", "7")
    _press(tab, "Why?")
    tab.get_by_text("User 7 on day 59").wait_for()
    tab.get_by_text(re.compile(r"On day 59 .* user 7 ")).first.wait_for()
    tab.get_by_text("The same life in both worlds").wait_for()
    _press(tab, "Reset")
    tab.get_by_text("Day 0 of 60").wait_for()


def test_the_slider_moves_the_threshold_and_follows_the_field(visit):
    tab = visit()
    _small(tab)
    handle = tab.locator(".noUi-handle").first
    playwright.expect(handle).to_have_attribute("aria-valuenow", re.compile("650"), timeout=WAIT)
    handle.focus()
    handle.press("ArrowRight")
    playwright.expect(tab.get_by_label("The same in a terminal")).to_have_value(
        re.compile("threshold=655"), timeout=WAIT
    )
    tab.get_by_text("Day 0 of 60").wait_for()


LONE_USER = """() => {
  const figure = Bokeh.documents[0].get_model_by_name("users"), view = Bokeh.index.find_one(figure);
  const data = figure.renderers[0].data_source.data;
  view.el.scrollIntoView({block: "center"});
  const frame = view.canvas_view.el.getBoundingClientRect();
  const places = [...data.user].map((user, at) => ({
    user, x: frame.left + view.frame.x_scale.compute(data.score[at]), y: frame.top + view.frame.y_scale.compute(data.visits[at])}));
  const room = (one) => Math.min(...places.filter((other) => other !== one).map((other) => Math.hypot(one.x - other.x, one.y - other.y)));
  return places.reduce((best, one) => (room(one) > room(best) ? one : best));
}"""
"""The user in the chart whose mark stands farthest from any other, and where on the screen it is."""


def test_a_click_on_a_user_in_the_chart_tells_their_reasons(visit):
    tab = visit()
    _small(tab)
    _play_to_the_end(tab)
    tab.wait_for_timeout(1500)  # until the last picture is drawn
    lone = tab.evaluate(LONE_USER)
    tab.mouse.click(lone["x"], lone["y"])
    tab.get_by_text(f"User {lone['user']} on day 59", exact=True).wait_for()
    assert tab.get_by_label("User (number)").input_value() == str(lone["user"])
    tab.get_by_text(re.compile(rf"On day 59 .* user {lone['user']} ")).first.wait_for()
    for arm in ("with the policy", "in the baseline"):
        tab.get_by_text(f"Why, {arm}").wait_for()
    tab.get_by_text("The same life in both worlds").wait_for()


def _figures(tab):
    """The table of figures as shown: by meaning, the texts of both worlds and of their difference."""
    rows = tab.locator("table#figures tr").all()[1:]
    return {cells[0]: cells[1:] for cells in (row.locator("td").all_inner_texts() for row in rows)}


def _run(arguments, folder):
    """What `run` finds, as JSON."""
    told = subprocess.run(
        [sys.executable, "-m", "sim", "run", *arguments, "--json", "--no-figures"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def _told(record):
    """The figures of a run as the lab tells them."""
    by_name = {row["measure"]: row for row in record["measures"]}
    expected = {}
    for name in SHOWN:
        meaning, unit = MEANINGS[name]
        values = [float("nan") if by_name[name][arm] is None else by_name[name][arm] for arm in ("policy", "baseline")]
        expected[f"{meaning} ({unit})"] = [
            *(number(value, unit) for value in values),
            change(values[0] - values[1], unit),
        ]
    return expected


def test_the_command_copied_gives_every_number_shown_to_the_digit(visit, tmp_path):
    tab = visit()
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _small(tab)
    _play_to_the_end(tab)
    tab.locator("table#figures").wait_for()
    tab.wait_for_timeout(500)
    _press(tab, "Copy")
    tab.wait_for_timeout(500)
    command, run, *arguments = shlex.split(tab.evaluate("navigator.clipboard.readText()"))
    assert (command, run) == ("scoregate", "run")
    assert "policy.gate.threshold=650" in arguments
    assert _figures(tab) == _told(_run(arguments, tmp_path))


def test_what_is_saved_runs_and_gives_every_number_shown_to_the_digit(visit, tmp_path):
    tab = visit()
    _small(tab)
    _play_to_the_end(tab)
    tab.locator("table#figures").wait_for()
    tab.wait_for_timeout(500)
    shown = _figures(tab)
    _fill(tab, "Name to save as", "1e5 of <b>lab</b>")
    with tab.expect_download() as download:
        _press(tab, "Save YAML")
    assert download.value.suggested_filename == "1e5_of_b_lab_b.yaml"
    file = tmp_path / "from_the_lab.yaml"
    download.value.save_as(file)
    record = _run([str(file), "--replicates", "1"], tmp_path)
    assert record["name"] == "1e5 of <b>lab</b>"
    assert shown == _told(record)
    assert len({tuple(texts) for texts in shown.values()}) > 6, "too few figures differ for this to show anything"
    with tab.expect_download() as download:  # the same once more
        _press(tab, "Save YAML")
    assert Path(download.value.path()).read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    tab.set_input_files("input[type=file]", str(file))
    tab.get_by_text("Day 0 of 60").wait_for()
    assert tab.get_by_label("Threshold", exact=True).input_value() == "650"


def test_nothing_is_saved_while_a_field_is_wrong(visit):
    tab = visit()
    saved = []
    tab.on("download", lambda download: saved.append(download.suggested_filename))
    tab.get_by_label("Threshold", exact=True).fill("many")  # and straight to the button, without Enter
    _press(tab, "Save YAML")
    alert = tab.get_by_role("alert")
    alert.get_by_text("Not saved:").wait_for()
    assert "policy.gate.threshold: 'many' given" in alert.inner_text()
    _fill(tab, "Threshold", "700")
    alert.wait_for(state="detached")
    _fill(tab, "Name to save as", "long " * 30)
    _press(tab, "Save YAML")
    alert.get_by_text("Not saved:").wait_for()
    assert "name" in alert.inner_text()
    tab.wait_for_timeout(500)
    assert saved == []


def _lightness(tab):
    """Shares of the screen that are dark and light."""
    from io import BytesIO

    from PIL import Image

    grey = np.asarray(Image.open(BytesIO(tab.screenshot())).convert("L"))
    return float((grey < 64).mean()), float((grey > 192).mean())


def test_the_page_is_dark_where_the_system_is(visit):
    tab = visit()
    assert _lightness(tab)[1] > 0.8
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_timeout(300)
    dark, light = _lightness(tab)
    assert dark > 0.8
    assert 0.002 < light < 0.2  # text and marks


def test_bad_input_gets_a_message_and_the_page_lives_on(visit):
    tab = visit()
    _fill(tab, "Threshold", "<b>many</b>")
    alert = tab.get_by_role("alert")
    alert.wait_for()
    assert "policy.gate.threshold: '<b>many</b>' given; must be a whole number" in alert.inner_text()
    play = tab.get_by_role("button", name="Play", exact=True)
    playwright.expect(play).to_be_disabled(timeout=WAIT)
    _fill(tab, "Threshold", "700")
    alert.wait_for(state="detached")
    playwright.expect(play).to_be_enabled(timeout=WAIT)
    _press(tab, "Why?")
    tab.get_by_text("press Play first").wait_for()


def test_two_tabs_do_not_disturb_each_other(visit):
    one, other = visit(), visit()
    _fill(one, "Users", "1000")
    one.get_by_text("1,000 users in each world").wait_for()
    _press(one, "Play")
    one.get_by_text(re.compile(r"Day [1-9]\d+ of")).wait_for()
    assert _day(other) == 0
    assert "50,000 users" in other.get_by_text(re.compile(r"Day 0 of")).inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_page(visit, width):
    tab = visit(width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
