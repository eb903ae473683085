"""A chart of the page: traces and layout as plotly.js takes them, what is told beside it, and the figures behind it."""

import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sim.report.plain import short, visible

Trace = dict[str, Any]
"""A trace or layout of plotly.js. A colour is the name of one of `theme.THEMES`, with @ before it (and @name/0.2: see-through)."""


class Ours(str):
    """Text for a chart that is written here and may hold plotly.js's own tags; every other text is escaped."""

    __slots__ = ()


@dataclass(frozen=True)
class Step:
    """One position of a control. patch: by number of a trace, what changes in it; layout: what changes in the layout."""

    label: str
    patch: dict[int, Trace]
    layout: Trace = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """Moves a chart through its steps: a slider, or a list to choose from. start: the first step shown."""

    kind: Literal["slider", "select"]
    label: str
    steps: tuple[Step, ...]
    start: int = 0


@dataclass(frozen=True)
class Chart:
    """A chart. title: heading; about: what it shows, for who does not see it; caption: units, n, interval; height: pixels.

    head, rows: the figures behind it, as a table.
    """

    title: str
    about: str
    caption: str
    traces: tuple[Trace, ...]
    layout: Trace
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    control: Control | None = None
    height: int = 400

    @property
    def spec(self) -> dict[str, Any]:
        """What plotly.js and the page's own script are given; not escaped yet."""
        control = self.control
        return {
            "data": list(self.traces),
            "layout": self.layout,
            "height": self.height,
            "start": control.start if control else 0,
            "steps": [
                {
                    "label": step.label,
                    "patch": {str(k): patch for k, patch in step.patch.items()},
                    "layout": step.layout,
                }
                for step in (control.steps if control else ())
            ],
        }


def escaped(text: str) -> str:
    """The text such that plotly.js, which reads a few tags, entities and formulas between dollars, shows it as it is."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")


def plain(value: Any) -> Any:
    """A value as JSON has it, every text escaped that is not `Ours`; what is not a finite number is null."""
    if isinstance(value, Ours):
        return str(value)
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return [plain(inner) for inner in value.tolist()]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    return value


def as_json(charts: list[Chart]) -> str:
    """The charts as JSON that can stand inside a script element: no character of it could end the element."""
    text = json.dumps([plain(chart.spec) for chart in charts], ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def line(x: Any, y: Any, name: str, colour: str, *, dash: str = "solid", width: float = 2.0) -> Trace:
    """A line of a chart over days."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": short(name),
        "line": {"color": colour, "dash": dash, "width": width},
    }


def band(x: Any, low: Any, high: Any, colour: str, group: str) -> list[Trace]:
    """A band between two curves, shown and hidden with the traces of its group."""
    edge = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    edge["legendgroup"] = group
    return [{**edge, "y": low}, {**edge, "y": high, "fill": "tonexty", "fillcolor": f"{colour}/0.2"}]


def error_bars(low: list[float], mean: list[float], high: list[float], along: str) -> Trace:
    """Whiskers from low to high around means; none where there is no interval."""
    return {
        f"error_{along}": {
            "type": "data",
            "symmetric": False,
            "array": [h - m if math.isfinite(h) else 0.0 for m, h in zip(mean, high, strict=True)],
            "arrayminus": [m - w if math.isfinite(w) else 0.0 for m, w in zip(mean, low, strict=True)],
            "color": "@text",
            "thickness": 1.3,
            "width": 4,
        }
    }


def named(names: list[str], *, most: int = 40, **more: Any) -> Trace:
    """An axis with a name at each whole number from 0; names that read alike in short stay apart.

    Of an upright axis, `notes` are texts to stand below the names.
    """
    return {
        "tickvals": list(range(len(names))),
        "ticktext": [short(name, most) for name in names],
        "named": True,
        **more,
    }


def axis(title: str, **more: Any) -> Trace:
    """An axis with its title."""
    return {"title": {"text": title}, **more}


def upright(at: float, text: str) -> Trace:
    """A layout with a dotted upright line, and above the plot, where it hides no curve, what it marks."""
    return {
        "shapes": [
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": "@faint", "dash": "dot", "width": 1.5},
            }
        ],
        "annotations": [
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "left",
                "xshift": -4,
                "text": text,
                "showarrow": False,
                "font": {"color": "@faint", "size": 11},
            }
        ],
    }
