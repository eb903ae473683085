"""Progress of a run: a bar with rate and time left on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Progress = Callable[[int, int], None]


def _amount(user_ticks: float) -> str:
    return f"{user_ticks / 1e6:.1f}M" if user_ticks >= 1e5 else f"{user_ticks:.0f}"


PREPARING = "preparing (the first run compiles the model, which takes a while)"


class _Pace:
    """User-ticks a second since the first were done, so that the time to prepare does not count."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def rate(self, done: int) -> float:
        """Rate by now; 0 before there is one."""
        now = time.perf_counter()
        if self._first is None:
            self._first = (now, done) if done > 0 else None
            return 0.0
        return (done - self._first[1]) / max(now - self._first[0], 1e-9)


@contextmanager
def reporter(console: Console, silent: bool) -> Iterator[Progress | None]:
    """Something to tell user-ticks done to (a user's day or hour, as the run has it); None if silent."""
    if silent:
        yield None
    elif console.is_terminal:
        with _bar(console) as tell:
            yield tell
    else:
        yield _lines(console)


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("running"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("run", total=None, rate=PREPARING)
        pace = _Pace()

        def tell(done: int, in_all: int) -> None:
            rate = pace.rate(done)
            bar.update(
                task, completed=done, total=in_all, rate=f"{_amount(rate)} user-ticks/s" if rate > 0 else PREPARING
            )

        yield tell


def _lines(console: Console) -> Progress:
    pace = _Pace()
    next_line = time.perf_counter() + 2.0

    def tell(done: int, in_all: int) -> None:
        nonlocal next_line
        now, rate = time.perf_counter(), pace.rate(done)
        if done == 0:
            console.print(PREPARING, markup=False)
        elif now >= next_line and rate > 0:
            left = (in_all - done) / max(rate, 1e-9)
            console.print(
                f"{100 * done / in_all:.0f}% done, {_amount(rate)} user-ticks/s, {left:.0f} s left", markup=False
            )
            next_line = now + 5.0

    return tell
