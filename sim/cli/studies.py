"""Commands that run many cells: decompose, sweep, compare."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.app import File, Settings, Timeout, app, drawing, error_console, fail, out_console


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
    timeout: Timeout = None,
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
    from sim.report.cells_progress import cells_reporter
    from sim.report.decompose import as_record, print_decomposition
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        with cells_reporter(error_console, quiet or as_json) as progress:
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
                progress=progress,
            )
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    if figures and result.path is not None:
        from sim.report.decompose_figure import draw_decomposition

        with drawing(result.path):
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
    timeout: Timeout = None,
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
                timeout=timeout,
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

        with drawing(result.path):
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
    timeout: Timeout = None,
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
    from sim.report.cells_progress import cells_reporter
    from sim.report.compare import as_record, print_comparison
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        with cells_reporter(error_console, quiet or as_json) as progress:
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

        with drawing(result.path):
            draw_comparison(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_comparison(out_console, result, quiet=quiet)


@app.command("claims", short_help="Put somebody's claims to the test.")
def claims_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="File of claims, or the name of a shipped one.", show_default=False)
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.", show_default=False)] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Replicates, instead of the file's.", show_default=False)
    ] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Timeout = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the result and its cells under.")] = Path("results"),
    settings: Settings = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The claims and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Say of every claim of a file whether it holds in the model, by how much, and which assumption would turn the answer.

    Each claim is a contrast of two arms on the same luck. Finished cells are kept: the same command goes on where it was
    stopped.
    """
    from sim.experiments.claims.study import claims as study
    from sim.report.cells_progress import cells_reporter
    from sim.report.claims import as_record, print_claims
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError

    try:
        with cells_reporter(error_console, quiet or as_json) as progress:
            result = study(
                file,
                settings or (),
                users=users,
                seed=seed,
                replicates=replicates,
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
    assert result.path is not None  # studies are always stored from here
    if figures:
        from sim.report.claims_figure import draw_claims

        with drawing(result.path):
            draw_claims(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_claims(out_console, result, quiet)
