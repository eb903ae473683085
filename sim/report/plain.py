"""Names and notes that others wrote, made fit to be shown: as text, whatever is in them."""

import unicodedata

HIDDEN = ("Cc", "Cs", "Co", "Cn")
"""Unicode categories of what has no look of its own: controls, halves of pairs, private and unassigned characters."""
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of what follows: one of them in a name could turn the sentence around it."""
LONGEST = 40


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
