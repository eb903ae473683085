"""Commands that measure the program itself: check-facts, bench."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.app import app, error_console, fail, out_console


@app.command("check-facts", short_help="Hold the model against facts.")
def check_facts_command(
    scale: Annotated[
        float, typer.Option(min=0.01, max=100, help="Work to do, relative to the usual (users and seeds).")
    ] = 1.0,
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="Threads; all processors if not given.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder under which check_facts/ is written.")] = Path("results"),
    quiet: Annotated[bool, typer.Option("--quiet", help="The table and the count only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Hold the model against the published facts: a table of targets with value, interval, grade, pass or miss."""
    from sim.engines.fast import default_threads
    from sim.experiments.facts.check import as_records, check_facts, summary
    from sim.experiments.facts.row import Effort
    from sim.report.facts import print_facts
    from sim.report.facts_files import write_facts
    from sim.results.store import ResultError

    tell = None if quiet or as_json else lambda name: error_console.print(f"checking: {name}")
    effort = Effort(scale, threads or default_threads())
    rows = check_facts(effort, tell)
    try:
        files = write_facts(rows, effort, out / "check_facts")
    except ResultError as error:
        raise fail(str(error), 1) from None
    if as_json:
        print(json.dumps({"answer": summary(rows), "rows": as_records(rows), "files": [str(path) for path in files]}))
    else:
        print_facts(out_console, rows, quiet)


@app.command()
def bench(
    users: Annotated[int, typer.Option(min=1000, help="Users for the fast engine.")] = 1_000_000,
    days: Annotated[int, typer.Option(min=10, help="Days for the fast engine.")] = 180,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure both engines, memory and the machine's copy bandwidth, side by side."""
    from sim.experiments.bench import measure
    from sim.report.terminal import print_bench

    figures: dict[str, Any] = measure(users, days)
    if as_json:
        print(json.dumps(figures))
    else:
        print_bench(out_console, figures)
