"""Commands that search: sensitivity, optimise, calibrate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.app import Timeout, app, drawing, error_console, fail, out_console


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
    timeout: Timeout = None,
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

        with drawing(result.path):
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
    timeout: Timeout = None,
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

        with drawing(result.path):
            draw_optimise(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_optimise(out_console, result, quiet)


@app.command("calibrate", short_help="Fit parameters of the world to what was observed.")
def calibrate_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Calibration file, or the name of a shipped one.", show_default=False)
    ],
    users: Annotated[int | None, typer.Option(help="Users, instead of the file's.", show_default=False)] = None,
    ticks: Annotated[int | None, typer.Option(help="Ticks, instead of the file's.", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="First seed, instead of the file's.", show_default=False)] = None,
    executor: Annotated[str, typer.Option(help="auto, threads, processes or dask://HOST:PORT.")] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Cells at once; all processors if not given.", show_default=False)
    ] = None,
    timeout: Timeout = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again the cells that failed.")] = False,
    out: Annotated[Path, typer.Option(help="Folder to store the calibration and its cells under.")] = Path("results"),
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Write the fitted scenario here too.", show_default=False),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --write replace a file that is there.")] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change one value, such as calibrate.method=abc. Repeatable."),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The tables and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Fit parameters to targets (moments, a curve, a histogram of scores); tell intervals, what stays open, and a held-out check.

    The fitted scenario is kept with the result as fitted.yaml, and extends base.yaml. Finished cells are kept: the same command
    goes on where it was stopped.
    """
    from sim.experiments.calibrate.study import calibrate as study
    from sim.report.calibrate import as_record, print_calibration
    from sim.results.store import ResultError
    from sim.scenario.reader import ScenarioError
    from sim.scenario.saving import save

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
        assert result.path is not None  # calibrations are always stored from here
        text = result.scenario_text()
        save(result.path / "fitted.yaml", text, overwrite=True)
        if write is not None:
            save(write, text, overwrite)
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    except KeyboardInterrupt:
        raise fail("stopped; finished cells are kept, and the same command goes on from there", 130) from None
    if figures:
        from sim.report.calibrate_figures import draw_calibration

        with drawing(result.path):
            draw_calibration(result, result.path / "figures")
    if as_json:
        print(json.dumps(as_record(result), ensure_ascii=False))
    else:
        print_calibration(out_console, result, quiet)
