"""Figures drawn by a process of its own, which loads the plotting library while the run is still computing.

Loading it and drawing take seconds, so the process stands back behind the run, in the time that the run leaves; once the run is
stored it draws with two hands where it can. It reads one line, the folder of a stored result; an empty line or the end
sends it home.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from sim.report.kinds import FORMATS, PAIRED, RUN_FIGURES

HANDS = (RUN_FIGURES[::2], RUN_FIGURES[1::2])
"""Figures that each of two hands draws."""


def missing(result: Path) -> tuple[str, ...]:
    """Figures of a stored result that are not there yet (what needs a baseline is not missed without one)."""
    paired = "baseline" in json.loads((result / "manifest.json").read_text(encoding="utf-8"))["scenarios"]
    wanted = [kind for kind in RUN_FIGURES if paired or kind not in PAIRED]
    folder = result / "figures"
    return tuple(kind for kind in wanted if not all((folder / f"{kind}.{form}").is_file() for form in FORMATS))


class Artists:
    """`come` as the run begins, `draw` when its result is stored and `wait`; or `leave` if there is nothing to draw."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def come(self) -> None:
        """Start."""
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sim.report.artists"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # Ctrl-C is for the run, which then tells them
            )

    def draw(self, result: Path) -> None:
        """Tell them to draw the figures of a stored result, if any is missing; else send them home."""
        self._say(str(result) if missing(result) else "")

    def wait(self, result: Path) -> int:
        """Wait for them and draw here what they did not. Returns how many files there are."""
        if self._process is not None:
            self._process.wait()
        left = missing(result)
        if left:
            from sim.report.figures import draw
            from sim.results.store import read

            draw(read(result), result / "figures", left)
        return len(list((result / "figures").iterdir()))

    def leave(self) -> None:
        """Send them home at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _say(self, line: str) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.write(line + "\n")
                self._process.stdin.close()


def main() -> None:
    """Load what drawing needs, wait for a folder, draw its figures."""
    if hasattr(os, "nice"):
        os.nice(15)
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.font_manager  # noqa: F401

    from sim.report.figures import draw
    from sim.results.store import read

    line = sys.stdin.readline().rstrip("\n")
    if not line:
        return
    result, figures = read(Path(line)), Path(line) / "figures"
    if not hasattr(os, "fork"):
        draw(result, figures, RUN_FIGURES)
        return
    other = os.fork()
    draw(result, figures, HANDS[1 if other else 0])
    if other:
        os.waitpid(other, 0)


if __name__ == "__main__":
    main()
