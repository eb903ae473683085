"""The application that commands join, what they print to, and the options that many share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sim import __version__

app = typer.Typer(
    name="scoregate",
    help="Simulate how people behave when an app locks a feature behind a credit score.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# Not a terminal: wide enough that no table is cut. What stands in brackets or colons is text, also in a name of the user's.
out_console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 130)


error_console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


File = Annotated[
    str, typer.Argument(metavar="FILE", help="Scenario file, or the name of a shipped scenario.", show_default=False)
]


Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Change one value, such as policy.gate.threshold=700. Repeatable."
    ),
]


Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout-per-cell",
        metavar="SECONDS",
        min=0.01,
        help="Time after which a cell counts as failed.",
        show_default=False,
    ),
]


def fail(message: str, code: int = 2) -> typer.Exit:
    """Print an error, a line a fault, and the exit to raise."""
    error_console.print(message, markup=False)
    return typer.Exit(code)


@contextmanager
def drawing(result: Path) -> Iterator[None]:
    """Draw the figures of a stored result within: where they cannot be written that is told, and the answer follows all the same."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        error_console.print(
            f"{result}: the result is whole, but its figures cannot be drawn here ({why})", markup=False
        )


def _version(asked: bool) -> None:
    if asked:
        out_console.print(f"scoregate {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass
