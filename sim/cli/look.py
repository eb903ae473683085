"""Commands on one user, and in the browser: explain, lab."""

import json
from typing import Annotated

import typer

from sim.cli.app import File, Settings, app, fail, out_console


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
