"""What a page is made of."""

from dataclasses import dataclass, field

from sim.report.page.chart import Chart


@dataclass(frozen=True)
class Card:
    """One key figure. note: its interval, or what it is measured against."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. rows: texts, the first of each names the row; numeric: columns set right; folded: behind a line to click."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    folded: bool = False


@dataclass(frozen=True)
class Listing:
    """Text as it stands, such as a scenario, behind a line to click."""

    caption: str
    text: str


@dataclass(frozen=True)
class Facts:
    """Names and what is told of them, in order."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawer:
    """Many listings, behind a line to click."""

    caption: str
    listings: tuple[Listing, ...]


Block = Chart | Grid | Listing | Facts | Drawer | str
"""Part of a section; a str is a paragraph."""


@dataclass(frozen=True)
class Section:
    """Blocks under one heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Chapter:
    """One result. kind: of result, as a reader calls it; note: the author's own words, or empty."""

    kind: str
    name: str
    question: str
    answer: str
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    note: str = ""
    id: str = field(default="")


def kind_of(block: Block) -> str:
    """Name of a block's kind, by which the template chooses."""
    return "text" if isinstance(block, str) else type(block).__name__.lower()
