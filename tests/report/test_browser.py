"""The report page in a real browser, opened from disk: no error, no request, marks in every chart, controls, themes, names."""

import os
import shutil
from pathlib import Path

import pytest

import sim
from sim.report.page.write import write_page
from sim.report.plain import visible
from sim.report.stored import READERS, load
from tests.report.geometry import BROKEN, CLASHES, CUT_OFF, HALF_ROWS, IN_THE_WAY
from tests.report.hostile import HOSTILE, comparison
from tests.report.thousand import POINTS, thousand

pytestmark = pytest.mark.slow
KINDS = (*READERS, "line", "named", "sampled", "hours")
"""Every kind of result, and sweeps and a run whose charts are of other forms."""
WIDTHS = (1280, 390)
MARKS = ".chart :is(.scatterlayer .js-line, .scatterlayer .point, .barlayer .point, .heatmaplayer image)"


def _browser(driver):
    """A Chromium: the system's, or playwright's own; None if there is neither."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    own = driver.chromium.executable_path
    if found is None and not Path(own).exists():
        return None
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # which root may not have
    return driver.chromium.launch(executable_path=found or own, args=flags)


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of this file."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as driver:
        made = _browser(driver)
        if made is None:
            pytest.skip("there is no Chromium: apt-get install chromium, or playwright install chromium")
        yield made
        made.close()


@pytest.fixture(scope="module")
def files(stored, tmp_path_factory):
    """A page of every kind, and one with fifty hostile names."""
    out, folders = stored
    place = tmp_path_factory.mktemp("pages")
    small = {"users": 60, "ticks": 20, "replicates": 2, "out": out}
    varied = {
        "line": {"vary": {"policy.gate.threshold": [600, 650, 700, 750]}},
        "named": {
            "vary": {"policy.gate.kind": ["open", "none"], "rule": ["forward_looking", "goal_gradient", "myopic"]}
        },
        "sampled": {
            "vary": {
                "world.choice.noise": {"from": 1, "to": 30},
                "world.choice.worth_median": {"from": 1, "to": 100, "scale": "log"},
                "world.population.responsive_share": {"from": 0, "to": 1},
            },
            "design": {"kind": "sobol", "points": 8, "seed": 1},
        },
    }
    swept = {
        name: sim.sweep("gate_750.yaml", **keys, **small, executor="threads").path for name, keys in varied.items()
    }
    swept["hours"] = sim.run("campus_2016.yaml", users=300, ticks=200, replicates=2, out=out).path
    made = {
        kind: write_page([load(out, str(folder))], place / f"{kind}.html") for kind, folder in (folders | swept).items()
    }
    made["thousand"] = write_page([thousand(out, folders["sweep"])], place / "thousand.html")
    return made | {"hostile": write_page([comparison(out, folders["compare"])], place / "hostile.html")}


@pytest.fixture
def opened(browser, files):
    """Opens a page; afterwards nothing may have been complained of on the console or asked of any host."""
    complaints, contexts = [], []

    def open_(name, width=1280, **more):
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(OWN) else None)
        page.goto(files[name].as_uri())
        for box in page.query_selector_all(".chart"):
            box.scroll_into_view_if_needed()
            box.wait_for_selector("svg.main-svg", state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


OWN = ("file:", "data:", "blob:")
"""Where a page may load from: itself."""


def until(page, question):
    """Wait until the page answers yes (its own policy forbids playwright's waiting, which evaluates texts there)."""
    for _ in range(100):
        if page.evaluate(question):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never so: {question}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_with_marks_in_every_chart_and_nothing_cut_off(opened, kind, width):
    page = opened(kind, width)
    for box in page.query_selector_all(".chart"):
        assert page.query_selector_all(f"#{box.get_attribute('id')}{MARKS.removeprefix('.chart')}"), box.get_attribute(
            "id"
        )
    assert bool(page.query_selector(".chart")) == (kind != "facts")
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(CLASHES) == []
    assert page.evaluate(IN_THE_WAY) == []
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(HALF_ROWS) == []


SPOILED = {
    CLASHES: "document.querySelectorAll('#chart-0 .xtick text').forEach((text) => text.setAttribute('transform', 'translate(200, 0)'))",
    CUT_OFF: "document.querySelector('#chart-0 .xtick text').setAttribute('transform', 'translate(9999, 0)')",
    IN_THE_WAY: "Plotly.relayout('chart-0', {'annotations[0].yanchor': 'top'})",
    BROKEN: "document.querySelectorAll('main p').forEach((text) => Object.assign(text.style, {width: '2em', overflowWrap: 'anywhere'}))",
    HALF_ROWS: "document.querySelectorAll('.scroll').forEach((box) => Object.assign(box.style, {maxHeight: '100px', overflowY: 'auto'}))",
}
"""What would be found, and how a page is spoiled so that it is."""


@pytest.mark.parametrize("question", SPOILED, ids=["clashes", "cut off", "in the way", "broken", "half rows"])
def test_what_is_looked_for_is_found_on_a_spoiled_page(opened, question):
    page = opened("run")
    assert page.evaluate(question) == []
    page.evaluate(SPOILED[question])
    assert page.evaluate(question) != []


def test_groups_are_named_in_full_on_a_narrow_page(opened):
    page = opened("run", 390)
    labels = page.evaluate("[...document.querySelectorAll('.chart .ytick text')].map((text) => text.textContent)")
    assert not [label for label in labels if "…" in label]
    assert "admitted at thestart" in labels  # in two lines


def test_the_slider_moves_the_histogram_by_keys_too(opened):
    page = opened("run")
    slider = page.locator("input[type=range]")
    box = page.locator(f"#chart-{slider.get_attribute('data-chart')}")
    bars = "(box) => [...box.querySelectorAll('.barlayer .point path')].map((bar) => bar.getAttribute('d')).join()"
    at_the_end = box.evaluate(bars)
    slider.focus()
    page.keyboard.press("Home")
    until(page, "document.querySelector('output').textContent === 'day 0'")
    assert slider.get_attribute("aria-valuetext") == "day 0"
    at_first = box.evaluate(bars)
    assert at_first != at_the_end
    page.keyboard.press("End")
    assert box.evaluate(bars) == at_the_end


def test_lists_to_choose_from_change_their_chart(opened):
    page = opened("compare")
    before = page.evaluate(
        "document.querySelector('#chart-0').data[5].x.length + ':' + JSON.stringify(document.querySelector('#chart-0').data)"
    )
    page.locator("#control-0").select_option(index=1)
    after = page.evaluate(
        "document.querySelector('#chart-0').data[5].x.length + ':' + JSON.stringify(document.querySelector('#chart-0').data)"
    )
    assert before != after


def test_dark_follows_the_system_and_the_button(opened):
    ground = "getComputedStyle(document.body).backgroundColor"
    ink = "document.querySelector('#chart-0 .xtick text').style.fill"
    page = opened("run", color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 24, 29)"
    dark_ink = page.evaluate(ink)
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert page.evaluate(ink) != dark_ink
    assert page.locator("#theme").get_attribute("aria-pressed") == "false"
    light = opened("run", color_scheme="light")
    assert light.evaluate(ground) == "rgb(255, 255, 255)"


def test_charts_answer_the_mouse_the_legend_and_keys(opened):
    page = opened("run")
    box = page.locator("#chart-0")
    box.scroll_into_view_if_needed()
    shape = box.bounding_box()
    page.mouse.move(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] / 2)
    page.wait_for_selector("#chart-0 .hoverlayer text")
    box.focus()
    span = "(() => { const [a, b] = document.querySelector('#chart-0')._fullLayout.xaxis.range; return b - a; })()"
    whole = page.evaluate(span)
    page.keyboard.press("+")
    until(page, f"{span} < {0.6 * whole}")
    page.keyboard.press("0")
    until(page, f"{span} > {0.9 * whole}")
    page.locator("#chart-0 .legendtoggle").first.click()
    until(page, "document.querySelector('#chart-0').data.some((trace) => trace.visible === 'legendonly')")


def test_every_chart_has_its_figures_in_a_table_that_keys_open(opened):
    page = opened("sweep")
    for details in page.query_selector_all("details.data"):
        details.query_selector("summary").focus()
        page.keyboard.press("Enter")
        assert details.query_selector("td").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_fifty_hostile_names_appear_as_text(opened, width):
    page = opened("hostile", width)
    assert page.evaluate("window.hacked") is None
    body = page.evaluate("document.body.textContent")
    for name in HOSTILE:
        assert visible(name) in body, name
    assert not page.query_selector("main :is(img, iframe, b, sub, link, style, script, a[href^='http'])")
    assert not page.query_selector("#content svg a")
    seen = page.evaluate("[...document.querySelectorAll('#chart-0 .ytick text')].map((label) => label.textContent)")
    assert len(seen) == len(HOSTILE)
    most = 40 if width > 560 else 2 * 18  # on a narrow page a name has two lines
    assert [label for label in seen if len(label) > most] == []
    if width > 560:
        assert {"<b>bold</b>", "&lt;b&gt;", "$x^2$", "@policy", "信用分七百五十", "%{text}"} <= set(seen)
    assert page.evaluate(CUT_OFF) == []


PAPER = 718
"""Pixels across a page of A4 between margins of a centimetre."""
AS_PRINTED = """() => {
  dispatchEvent(new Event("beforeprint"));
  return [...document.querySelectorAll(".chart")].map((box) => ({
    id: box.id, width: box._fullLayout.width, drawn: box.querySelector("svg.main-svg").getBoundingClientRect().width,
    ink: getComputedStyle(box.querySelector(".xtick text")).fill}));
}"""


@pytest.mark.parametrize("kind", ["run", "sweep", "compare", "decompose"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_is_light_and_has_every_chart_whole(opened, kind, scheme):
    page = opened(kind, color_scheme=scheme)
    ground, ink = "getComputedStyle(document.body).backgroundColor", "getComputedStyle(document.body).color"
    on_screen = page.evaluate(ground), page.evaluate("document.querySelector('#chart-0')._fullLayout.width")
    charts = page.evaluate(AS_PRINTED)
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert len(charts) == page.locator(".chart").count()
    for chart in charts:
        assert 560 < chart["width"] <= PAPER, chart  # wider ones would be cut off, as they are of the window's width
        assert chart["drawn"] == chart["width"]
        assert chart["ink"] == page.evaluate(ink) == "rgb(27, 31, 36)"
    for control in page.locator(".control select").all():
        assert control.is_visible()  # which says what is shown
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    until(page, f"document.querySelector('#chart-0')._fullLayout.width === {on_screen[1]}")
    assert page.evaluate(ground) == on_screen[0]
    assert len(page.pdf()) > 20_000


FAINT = """() => {
  const light = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
  const parsed = (text) => { const parts = text.match(/[\\d.]+/g).map(Number); return parts.length > 3 ? parts : [...parts, 1]; };
  const over = (upper, lower) => [0, 1, 2].map((k) => upper[k] * upper[3] + lower[k] * (1 - upper[3])).concat(1);
  const ratio = (one, other) => { const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parsed(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((lower, upper) => over(upper, lower), [255, 255, 255, 1]);
  };
  // The colour of a heat map's square under a text, as it is drawn.
  const square = (text) => {
    const image = text.closest(".chart").querySelector(".heatmaplayer image"), frame = image && image.getBoundingClientRect();
    if (!image || !text.closest(".scatterlayer")) return null;
    const at = text.getBoundingClientRect(), canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(frame.width), Math.round(frame.height)];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return [...context.getImageData(Math.round(at.left + at.width / 2 - frame.left), Math.round(at.top + at.height / 2 - frame.top), 1, 1).data.slice(0, 3), 1];
  };
  const found = [];
  const look = (text, ink, under) => { const seen = ratio(over(ink, under), under); if (seen < 4.5) found.push(`${seen.toFixed(1)}: ${text.textContent.trim().slice(0, 40)}`); };
  for (const element of document.querySelectorAll("body *"))
    if (!element.closest("svg, script, style, noscript") && element.getClientRects().length &&
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
      look(element, parsed(getComputedStyle(element).color), ground(element));
  for (const text of document.querySelectorAll(".chart text")) {
    const style = getComputedStyle(text);
    if (!text.textContent.trim() || text.closest(".modebar, .hoverlayer") || !text.getClientRects().length) continue;
    const ink = parsed(style.fill);
    ink[3] *= Number(style.fillOpacity) * Number(style.opacity);
    look(text, ink, square(text) || ground(text.closest(".chart")));
  }
  return found;
}"""
"""Texts that stand out from what is under them by less than 4.5 to 1, numbers on a heat map included."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_text_stands_out_from_its_ground(opened, kind, scheme):
    page = opened(kind, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.wait_for_timeout(200)
    assert page.evaluate(FAINT) == []


def test_a_heat_map_has_its_numbers_and_faint_ones_would_be_found(opened):
    page = opened("sweep")
    numbers = page.locator("#chart-0 .textpoint text")
    assert numbers.count() == 6
    assert all(any(sign.isdigit() for sign in text) for text in numbers.all_text_contents())
    page.evaluate(
        "document.querySelectorAll('#chart-0 .textpoint text').forEach((text) => { text.style.fill = 'rgb(136, 136, 136)'; })"
    )
    assert page.evaluate(FAINT) != []


WATCH = """() => {
  window.seen = {frames: [], long: []};
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((task) => task.duration))).observe({type: "longtask"});
  let last = performance.now();
  const tick = (now) => { seen.frames.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
"""Notes the time between any two pictures of the page, and tasks that hold it up for longer than 50 ms."""
LONGEST_TASK = 5000
"""Milliseconds that the page may be held up at once: long enough for a machine with much else to do, too short for a page that
draws everything anew at each step."""
MEDIAN_FRAME = 100
"""Milliseconds between two pictures that are still seen as movement, and not as a row of jumps."""


@pytest.mark.parametrize("width", WIDTHS)
def test_a_sweep_of_a_thousand_points_scrolls_from_end_to_end(opened, files, width, capsys):
    assert files["thousand"].stat().st_size < 8_000_000
    page = opened("thousand", width)
    page.evaluate("document.querySelectorAll('details:has(table)').forEach((part) => { part.open = true; })")
    assert page.locator("main tbody tr").count() > POINTS
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(WATCH)
    page.mouse.move(width / 2, 450)
    whole = page.evaluate("document.documentElement.scrollHeight")
    assert whole > 30_000  # every row is there
    at_the_end = "Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight - 2"
    for _ in range(200):
        page.mouse.wheel(0, whole / 60)
        page.wait_for_timeout(30)
        if page.evaluate(at_the_end):
            break
    until(page, at_the_end)
    frames = page.evaluate("seen.frames.slice(1).sort((a, b) => a - b)")
    long = page.evaluate("seen.long")
    with capsys.disabled():
        print(
            f"\n{POINTS} points at {width} px, {whole:,} px long: {len(frames)} frames, {frames[len(frames) // 2]:.0f} ms in the "
            f"median, {frames[int(0.95 * len(frames))]:.0f} ms at 95%; {len(long)} tasks over 50 ms, the longest {max(long, default=0):.0f} ms"
        )
    assert len(frames) > 10
    assert frames[len(frames) // 2] < MEDIAN_FRAME
    assert max(long, default=0) < LONGEST_TASK
