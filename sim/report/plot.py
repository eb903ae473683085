"""Figures of stored results, as PNG and SVG: which kinds there are of each result, and drawing them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.report.kinds import FORMATS, PAIRED
from sim.report.stored import StoredResult
from sim.results.store import ResultError

Drawer = Callable[[Any, Path, tuple[str, ...], tuple[str, ...]], list[Path]]
"""Draws some kinds of figures of a result into a folder, in some formats; returns the files."""


def _clear(folder: Path, names: Sequence[str], formats: tuple[str, ...]) -> None:
    """Remove figures that are to be drawn again: what is there already would be kept."""
    for name in names:
        for form in formats:
            (folder / f"{name}.{form}").unlink(missing_ok=True)


def _run(result: Any, folder: Path, kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.figures import draw

    return draw(result, folder, kinds, formats)


def _compare(result: Any, folder: Path, kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.compare_figures import draw_comparison

    _clear(folder, kinds, formats)
    return draw_comparison(result, folder, formats, kinds)


def _sweep(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.sweep_figures import NAME, draw_sweep

    _clear(folder, (NAME,), formats)
    return draw_sweep(result, folder, formats)


def _decompose(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.decompose_figure import draw_decomposition

    _clear(folder, ("waterfall",), formats)
    return draw_decomposition(result, folder, formats)


def _after(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.after_figures import draw_after

    return draw_after(result, folder, formats)


def _claims(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.claims_figure import NAME, draw_claims

    _clear(folder, (NAME,), formats)
    return draw_claims(result, folder, formats)


def _sensitivity(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.sensitivity_figures import NAME, draw_sensitivity

    _clear(folder, (NAME,), formats)
    return draw_sensitivity(result, folder, formats)


def _optimise(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.optimise_figures import NAME, draw_optimise

    _clear(folder, (NAME,), formats)
    return draw_optimise(result, folder, formats)


def _calibrate(result: Any, folder: Path, _kinds: tuple[str, ...], formats: tuple[str, ...]) -> list[Path]:
    from sim.report.calibrate_figures import NAME, draw_calibration

    _clear(folder, (NAME,), formats)
    return draw_calibration(result, folder, formats)


DRAWERS: dict[str, tuple[tuple[str, ...], Drawer]] = {
    "run": (("visits", "channels", "scores", "plans", "awareness", "groups"), _run),
    "compare": (("forest", "groups"), _compare),
    "sweep": (("sweep",), _sweep),
    "decompose": (("waterfall",), _decompose),
    "after": (("crossing",), _after),
    "claims": (("claims",), _claims),
    "sensitivity": (("sensitivity",), _sensitivity),
    "optimise": (("pareto",), _optimise),
    "calibrate": (("calibration",), _calibrate),
}
"""Kinds of figures by kind of result, and what draws them."""


def kinds_of(stored: StoredResult) -> tuple[str, ...]:
    """Kinds of figures that a result has; of a run without a baseline, those without a difference; of a trimmed one, those left."""
    kinds = DRAWERS[stored.kind][0] if stored.kind in DRAWERS else ()
    if stored.kind == "run" and not stored.result.paired:
        kinds = tuple(kind for kind in kinds if kind not in PAIRED)
    return kinds if stored.trimmed_to is None else tuple(kind for kind in kinds if kind in stored.trimmed_to)


def plot(
    stored: StoredResult, kinds: Sequence[str] = (), folder: Path | None = None, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw figures of a stored result; returns the files.

    kinds: all that the result has if not given; folder: `figures` in the result's own if not given; formats: png, svg.
    Raises ResultError, every fault at once, for a kind or a format that there is not, or a folder that cannot be written.
    """
    known = kinds_of(stored)
    if not known:
        raise ResultError(
            f"{stored.folder}: a check of the facts has no figure to draw; results with figures: {', '.join(DRAWERS)}"
        )
    trimmed = "" if stored.trimmed_to is None else "trimmed "
    faults = [
        f"--kind {kind}: not a figure of this {trimmed}{stored.kind}; allowed: {', '.join(known)}"
        for kind in dict.fromkeys(kinds)
        if kind not in known
    ]
    faults += [
        f"--format {form}: not a format; allowed: {', '.join(FORMATS)}" for form in formats if form not in FORMATS
    ]
    if faults:
        raise ResultError("\n".join(faults))
    place = stored.folder / "figures" if folder is None else folder
    try:
        return DRAWERS[stored.kind][1](
            stored.result, place, tuple(dict.fromkeys(kinds)) or known, tuple(dict.fromkeys(formats))
        )
    except OSError as error:
        raise ResultError(f"{place}: cannot be written ({error.strerror}); give another folder with --to") from None
    except (KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        raise ResultError(
            f"{stored.folder}: does not hold all that these figures show ({type(error).__name__}: {error}); "
            f"give one of them with --kind ({', '.join(known)}), or run it again"
        ) from error
