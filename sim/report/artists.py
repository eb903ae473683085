"""Figures drawn by processes of their own, which load the plotting library while the run is still computing.

Loading it and drawing take seconds on one processor; the run leaves room for that only at its end. Each process
reads one line, the folder of a stored result, and draws its share of the figures; an empty line or the end sends it home.
"""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

from sim.report.kinds import FORMATS, RUN_FIGURES

SHARES = (RUN_FIGURES[::2], RUN_FIGURES[1::2])


def missing(result: Path) -> tuple[str, ...]:
    """Figures of a stored result that are not there yet (one needs a baseline, and is not missed without one)."""
    paired = "baseline" in json.loads((result / "manifest.json").read_text(encoding="utf-8"))["scenarios"]
    wanted = [kind for kind in RUN_FIGURES if paired or kind != "channels"]
    folder = result / "figures"
    return tuple(kind for kind in wanted if not all((folder / f"{kind}.{form}").is_file() for form in FORMATS))


class Artists:
    """`come` as the run begins, `draw` when its result is stored and `wait`; or `leave` if there is nothing to draw."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def come(self) -> None:
        """Start them."""
        for share in SHARES:
            with contextlib.suppress(OSError):
                self._processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "sim.report.artists", *share],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        text=True,
                        start_new_session=True,  # Ctrl-C is for the run, which then tells them
                    )
                )

    def draw(self, result: Path) -> None:
        """Tell them to draw the figures of a stored result, if any is missing; else send them home."""
        self._say(str(result) if missing(result) else "")

    def wait(self, result: Path) -> int:
        """Wait for them and draw here what they did not. Returns how many files there are."""
        for process in self._processes:
            process.wait()
        left = missing(result)
        if left:
            from sim.report.figures import draw
            from sim.results.store import read

            draw(read(result), result / "figures", left)
        return len(list((result / "figures").iterdir()))

    def leave(self) -> None:
        """Send them home at once."""
        for process in self._processes:
            process.kill()
            process.wait()

    def _say(self, line: str) -> None:
        for process in self._processes:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.write(line + "\n")
                process.stdin.close()


def main() -> None:
    """Load what drawing needs, wait for a folder, draw the kinds named on the command line."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg  # noqa: F401

    from sim.report.figures import draw
    from sim.results.store import read

    line = sys.stdin.readline().rstrip("\n")
    if line:
        draw(read(Path(line)), Path(line) / "figures", tuple(sys.argv[1:]))


if __name__ == "__main__":
    main()
