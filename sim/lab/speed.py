"""How many simulated days a second the lab keeps: `python -m sim.lab.speed` (50,000 users, gate_750.yaml, both worlds).

A picture is what the page does for it: both worlds are advanced, every chart and the table of figures are given their new data,
and all that changed is put into the messages that go to the browser. What the browser itself does is not in it.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from sim.lab.choice import Choice, fresh_texts
from sim.lab.session import Session

USERS = 50_000
DAYS = 120
"""Days measured; one before them, in which code is loaded, is not."""


def measured(users: int = USERS, days: int = DAYS, step: int = 1, threads: int | None = None) -> list[float]:
    """Seconds that each picture takes, in order. step: days from picture to picture. Raises ScenarioError.

    threads: all processors if not given.
    """
    from sim.lab import markup
    from sim.lab.charts import Charts

    texts = fresh_texts("gate_750.yaml") | {"run.users": str(users), "run.ticks": str(days + step)}
    session = Session(Choice("gate_750.yaml").with_typed(texts).plan(), threads)
    charts = Charts()
    sent = _messages_of(charts.figures)
    found = []
    while not session.finished:
        began = time.perf_counter()
        session.advance(step)
        charts.update(session, users_too=False)
        markup.figures_table(session)
        sent()
        found.append(time.perf_counter() - began)
    return found[1:]


def _messages_of(figures: list[Any]) -> Callable[[], int]:
    """What puts all changes of the figures since the last call into messages as the server does; returns their bytes."""
    from bokeh.document import Document
    from bokeh.protocol import Protocol

    document = Document()
    changes: list[Any] = []
    for one in figures:
        document.add_root(one)
    document.on_change(changes.append)

    def sent() -> int:
        message = Protocol().create("PATCH-DOC", changes)
        size = len(message.content_json) + sum(len(buffer.to_bytes()) for buffer in message.buffers)
        changes.clear()
        return size

    return sent


def main() -> None:
    """Print the measure."""
    parser = argparse.ArgumentParser(description="Measure how many simulated days a second the lab keeps.")
    parser.add_argument("--users", type=int, default=USERS, help=f"users in each world ({USERS:,})")
    parser.add_argument("--days", type=int, default=DAYS, help=f"days measured ({DAYS})")
    parser.add_argument("--threads", type=int, help="threads (all processors)")
    given = parser.parse_args()
    for step in (1, 10):
        seconds = measured(given.users, given.days, step, given.threads)
        rate = step * len(seconds) / sum(seconds)
        slowest = step / max(seconds)
        print(
            f"{given.users:,} users in each of two worlds, {step} day{'s' * (step > 1)} a picture: {rate:,.0f} days a second "
            f"({statistics.median(seconds) * 1000:.0f} ms a picture in the median, {max(seconds) * 1000:.0f} ms the slowest, "
            f"which is {slowest:,.0f} days a second; {len(seconds)} pictures)"
        )


if __name__ == "__main__":
    main()
