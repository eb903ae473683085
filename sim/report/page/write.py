"""From stored results to one HTML file."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from sim import __version__
from sim.report.page.chart import Chart, as_json
from sim.report.page.parts import Chapter, kind_of
from sim.report.page.theme import DARK, LIGHT, variables
from sim.report.plain import pieces, short, visible
from sim.report.stored import StoredResult
from sim.results.store import ResultError

CHAPTERS = {
    "run": "of_run",
    "sweep": "of_sweep",
    "compare": "of_comparison",
    "decompose": "of_decomposition",
    "after": "of_after",
    "facts": "of_facts",
}
"""Modules of this package that make a chapter, by kind of result."""
MOST_ROWS = 24
"""Rows of a table that are shown at once; the others lie behind a line to click."""
HERE = Path(__file__).parent


def chapter_of(stored: StoredResult) -> Chapter:
    """The chapter of a result. Raises ResultError for a kind that has none, and for one whose tables are not whole, or trimmed."""
    if stored.kind not in CHAPTERS:
        raise ResultError(
            f"{stored.folder}: a result of kind {stored.kind}, of which there is no report (its figures: scoregate plot); "
            f"known: {', '.join(CHAPTERS)}"
        )
    if stored.trimmed_to is not None:
        name = stored.result.manifest["name"]
        raise ResultError(f"{stored.trimmed}, too little for a page; scoregate run {name} makes the whole result")
    module = import_module(f"sim.report.page.{CHAPTERS[stored.kind]}")
    try:
        made: Chapter = module.chapter(stored.result)
    except (KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        raise ResultError(
            f"{stored.folder}: not a whole result of this version ({type(error).__name__}: {error}); remove the folder and run again"
        ) from error
    return made


def page(results: Sequence[StoredResult]) -> str:
    """The page of some results, a chapter each. Raises ResultError."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    def soft(text: str) -> Markup:
        """Text that may be broken where `pieces` says."""
        return Markup("<wbr>").join(pieces(text))

    def fit(value: Any) -> Any:
        """Values of the template are escaped by it; hidden characters of theirs are made visible here."""
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    chapters = [replace(chapter_of(stored), id=f"result-{k + 1}") for k, stored in enumerate(results)]
    charts = [
        block
        for chapter in chapters
        for section in chapter.sections
        for block in section.blocks
        if isinstance(block, Chart)
    ]
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=fit,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kind": kind_of, "short": lambda text: short(text, 60), "soft": soft}
    numbers = {id(chart): k for k, chart in enumerate(charts)}
    return environment.get_template("template.html").render(
        title="; ".join(short(chapter.name, 60) for chapter in chapters[:3]),
        chapters=chapters,
        most_rows=MOST_ROWS,
        number_of=lambda chart: numbers[id(chart)],
        charts=Markup(as_json(charts)),
        light=Markup(variables(LIGHT)),
        dark=Markup(variables(DARK)),
        css=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        js=Markup((HERE / "page.js").read_text(encoding="utf-8")),
        plotly=Markup(get_plotlyjs() if charts else ""),
        version=__version__,
    )


def write_page(results: Sequence[StoredResult], file: Path) -> Path:
    """Write the page of some results, whole or not at all; one that is there is replaced. Raises ResultError."""
    text = page(results)
    place = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, place = tempfile.mkstemp(prefix=".partial-", dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(place).chmod(0o644)
        os.replace(place, file)
    except OSError as error:
        if place is not None:
            Path(place).unlink(missing_ok=True)
        raise ResultError(f"{file}: cannot be written ({error.strerror}); give another place with --to") from None
    return file
