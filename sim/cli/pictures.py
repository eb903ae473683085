"""Commands that show stored results: report, plot."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.app import app, fail, out_console

Results = Annotated[
    list[str],
    typer.Argument(
        metavar="RESULT...", help="Folder of a stored result, name of its scenario, or run id.", show_default=False
    ),
]


@app.command(short_help="Put stored results on one page to look at.")
def report(
    results: Results,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="HTML file to write (report.html beside the first result).", show_default=False
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder that results are stored under.")] = Path("results"),
    facts: Annotated[bool, typer.Option(help="Add the table of facts, if check-facts has written one.")] = True,
) -> None:
    """Write stored results (runs, sweeps, comparisons, decompositions, after-effects, facts) as one HTML file.

    The file needs no network and nothing beside it: open it from disk, pass it round, print it. No model is run.
    """
    from sim.report.page.write import write_page
    from sim.report.stored import facts_beside, load_all
    from sim.results.store import ResultError

    try:
        found = load_all(out, results)
        more = facts_beside(out) if facts and all(one.kind != "facts" for one in found) else None
        file = write_page([*found, *([more] if more else [])], to or found[0].folder / "report.html")
    except ResultError as error:
        raise fail(str(error), 1) from None
    out_console.print(f"{file}: written ({file.stat().st_size / 1e6:.1f} MB)", markup=False, soft_wrap=True)


@app.command(short_help="Draw figures of a stored result.")
def plot(
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT", help="Folder of a stored result, name of its scenario, or run id.", show_default=False
        ),
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Figure to draw; all that there are if not given. Repeatable. Of a run: visits, channels, scores, plans, "
            "awareness, groups; comparison: forest, groups; sweep: sweep; decomposition: waterfall; after-effects: crossing; "
            "claims: claims; sensitivity: sensitivity; search: pareto; calibration: calibration.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help="png or svg; both if not given. Repeatable.", show_default=False),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder to draw into (figures in the result's).", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder that results are stored under.")] = Path("results"),
) -> None:
    """Draw figures of a stored result as PNG and SVG, each with units, n and interval. No model is run."""
    from sim.report.kinds import FORMATS
    from sim.report.plot import plot as draw
    from sim.report.stored import load
    from sim.results.store import ResultError

    try:
        files = draw(load(out, result), kind or (), to, form or FORMATS)
    except ResultError as error:
        raise fail(str(error), 1) from None
    for file in files:
        out_console.print(str(file), markup=False, soft_wrap=True)
