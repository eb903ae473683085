"""Progress of many cells: a bar with the cells done and failed on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Told = Callable[[int, int, int], None]

FIRST_LINE, OTHER_LINES = 2.0, 10.0
"""Seconds until the first plain line, and between the others."""


@contextmanager
def cells_reporter(console: Console, silent: bool) -> Iterator[Told | None]:
    """Something to tell cells done, in all and failed to; None if silent."""
    if silent:
        yield None
    elif console.is_terminal:
        with _bar(console) as tell:
            yield tell
    else:
        yield _lines(console)


@contextmanager
def _bar(console: Console) -> Iterator[Told]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("cells"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cells", total=None, failed="")

        def tell(done: int, in_all: int, failed: int) -> None:
            bar.update(task, completed=done, total=in_all, failed=f"{failed} failed" if failed else "")

        yield tell


def _lines(console: Console) -> Told:
    first: tuple[float, int] | None = None
    following = time.perf_counter() + FIRST_LINE

    def tell(done: int, in_all: int, failed: int) -> None:
        nonlocal first, following
        now = time.perf_counter()
        if first is None:  # what is at hand takes no time, and neither does making workers ready count
            first = (now, done) if done else None
            return
        if now < following or done == first[1]:
            return
        left = (in_all - done) * (now - first[0]) / (done - first[1])
        failures = f", {failed:,} failed" if failed else ""
        console.print(f"{done:,} of {in_all:,} cells{failures}, about {left:.0f} s left", markup=False)
        following = now + OTHER_LINES

    return tell
