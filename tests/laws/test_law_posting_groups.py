"""Posting groups with an opening day of their own, and who has viewed the circle."""

import numpy as np
import pytest

from sim.model.states import GROUP_PLACE, POSTER, ROLE, VIEWED
from tests.helpers import BUSY, ENGINES, NONE, different_columns, different_totals, finished, scenario, total

USERS = {"fast": 2_000, "readable": 80}
GROUPS = {"world.population.poster_groups": {"campus": 0.5, "office": 0.5}}
MANY_POST = {"world.population.poster_share": 0.4}
LATER = {**GROUPS, "policy.circle.openings": {"office": 20}}
both = pytest.mark.parametrize("engine", ENGINES)


def run(engine, *changes):
    return finished(scenario(BUSY, MANY_POST, {"run.users": USERS[engine]}, *changes), engine=engine)


@both
def test_groups_that_open_together_are_one_circle(engine):
    one, two = run(engine), run(engine, GROUPS)
    assert different_totals(one, two) == set()
    assert different_columns(one, two) == {"role"}  # which now says who belongs where


@both
def test_a_group_named_alone_is_no_group(engine):
    one, alone = run(engine), run(engine, {"world.population.poster_groups": {"campus": 1.0}})
    assert different_totals(one, alone) == set()
    assert different_columns(one, alone) == set()


@both
def test_nothing_differs_before_the_circle_and_fewer_post_until_the_second_opens(engine):
    together, later = run(engine, GROUPS), run(engine, LATER)
    assert np.array_equal(together.totals[:4], later.totals[:4])
    assert total(later, "posts")[4:20].sum() < total(together, "posts")[4:20].sum()
    assert total(later, "posts")[4:20].sum() > 0


@both
def test_posters_post_only_once_their_circle_is_open(engine):
    given = scenario(BUSY, MANY_POST, {"run.users": USERS[engine]}, LATER)
    made = ENGINES[engine](given, 1)
    office = None
    posted = {True: 0, False: 0}
    for tick in range(40):
        made.run(1)
        columns = made.snapshot()
        office = (columns["role"] & ROLE == POSTER) & (columns["role"] >> GROUP_PLACE & 3 == 1)
        posts = int(columns["posts"][office].sum())
        posted[tick >= 20] += posts
    assert posted[False] == 0
    assert posted[True] > 0
    assert 0.3 < office.sum() / (made.snapshot()["role"] & ROLE == POSTER).sum() < 0.7


@both
def test_viewers_are_those_who_have_been_there_and_stay_so(engine):
    here = run(engine)
    viewers = total(here, "viewers")
    assert (np.diff(viewers) >= 0).all()
    assert (viewers <= total(here, "knowing")).all()
    assert viewers[-1] == int((here.columns["role"] >= VIEWED).sum()) > 0
    assert (viewers <= np.cumsum(total(here, "visits_circle"))).all()
    assert total(run(engine, NONE), "viewers").sum() == 0
    assert total(run(engine, {"switches.circle": False}), "viewers").sum() == 0


@both
def test_a_dissolved_circle_is_gone_like_a_closed_one_but_nobody_saw_it_coming(engine):
    # the publication of day 35 would bring admission; a circle that closes on day 30 is not worth an effort before
    closed, dissolved = (run(engine, {f"policy.circle.{name}": 30}) for name in ("closes", "dissolved"))
    for here in (closed, dissolved):
        for name in ("visits_circle", "posts", "admitted"):
            assert total(here, name)[30:].sum() == 0
    striving = [
        sum(total(here, plan)[7:30].sum() for plan in ("spend", "repay", "upload")) for here in (closed, dissolved)
    ]
    assert striving[0] == 0 < striving[1]
