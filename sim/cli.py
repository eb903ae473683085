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


@app.command(short_help="Why a user does what they do on a day.")
def explain(
    file: File,
    user: Annotated[int, typer.Option(metavar="ID", help="Number of the user, from 0.", show_default=False)],
    day: Annotated[
        int | None, typer.Option(help="Day of the run, from 0; the last if not given.", show_default=False)
    ] = None,
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Compare with this scenario ('none': with nothing).", show_default=False),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, max=256, help="Threads; all processors if not given.", show_default=False)
    ] = None,
    settings: Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="The reasons only, without the life.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Say why a user does what they do on a day: value, cost and chance of each plan, and their life in both worlds.

    The run is replayed up to that day and the user's last review held again, by the rules of the model themselves.
    """
    from sim.experiments.explain.explain import explain as explained
    from sim.report.explain import as_record, print_explanation
    from sim.scenario.reader import ScenarioError

    try:
        found = explained(
            file,
            settings or (),
            user=user,
            day=day,
            users=users,
            ticks=ticks,
            seed=seed,
            baseline=baseline,
            threads=threads,
        )
    except ScenarioError as error:
        raise fail(str(error)) from None
    if as_json:
        print(json.dumps(as_record(found), ensure_ascii=False))
    else:
        print_explanation(out_console, found, quiet)


@app.command(short_help="A live page in the browser.")
def lab(
    host: Annotated[str, typer.Option(help="Address to listen at; 127.0.0.1 is this computer alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes any free one.")] = 8750,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Play with a scenario live in the browser: change the gate, watch both worlds day by day, ask a user why.

    Needs the extra lab: pip install 'scoregate[lab]'.
    """
    from sim.lab.serve import LabError, serve

    try:
        serve(host, port, browser, lambda text: out_console.print(text, markup=False, soft_wrap=True))
    except LabError as error:
        raise fail(str(error), 1) from None


@app.command(short_help="Which mechanism carries the effect.")
def decompose(
    file: File,
    measure: Annotated[str, typer.Option(help="Measure whose effect is split (scoregate list tells them).")] = "visits",
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE", help="Compare with this scenario.", show_default=False)
    ] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout-per-cell", min=0.001, help="Seconds after which a cell has failed.", show_default=False
        ),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the result and its cells under.")] = Path("results"),
    settings: Settings = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The table and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Split the effect of a policy over the mechanisms that carry it: the feed, effort for the score, habit.

    Each mechanism is switched off and on, alone and with the others, in both arms and on the same luck; what it carries is
    its Shapley value. The parts sum to the effect exactly.
    """
    from sim.experiments.decompose.study import decompose as study
    from sim.report.decompose import as_record, print_decomposition, teller
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        result = study(
            file,
            settings or (),
            measure=measure,
            users=users,
            ticks=ticks,
            seed=seed,
            replicates=replicates,
            baseline=baseline,
            executor=executor,
            workers=workers,
            timeout=timeout,
            retry_failed=retry_failed,
            out=out,
            progress=None if quiet or as_json else teller(error_console),
        )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    if figures and result.path is not None:
        from sim.report.decompose_figure import draw_decomposition

        draw_decomposition(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_decomposition(out_console, result, quiet)


@app.command("sweep", short_help="Run a scenario over ranges of its parameters.")
def sweep_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Sweep file, or the name of a shipped sweep.", show_default=False)
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    settings: Settings = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be run, and what it costs.")] = False,
    executor: Annotated[
        str, typer.Option(help="What runs the cells: auto, threads, processes, or dask://HOST:PORT.")
    ] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout_per_cell: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.01, help="Time after which a cell counts as failed.", show_default=False),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again what failed before.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the sweep and its cells under.")] = Path("results"),
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The table and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Run a scenario at many points of a space of parameters, at each against its baseline on the same luck.

    Finished cells are kept: the same command goes on where it was stopped.
    """
    from sim.experiments.sweep.cost import cost_of
    from sim.experiments.sweep.plan import make_sweep_plan
    from sim.experiments.sweep.run import CELLS, run_sweep, stored
    from sim.report.cells_progress import cells_reporter
    from sim.report.sweep import as_record, plan_record, print_plan, print_sweep
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    silent = quiet or as_json
    try:
        plan = make_sweep_plan(file, settings or (), users=users, ticks=ticks, seed=seed, replicates=replicates)
        if dry_run:
            cost = cost_of(plan, out / CELLS, workers, retry_failed=retry_failed)
            if as_json:
                print(json.dumps(plan_record(plan, cost), ensure_ascii=False))
            else:
                print_plan(out_console, plan, cost)
            return
        if not silent and stored(plan, out) is None:
            print_plan(error_console, plan, cost_of(plan, out / CELLS, workers, retry_failed=retry_failed))
        with cells_reporter(error_console, silent) as progress:
            result = run_sweep(
                plan,
                executor=executor,
                workers=workers,
                timeout=timeout_per_cell,
                retry_failed=retry_failed,
                out=out,
                progress=progress,
            )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    assert result.path is not None  # sweeps are always stored from here
    if figures:
        from sim.report.sweep_figures import draw_sweep

        draw_sweep(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_sweep(out_console, result, quiet)


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


@app.command("sensitivity", short_help="On which assumptions an effect hangs.")
def sensitivity_command(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Sensitivity file, or the name of a shipped one.", show_default=False),
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="First seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Seeds that the effect at a point is a mean over.", show_default=False)
    ] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout-per-cell", metavar="SECONDS", help="Give up a cell after this.", show_default=False),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the study and its cells under.")] = Path("results"),
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change one value, such as sensitivity.rows=64. Repeatable."),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The tables and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Screen the inputs of a study (Morris), and share the variance of the effect out among them and luck (Sobol).

    Finished cells are kept: the same command goes on where it was stopped.
    """
    from sim.experiments.sensitivity.study import sensitivity as study
    from sim.report.cells_progress import cells_reporter
    from sim.report.sensitivity import as_record, print_sensitivity
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    silent = quiet or as_json
    try:
        with cells_reporter(error_console, silent) as progress:
            result = study(
                file,
                settings or (),
                users=users,
                ticks=ticks,
                seed=seed,
                replicates=replicates,
                executor=executor,
                workers=workers,
                timeout=timeout,
                retry_failed=retry_failed,
                out=out,
                progress=progress,
                stage=None if silent else error_console.print,
            )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    assert result.path is not None  # studies are always stored from here
    if figures:
        from sim.report.sensitivity_figures import draw_sensitivity

        draw_sensitivity(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_sensitivity(out_console, result, quiet)


@app.command("optimise", short_help="Search policies for the best, and confirm it.")
def optimise_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Optimise file, or the name of a shipped one.", show_default=False)
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="First seed, instead of the file's.", show_default=False)] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout-per-cell", metavar="SECONDS", help="Give up a cell after this.", show_default=False),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the search and its cells under.")] = Path("results"),
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change one value, such as search.trials=40. Repeatable."),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The tables and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Search families of policies for the most of what is wanted, under guardrails; confirm the finalists on fresh seeds.

    Tells the winner's curse: what the search promised less what fresh seeds confirm. Finished cells are kept: the same
    command goes on where it was stopped.
    """
    from sim.experiments.optimise.study import optimise as study
    from sim.report.optimise import as_record, print_optimise
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        result = study(  # many short stages: a line each says more than a bar
            file,
            settings or (),
            users=users,
            ticks=ticks,
            seed=seed,
            executor=executor,
            workers=workers,
            timeout=timeout,
            retry_failed=retry_failed,
            out=out,
            stage=None if quiet or as_json else error_console.print,
        )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    assert result.path is not None  # searches are always stored from here
    if figures:
        from sim.report.optimise_figures import draw_optimise

        draw_optimise(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_optimise(out_console, result, quiet)


@app.command()
def validate(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Scenario files, or files of studies of scenarios.", show_default=False),
    ],
) -> None:
    """Check scenario files and files of studies (sweeps with all their points, comparisons, sensitivity, optimise); tell every fault."""
    from sim.experiments.checked import checked
    from sim.scenario.reader import ScenarioError

    failed = False
    for file in files:
        try:
            out_console.print(f"{file}: {checked(file)}", markup=False)
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
            "awareness, groups; comparison: forest, groups; sweep: sweep; decomposition: waterfall; after-effects: crossing.",
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
