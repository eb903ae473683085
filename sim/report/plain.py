"""Names and notes that others wrote, made fit to be shown: as text, whatever is in them."""

import re
import unicodedata

HIDDEN = ("Cc", "Cs", "Co", "Cn")
"""Unicode categories of what has no look of its own: controls, halves of pairs, private and unassigned characters."""
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of what follows: one of them in a name could turn the sentence around it."""
LONGEST = 40
LONGEST_WORD = 25
"""Letters up to which a name, path or other word is never broken, so that it is read as one."""


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
    """The text, visible, in pieces between which a line may end, besides at blanks: only inside words longer than `LONGEST_WORD`.

    Such a word may end a line after a stroke or a dot that joins two names; a part of it that is still longer after an underscore;
    and only what is longer even then in its middle. A number such as 0.25 is one piece.
    """
    told = visible(text)
    for mark in (r"(?:/|\.(?=[^\W\d]))", r"_+", rf"[^\s\0]{{{LONGEST_WORD}}}"):
        told = _breakable(told, mark)
    return told.split("\0")


def _breakable(text: str, mark: str) -> str:
    """The text with \\0 after every mark (a regular expression) inside its words that are longer than `LONGEST_WORD`."""
    return re.sub(
        rf"[^\s\0]{{{LONGEST_WORD + 1},}}", lambda word: re.sub(rf"{mark}(?=.)", "\\g<0>\0", word.group()), text
    )
