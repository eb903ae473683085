"""Names and notes that others wrote, made fit to be shown: as text, whatever is in them."""

import re
import unicodedata

HIDDEN = ("Cc", "Cs", "Co", "Cn")
"""Unicode categories of what has no look of its own: controls, halves of pairs, private and unassigned characters."""
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of what follows: one of them in a name could turn the sentence around it."""
LONGEST = 40
LONGEST_WORD = 20
"""Letters after which a word without a mark in it may be broken."""


def visible(text: str) -> str:
    """The text with every character that cannot be seen, or that would turn the rest round, told by its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(c):04x}" if c in TURNING or (c not in "\n\t" and unicodedata.category(c) in HIDDEN) else c
        for c in text
    )


def short(text: str, most: int = LONGEST) -> str:
    """The text on one line, visible, with its middle left out where it is longer than `most` characters."""
    line = visible(" ".join(str(text).split()))
    if len(line) <= most:
        return line
    tail = most // 3
    return f"{line[: most - tail - 1]}…{line[-tail:]}"


def pieces(text: str) -> list[str]:
    """The text, visible, in pieces between which a line may end: after the marks that join the words of a name or path.

    So no word need be broken in its middle, unless it is longer than `LONGEST_WORD`; a number such as 0.25 is one piece.
    """
    joined = re.sub(r"([_/]+|\.(?=[^\W\d]))(?=\S)", "\\1\0", visible(text))
    return re.sub(rf"[^\s\0]{{{LONGEST_WORD}}}(?=[^\s\0])", "\\g<0>\0", joined).split("\0")
