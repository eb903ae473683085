"""Where scenario files lie: by path, by the name of a shipped one, or seen from the file that names another."""

import difflib
import os
from pathlib import Path
from typing import Any

from sim.scenario.reader import Fault, ScenarioError
from sim.scenario.words import brief, suggestion


def shipped_folder() -> Path:
    """Folder of the scenarios that come with the program: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


STUDIES = ("sweeps", "comparisons", "claims", "sensitivity", "optimise", "calibration")
"""Folders below that of the scenarios whose files are studies of scenarios."""


def shipped_files(folder: str = "") -> list[Path]:
    """The shipped scenarios, the plainest first; or the shipped studies of one of the folders `STUDIES`."""
    top = shipped_folder()
    files = sorted((top / folder).rglob("*.yaml"), key=lambda path: (len(path.relative_to(top).parts), path))
    return [path for path in files if folder or path.relative_to(top).parts[0] not in STUDIES]


def shown(path: Path) -> str:
    """A path as a reader of the message would type it."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def find(given: str | Path) -> Path:
    """The scenario file meant by `given`: that path, or else a shipped scenario of that name."""
    path = Path(given)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        return path
    inside = path.relative_to("scenarios") if path.parts[:1] == ("scenarios",) else path
    folder = shipped_folder().resolve()
    shipped = (folder / (inside if path.suffix in (".yaml", ".yml") else f"{inside}.yaml")).resolve()
    try:
        return shipped if shipped.is_relative_to(folder) and shipped.is_file() else path
    except OSError:  # a name too long to be one
        return path


def find_in(folder: str, given: str | Path) -> Path:
    """The file meant by `given`: that path (or shipped scenario), or else the shipped study of that name in `folder`."""
    found = find(given)
    try:
        if found.is_file() or found.is_absolute():
            return found
        study = find(Path(folder) / given)
        return study if study.is_file() else found  # told of by the name that was given
    except (OSError, ValueError):
        return found


def _folder_of(path: Path) -> Path:
    """The folder that a file's `extends` may not leave: the nearest one above it called scenarios, or else its own."""
    for folder in path.resolve().parents:
        if folder.name == "scenarios":
            return folder
    return path.resolve().parent


def related(path: Path, given: Any, place: tuple[str, int, int], key: str) -> Path:
    """The file that `given` (of an `extends` or `baseline`) names, seen from the scenario file `path`.

    Raises ScenarioError if it is not a file inside the scenarios' folder (or a shipped one).
    """
    where, line, column = place

    def fault(message: str) -> ScenarioError:
        return ScenarioError([Fault(where, line, column, key, message)])

    if not isinstance(given, str) or not given or "\x00" in given:
        raise fault(f"{brief(given)} is not a file name; give one such as base.yaml")
    if Path(given).is_absolute():
        raise fault(f"{brief(given)} is an absolute path; give one inside the scenarios' folder")
    allowed = (_folder_of(path), shipped_folder().resolve())
    for start in (path.resolve().parent, shipped_folder()):
        candidate = (start / given).resolve()
        if not any(candidate.is_relative_to(folder) for folder in allowed):
            raise fault(f"{brief(given)} lies outside the scenarios' folder; keep the file inside it")
        try:
            if candidate.is_file():
                return candidate
        except OSError:
            break
    known = sorted({p.name for folder in allowed for p in folder.glob("*.yaml")})
    raise fault(f"{brief(given)}: no such file.{suggestion(given, known)}")


def check_there(file: Path, given: str) -> None:
    """Raises ScenarioError if there is no such file, with the shipped name that may have been meant."""
    try:
        if file.exists():
            return
    except (OSError, ValueError):
        return  # reading it tells why
    top = shipped_folder()
    known = [path.relative_to(top).with_suffix("").as_posix() for path in sorted(top.rglob("*.yaml"))]
    asked = given.removeprefix("scenarios/").removesuffix(".yaml")
    hint = suggestion(asked, known) if difflib.get_close_matches(asked, known, cutoff=0.7) else ""
    point = "." if hint else ""
    raise ScenarioError([Fault(shown(file), 0, 0, "", f"no such file; give the path of a scenario file{point}{hint}")])
