"""Save a scenario file whole or not at all, and never over another unless told to."""

import os
import tempfile
from pathlib import Path

from sim.scenario.reader import Fault, ScenarioError


def save(path: Path, text: str, overwrite: bool = False) -> None:
    """Write a scenario file in one step. A file that holds the very same text already is left alone.

    Raises ScenarioError where another file is there and `overwrite` is not given, or the place cannot be written.
    """

    def fault(message: str) -> ScenarioError:
        return ScenarioError([Fault(str(path), 0, 0, "", message)])

    there = fault("there is a file already; give another name, or --overwrite")
    if path.suffix not in (".yaml", ".yml"):
        raise fault("not the name of a scenario file; end it with .yaml")
    try:
        if path.exists() and not overwrite:
            if path.is_file() and path.read_bytes() == text.encode():
                return
            raise there
        handle, name = tempfile.mkstemp(prefix=".partial-", suffix=path.suffix, dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            part.chmod(0o644)
            if overwrite:
                part.replace(path)
            else:
                os.link(part, path)  # unlike a move, fails where a file has come to be there meanwhile
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise there from None
    except OSError as error:
        raise fault(f"cannot be written ({error.strerror}); give another place") from None
