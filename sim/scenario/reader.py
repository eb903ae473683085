"""YAML read safely: plain values only, every value's line and column kept, every fault collected.

PyYAML parses; the values are built here, because its own constructors accept what a scenario must not hold (aliases,
tags, duplicate keys, sexagesimal numbers, `on` and `yes` as truth values).
"""

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 1_000_000
DEEPEST = 20
MOST_NODES = 20_000
LONGEST_NUMBER = 40

Place = tuple[str, ...]

_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*\Z")
_FLOAT = re.compile(r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.?(inf|nan|infinity)\Z", re.IGNORECASE)
_WORDS: dict[str, Any] = {"null": None, "~": None, "": None, "true": True, "false": False}


class _Unreadable:
    """Stands for a value whose form is faulty: it is there, and could be anything."""

    def __repr__(self) -> str:
        return "a value that cannot be read"


UNREADABLE = _Unreadable()


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a scenario: where, and in words what was given and what is allowed."""

    where: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(ValueError):
    """Everything wrong with a scenario, all at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass
class Document:
    """A file as nested dicts and lists, with the place (file, line, column) that each path came from.

    faults: of form, of single values, which are `UNREADABLE` here; the rest can be checked all the same.
    """

    data: dict[str, Any]
    places: dict[Place, tuple[str, int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def scalar(text: str) -> Any:
    """The value of a plain YAML scalar: null, true, false, a whole number, a number or else the text itself.

    Raises ValueError for what looks like a number and is none (infinite, not a number, absurdly long).
    """
    if text.lower() in _WORDS and (text.islower() or text in ("", "~") or text in ("True", "False", "Null")):
        return _WORDS[text.lower()]
    if _NOT_FINITE.match(text):
        raise ValueError(f"{text!r} is not a finite number")
    if _INTEGER.match(text) or _FLOAT.match(text):
        if len(text) > LONGEST_NUMBER:
            raise ValueError(f"a number of {len(text)} characters; give at most {LONGEST_NUMBER}")
        plain = text.replace("_", "")
        value: int | float = int(plain) if _INTEGER.match(text) else float(plain)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{text!r} is too large for a number")
        return value
    return text


def _decode(path: Path, where: str) -> str:
    try:
        if not path.is_file():
            what = "a folder, not a file" if path.is_dir() else "no such file"
            raise ScenarioError([Fault(where, 0, 0, "", f"{what}; give the path of a scenario file")])
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ScenarioError(
                [Fault(where, 0, 0, "", f"{size:,} bytes; a scenario file has at most {LARGEST_FILE:,}")]
            )
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([Fault(where, 0, 0, "", f"cannot be read: {reason}")]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ScenarioError([Fault(where, line, 0, "", "not UTF-8 text; save the file as UTF-8")]) from None


def _yaml_fault(where: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    line = mark.line + 1 if mark is not None else 0
    column = mark.column + 1 if mark is not None else 0
    text = str(problem).splitlines()[0]
    if "found '<block mapping start>'" in text:
        text = "this line is not indented as those beside it, or the name that it belongs to is missing above it"
    return Fault(where, line, column, "", f"not YAML: {text}")


def _check_events(text: str, where: str) -> None:
    """Refuse what could grow or hang before any tree is built: aliases, tags, depth, number of nodes, second documents."""
    depth = nodes = documents = 0

    def refuse(event: Any, message: str) -> ScenarioError:
        return ScenarioError([Fault(where, event.start_mark.line + 1, event.start_mark.column + 1, "", message)])

    event: Any
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refuse(event, "a second document; a scenario file holds one")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise refuse(
                event, "anchors and aliases are not used here; write the value out, or put it in a file and extend that"
            )
        if getattr(event, "tag", None) is not None:
            raise refuse(event, f"tag {str(event.tag)[:40]!r} is not used here; write plain values")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > DEEPEST:
                raise refuse(event, f"nested more than {DEEPEST} deep")
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > MOST_NODES:
                raise refuse(event, f"more than {MOST_NODES:,} values")


def _build(node: Any, path: Place, document: Document, where: str, faults: list[Fault]) -> Any:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    document.places[path] = (where, line, column)
    dotted = ".".join(path)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_line, key_column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, Hashable) or not isinstance(key, str) or not key:
                faults.append(Fault(where, key_line, key_column, dotted, "a key must be a plain word"))
                continue
            child = (*path, key)
            if key in result:
                faults.append(Fault(where, key_line, key_column, ".".join(child), "given twice; keep one"))
                result[key] = result[key] if isinstance(result[key], dict) else UNREADABLE
                continue
            result[key] = _build(value_node, child, document, where, faults)
            document.places[child] = (where, key_line, key_column)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, str(i)), document, where, faults) for i, item in enumerate(node.value)]
    if node.style in ("'", '"', "|", ">"):
        return node.value
    try:
        return scalar(node.value)
    except ValueError as error:
        faults.append(Fault(where, line, column, dotted, str(error)))
        return UNREADABLE


def _composed(text: str, where: str) -> Any:
    """The tree of a text's nodes (None of an empty text). Raises ScenarioError."""
    try:
        _check_events(text, where)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ScenarioError([_yaml_fault(where, error)]) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError([Fault(where, 0, 0, "", "not YAML that can be read")]) from None


def value_of(text: str, where: str) -> Any:
    """A value given in one line: a scalar, or a list or mapping as a file would have it in one line, such as `[{capital: 300}]`.

    Raises ValueError for a scalar that is none, ScenarioError for a list or mapping with faults of form.
    """
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return scalar(text)
    faults: list[Fault] = []
    value = _build(_composed(text, where), (), Document({}), where, faults)
    if faults:
        raise ScenarioError(faults)
    return value


def read(path: Path, where: str) -> Document:
    """Read one scenario file; `where` is how faults name it.

    Raises ScenarioError with every fault of form found.
    """
    document = read_leniently(path, where)
    if document.faults:
        raise ScenarioError(document.faults)
    return document


def read_leniently(path: Path, where: str) -> Document:
    """As `read`, with the faults of single values kept in the document. Raises ScenarioError where nothing can be read."""
    root = _composed(_decode(path, where), where)
    document = Document({})
    if root is None:
        document.places[()] = (where, 1, 1)
        return document
    if not isinstance(root, yaml.MappingNode):
        raise ScenarioError(
            [
                Fault(
                    where,
                    root.start_mark.line + 1,
                    1,
                    "",
                    "a scenario is a mapping of keys to values, such as `policy:`",
                )
            ]
        )
    document.data = _build(root, (), document, where, document.faults)
    return document
