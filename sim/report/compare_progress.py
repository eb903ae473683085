"""Progress over cells: a bar with the failures on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Told = Callable[[int, int, int], None]


@contextmanager
def cell_reporter(console: Console, silent: bool) -> Iterator[Told | None]:
    """Something to tell cells done, cells in all and cells failed to; None if silent."""
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
    following = time.perf_counter() + 2.0

    def tell(done: int, in_all: int, failed: int) -> None:
        nonlocal following
        now = time.perf_counter()
        if now >= following and done < in_all:
            console.print(f"{done} of {in_all} cells done" + (f", {failed} failed" if failed else ""), markup=False)
            following = now + 5.0

    return tell
