"""Finding a stored result by what a user types: its folder, the folder of its scenario, a name, or a run id."""

from pathlib import Path

from sim.results.listing import manifests
from sim.results.store import ResultError

FACTS = "facts.json"
"""What a check of the facts writes; its folder has no manifest."""
MANIFEST = "manifest.json"


def find(out: Path, given: str) -> Path:
    """The folder of the one stored result that `given` means: a folder, or under `out` a name or (the start of) a run id.

    Raises ResultError, telling what there is, if it is none or several.
    """
    for folder in (Path(given), out / given):
        if (folder / MANIFEST).is_file() or (folder / FACTS).is_file():
            return folder
    found = []
    for folder in (Path(given), out / given):
        if given and folder.is_dir():
            found = sorted(file.parent for file in folder.glob(f"*/{MANIFEST}") if not file.parent.name.startswith("."))
            break
    stored = list(manifests(out)) if given else []
    named = [folder for folder, manifest in stored if manifest.get("name") == given]
    if named and (
        not found or found[0].parent == out / given
    ):  # a folder's name may stand for several names of scenarios
        found = named
    if not found:
        found = [folder for folder, _ in stored if folder.name.startswith(given)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ResultError(
            f"{given}: names {len(found)} results; give one of: {', '.join(map(str, found[:8]))}"
            + (", ..." if len(found) > 8 else "")
        )
    raise ResultError(
        f"{given}: no stored result of that folder, name or run id under {out}; scoregate results list shows what there is"
    )
