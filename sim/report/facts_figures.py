"""The figure of the viewer curve: the model with and without word of mouth against the published points."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sim.experiments.facts.targets import viewer_points
from sim.experiments.facts.viewers import SCENARIO, Curves
from sim.report.kinds import FORMATS
from sim.report.style import BASELINE, POLICY, look, save
from sim.scenario.load import load_shipped

HOURS_SHOWN = 108
"""From the evening on which the circle opened."""


def draw_viewers(curves: Curves, folder: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Draw `viewers` into a folder; returns the files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import dates
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    start = datetime.combine(load_shipped(SCENARIO).world.calendar.start_date, time())
    times: Any = [start + timedelta(hours=float(hour)) for hour in curves.hours][-HOURS_SHOWN:]
    points = viewer_points()
    written = []
    with look():
        figure = Figure()
        axes = figure.subplots()
        for curve, label, colour, line in (
            (curves.fitted, "model", POLICY, "-"),
            (curves.refitted, "model, no word of mouth, refitted", BASELINE, "--"),
        ):
            shown = 100 * curve[:, -HOURS_SHOWN:]
            axes.plot(times, shown.mean(axis=0), color=colour, linestyle=line, linewidth=1.6, label=label)
            axes.fill_between(times, shown.min(axis=0), shown.max(axis=0), color=colour, alpha=0.2, linewidth=0)
        seen: Any = [datetime.fromisoformat(point.time) for point in points]
        axes.plot(seen, [100 * point.share for point in points], "o", color="black", label="published (press, B)")
        ticks: Any = dates
        axes.xaxis.set_major_locator(ticks.DayLocator())
        axes.xaxis.set_major_formatter(ticks.DateFormatter("%d %b"))
        axes.set_ylim(bottom=0)
        axes.set_ylabel("users who have viewed the circle (%)")
        axes.set_title("Viewers of the campus circle, November 2016")
        axes.legend(loc="upper left")
        note = (
            f"Share of all users. Lines: mean over n = {len(curves.fitted)} seeds; bands: lowest to highest; no 95% interval is drawn.\n"
            "Black: as published. The point of 27 Nov is printed as 10:00, probably 22:00."
        )
        figure.text(0.01, 0.005, note, fontsize=7.5, color="#444444", ha="left", va="bottom")
        figure.tight_layout(rect=(0, 0.06, 1, 1))
        for form in formats:
            path = folder / f"viewers.{form}"
            save(figure, path)
            written.append(path)
    return written
