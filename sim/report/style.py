"""One look for every figure: readable in grey, units on every axis, the same colour for the same thing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

POLICY, BASELINE = "#1f4e79", "#c77c11"
"""Dark blue and mid orange: far apart in hue and in lightness."""
PLAN_COLOURS = {"rest": "#d9d9d9", "spend": "#1f4e79", "repay": "#c77c11", "upload": "#6aa67a"}
PLAN_HATCHES = {"rest": "", "spend": "//", "repay": "..", "upload": "xx"}

RC: dict[str, Any] = {
    "figure.figsize": (7.2, 4.2),
    "figure.dpi": 110,
    "savefig.dpi": 150,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "svg.hashsalt": "scoregate",
}


@contextmanager
def look() -> Iterator[None]:
    """Within, figures have this look, in fonts that can draw every text of theirs."""
    import matplotlib

    from sim.report.glyphs import families, only_drawable

    rc: Any = RC | {"font.family": list(families())}
    with matplotlib.rc_context(rc), only_drawable():
        yield


def save(figure: Any, file: Path) -> None:
    """Write a figure as the kind of file that its name ends in: whole or not at all, and the same bytes each time."""
    form = file.suffix[1:]
    partial = file.with_name(f".partial-{os.getpid()}-{file.name}")
    try:
        figure.savefig(partial, format=form, metadata={"Date": None} if form == "svg" else {"Software": "scoregate"})
        partial.replace(file)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
