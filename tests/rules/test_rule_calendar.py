"""The calendar: dates that can be looked up, and the windows of circle, campaign and gate."""

from datetime import date

import numpy as np
import pytest

from sim.model.calendar import (
    CAMPAIGN,
    CIRCLE_LIVE,
    FAR,
    GATE_ACTIVE,
    GATE_AHEAD,
    GATE_DAY,
    KNOWN_ABOUT,
    PUBLICATION,
    REVIEW_ALL,
    STATEMENT,
    date_of,
    gate_dates,
    make_calendar,
)
from tests.helpers import scenario

GATED = {
    "policy.gate": {"kind": "threshold", "threshold": 750, "announced": 20, "start": 30, "end": 100},
    "policy.circle.opens": 25,
    "policy.circle.closes": 120,
    "policy.campaign.days": 10,
    "run.ticks": 150,
}


def days(calendar, flag):
    return np.flatnonzero(calendar.flags & flag).tolist()


def test_publications_fall_on_the_sixth_and_statements_on_the_first():
    given = scenario({"run.ticks": 500})
    calendar = make_calendar(given)
    published = [date_of(given, day) for day in days(calendar, PUBLICATION)]
    assert published[:4] == [date(2016, 9, 6), date(2016, 10, 6), date(2016, 11, 6), date(2016, 12, 6)]
    assert {day.day for day in published} == {6}
    assert len(published) == 17  # September 2016 to January 2018
    billed = [date_of(given, day) for day in days(calendar, STATEMENT)]
    assert billed[0] == date(2016, 9, 1)
    assert {day.day for day in billed} == {1}


def test_other_days_of_the_month_can_be_chosen():
    given = scenario(
        {
            "world.calendar.publication_day": 28,
            "world.calendar.statement_day": 15,
            "world.calendar.start_date": "2016-02-10",
        }
    )
    calendar = make_calendar(given)
    assert date_of(given, days(calendar, PUBLICATION)[0]) == date(2016, 2, 28)
    assert date_of(given, days(calendar, STATEMENT)[0]) == date(2016, 2, 15)


def test_days_to_the_next_publication():
    given = scenario({"run.ticks": 60})
    calendar = make_calendar(given)
    assert calendar.ticks_to_publication[:7].tolist() == [5, 4, 3, 2, 1, 30, 29]
    later = [day + int(calendar.ticks_to_publication[day]) for day in range(60)]
    assert {date_of(given, day).day for day in later} == {6}


def test_the_event_of_2016_held_no_publication():
    # rules posted on 24 November, dropped by 28 November; day 0 is 1 September
    given = scenario({"policy.gate": {"kind": "threshold", "start": 84, "end": 88}, "policy.circle.opens": 84})
    assert date_of(given, 84) == date(2016, 11, 24)
    calendar = make_calendar(given)
    held = days(calendar, GATE_ACTIVE)
    assert held == [84, 85, 86, 87]
    assert not set(held) & set(days(calendar, PUBLICATION))
    assert calendar.ticks_to_publication[84] == 12


def test_windows_of_circle_campaign_and_gate():
    calendar = make_calendar(scenario(GATED))
    assert days(calendar, KNOWN_ABOUT) == list(range(20, 120))  # from the announcement, which comes first
    assert days(calendar, CAMPAIGN) == list(range(20, 30))
    assert days(calendar, CIRCLE_LIVE) == list(range(25, 120))
    assert days(calendar, GATE_ACTIVE) == list(range(30, 100))
    assert days(calendar, GATE_AHEAD) == list(range(20, 100))
    assert days(calendar, GATE_DAY) == [30, 35, 66, 96, 100]  # start, publications while it holds, end
    assert days(calendar, REVIEW_ALL) == [5, 20, 30, 35, 66, 96, 100, 127]
    assert calendar.ticks_to_start[[0, 20, 29, 30, 90]].tolist() == [30, 10, 1, 0, 0]
    assert calendar.ticks_to_end[[0, 99, 100, 140]].tolist() == [100, 1, 0, 0]
    assert calendar.ticks_open[[0, 25, 26, 119]].tolist() == [0, 0, 1, 94]


def test_dates_not_given_follow_the_circle():
    assert gate_dates(scenario({"policy.gate": {"kind": "threshold"}, "policy.circle.opens": 33})) == (33, 33, FAR)
    assert gate_dates(scenario({"policy.gate": {"kind": "threshold", "start": 50}})) == (50, 50, FAR)
    closing = {"policy.gate": {"kind": "threshold", "end": 100}, "policy.circle.closes": 80}
    assert gate_dates(scenario(closing))[2] == 80  # no gate outlives the circle


def test_without_publications_nobody_waits_for_one():
    assert make_calendar(scenario(GATED, {"switches.score": False})).ticks_to_publication.min() > 100_000


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"switches.score": False}, PUBLICATION),
        ({"switches.gate": False}, GATE_DAY | GATE_AHEAD | GATE_ACTIVE | REVIEW_ALL),
        ({"switches.circle": False}, CIRCLE_LIVE),
        ({"policy.campaign.days": 0}, CAMPAIGN),
        ({"policy.gate": {"kind": "open"}}, GATE_DAY | GATE_AHEAD | GATE_ACTIVE | REVIEW_ALL),
        ({"policy.gate": {"kind": "none"}}, GATE_DAY | GATE_ACTIVE | KNOWN_ABOUT | CAMPAIGN | CIRCLE_LIVE),
    ],
)
def test_what_is_off_never_comes(changes, gone):
    assert days(make_calendar(scenario(GATED)), gone)
    assert days(make_calendar(scenario(GATED, changes)), gone) == []
