"""Text that the fonts at hand can draw: fonts with Chinese, Japanese and Korean signs where there are any, numbers for the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

FAMILIES = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
)
"""Fonts in the order in which a sign is looked for: matplotlib's own first, then those that systems bring for Chinese."""


@cache
def families() -> tuple[str, ...]:
    """Those of `FAMILIES` that are installed."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return tuple(name for name in FAMILIES if name in installed)


@cache
def _signs() -> frozenset[int]:
    """Code points that some font at hand can draw."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    found = frozenset[int]()
    for name in families():
        found |= get_font(findfont(FontProperties(family=name))).get_charmap().keys()
    return found


def drawable(text: str) -> str:
    """The text with every character that no font at hand can draw told by its number, as \\u4fe1."""
    if text.isascii():
        return text
    return "".join(c if c == "\n" or ord(c) in _signs() else f"\\u{ord(c):04x}" for c in text)


@contextmanager
def only_drawable() -> Iterator[None]:
    """Within, every text of a figure is made drawable when it is set, before anything is laid out by its width.

    Names that users gave stand in titles, ticks, legends and captions alike; matplotlib has no place of its own for this.
    """
    from matplotlib.text import Text

    plain = Text.set_text

    def set_text(self: Text, s: Any) -> None:
        plain(self, drawable(s) if isinstance(s, str) else s)

    Text.set_text = set_text  # type: ignore[method-assign]
    try:
        yield
    finally:
        Text.set_text = plain  # type: ignore[method-assign]
