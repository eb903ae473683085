"""The viewers of the campus circle on 28 November 2016 (target 2a), which word of mouth is needed for (target 5c)."""

import numpy as np
import pytest

from sim.experiments import fit_viewers
from sim.experiments.fit_viewers import fit_without_word_of_mouth, tick_at, viewers
from sim.model.calendar import GATE_ACTIVE, GATE_AHEAD, PUBLICATION, make_calendar, time_of
from sim.scenario import load
from tests.helpers import finished, total

SHIPPED = load("campus_2016.yaml").world.awareness


def test_the_calendar_is_that_of_the_event():
    given = load("campus_2016.yaml")
    flags = make_calendar(given).flags
    held = np.flatnonzero(flags & GATE_ACTIVE)
    assert [str(time_of(given, int(tick))) for tick in (held[0], held[-1] + 1)] == [
        "2016-11-24 20:00:00",
        "2016-11-28 17:00:00",
    ]
    assert np.array_equal(held, np.flatnonzero(flags & GATE_AHEAD))
    assert not (flags[held] & PUBLICATION).any()
    published = [str(time_of(given, int(tick))) for tick in np.flatnonzero(flags & PUBLICATION)]
    assert published == [f"{month}-06 00:00:00" for month in ("2016-11", "2016-12", "2017-01")]


def test_the_rules_are_those_of_the_event():
    given = load("campus_2016.yaml")
    circle, gate = given.policy.circle, given.policy.gate
    moments = {
        "campus circle opens": (circle.opens, "2016-11-24 20:00:00"),
        "white-collar circle opens": (circle.openings["white_collar"], "2016-11-25 20:00:00"),
        "rule dropped": (gate.dropped, "2016-11-28 17:00:00"),
        "circles dissolved": (circle.dissolved, "2016-11-29 12:00:00"),
    }
    for what, (day, moment) in moments.items():
        assert str(time_of(given, round(day * 24))) == moment, what
    assert list(given.world.population.poster_groups) == ["campus", "white_collar"]
    assert given.world.circle.feeds == "each"
    assert (gate.kind, gate.threshold, gate.covers) == ("threshold", 750, ("comment",))  # all view, like and tip
    assert given.world.circle.tip_most == 200.0
    assert str(time_of(given, given.run.ticks)) == "2017-02-01 00:00:00"  # two months after
    # had it stayed: all the same but for the rule and the circles
    assert [load("standing_2016.yaml").policy.circle.dissolved, load("standing_2016.yaml").policy.gate.dropped] == [
        None
    ] * 2


def test_who_may_do_what_in_the_event():
    # many tips and many who know, so that something is seen within days; the largest tip is what the event allowed
    lively = ["world.circle.tip_rate=1.0", "world.circle.onlooker_visits=2.0", "world.awareness.campaign_rate=0.2"]
    given = load("campus_2016.yaml", ["run.users=3000", "run.ticks=720", *lively])
    run = finished(given, 3)
    opens, white, dropped, gone = (
        tick_at(given, f"2016-11-{moment}") for moment in ("24 20:00", "25 20:00", "28 17:00", "29 12:00")
    )
    for name in ("likes", "tips", "comments", "posts", "visits_circle"):
        made = total(run, name)
        assert made[:opens].sum() == made[gone:].sum() == 0, name
        assert made[opens:gone].sum() > 0, name
    assert total(run, "circle_2_posts")[:white].sum() == 0 < total(run, "circle_2_posts")[white:].sum()
    assert total(run, "circle_1_posts")[:white].sum() > 0
    tips, fen = total(run, "tips"), total(run, "tips_fen")
    assert (fen <= 20_000 * tips).all()
    # a few who had 750 already and the posters comment until the rule is dropped, then all who know
    may = total(run, "commenters")
    assert may[dropped - 1] < 0.1 * total(run, "knowing")[dropped - 1]
    assert may[dropped] == total(run, "knowing")[dropped]


@pytest.mark.parametrize("seed", [20161124, 20161125, 20161126])
def test_the_shipped_scenario_meets_target_2a(seed):
    # 3,300 viewers: the ratio has a standard error of 0.008, and early luck moves it by 0.02
    found = viewers(SHIPPED.campaign_rate, SHIPPED.contact_rate, 100_000, (seed,))
    assert found.meets_target, found


def test_without_word_of_mouth_no_campaign_meets_it():
    # 1,000 viewers: a standard error of 0.012, and the ratio is 0.82 where 0.74 is allowed
    campaign_rate, found = fit_without_word_of_mouth(30_000, (1,))
    assert found.reach == pytest.approx(fit_viewers.REACH, rel=0.1)
    assert campaign_rate > 3 * SHIPPED.campaign_rate
    assert not found.meets_target
    assert found.ratio - fit_viewers.RATIO > 1.5 * fit_viewers.RATIO_TOLERANCE


@pytest.mark.slow
def test_the_fit_is_what_is_shipped():
    # Other luck than the fit's own. Fits on four lucks of this size scatter by 3% in q and 5% in p (standard deviation): three of each.
    campaign_rate, contact_rate, found = fit_viewers.fit(30_000, (11, 12, 13))
    assert found.meets_target
    assert found.ratio == pytest.approx(fit_viewers.RATIO, abs=0.005)  # the search arrived: two numbers, two unknowns
    assert found.reach == pytest.approx(fit_viewers.REACH, rel=0.01)
    assert contact_rate == pytest.approx(SHIPPED.contact_rate, rel=0.1)
    assert campaign_rate == pytest.approx(SHIPPED.campaign_rate, rel=0.15)


def test_in_the_event_effort_is_made_and_admits_nobody():
    # everybody responds, so that somebody tries
    given = load("campus_2016.yaml", ["run.users=20000", "run.ticks=700", "world.population.responsive_share=1.0"])
    run = finished(given, 3)
    closing = tick_at(given, "2016-11-28 17:00")
    assert sum(total(run, plan)[:closing].sum() for plan in ("spend", "repay", "upload")) > 0
    assert sum(total(run, plan)[closing:].sum() for plan in ("spend", "repay", "upload")) == 0
    start = tick_at(given, "2016-11-24 20:00")
    assert total(run, "newly_admitted")[start + 1 :].sum() == 0
    assert total(run, "newly_admitted")[start] > 0  # those who had 750 already
    standing = finished(
        load("standing_2016.yaml", ["run.users=20000", "run.ticks=850", "world.population.responsive_share=1.0"]), 3
    )
    assert total(standing, "newly_admitted")[tick_at(given, "2016-12-06 00:00")] > 0
