"""Commands on scenario files: validate, list, new, schema, show."""

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.app import File, Settings, app, error_console, fail, out_console


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
def schema(
    markdown: Annotated[
        bool,
        typer.Option(
            "--markdown", help="Print a table of all parameters instead: default, unit, range, source, grade."
        ),
    ] = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.parameters import parameters_text
    from sim.scenario.show import json_schema

    if markdown:
        print(parameters_text(), end="")
        return
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
