"""What a stored result is called: its scenario's name, with what was changed in the scenario where that was not run as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.changes import note_with_changes, with_changes

CHANGES = "changes"
"""Key of a manifest under which the changes stand, where there are any."""
SIZE = ("run.users", "run.ticks")
"""Changes that need not be told with the name where the size is told beside it."""


def changes_of(manifest: Mapping[str, Any]) -> Sequence[str]:
    """What was changed, such as "policy.gate.threshold=700"; nothing where a result was stored without telling."""
    return tuple(map(str, manifest.get(CHANGES) or ()))


def title(manifest: Mapping[str, Any], beside: Sequence[str] = ()) -> str:
    """The name of the policy's scenario, and what was changed in it. beside: paths of what is told beside it anyway."""
    changes = [change for change in changes_of(manifest) if change.partition("=")[0] not in beside]
    return with_changes(str(manifest["scenarios"]["policy"]["name"]), changes)


def note(manifest: Mapping[str, Any]) -> str:
    """The scenario's note, or empty."""
    return note_with_changes(str(manifest["name"]), str(manifest.get("note") or ""), changes_of(manifest))


def retold(manifest: Mapping[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """The manifest of a stored result as asked for now: the same scenario may come from another file or other changes."""
    kept = {name: value for name, value in manifest.items() if name != CHANGES}
    return kept | ({CHANGES: list(changes)} if changes else {})
