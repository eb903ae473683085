"""The command line: reads arguments, calls the library, prints. No logic of its own."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from sim import __version__

if TYPE_CHECKING:
    from sim.report.artists import Artists

app = typer.Typer(
    name="scoregate",
    help="Simulate how people behave when an app locks a feature behind a credit score.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# Not a terminal: wide enough that no table is cut.
out_console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
error_console = Console(stderr=True, highlight=False, soft_wrap=True)

File = Annotated[
    str, typer.Argument(metavar="FILE", help="Scenario file, or the name of a shipped scenario.", show_default=False)
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Change one value, such as policy.gate.threshold=700. Repeatable."
    ),
]


def fail(message: str, code: int = 2) -> typer.Exit:
    """Print an error, a line a fault, and the exit to raise."""
    error_console.print(message, markup=False)
    return typer.Exit(code)


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


def _dismiss(artists: "Artists | None") -> None:
    if artists is not None:
        artists.leave()


@app.command("run")
def run_command(
    file: File,
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[
        int | None,
        typer.Option(help="Ticks (days, or hours where a tick is one), instead of the file's.", show_default=False),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Compare with this scenario ('none': with nothing), instead of the declared baseline.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="fast (compiled) or readable (Mesa; same answer, slowly).")] = "fast",
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="Threads; all processors if not given.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to store the result under.")] = Path("results"),
    settings: Settings = None,
    save_users: Annotated[int, typer.Option(metavar="N", help="Also store this many whole users (-1: all).")] = 0,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="No progress, no notes: the table and the answer only.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON instead of a table.")] = False,
) -> None:
    """Run a scenario and its baseline on the same luck, and say what the difference is."""
    from sim.report.artists import Artists

    if engine not in ("fast", "readable"):
        raise fail(f"--engine {engine}: unknown engine; allowed: fast, readable")
    artists = Artists() if figures else None
    from sim.experiments.run import Stopped, run
    from sim.report.progress import reporter
    from sim.report.terminal import as_record, print_result
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    stopped = False
    try:
        with reporter(error_console, quiet or as_json) as progress:
            result = run(
                file,
                settings or (),
                users=users,
                ticks=ticks,
                seed=seed,
                replicates=replicates,
                baseline=baseline,
                engine=engine,  # type: ignore[arg-type]
                threads=threads,
                users_sample=save_users,
                out=out,
                progress=progress,
                starting=artists.come if artists is not None else None,
            )
    except (ScenarioError, ResultError) as error:
        _dismiss(artists)
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except Stopped as stop:
        if stop.result is None:
            _dismiss(artists)
            raise fail("stopped before the first replicate was finished; nothing is stored", 130) from None
        result, stopped = stop.result, True
    assert result.path is not None  # results are always stored from here
    if artists is not None:
        artists.draw(result.path)
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_result(out_console, result, quiet=quiet, stopped=stopped)
    if artists is not None:
        artists.wait(result.path)
    if stopped:
        raise typer.Exit(130)


@app.command(short_help="What a gate leaves behind, and why.")
def after(
    file: File,
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Compare with this scenario ('none': with nothing).", show_default=False),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="Threads; all processors if not given.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to store the study under.")] = Path("results"),
    settings: Settings = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The table and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Study what a gate leaves behind: who comes over it and how, and how much of that happens without any response."""
    from sim.experiments.after.study import after as study
    from sim.report.after import after_rows, answer, print_after
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        result = study(
            file,
            settings or (),
            users=users,
            ticks=ticks,
            seed=seed,
            replicates=replicates,
            baseline=baseline,
            threads=threads,
            out=out,
            tell=None if quiet or as_json else lambda done, of: error_console.print(f"replicate {done} of {of} done"),
        )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    assert result.path is not None  # studies are always stored from here
    if figures:
        from sim.report.after_figures import draw_after

        draw_after(result, result.path / "figures")
    if as_json:
        told = {"name": result.manifest["name"], "path": str(result.path), "reused": result.reused}
        print(json.dumps(told | {"answer": answer(result), "measures": after_rows(result.tables["after"])}))
    else:
        print_after(out_console, result, quiet)


@app.command(short_help="Compare policies, in several worlds, on the same luck.")
def compare(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Comparison file, or the name of a shipped one.", show_default=False)
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    until_width: Annotated[
        str | None,
        typer.Option(
            metavar="WIDTH",
            help="Add replicates until the primary measure's 95% intervals are this narrow: 0.02 in its unit, or 1% of the baseline.",
            show_default=False,
        ),
    ] = None,
    most_replicates: Annotated[
        int | None, typer.Option(help="Most replicates that --until-width may run (200).", show_default=False)
    ] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout-per-cell", metavar="SECONDS", help="Give up a cell after this.", show_default=False),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the comparison under.")] = Path("results"),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Change one value of the file, such as margin=1%. Repeatable."
        ),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The tables and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Compare policies with a baseline, in every world of the file and on the same luck, and say which are better."""
    from sim.experiments.compare.compare import compare as comparison
    from sim.report.compare import as_record, print_comparison
    from sim.report.compare_progress import cell_reporter
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        with cell_reporter(error_console, quiet or as_json) as progress:
            result = comparison(
                file,
                settings or (),
                users=users,
                ticks=ticks,
                seed=seed,
                replicates=replicates,
                until_width=until_width,
                most_replicates=most_replicates,
                executor=executor,
                workers=workers,
                timeout=timeout,
                retry_failed=retry_failed,
                out=out,
                progress=progress,
            )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    assert result.path is not None  # comparisons are always stored from here
    if figures:
        from sim.report.compare_figures import draw_comparison

        draw_comparison(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_comparison(out_console, result, quiet=quiet)


@app.command()
def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario or comparison files.", show_default=False)
    ],
) -> None:
    """Check scenario and comparison files and tell every fault in them."""
    from sim.experiments.compare.plan import is_comparison, make_comparison_plan
    from sim.scenario.load import baseline_of, load
    from sim.scenario.reader import ScenarioError

    failed = False
    for file in files:
        try:
            if is_comparison(file):
                make_comparison_plan(file)
                out_console.print(f"{file}: ok", markup=False)
                continue
            scenario = load(file)
            other = baseline_of(file, scenario)
            if other is not None:
                load(other)
            out_console.print(f"{file}: ok", markup=False)
        except ScenarioError as error:
            failed = True
            error_console.print(str(error), markup=False)
    if failed:
        raise typer.Exit(2)


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


@app.command("list", short_help="What there is to choose from.")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List what there is to choose from: scenarios, gates, rules of choice, beliefs, measures."""
    from sim.experiments.catalogue import catalogue
    from sim.report.listing import print_catalogue

    found = catalogue()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_catalogue(out_console, found)


@app.command(short_help="Write a scenario to start from.")
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario.", show_default=False)]) -> None:
    """Write a commented scenario to start from, into the folder scenarios if there is one, or here."""
    from sim.scenario.reader import ScenarioError
    from sim.scenario.starter import write_starter

    try:
        path = write_starter(name, Path())
    except ScenarioError as error:
        raise fail(str(error)) from None
    out_console.print(f"{path}: written. Try it: scoregate run {path}", markup=False, soft_wrap=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.show import json_schema

    print(json.dumps(json_schema(), indent=1, ensure_ascii=False))


@app.command()
def show(
    file: File,
    diff: Annotated[
        str | None, typer.Option(metavar="OTHER", help="Show only what differs from this scenario.", show_default=False)
    ] = None,
    settings: Settings = None,
) -> None:
    """Print the resolved scenario, every default written out."""
    from sim.scenario.load import load
    from sim.scenario.reader import ScenarioError
    from sim.scenario.show import difference_text, resolved_text

    try:
        scenario = load(file, settings or ())
        text = resolved_text(scenario) if diff is None else difference_text(scenario, load(diff))
    except ScenarioError as error:
        raise fail(str(error)) from None
    print(text, end="")


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


def main() -> None:
    """Entry point. Whatever goes wrong, a user reads a sentence, not a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        error_console.print("stopped")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except MemoryError:
        error_console.print("not enough memory; give fewer users (--users)")
        sys.exit(1)
    except Exception as error:  # the last line of defence: say what happened and how to see more
        import os

        if os.environ.get("SCOREGATE_DEBUG"):
            raise
        error_console.print(f"unexpected {type(error).__name__}: {error}", markup=False)
        error_console.print("this is a fault of the program; SCOREGATE_DEBUG=1 shows where", markup=False)
        sys.exit(1)
