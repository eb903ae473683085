"""Commands on stored results: results list, show, diff, verify, prune."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.app import app, error_console, fail, out_console

results_app = typer.Typer(
    name="results",
    help="Look at, compare, check and remove stored results.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


app.add_typer(results_app)


Out = Annotated[Path, typer.Option(help="Folder that results are stored under.")]


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


Result = Annotated[
    str,
    typer.Argument(metavar="RESULT", help="Folder, run id, or key of a cell (the start will do).", show_default=False),
]


def _plain(value: Any) -> Any:
    """A value as JSON has it: NaN as null, paths as text."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if value != value else str(value) if isinstance(value, Path) else value


@results_app.command("list")
def results_list(out: Out = Path("results"), as_json: Json = False) -> None:
    """List what is stored: runs, studies, sweeps, comparisons, and cells by scenario."""
    from dataclasses import asdict

    from sim.report.results import print_listing
    from sim.results.listing import listing
    from sim.results.store import ResultError

    try:
        entries = listing(out)
    except ResultError as error:
        raise fail(str(error), 1) from None
    if as_json:
        print(json.dumps(_plain([asdict(entry) for entry in entries]), ensure_ascii=False))
    else:
        print_listing(out_console, entries)


@results_app.command("show")
def results_show(what: Result, out: Out = Path("results"), as_json: Json = False) -> None:
    """Show one result: where it comes from, and its main figures."""
    from dataclasses import asdict

    from sim.report.results import print_stored
    from sim.results.listing import look
    from sim.results.store import ResultError

    try:
        stored = look(out, what)
    except ResultError as error:
        raise fail(str(error), 1) from None
    if as_json:
        print(json.dumps(_plain(asdict(stored)), ensure_ascii=False))
    else:
        print_stored(out_console, stored)


@results_app.command("diff")
def results_diff(one: Result, other: Result, out: Out = Path("results"), as_json: Json = False) -> None:
    """Say what differs between two results, in their scenarios and in their measures."""
    from sim.report.results import difference_record, print_difference
    from sim.results.listing import look
    from sim.results.store import ResultError

    try:
        left, right = look(out, one), look(out, other)
    except ResultError as error:
        raise fail(str(error), 1) from None
    if as_json:
        print(json.dumps(_plain(difference_record(left, right)), ensure_ascii=False))
    else:
        print_difference(out_console, left, right)


@results_app.command("verify")
def results_verify(
    sample: Annotated[int, typer.Option(min=1, help="How many runs, and how many cells, to make again.")] = 10,
    out: Out = Path("results"),
    quiet: Annotated[bool, typer.Option("--quiet", help="The verdicts only.")] = False,
    as_json: Json = False,
) -> None:
    """Make a sample of the stored runs and cells again, and compare every bit. Ends with 1 if any differs."""
    from dataclasses import asdict

    from sim.experiments.verify import DIFFERS, verify
    from sim.report.results import print_verdicts
    from sim.results.store import ResultError

    tell = None if quiet or as_json else lambda what: error_console.print(f"making again: {what}", markup=False)
    try:
        verdicts = verify(out, sample, tell)
    except ResultError as error:
        raise fail(str(error), 1) from None
    if as_json:
        print(json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False))
    else:
        print_verdicts(out_console, verdicts)
    if any(verdict.verdict == DIFFERS for verdict in verdicts):
        raise typer.Exit(1)


@results_app.command("prune")
def results_prune(
    older_than: Annotated[
        float | None, typer.Option(metavar="DAYS", min=0, help="What is older than this.", show_default=False)
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Cells that failed.")] = False,
    damaged: Annotated[bool, typer.Option("--damaged", help="Cells whose files cannot be read.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without more ado.")] = False,
    out: Out = Path("results"),
) -> None:
    """Free space: remove what killed processes left behind, and on request old results, failed or damaged cells."""
    from sim.report.results import print_prunable
    from sim.results.prune import Choice, prunable, prune
    from sim.results.store import ResultError

    choice = Choice(older_than, failed, damaged)
    try:
        done = yes and not dry_run
        found = prune(out, choice) if done else prunable(out, choice)
    except ResultError as error:
        raise fail(str(error), 1) from None
    print_prunable(out_console, found, done)
    if found and not done and not dry_run:
        error_console.print("nothing is removed yet; give --yes to do it")
