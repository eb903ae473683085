"""One visitor's page: a form, a player, charts, and one user's reasons. Every visitor (and every tab) gets one of their own.

What takes long is done by a thread of the page's own and comes back as a callback of the page's document, so that no tab waits for
another and nobody writes to a document that the server is busy with.
"""

import json
import logging
import re
import tempfile
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import panel as pn

from sim.experiments.explain.explain import Explanation
from sim.lab import markup
from sim.lab.charts import Charts
from sim.lab.choice import COMMON, KIND, Choice, check_loaded, fresh_texts, kinds, meaning, scenarios
from sim.lab.session import Session
from sim.model.score import HIGHEST, LOWEST
from sim.scenario.reader import LARGEST_FILE, ScenarioError

log = logging.getLogger(__name__)

FRAME = 100
"""Milliseconds between two pictures."""
SPEEDS = {"10 days a second": 10, "30 days a second": 30, "100 days a second": 100}
SLOWEST = 2
"""Pictures a second at least: on a machine that is slower than that, a picture shows no more days for it."""
GRID = {
    "display": "grid",
    "grid-template-columns": "repeat(auto-fit, minmax(min(380px, 100%), 1fr))",
    "gap": "8px 16px",
}
"""Two charts beside each other where there is room for two."""
THRESHOLD = "policy.gate.threshold"
GO_ON = "The terminal in which the lab runs tells more. Press Reset, or change a value, to go on."
LONGEST_FAULT = 200
"""Letters of a fault of the program that are told on the page; its log has all."""
TAKE = """
const parcel = JSON.parse(cb_obj.value);
const link = document.createElement("a");
link.href = URL.createObjectURL(new Blob([parcel.text], {type: "application/yaml"}));
link.download = parcel.name;
link.click();
setTimeout(() => URL.revokeObjectURL(link.href), 60000);
"""
"""Run in the browser when a parcel (name and text of a file) arrives: saves it as a download."""
LONGEST_NUMBER = 12
"""Digits of a number that is still looked at."""
LABELS = {
    "policy.circle.opens": "Circle opens (day)",
    "policy.circle.closes": "Circle closes (day)",
    "policy.gate.announced": "Gate announced (day)",
    "policy.gate.start": "Gate starts (day)",
    "policy.gate.end": "Gate ends (day)",
    "world.population.responsive_share": "Share who respond",
    "world.choice.worth_median": "Worth of the circle",
    "run.users": "Users",
    "run.ticks": "Length (ticks)",
    "run.seed": "Seed",
}


def _label(name: str, taken: Collection[str]) -> str:
    """What a loaded file is called in the list: its name, with a number where that is taken."""
    labels = (name if number == 1 else f"{name} (loaded {number})" for number in count(1))
    return next(label for label in labels if label not in taken)


def _advanced(session: Session, days: int) -> float:
    """Advance a session; returns days computed per second."""
    began, before = time.perf_counter(), session.day
    session.advance(days)
    return (session.day - before) / (time.perf_counter() - began)


class LabPage:
    """The page of one visitor."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="scoregate-lab-")
        self._loaded: dict[str, Path] = {}
        self._names: dict[str, str] = {}
        self._session: Session | None = None
        self._choice = Choice(scenarios()[0])
        self._document = pn.state.curdoc
        self._worker = ThreadPoolExecutor(1)
        self._asked = 0
        self._shown_at = 0.0
        self._busy = False
        self._filling = False
        self._wrong: list[str] = []
        self._charts = Charts()
        self._make_widgets()
        self._fill_form()
        self._charts.users.source.selected.on_change("indices", self._on_tap)

    # What is on the page.

    def _make_widgets(self) -> None:
        button = {"width": 90, "margin": (5, 4)}
        self.scenario = pn.widgets.Select(label="Scenario", options=scenarios(), width=220)
        self.kind = pn.widgets.Select(label="Kind of gate", options=kinds(), width=140)
        self.form = pn.FlexBox(gap="0px 8px")
        self.fields: dict[str, Any] = {}
        self.message = pn.pane.HTML("", sizing_mode="stretch_width")
        self.status = pn.pane.HTML("<p>Getting ready…</p>", sizing_mode="stretch_width")
        self.figures = pn.pane.HTML("", sizing_mode="stretch_width")
        self.play = pn.widgets.Button(label="Play", color="primary", disabled=True, **button)
        self.reset = pn.widgets.Button(label="Reset", disabled=True, **button)
        self.speed = pn.widgets.Select(label="Speed", options=SPEEDS, width=150)
        self.user = pn.widgets.TextInput(label="User (number)", value="0", width=110)
        self.ask = pn.widgets.Button(label="Why?", disabled=True, **button)
        self.reasons = pn.pane.HTML(
            "<p>Play some days; then click a user, or give a number and ask why.</p>", sizing_mode="stretch_width"
        )
        self.file_name = pn.widgets.TextInput(label="Name to save as", value="mine", width=150)
        self.save = pn.widgets.Button(label="Save YAML", width=130, margin=(22, 4, 5, 4))
        self.parcel = pn.widgets.TextInput(visible=False)
        self.parcel.jscallback(value=TAKE)
        self.file = pn.widgets.FileInput(accept=".yaml,.yml", label="Load YAML", width=230)
        self.command = pn.widgets.TextInput(label="The same in a terminal", sizing_mode="stretch_width")
        self.copy = pn.widgets.Button(label="Copy", width=70, margin=(22, 4, 5, 4))
        self.copy.js_on_click(args={"text": self.command}, code="navigator.clipboard.writeText(text.value)")
        self.scenario.param.watch(self._on_scenario, "value")
        self.kind.param.watch(self._on_kind, "value")
        self.save.on_click(self._on_save)
        self.file.param.watch(self._on_file, "value")
        self.play.on_click(self._on_play)
        self.reset.on_click(self._on_reset)
        self.ask.on_click(self.explain)
        self.clock = pn.state.add_periodic_callback(self._on_frame, period=FRAME, start=False)

    def view(self) -> Any:
        """The page."""
        charts = pn.Column(
            *(pn.pane.Bokeh(one, sizing_mode="stretch_width") for one in self._charts.figures),
            sizing_mode="stretch_width",
            styles=GRID,
        )
        return pn.Column(
            pn.pane.HTML(
                "<h1 style='font-size:1.4em;margin:0'>scoregate lab</h1><p style='margin:4px 0'>The same people and luck in two "
                "worlds: with the policy chosen here, and in its baseline.</p>",
                sizing_mode="stretch_width",
            ),
            pn.FlexBox(self.scenario, self.kind, self.speed, self.play, self.reset, align_items="end"),
            self.form,
            self.message,
            self.status,
            charts,
            self.figures,
            pn.FlexBox(self.user, self.ask, align_items="end"),
            self.reasons,
            pn.FlexBox(
                self.file_name,
                self.save,
                self.parcel,
                self.file,
                align_items="end",
            ),
            pn.Row(self.command, self.copy, sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            max_width=1240,
            styles={"margin": "0 auto", "font-family": "system-ui, sans-serif"},
        )

    # The form.

    def _fill_form(self, kind: str | None = None) -> None:
        """Show the values of the file chosen; for another kind of gate, with what was typed that belongs to no kind."""
        self._filling = True
        texts = fresh_texts(self._choice.file, kind)
        if kind is not None:
            texts |= {path: self.fields[path].value for path in COMMON}
        self.kind.value = texts[KIND]
        self.fields = {
            path: pn.widgets.TextInput(
                label=LABELS.get(path, path.split(".")[-1].replace("_", " ").capitalize()),
                value=text,
                placeholder="none",
                description=meaning(path, texts[KIND]),
                width=135,
            )
            for path, text in texts.items()
            if path != KIND
        }
        for widget in self.fields.values():
            widget.param.watch(self._on_field, "value")
        self.form.objects = [*self._sliders(), *self.fields.values()]
        self._filling = False

    def _sliders(self) -> list[Any]:
        """A slider for a gate's threshold, which moves the field and is moved by it; none for a kind of gate without one."""
        field = self.fields.get(THRESHOLD)
        if field is None:
            return []
        slider = pn.widgets.IntSlider(label="Move the threshold", start=LOWEST, end=HIGHEST, step=5, width=280)

        def follow(*_: Any) -> None:
            if field.value.strip().isdecimal() and len(field.value) <= LONGEST_NUMBER:
                slider.value = min(max(int(field.value), LOWEST), HIGHEST)

        def move(_: Any) -> None:
            if field.value.strip() != str(slider.value_throttled):
                field.value = str(slider.value_throttled)

        follow()
        field.param.watch(follow, "value")
        slider.param.watch(move, "value_throttled")
        return [slider]

    def texts(self) -> dict[str, str]:
        """What stands in the form, by path of the setting."""
        return {KIND: self.kind.value, **{path: widget.value for path, widget in self.fields.items()}}

    def say(self, lines: list[str]) -> None:
        """Tell what is wrong; if there are no lines, what is still wrong in the form."""
        self.message.object = markup.alert(lines or self._wrong)

    # What happens.

    def _work(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do something that takes long, then show it, unless something else was asked for meanwhile."""
        self._asked += 1
        mine = self._asked

        def shown(done: Future[Any]) -> None:
            if mine != self._asked:
                return
            self._busy = False
            try:
                then(done.result())
            except MemoryError:
                self._failed(["Not enough memory; give fewer users."])
            except ScenarioError as error:
                self._failed(str(error).splitlines())
            except Exception as error:  # a fault of the program's own must not leave a page that waits for ever
                log.exception("the lab's computation failed")
                told = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
                self._failed([f"Something went wrong in the program ({told}).", GO_ON])

        def done(future: Future[Any]) -> None:
            if self._document is not None:
                self._document.add_next_tick_callback(partial(shown, future))

        self._busy = True
        self._worker.submit(work).add_done_callback(done)

    def _failed(self, lines: list[str]) -> None:
        """Tell what kept something from being computed or shown; the page can be used again."""
        self._pause()
        self._enable(self._session is not None)
        self.reset.disabled = False
        self.status.object = markup.status(["Stopped"])
        self.say(lines)

    def _on_scenario(self, _: Any) -> None:
        if self._filling:
            return
        name = self.scenario.value
        path = self._loaded.get(name)
        self._choice = Choice(str(path), shipped=False) if path is not None else Choice(name)
        self._fill_form()
        self.start()

    def _on_kind(self, _: Any) -> None:
        if not self._filling:
            self._fill_form(self.kind.value)
            self.start()

    def _on_field(self, _: Any) -> None:
        if not self._filling:
            self.start()

    def _on_file(self, event: Any) -> None:
        name = self.file.filename or "loaded.yaml"
        if not event.new:
            return
        if len(event.new) > LARGEST_FILE:
            self.say([f"{name}: {len(event.new):,} bytes; give a scenario of at most {LARGEST_FILE:,}"])
            return
        path = Path(self._folder.name) / f"{len(self._loaded)}.yaml"
        path.write_bytes(event.new)
        try:
            check_loaded(path, name)
        except ScenarioError as error:
            self.say(str(error).splitlines())
            return
        label = _label(name, {*scenarios(), *self._loaded})
        self._loaded[label], self._names[label] = path, name
        self.scenario.options = [*scenarios(), *self._loaded]
        self.scenario.value = label  # never the one chosen before, so that it is noticed

    def _on_save(self, _: Any = None) -> None:
        """Hand over what stands in the form as a file; where it is no sound scenario, nothing but a message."""
        name = (self.file_name.value or "").strip() or "mine"
        try:
            text = self._choice.with_typed(self.texts()).text(name)
        except ScenarioError as error:
            self.say(["Not saved:", *str(error).splitlines()])
            return
        stem = re.sub(r"[^\w.-]+", "_", name).strip("._") or "mine"
        parcel = {"name": f"{stem[:60]}.yaml", "text": text, "number": self.save.clicks}  # so that no two are alike
        self.parcel.value = json.dumps(parcel)

    def start(self) -> None:
        """Make both worlds anew from the form; what is wrong is told, and the worlds before stay."""
        self._pause()
        try:
            choice = self._choice.with_typed(self.texts())
            plan = choice.plan()
        except ScenarioError as error:
            self._wrong = str(error).splitlines()
            self.say([])
            self.play.disabled = True  # what would play is not what stands in the form
            return
        self._wrong = []
        self.say([])
        self._choice = choice
        name = next((self._names[label] for label, path in self._loaded.items() if str(path) == choice.file), None)
        self.command.value = choice.command(name)
        self._enable(False)
        self.status.object = "<p>Getting both worlds ready…</p>"
        self._work(partial(Session, plan), self._ready)

    def _ready(self, session: Session) -> None:
        self._session = session
        self._enable(True)
        self._show(0.0)

    def _enable(self, ready: bool) -> None:
        for button in (self.play, self.reset, self.ask):
            button.disabled = not ready
        self.play.disabled = not ready or bool(self._wrong)

    def _pause(self) -> None:
        self.clock.stop()
        self.play.label = "Play"

    def _on_play(self, _: Any) -> None:
        if self._session is None:
            return
        if self.clock.running:
            self._pause()
            if not self._busy:  # or the days at hand are shown when they are done
                self._show(0.0)
        elif not self._session.finished:
            self.play.label = "Pause"
            self._shown_at = 0.0
            self.clock.start()

    def _on_reset(self, _: Any) -> None:
        self.start()

    def _on_frame(self) -> None:
        session = self._session
        if session is not None and not self._busy:
            now = time.perf_counter()
            passed = min(now - self._shown_at, 1 / SLOWEST) if self._shown_at else FRAME / 1000
            self._shown_at = now
            self._work(partial(_advanced, session, max(round(self.speed.value * passed), 1)), self._moved)

    def _moved(self, rate: float) -> None:
        if self._session is not None and self._session.finished:
            self._pause()
        self._show(rate)

    def _show(self, rate: float) -> None:
        """Draw the session as it stands; rate: days computed per second, 0 if it stands still."""
        session = self._session
        if session is None:
            return
        self._charts.update(session, users_too=not self.clock.running)
        parts = [f"Day {session.day} of {session.days}", f"{session.users:,} users in each world"]
        if rate:
            parts.append(f"{rate:,.0f} days a second computed")
        if "baseline" not in session.arms:
            parts.append("this scenario names no baseline")
        self.status.object = markup.status(parts)
        self.figures.object = markup.figures_table(session)

    def _on_tap(self, _attribute: str, _old: Any, new: list[int]) -> None:
        user = self._charts.users.clicked(new)
        if user is not None and not self.clock.running:
            self.user.value = str(user)
            self.explain()

    def explain(self, _: Any = None) -> None:
        """Show why the user whose number is given did what they did on the last day."""
        session = self._session
        if session is None:
            return
        self._pause()
        text = (self.user.value or "").strip()
        if not text.isdecimal() or len(text) > LONGEST_NUMBER or int(text) >= session.users:
            self.say([f"User: {text[:30]!r} given; give a number from 0 to {session.users - 1}"])
            return
        if session.day == 0:
            self.say(["User: nothing has happened yet; press Play first"])
            return
        self.say([])
        self.reasons.object = "<p>Going back over the run…</p>"
        self._work(partial(session.explain, int(text)), self._explained)

    def _explained(self, found: Explanation) -> None:
        self._show(0.0)  # days that were at hand when the user was asked
        self.reasons.object = markup.explanation(found)

    def close(self) -> None:
        """Forget what the visitor loaded."""
        self.clock.stop()
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._folder.cleanup()


def make_page() -> Any:
    """A page for a new visitor."""
    page = LabPage()
    pn.state.onload(page.start)
    pn.state.on_session_destroyed(lambda _: page.close())
    return page.view()
