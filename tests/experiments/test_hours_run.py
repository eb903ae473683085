"""A run of hours: tables with a time, measures per day, a summary that says when no score was published."""

import numpy as np
import pytest

import sim

SMALL = {"users": 400, "ticks": 700, "replicates": 1}


@pytest.fixture(scope="module")
def result():
    return sim.run("campus_2016.yaml", **SMALL)


def test_tables_have_dates_with_hours_and_days_with_fractions(result, tmp_path):
    ticks = result.ticks[result.ticks["arm"] == "policy"]
    assert str(ticks["date"].iloc[20]) == "2016-11-01 20:00:00"
    assert ticks["day"].iloc[12] == 0.5
    from sim.results.table import read_parquet, write_parquet

    write_parquet(result.tables["ticks"], tmp_path / "ticks.parquet")
    back = read_parquet(tmp_path / "ticks.parquet")
    assert np.array_equal(back["date"].astype("datetime64[s]"), result.tables["ticks"]["date"])


def test_measures_are_per_day(result):
    daily = sim.run("no_circle.yaml", ["world.calendar.start_date=2016-11-01"], users=400, ticks=29, replicates=1)
    hourly = result.runs[result.runs["arm"] == "baseline"].iloc[0]
    for name in ("visits", "visits_rival", "outflow", "daily_active"):
        assert hourly[name] == pytest.approx(daily.runs.iloc[0][name], rel=0.1), name
    groups = result.groups
    assert groups["visits"].median() == pytest.approx(hourly["visits"], rel=0.3)


def test_the_summary_says_that_nobody_can_have_been_admitted_by_effort(result):
    said = "No scores were published in the 3.88 days that the gate held: nobody can have been admitted by effort."
    assert said in result.summary()
    assert "No scores" not in sim.run("standing_2016.yaml", users=200, ticks=900, replicates=1).summary()
    assert said not in sim.run("campus_2016.yaml", ["policy.gate.kind=open"], **SMALL).summary()


def test_an_effort_between_announcement_and_start_is_not_denied():
    # published on day 35, between announcement and start; none while the gate holds
    dates = ["policy.gate.announced=6", "policy.gate.start=40", "policy.gate.end=60"]
    early = sim.run("gate_750.yaml", dates, users=200, ticks=62, replicates=1)
    assert "No scores" not in early.summary()
    late = sim.run("gate_750.yaml", ["policy.gate.announced=37", *dates[1:]], users=200, ticks=62, replicates=1)
    assert "No scores were published in the 20 days that the gate held" in late.summary()


def test_the_effect_of_the_event_is_halved_within_days():
    # it grows until the rule is dropped in the afternoon, and is gone with the circles at noon of the day after
    event = sim.run("campus_2016.yaml", users=3000, ticks=840, replicates=1)
    (half_life,) = event.tables["after"]["value"]
    assert 0.0 < half_life < 3.0


def test_figures_of_hours_have_days_on_their_axis(result, tmp_path):
    from matplotlib.figure import Figure

    from sim.report.figures import awareness, visits

    for draw in (visits, awareness):
        figure = Figure()
        draw(result, figure)
        lines = [line for axes in figure.axes for line in axes.get_lines() if len(line.get_xdata()) > 100]
        assert lines
        assert all(max(line.get_xdata()) == pytest.approx(699 / 24) for line in lines)
