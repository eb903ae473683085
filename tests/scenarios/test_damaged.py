"""Two thousand damaged scenario files: no traceback, no hang, nothing written."""

import os
import random
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.scenario import ScenarioError, load
from sim.scenario.files import shipped_files

FILES = 2000
PIECES = (
    "{", "}", "[", "]", ":", "- ", "&a ", "*a", "!!python/name:os.system", "|", ">", "\t", "\x00", "\x85", "#", "'", '"',
    ".nan", ".inf", "-", "1e400", "9" * 400, "0x1f", "null", "~", "true", "yes", "extends: ../../etc/passwd", "extends: .",
    "<<: *a", "? ", "%YAML 9.9", "---", "...", "kind: lottery", "圈子", "\ud7ff", "\ufeff", "threshold: '750'", "  ",
)  # fmt: skip


def damaged(text: str, luck: random.Random) -> bytes:
    """The text with one to six random changes: cut, doubled, swapped or overwritten lines and characters."""
    for _ in range(luck.randint(1, 6)):
        lines = text.split("\n")
        at = luck.randrange(len(lines))
        kind = luck.randrange(8)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[luck.randrange(len(lines))])
        elif kind == 2:
            lines[at] = " " * luck.randint(0, 5) + lines[at].lstrip()
        elif kind == 3:
            lines[at] = lines[at].replace(":", luck.choice(("", "::", " :", "=")), 1)
        elif kind == 4:
            place = luck.randint(0, len(lines[at]))
            lines[at] = lines[at][:place] + luck.choice(PIECES) + lines[at][place:]
        elif kind == 5:
            lines[at] = lines[at].split(":")[0] + ": " + luck.choice(PIECES)
        elif kind == 6:
            place = luck.randint(0, len(text))
            lines = text[:place].split("\n")
        else:
            lines[at] = lines[at][::-1]
        text = "\n".join(lines) or "\n"
    raw = text.encode("utf-8", "replace")
    if luck.random() < 0.1:
        place = luck.randint(0, len(raw))
        raw = raw[:place] + bytes(luck.randrange(256) for _ in range(luck.randint(1, 4))) + raw[place:]
    return raw


@pytest.mark.parametrize("part", range(4))
def test_damaged_files_are_refused_in_words_or_read(workspace, shipped, part):
    """A quarter of the files each. Most must be refused, or the damage would be too mild to test anything."""
    luck = random.Random(1000 + part)
    texts = [path.read_text(encoding="utf-8") for path in shipped_files()]
    folder = workspace / "scenarios"
    folder.mkdir()
    refused = 0
    for k in range(FILES // 4):
        path = folder / "damaged.yaml"
        path.write_bytes(damaged(texts[k % len(texts)], luck))
        started = time.monotonic()
        faults = []
        try:
            load(path)
        except ScenarioError as error:
            faults = error.faults
        refused += bool(faults)
        assert all(len(str(fault)) < 1500 and "Traceback" not in str(fault) for fault in faults)
        assert time.monotonic() - started < 10.0
        assert sorted(os.listdir(folder)) == ["damaged.yaml"]
    assert sorted(os.listdir(workspace)) == ["scenarios"]
    assert refused > FILES // 4 // 3


def test_damaged_files_of_every_kind_are_refused_in_words_by_the_command(workspace, shipped):
    """Scenarios and studies, by `validate`, as a user would."""
    luck = random.Random(2000)
    files = sorted(shipped.rglob("*.yaml"))
    codes = set()
    for k in range(3 * len(files)):
        Path("damaged.yaml").write_bytes(damaged(files[k % len(files)].read_text(encoding="utf-8"), luck))
        shown = CliRunner().invoke(app, ["validate", "damaged.yaml"])
        assert shown.exception is None or isinstance(shown.exception, SystemExit), shown.exception
        assert "Traceback" not in shown.output
        codes.add(shown.exit_code)
        assert os.listdir(workspace) == ["damaged.yaml"]
    assert codes == {0, 2}
