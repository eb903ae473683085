"""Where a result comes from: its scenarios in full, what differs from base, and how to make it again."""

from collections.abc import Mapping
from typing import Any

import yaml

from sim.report.page.parts import Block, Drawer, Facts, Grid, Listing, Section
from sim.scenario.load import difference, resolved
from sim.scenario.schema import Scenario
from sim.scenario.text import as_yaml

WHOLE = "the whole scenario, every default written out"
OWN = ("name", "note", "baseline")
"""What a scenario is called, which is no difference to base."""
TOLD = {
    "status": "status",
    "run_id": "id",
    "engine": "engine",
    "seeds": "seeds",
    "replicates_finished": "replicates",
    "started": "started",
    "seconds": "seconds it took",
    "platform": "platform",
}


def as_text(scenario: Mapping[str, Any]) -> str:
    """A resolved scenario as YAML that `scoregate run` takes."""
    return as_yaml(dict(scenario))


def value(given: Any) -> str:
    """A value of a scenario on one line."""
    if isinstance(given, str):
        return given
    return (
        yaml.safe_dump(given, default_flow_style=True, allow_unicode=True, width=10**6).removesuffix("\n...\n").strip()
    )


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, ...]]:
    left, right = ({k: v for k, v in scenario.items() if k not in OWN} for scenario in (one, other))
    return [(path, value(here), value(there)) for path, here, there in difference(left, right)]


def scenario_section(scenarios: Mapping[str, Mapping[str, Any]], *, is_pair: bool = True) -> Section:
    """The resolved scenarios, by arm, each with what differs from base.yaml. is_pair: if they are two, tell what differs between them."""
    base = resolved(Scenario(name="base"))
    blocks: list[Block] = []
    if is_pair and len(scenarios) == 2:
        one, other = scenarios
        rows = _differences(scenarios[one], scenarios[other])
        caption = f"What differs between {one} and {other}"
        blocks.append(Grid(caption, ("path", one, other), tuple(rows)) if rows else f"{caption}: nothing.")
    for arm, scenario in scenarios.items():
        name = f"{arm} ({scenario['name']})"
        rows = _differences(scenario, base)
        caption = f"{name}: what differs from base.yaml"
        blocks.append(Grid(caption, ("path", "here", "base"), tuple(rows)) if rows else f"{name}: as base.yaml.")
        blocks.append(Listing(f"{name}: {WHOLE}", as_text(scenario)))
    return Section("Scenarios", tuple(blocks))


def many_scenarios(scenarios: Mapping[tuple[str, str], Mapping[str, Any]]) -> Section:
    """The resolved scenarios of a comparison, by world and policy: what differs from base.yaml in one table, then each in full."""
    base = resolved(Scenario(name="base"))
    rows = tuple((*place, *row) for place, scenario in scenarios.items() for row in _differences(scenario, base))
    listings = tuple(Listing(f"{world} / {policy}", as_text(told)) for (world, policy), told in scenarios.items())
    return Section(
        "Scenarios",
        (
            Grid("What differs from base.yaml", ("world", "policy", "path", "here", "base"), rows, folded=True),
            Drawer(f"The {len(listings)} scenarios, each with {WHOLE.removeprefix('the whole scenario, ')}", listings),
        ),
    )


def again(manifest: Mapping[str, Any], command: str, otherwise: str) -> tuple[Block, ...]:
    """The very files of a study, each needing no other on the page, and what makes it of them; `otherwise` where it keeps none.

    command: what makes it again with its files saved under the names they have here.
    """
    files: Mapping[str, Mapping[str, Any]] = manifest.get("files") or {}
    if not files:
        return (otherwise,)
    told = f"From this page alone: save {' and '.join(files)} below in a folder of their own; there {command} makes it again."
    return (
        told,
        *(Listing(f"{name}: the file itself, with all that it extends", as_text(data)) for name, data in files.items()),
    )


def origin(manifest: Mapping[str, Any], by_hand: str | None = None, more: tuple[Block, ...] = ()) -> Section:
    """How to make a result again, and where it comes from. by_hand: how without the files, where a command can; more: or these
    blocks, which tell it.
    """
    pairs = [(name, value(manifest[key])) for key, name in TOLD.items() if manifest.get(key) not in (None, "")]
    pairs += [(f"hash of {arm}", str(told)) for arm, told in manifest.get("hashes", {}).items()]
    pairs.append(("versions", ", ".join(f"{name} {told}" for name, told in manifest.get("versions", {}).items())))
    command = manifest.get("command")
    text = by_hand or (
        "Without the files: save the whole scenarios above as policy.yaml and baseline.yaml, then "
        "scoregate run policy.yaml --baseline baseline.yaml."
    )
    blocks: list[Block] = [
        Facts((("command", str(command) if command else "none: it was made from Python"), *pairs)),
        *(more or (text,)),
    ]
    return Section("Provenance", tuple(blocks))
