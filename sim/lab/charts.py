"""What is drawn of a session: each chart holds its own data and takes new data in place."""

from typing import Any, ClassVar

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter, TapTool
from bokeh.models.annotations.geometry import Span
from bokeh.plotting import figure

from sim.experiments.cell import BIN
from sim.lab.session import Session
from sim.model.states import PLANS
from sim.report.series import mean_of_last
from sim.report.style import BASELINE, PLAN_COLOURS, POLICY

COLOURS = {"policy": POLICY, "baseline": BASELINE}
DASHES = {"policy": "solid", "baseline": "dashed"}
NAMES = {"policy": "with the policy", "baseline": "in the baseline"}
MARKS = {"rest": "#8c8c8c", **{plan: colour for plan, colour in PLAN_COLOURS.items() if plan != "rest"}}
SHAPES = {"rest": "circle", "spend": "square", "repay": "triangle", "upload": "diamond"}
"""Colours and shapes of plans. Marks have to be seen on white, where a surface may be lighter."""
HOUR = "_hour"
"""End of the name of a column that holds each hour's value."""
FAINT = 0.25
MEANS = "\n24-hour mean; faint: each hour"
"""What the title of a chart tells besides where that is what it shows."""


def _figure(title: str, x: str, y: str) -> Any:
    made = figure(
        title=title,
        x_axis_label=x,
        y_axis_label=y,
        height=290,
        sizing_mode="stretch_width",
        tools="pan,box_zoom,wheel_zoom,reset",
        active_scroll=None,
        min_border_left=50,
    )
    made.toolbar.logo = None
    made.toolbar.autohide = True
    made.grid.grid_line_color = "#e6e6e6"
    return made


def _finish(made: Any, columns: int = 2) -> Any:
    made.legend.click_policy = "hide"
    made.legend.background_fill_alpha = 0.7
    made.legend.label_text_font_size = "10px"
    made.legend.padding, made.legend.spacing, made.legend.margin = 2, 8, 2
    made.legend.orientation, made.legend.border_line_color = "horizontal", None
    made.legend.ncols = columns
    made.add_layout(made.legend[0], "below")
    return made


class Room:
    """A range for a figure as long as there is nothing to draw in it: two corners that cannot be seen."""

    CORNERS: ClassVar[dict[str, list[float]]] = {"x": [0.0, 1.0], "y": [0.0, 1.0]}

    def __init__(self, made: Any) -> None:
        self.source = ColumnDataSource(self.CORNERS)
        made.scatter("x", "y", source=self.source, alpha=0.0)

    def show(self, source: ColumnDataSource, data: dict[str, Any], is_empty: bool) -> None:
        """Put data into the figure's own source; corners stand in where that leaves it empty, and else would widen its range.

        In an order in which the figure is never without a range.
        """
        if is_empty:
            self.source.data = dict(self.CORNERS)
        source.data = data
        if not is_empty:
            self.source.data = {"x": [], "y": []}


class Lines:
    """Measures over time in both worlds. shown: measure by label in the legend (colour of a plan if it is one).

    daily: where ticks are hours, over which what people do rises and falls with every day, the lines are means of the last 24, and
    each hour is drawn faintly behind them.
    """

    def __init__(
        self, title: str, unit: str, shown: dict[str, str], number: str = "0.00[00]", *, daily: bool = False
    ) -> None:
        self._title, self._shown, self._daily = title, shown, daily
        ends = (HOUR, "") if daily else ("",)  # the hours first, so that the means lie on them
        columns = [f"{arm}_{measure}{end}" for arm in COLOURS for measure in shown.values() for end in ends]
        self.source = ColumnDataSource({"day": [], **{column: [] for column in columns}})
        self.figure = _figure(title, "day", unit)
        self.figure.yaxis.formatter = NumeralTickFormatter(format=number)
        several = len(shown) > 1
        drawn = []
        for end in ends:
            for label, measure in shown.items():
                for arm, colour in COLOURS.items():
                    line = self.figure.line(
                        "day",
                        f"{arm}_{measure}{end}",
                        source=self.source,
                        color=MARKS[label] if several else colour,
                        line_dash="solid" if end else DASHES[arm],
                        line_width=1 if end else 2,
                        line_alpha=FAINT if end else 1.0,
                        legend_label=f"{label}, {arm}" if several else NAMES[arm],
                    )
                    drawn += [] if end else [line]
        self._room = Room(self.figure)
        tip = "0.000%" if "%" in number else "0.0000"
        tips = [("day", "@day{0}")] + [
            (f"{label}, {arm}", f"@{arm}_{m}{{{tip}}}") for label, m in shown.items() for arm in COLOURS
        ]
        self.figure.add_tools(HoverTool(tooltips=tips, mode="vline", renderers=drawn))
        _finish(self.figure)

    def update(self, session: Session) -> None:
        """Show the session as it stands."""
        days, by_hour = session.time(), self._daily and session.per_day > 1
        data = {"day": days, **{name: np.full(days.size, np.nan) for name in self.source.data if name != "day"}}
        for arm in session.arms:
            found = session.measures(arm)
            for measure in self._shown.values():
                values = found[measure]
                data[f"{arm}_{measure}"] = mean_of_last(values, session.per_day) if by_hour else values
                if by_hour:
                    data[f"{arm}_{measure}{HOUR}"] = values
        self.figure.title.text = f"{self._title}{MEANS if by_hour else ''}"
        self._room.show(self.source, data, not days.size)


class Scores:
    """The score distribution in both worlds, with the gate's threshold where it has one."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"score": [], "policy": [], "baseline": []})
        self.figure = _figure("Score distribution", "published score (points)", "share of users")
        self.figure.yaxis.formatter = NumeralTickFormatter(format="0%")
        self.figure.vbar(
            "score",
            width=BIN,
            top="policy",
            source=self.source,
            fill_color=POLICY,
            fill_alpha=0.45,
            line_color=None,
            legend_label=NAMES["policy"],
        )
        self.figure.step(
            "score", "baseline", source=self.source, color=BASELINE, mode="center", legend_label=NAMES["baseline"]
        )
        drawn = list(self.figure.renderers)
        self._room = Room(self.figure)
        self._gate = Span(dimension="height", line_color="#444444", line_dash="dotted", visible=False)
        self.figure.add_layout(self._gate)
        tips = [("from", "@from{0} points"), ("policy", "@policy{0.00%}"), ("baseline", "@baseline{0.00%}")]
        self.figure.add_tools(HoverTool(tooltips=tips, mode="vline", renderers=drawn))
        _finish(self.figure)

    def update(self, session: Session) -> None:
        """Show the session as it stands."""
        made = {arm: session.scores(arm) for arm in session.arms}
        lower = made["policy"]["score"]
        data = {"from": lower, "score": lower + BIN / 2, "baseline": np.full(lower.size, np.nan)}
        data |= {arm: table["users"] / session.users for arm, table in made.items()}
        self._room.show(self.source, data, not lower.size)
        threshold = getattr(session.arms["policy"].policy.gate, "threshold", None)
        self._gate.visible = threshold is not None
        self._gate.location = threshold


class Users:
    """Users to click on: score against visits, coloured by plan, in the policy's world."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"user": [], "score": [], "visits": [], "plan": [], "colour": [], "mark": []})
        self.figure = _figure(self._title(0), "published score (points)", "visits a day so far")
        self.figure.name = "users"
        self.figure.scatter(
            "score",
            "visits",
            source=self.source,
            size=9,
            fill_color="colour",
            fill_alpha=0.8,
            line_color="white",
            marker="mark",
            legend_field="plan",
            nonselection_fill_alpha=0.3,
        )
        drawn = list(self.figure.renderers)
        self._room = Room(self.figure)
        self.figure.add_tools(
            TapTool(renderers=drawn),
            HoverTool(tooltips=[("user", "@user"), ("plan", "@plan"), ("score", "@score")], renderers=drawn),
        )
        _finish(self.figure, 4)
        self.figure.legend.click_policy = "none"

    @staticmethod
    def _title(day: int) -> str:
        """Of which day the marks are: while the worlds move they stay where they were."""
        return f"Users on day {day}: click one to read why"

    def update(self, session: Session) -> None:
        """Show the session as it stands; what was clicked stays clicked only as long as nothing moves."""
        found = session.some_users()
        self.figure.title.text = self._title(session.day)
        names = [PLANS[code] for code in found["plan"]]
        self.source.selected.indices = []
        data = {
            "user": found["user"],
            "score": found["score"],
            "visits": found["visits"],
            "plan": names,
            "colour": [MARKS[name] for name in names],
            "mark": [SHAPES[name] for name in names],
        }
        self._room.show(self.source, data, not np.isfinite(found["visits"]).any())

    def clicked(self, places: list[int]) -> int | None:
        """Number of the user at a place clicked."""
        return int(self.source.data["user"][places[0]]) if places else None


class Charts:
    """All charts of a page."""

    def __init__(self) -> None:
        self.users = Users()
        self._moving = (
            Lines("Visits to the platform", "visits per user and day", {"visits": "visits"}, daily=True),
            Scores(),
            Lines(
                "Plans: users who make an effort",
                "share of users",
                {plan: f"plan_{plan}" for plan in PLANS if plan != "rest"},
                "0.00%",
            ),
            Lines("Visits to the circle", "visits per user and day", {"circle": "visits_circle"}, daily=True),
        )

    @property
    def figures(self) -> list[Any]:
        """Their figures, in order."""
        return [*(chart.figure for chart in self._moving), self.users.figure]

    def update(self, session: Session, users_too: bool) -> None:
        """Show the session as it stands; users_too: also whom to click on, which is better left alone while it plays."""
        for chart in self._moving:
            chart.update(session)
        if users_too:
            self.users.update(session)
