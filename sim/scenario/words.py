"""Faults in words: what was given, what is allowed, and what may have been meant."""

import difflib
import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from sim.model.gates import gate_kinds
from sim.scenario.hidden import fields_around
from sim.scenario.reader import Place, scalar


def brief(value: Any) -> str:
    """A value as a fault shows it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def suggestion(given: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that is not known, as a sentence with a space before it; empty if nothing is known."""
    names = list(known)
    close = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known here: {', '.join(names[:12])}." if names else ""


def _known_keys(root: type[BaseModel], path: Place, data: Any) -> list[str]:
    """The keys allowed in the mapping that holds the last part of `path`, in a file of the class `root`."""
    return list(fields_around(root, path, data))


def _is_number(text: str) -> bool:
    """Whether a text would be a number without the quotes around it."""
    try:
        return isinstance(scalar(text.strip("'\"")), int | float)
    except ValueError:
        return False


def say(root: type[BaseModel], error: Any, path: Place, data: Any) -> str:
    kind, given, context = error["type"], error.get("input"), error.get("ctx") or {}
    if kind == "missing":
        return "not given, and needed"
    if kind == "extra_forbidden":
        keys = _known_keys(root, path, data)
        return f"unknown key.{suggestion(path[-1], keys)}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        known = sorted(gate_kinds())
        if kind == "union_tag_not_found":
            return f"no kind given; give kind: {' | '.join(known)}"
        tag = str(context["tag"])
        close = suggestion(tag, known) if difflib.get_close_matches(tag, known) else ""
        return f"kind {brief(tag)} is not known; allowed: {', '.join(known)}.{close}"
    if kind in ("too_long", "too_short"):
        bound = f"at most {context['max_length']}" if kind == "too_long" else f"at least {context['min_length']}"
        return f"{len(given)} given; give {bound}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", error["msg"]))
    allowed = error["msg"]
    for old, new in (
        ("Input should be", "must be"),
        ("a valid integer", "a whole number"),
        ("a valid number", "a number"),
        ("a valid string", "text"),
        ("a valid boolean", "true or false"),
        ("a valid tuple", "a list"),
        ("a valid dictionary or instance of", "a mapping of keys to values for"),
        ("a valid dictionary", "a mapping of keys to values"),
    ):
        allowed = allowed.replace(old, new)
    found = "a mapping" if isinstance(given, dict) else brief(given)
    quoted = isinstance(given, str) and "number" in allowed and _is_number(given)
    hint = " (a number in quotes is text; drop the quotes)" if quoted else ""
    return f"{found} given; {allowed[0].lower() + allowed[1:]}{hint}"
