"""Changes given as `--set policy.gate.threshold=700`, merged over the values of a file."""

from collections.abc import Sequence
from typing import Any

from sim.scenario.reader import UNREADABLE, Fault, Place, ScenarioError, value_of

Places = dict[Place, tuple[str, int, int]]
"""File, line and column that each value came from, by its path."""


def merge(base: Any, over: Any) -> Any:
    """Deep merge; a mapping that names another `kind` replaces the one below it, since its keys mean something else."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    if "kind" in over and over["kind"] != base.get("kind"):
        return over
    merged = dict(base)
    for key, value in over.items():
        merged[key] = merge(base[key], value) if key in base else value
    return merged


def apply_settings(data: dict[str, Any], places: Places, settings: Sequence[str]) -> dict[str, Any]:
    """Values with `--set` style changes merged over them; `places` learns where those came from. Raises ScenarioError."""
    changed, faults = with_settings(data, places, settings)
    if faults:
        raise ScenarioError(faults)
    return changed


def with_settings(data: dict[str, Any], places: Places, settings: Sequence[str]) -> tuple[dict[str, Any], list[Fault]]:
    """As `apply_settings`, with the faults of form of the changes; what those set is `UNREADABLE`."""
    faults: list[Fault] = []
    for setting in settings:
        where = f"--set {setting}"[:120]
        dotted, equals, text = setting.partition("=")
        words = [word.strip() for word in dotted.split(".")]
        value: Any = UNREADABLE
        try:
            if not equals or not all(words):
                faults.append(Fault(where, 0, 0, "", "write it as --set policy.gate.threshold=700"))
            else:
                value = value_of(text, where)
        except ScenarioError as error:
            faults += [
                Fault(where, 0, 0, ".".join(filter(None, (dotted, one.path))), one.message) for one in error.faults
            ]
        except ValueError as error:
            faults.append(Fault(where, 0, 0, dotted, str(error)))
        if not all(words):
            continue
        parts, patch = _parts(words, data), value
        for part in reversed(parts):
            patch = {part: patch}
        data = merge(data, patch)
        # What lay below is gone. What lies above is told of here too: a fault of a whole mapping is the last change's.
        for path in [path for path in places if path[: len(parts)] == parts]:
            del places[path]
        for length in range(1, len(parts) + 1):
            places.pop(parts[:length], None)  # so that places stay in the order of the changes
            places[parts[:length]] = (where, 0, 0)
    return data, faults


def _parts(words: list[str], data: Any) -> Place:
    """The keys that words between dots stand for. The longest that the data has goes first, as keys under `vary` and `hinges`
    have dots themselves; under `vary` also a new one, which is the path of what is varied.
    """
    found: list[str] = []
    while words:
        keys = data if isinstance(data, dict) else {}
        known = [length for length in range(len(words), 0, -1) if ".".join(words[:length]) in keys]
        length = known[0] if known else len(words) if found[-1:] == ["vary"] else 1
        found.append(".".join(words[:length]))
        words, data = words[length:], keys.get(found[-1])
    return tuple(found)
