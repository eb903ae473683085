"""Several circles side by side: each has posters, a feed, motivation and tips of its own."""

import numpy as np
import pytest

from sim.model.states import VIEWED
from sim.model.totals import CIRCLE_FLOWS
from tests.helpers import BUSY, ENGINES, different_columns, different_totals, finished, scenario, total

USERS = {"fast": 4_000, "readable": 80}
EACH = {"world.circle.feeds": "each"}
POSTERS = {"world.population.poster_share": 0.3, "world.circle.tip_rate": 0.1}
TWO = {**EACH, "world.population.poster_groups": {"campus": 0.5, "office": 0.5}}
LATER = {**TWO, "policy.circle.openings": {"office": 20}}
both = pytest.mark.parametrize("engine", ENGINES)


def run(engine, *changes, **options):
    return finished(scenario(BUSY, POSTERS, {"run.users": USERS[engine]}, *changes), engine=engine, **options)


@both
def test_a_circle_of_its_own_for_the_only_group_is_the_circle(engine):
    shared = run(engine)
    for changes in (EACH, {**EACH, "world.population.poster_groups": {"campus": 1.0}}):
        own = run(engine, changes)
        assert different_totals(shared, own) == set()
        assert different_columns(shared, own) == set()


@both
@pytest.mark.parametrize("changes", [TWO, LATER], ids=["together", "one later"])
def test_what_happens_in_the_circles_adds_up(engine, changes):
    here = run(engine, changes)
    of = {name: [total(here, f"circle_{k}_{name}") for k in (1, 2)] for name in CIRCLE_FLOWS}
    assert np.array_equal(sum(of["visits"]), total(here, "visits_circle"))
    assert np.array_equal(sum(of["posts"]), total(here, "posts"))
    assert np.array_equal(sum(of["reactions"]), sum(total(here, name) for name in ("likes", "comments", "tips")))
    for name in ("tips_fen", "tips_received_fen"):
        assert np.array_equal(sum(of[name]), total(here, name))
    assert all(one.sum() > 0 for both_circles in of.values() for one in both_circles)
    for k in (0, 1):  # nobody is paid out of the other circle's tips
        assert (np.cumsum(of["tips_received_fen"][k])[1:] <= np.cumsum(of["tips_fen"][k])[:-1]).all()


@both
def test_each_circle_has_viewers_of_its_own(engine):
    here = run(engine, LATER)
    viewers, roles = total(here, "viewers"), here.columns["role"].astype(int)
    each = [total(here, f"circle_{k}_viewers") for k in (1, 2)]
    assert (each[1][:21] == 0).all()
    for k, of_one in enumerate(each):
        assert (np.diff(of_one) >= 0).all()
        assert of_one[-1] == ((roles >> k & VIEWED) != 0).sum() > 0
    assert (np.maximum(*each) <= viewers).all()
    assert (viewers <= sum(each)).all()
    assert viewers[-1] < sum(each)[-1]  # some have seen both


@both
def test_nothing_happens_in_a_circle_before_it_opens(engine):
    here = run(engine, LATER)
    for name in CIRCLE_FLOWS:
        assert total(here, f"circle_2_{name}")[:20].sum() == 0
    assert total(here, "circle_2_posts")[20] > 0
    # its feed is empty on the first day, and filled by its own posts, not by those of the other
    assert total(here, "circle_2_visits")[20] == 0 < total(here, "circle_1_visits")[20]


@both
def test_a_circle_that_stays_shut_leaves_the_other_one_alone(engine):
    posters = {"world.population.poster_groups": {"campus": 0.5, "office": 0.5}}
    never = {"policy.circle.openings": {"office": 39}}
    one, two = (run(engine, posters, never, {"run.ticks": 39}, changes) for changes in ({}, EACH))
    assert total(two, "circle_1_visits").sum() > 0
    # viewers are counted by circle only where there are several
    assert different_totals(one, two) == {"circle_1_viewers"}
    assert np.array_equal(total(two, "circle_1_viewers"), total(two, "viewers"))
    assert different_columns(one, two) == set()


def test_circles_alike_are_visited_alike_and_posters_keep_to_their_own():
    changes = ({**TWO, "run.users": 20_000},)
    visits = [
        np.array([total(run("fast", *changes, seed=seed), f"circle_{k}_visits").sum() for k in (1, 2)])
        for seed in range(4)
    ]
    ratios = [one / two for one, two in visits]
    # about 1e5 visits each; in a circle of positive feedback worlds differ by more than chance: 3% is 5 sd of a count of 30,000
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.03)


def test_two_feeds_side_by_side_draw_more_than_one_of_the_same_posters():
    # each feed's appeal saturates in its posts, so that the same posts in two feeds appeal more
    posters = {"world.population.poster_groups": {"campus": 0.5, "office": 0.5}, "run.users": 20_000}
    one, two = (total(run("fast", posters, changes), "visits_circle").sum() for changes in ({}, EACH))
    assert one < two


def test_posts_of_a_crowded_feed_get_fewer_reactions_each():
    uneven = {**EACH, "run.users": 20_000, "world.population.poster_groups": {"crowd": 0.9, "few": 0.1}}
    here = run("fast", uneven)
    crowd, few = (
        total(here, f"circle_{k}_reactions")[20:].sum() / total(here, f"circle_{k}_posts")[20:].sum() for k in (1, 2)
    )
    assert crowd < few
