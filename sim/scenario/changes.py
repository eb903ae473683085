"""What was changed in a scenario on the way from its file to a run, as a reader is told it: "gate_750 with policy.gate.threshold=700"."""

from collections.abc import Sequence

from sim.scenario.load import difference, resolved
from sim.scenario.schema import Scenario

LUCK = ("run.seed", "run.replicates")
"""Changes that are none of what is run: on which luck, and how often, is told beside the name."""
OWN = ("name", "note", "baseline")
"""What a scenario is called and compared with, told as itself."""


def changes_told(before: Scenario | None, after: Scenario, settings: Sequence[str]) -> tuple[str, ...]:
    """Those of the `--set` style settings that made a difference, the last of each path, in their order.

    before: the scenario without them; None where it cannot be had, so that all count.
    """
    last = {}
    for setting in settings:
        path, _, text = setting.partition("=")
        name = ".".join(part.strip() for part in path.split("."))
        last[name] = f"{name}={text}"
    differing = None if before is None else [path for path, *_ in difference(resolved(before), resolved(after))]
    return tuple(
        told
        for path, told in last.items()
        if path not in (*OWN, *LUCK)
        and (differing is None or any(_is_within(path, other) or _is_within(other, path) for other in differing))
    )


def _is_within(path: str, other: str) -> bool:
    return f"{path}.".startswith(f"{other}.")


def with_changes(name: str, changes: Sequence[str]) -> str:
    """A scenario's name, with what was changed in it."""
    return f"{name} with {', '.join(changes)}" if changes else name


def note_with_changes(name: str, note: str, changes: Sequence[str]) -> str:
    """A scenario's note, said to be of the scenario as it was where that was changed."""
    return f"{name} without these changes: {note}" if changes and note else note
