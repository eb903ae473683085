"""A search over policies as a terminal shows it: finalists with the winner's curse, guardrails, regret, the answer; or JSON."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.experiments.optimise.study import OptimiseResult
from sim.report.sensitivity import rows
from sim.results.table import rows_of, where


def print_optimise(console: Console, result: OptimiseResult, quiet: bool) -> None:
    """The tables of a search and its answer."""
    for one in result.manifest["objectives"]:
        console.print(_finalists(result, one))
        console.print()
    if rows_of(result.tables["guardrails"]):
        console.print(_guardrails(result))
        console.print()
    console.print(_regret(result))
    for reason in result.manifest["reasons"]:
        console.print(f"cells failed: {reason}", markup=False, soft_wrap=True)
    console.print()
    console.print(result.summary(), markup=False, soft_wrap=True)
    if not quiet and result.path is not None:
        state = "This very search is stored already, so it was read back" if result.reused else "Stored"
        console.print(f"{state}: {result.path}", markup=False, soft_wrap=True)


def _shown(title: str, *columns: str) -> Table:
    shown = Table(box=None, pad_edge=False, title=title, title_justify="left")
    shown.add_column("policy")
    for name in columns:
        shown.add_column(name, justify="right")
    return shown


def _finalists(result: OptimiseResult, objective: dict[str, str]) -> Table:
    """A row per finalist: what the search said of it, what fresh seeds confirm, and the winner's curse."""
    title = (
        f"Gain in {objective['name']} ({objective['unit']}; {objective['want']} is wanted, so that more gain is better)"
    )
    shown = _shown(title, "first seeds", "search", "confirmed", "95% interval", "winner's curse", "95% interval")
    found = where(result.tables["finalists"], objective=objective["name"])
    for k in range(rows_of(found)):
        shown.add_row(
            escape(str(found["policy"][k])),
            *(f"{found[name][k]:+.4g}" for name in ("first_seeds", "search", "confirmed")),
            f"{found['low'][k]:+.4g} to {found['high'][k]:+.4g}",
            f"{found['curse'][k]:+.2g}",
            f"{found['curse_low'][k]:+.2g} to {found['curse_high'][k]:+.2g}",
        )
    return shown


def _guardrails(result: OptimiseResult) -> Table:
    """A row per finalist: the verdict on every guardrail, in the world where it is worst kept."""
    table, rails = result.tables["guardrails"], result.manifest["guardrails"]
    shown = _shown("Guardrails on fresh seeds, in the worst world", *rails)
    for name in dict.fromkeys(table["policy"].tolist()):
        verdicts = []
        for rail in rails:
            said = where(table, policy=name, guardrail=rail)["verdict"].tolist()
            verdicts.append(next(word for word in ("broken", "undecided", "kept") if word in said))
        shown.add_row(escape(name), *verdicts)
    return shown


def _regret(result: OptimiseResult) -> Table:
    """A row per finalist, and doing nothing: confirmed gain in every world, and the largest regret."""
    table, worlds = result.tables["regret"], result.manifest["worlds"]
    objective = result.manifest["objectives"][0]
    shown = _shown(
        f"Gain in {objective['name']} by world, on fresh seeds ({objective['unit']})", *worlds, "largest regret"
    )
    for name in dict.fromkeys(table["policy"].tolist()):
        here = where(table, policy=name)
        gains = [
            f"{gain:+.4f} ({low:+.4f} to {high:+.4f})" if name != "baseline" else f"{gain:+.4f}"
            for gain, low, high in zip(*(here[key].tolist() for key in ("gain", "low", "high")), strict=True)
        ]
        shown.add_row(escape(name), *gains, f"{here['worst_regret'][0]:.4f}")
    return shown


def as_record(result: OptimiseResult) -> dict[str, Any]:
    """A search as one JSON-ready object: every table, the answer, where it is stored. NaN becomes null."""
    kept = (
        "name",
        "run_id",
        "objectives",
        "guardrails",
        "worlds",
        "tried",
        "could_not_be_run",
        "failed_cells",
        "policies",
    )
    return {name: result.manifest[name] for name in kept} | {
        "reused": result.reused,
        "path": str(result.path) if result.path is not None else None,
        "answer": result.summary(),
        "tables": {name: rows(table) for name, table in result.tables.items()},
    }
