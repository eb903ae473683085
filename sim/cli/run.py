"""Commands that run one scenario: run, after."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.app import File, Settings, app, drawing, error_console, fail, out_console

if TYPE_CHECKING:
    from sim.report.artists import Artists


def _dismiss(artists: "Artists | None") -> None:
    if artists is not None:
        artists.leave()


def _tell_doubts(resolved: dict[str, Any]) -> None:
    from sim.scenario.doubts import doubts
    from sim.scenario.schema import Scenario

    for doubt in doubts(Scenario.model_validate(resolved)):
        error_console.print(f"Note: {doubt}.", markup=False, soft_wrap=True)


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
    save_users: Annotated[
        int, typer.Option(metavar="N", min=-1, help="Also store this many whole users (-1: all).")
    ] = 0,
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
        if not quiet:
            _tell_doubts(result.manifest["scenarios"]["policy"])
    if artists is not None:
        with drawing(result.path):
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
    density: Annotated[
        bool,
        typer.Option("--density-test", help="Test too whether the density of scores jumps at the gate (rddensity)."),
    ] = False,
    figures: Annotated[bool, typer.Option(help="Draw the figure.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="The table and the answer only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Study what a gate leaves behind: who comes over it and how, and how much of that happens without any response."""
    from sim.experiments.after.density_study import density_tests
    from sim.experiments.after.study import after as study
    from sim.report.after import after_rows, answer, density_rows, print_after, print_density
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
        tests = density_tests(result, threads) if density else None
    except (ScenarioError, ResultError) as error:
        raise fail(str(error), 2 if isinstance(error, ScenarioError) else 1) from None
    assert result.path is not None  # studies are always stored from here
    if figures:
        from sim.report.after_figures import draw_after

        with drawing(result.path):
            draw_after(result, result.path / "figures")
    if as_json:
        told = {"name": result.manifest["name"], "path": str(result.path), "reused": result.reused}
        told |= {"answer": answer(result), "measures": after_rows(result.tables["after"])}
        print(json.dumps(told | ({} if tests is None else {"density": density_rows(tests)})))
    else:
        print_after(out_console, result, quiet)
        if tests is not None:
            out_console.print()
            print_density(out_console, tests)
