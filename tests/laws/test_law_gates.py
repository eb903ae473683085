"""Laws of every kind of gate, on both engines: who admits all is no gate, who admits nobody is like any other that does, ranks
and money are exact, a drop is not foreseen, and where the score opens nothing nobody works for it."""

import numpy as np
import pytest

from sim.engines.fast import DayZero, FastEngine
from sim.model.calendar import DOOR, GATE_ACTIVE, GATE_DAY, PUBLICATION, RANKING, make_calendar
from sim.model.columns import NAMES
from sim.model.gates import gate_kinds
from sim.model.states import ENTERED, INVITED
from tests.helpers import (
    BUSY,
    ENGINES,
    GATES,
    OPEN,
    different_columns,
    different_totals,
    finished,
    gate_of,
    rearranged,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 60}
AT_THE_GATE = {"admitted", "newly_admitted"}
"""Totals that only say who stood at a gate."""
SCORE_BLIND = tuple(kind for kind in GATES if not gate_kinds()[kind].rewards_score)

ADMITS_ALL = {
    "threshold": {"threshold": 350},
    "soft": {"lowest": 0, "surest": 350},
    "tiers": {"view": 350, "like": 350, "tip": 350, "comment": 350},
    "top_share": {"share": 1.0},
    "stretch": {"points": -600},
    "rising": {"threshold": 350, "rise": 30.0, "highest": 350},
    "lottery": {"share": 1.0},
    "price": {"price": 0.0},
    "invitation": {"seeds": 1.0},
}
ADMITS_NOBODY = {
    "threshold": {"threshold": 951},
    "soft": {"lowest": 950, "surest": 951},
    "tiers": {"covers": ("comment",), "comment": 951},
    "top_share": {"share": 0.0},
    "stretch": {"points": 601},
    "rising": {"threshold": 951, "rise": 0.0, "highest": 951},
    "lottery": {"share": 0.0},
    "price": {"price": 10_000_000.0},
    "invitation": {"seeds": 0.0},
}

both = pytest.mark.parametrize("engine", ENGINES)
all_kinds = pytest.mark.parametrize("kind", GATES)


def run(engine, *changes):
    return finished(scenario(BUSY, {"run.users": USERS[engine]}, *changes), engine=engine)


def test_the_laws_speak_of_every_kind():
    guarding = {kind for kind, settings in gate_kinds().items() if settings.guards}
    assert set(ADMITS_ALL) == set(ADMITS_NOBODY) == set(GATES) == guarding


@both
@all_kinds
def test_a_gate_that_admits_everybody_is_an_open_circle(engine, kind):
    gated, free = run(engine, gate_of(kind, **ADMITS_ALL[kind])), run(engine, OPEN)
    assert different_totals(gated, free) == AT_THE_GATE
    assert different_columns(gated, free) <= {"admitted", "admitted_day"}
    assert total(gated, "newly_admitted").sum() == USERS[engine]
    assert total(gated, "fees_fen").sum() == 0
    # and the same kind that admits some is not
    assert different_totals(run(engine, gate_of(kind)), free) > AT_THE_GATE


@both
@all_kinds
def test_gates_that_admit_nobody_are_one(engine, kind):
    twin = "lottery" if kind in SCORE_BLIND else "threshold"
    closed = run(engine, gate_of(kind, **ADMITS_NOBODY[kind]))
    other = run(engine, gate_of(twin, **ADMITS_NOBODY[twin]))
    assert different_totals(closed, other) == set()
    assert different_columns(closed, other) == set()
    assert total(closed, "newly_admitted").sum() == 0
    assert total(closed, "rest").min() == USERS[engine]  # what nobody can reach nobody tries for


TWINS = {
    "tiers at one score": (
        gate_of("tiers", view=640, like=640, tip=640, comment=640),
        gate_of("threshold", covers=("view", "like", "tip", "comment")),
    ),
    "a threshold that does not rise": (
        gate_of("rising", threshold=640, rise=0.0, highest=700),
        gate_of("threshold"),
    ),
    "a threshold that may not rise": (
        gate_of("rising", threshold=640, rise=50.0, highest=640),
        gate_of("threshold"),
    ),
    "seeds who invite nobody": (gate_of("invitation", seeds=0.2, each=0), gate_of("lottery", share=0.2)),
    "seeds without contacts": (
        {**gate_of("invitation", seeds=0.2, each=5), "world.contacts.kind": "none"},
        {**gate_of("lottery", share=0.2), "world.contacts.kind": "none"},
    ),
}


@both
@pytest.mark.parametrize("name", TWINS)
def test_gates_the_same_in_substance_are_the_same_to_the_bit(engine, name):
    one, other = (run(engine, gate) for gate in TWINS[name])
    assert different_totals(one, other) == set()
    assert different_columns(one, other) == set()
    assert total(one, "newly_admitted").sum() > 0


@both
@all_kinds
def test_a_drop_is_not_foreseen(engine, kind):
    going_on = run(engine, gate_of(kind))
    dropped, ended = run(engine, gate_of(kind, dropped=45)), run(engine, gate_of(kind, end=45))
    assert np.array_equal(going_on.totals[:45], dropped.totals[:45])
    until = [ENGINES[engine](given.scenario, 1) for given in (going_on, dropped)]
    for one in until:
        one.run(45)
    assert different_columns(*until) == set()
    assert total(going_on, "admitted")[45:].min() > 0
    assert total(dropped, "admitted")[45:].max() == 0
    assert total(dropped, "rest")[45:].min() == USERS[engine]
    assert dropped.columns["admitted"].max() == 0
    # an end that is known beforehand leaves the same behind
    assert total(ended, "admitted")[45:].max() == 0
    if engine == "fast" and kind not in ("lottery", "invitation"):
        assert not np.array_equal(ended.totals[:45], dropped.totals[:45])  # but it is planned for


@both
@all_kinds
def test_before_its_start_a_gate_is_no_gate_but_to_those_who_plan(engine, kind):
    later = run(engine, gate_of(kind, announced=6, start=30), {"rule": "none"})
    free = run(engine, {**OPEN, "policy.circle.opens": 4}, {"rule": "none"})
    assert np.array_equal(later.totals[:30], free.totals[:30])
    assert total(later, "admitted")[:30].max() == 0
    if kind != "price":  # those who do not choose do not buy
        assert total(later, "admitted")[31:].min() > 0


@pytest.mark.parametrize("kind", ["top_share", "tiers", "price", "invitation"])
@pytest.mark.parametrize("threads", [1, 2])
def test_rearranging_the_users_rearranges_the_result(kind, threads):
    given = scenario(BUSY, {"run.users": 5_000}, gate_of(kind))
    start = DayZero(given, 3)
    order = np.random.default_rng(8).permutation(given.run.users)
    straight, shuffled = FastEngine(given, 3, 1, start), FastEngine(given, 3, threads, rearranged(start, order))
    straight.run(60)
    for ticks in (7, 1, 30, 22):  # in pieces, too
        shuffled.run(ticks)
    assert np.array_equal(straight.totals, shuffled.totals)
    for name in NAMES:
        assert np.array_equal(straight.columns[name][order], shuffled.columns[name]), name
    assert total(straight, "newly_admitted").sum() > 0


# By the hour, with circles side by side -----------------------------------------------------------------------------------

EVENT = {
    # as in November 2016: two circles, opened a day apart; a publication on day 3, under the rule
    **BUSY,
    "run.tick": "hour",
    "run.users": 1_000,
    "run.ticks": 8 * 24,
    "world.calendar.start_date": "2016-09-03",
    "world.population.poster_groups": {"a": 0.5, "b": 0.5},
    "world.circle.feeds": "each",
    "world.awareness.campaign_rate": 0.4,
    "policy.circle.opens": 1.25,
    "policy.circle.openings": {"b": 2.25},
    "policy.campaign.days": 8,
}


@all_kinds
def test_the_laws_hold_by_the_hour_and_with_two_circles(kind):
    def hours(gate):
        return finished(scenario(EVENT, gate))

    free = hours(OPEN)
    everybody, some, nobody = (
        hours(gate_of(kind, **settings)) for settings in (ADMITS_ALL[kind], {}, ADMITS_NOBODY[kind])
    )
    assert different_totals(everybody, free) == AT_THE_GATE
    assert different_columns(everybody, free) <= {"admitted", "admitted_day"}
    twin = "lottery" if kind in SCORE_BLIND else "threshold"
    shut = hours(gate_of(twin, **ADMITS_NOBODY[twin]))
    assert different_totals(nobody, shut) == set()
    assert different_columns(nobody, shut) == set()
    assert total(nobody, "newly_admitted").sum() == 0
    assert different_totals(some, free) > AT_THE_GATE
    dropped, hour = hours(gate_of(kind, dropped=7.5)), 180
    assert np.array_equal(some.totals[:hour], dropped.totals[:hour])
    assert total(some, "admitted")[hour:].min() > 0 == total(dropped, "admitted")[hour:].max()


# Ranks ----------------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("share", [0.001, 0.05, 0.5])
def test_the_top_share_is_exact_from_the_first_day_to_the_last(engine, share):
    top = run(engine, gate_of("top_share", share=share, start=10, end=55))
    places = np.zeros(60, np.int64)
    places[10:55] = round(share * USERS[engine])
    assert np.array_equal(total(top, "admitted"), places)


def test_ranks_follow_the_scores():
    given = scenario(BUSY, {"run.users": 3_000}, gate_of("top_share"))
    days = {name: np.flatnonzero(make_calendar(given).flags & flag) for name, flag in (("published", PUBLICATION),)}
    flags = make_calendar(given).flags
    ranked = np.flatnonzero(flags & RANKING)
    assert ranked.tolist() == [4, *(days["published"][days["published"] >= 4] + 1)]
    assert np.array_equal(np.flatnonzero(flags & GATE_DAY), ranked)
    engine = FastEngine(given, 1)
    inside = []
    for day in (ranked[0], *ranked[1:]):
        engine.run(int(day) + 1 - engine.tick)
        columns = engine.columns
        admitted = columns["admitted"] & ENTERED > 0
        assert columns["score"][admitted].min() >= columns["score"][~admitted].max()
        inside.append(admitted.copy())
    assert (inside[0] & ~inside[-1]).any()  # one user's rise is another one's fall
    assert (~inside[0] & inside[-1]).any()


# Price ----------------------------------------------------------------------------------------------------------------


@both
def test_a_price_is_paid_once_and_in_full(engine):
    sold = run(engine, gate_of("price"))
    buyers = total(sold, "newly_admitted")
    assert np.array_equal(total(sold, "fees_fen"), buyers * 5_000)
    assert buyers.sum() > 0
    assert np.array_equal(total(sold, "admitted"), np.cumsum(buyers))  # who has paid stays
    columns = sold.columns
    bought = columns["admitted"] & ENTERED > 0
    assert (columns["responsive"][bought] & columns["knows"][bought] == 1).all()


@both
@pytest.mark.parametrize(
    "nobody",
    [
        {"rule": "none"},
        {"switches.choice": False},
        {"world.population.responsive_share": 0.0},
        {"switches.circle": False},
    ],
    ids=["rule none", "choice off", "none responsive", "nothing to buy"],
)
def test_who_does_not_choose_does_not_buy(engine, nobody):
    sold, closed = run(engine, gate_of("price"), nobody), run(engine, gate_of("lottery", share=0.0), nobody)
    assert total(sold, "fees_fen").sum() == 0
    assert different_totals(sold, closed) == set()
    assert total(run(engine, gate_of("price")), "fees_fen").sum() > 0


def test_the_dearer_the_fewer_and_only_those_with_the_cash():
    buyers = [total(run("fast", gate_of("price", price=price)), "admitted")[-1] for price in (1.0, 50.0, 500.0, 5e4)]
    assert buyers == sorted(buyers, reverse=True)
    assert buyers[0] > buyers[1] > buyers[2] > 0 == buyers[3]
    poor = {"world.money.buffer_median": 0.01, "world.money.living_share": 1.0}
    assert total(run("fast", gate_of("price"), poor), "admitted")[-1] < 0.7 * buyers[1]


# Invitation -----------------------------------------------------------------------------------------------------------


@both
def test_invitations_go_to_contacts_and_are_no_more_than_each_may_send(engine):
    made = run(engine, gate_of("invitation"))
    columns = made.columns
    inside, invited = columns["admitted"] & ENTERED > 0, columns["admitted"] & INVITED > 0
    seeds = columns["admitted_day"] == 4
    senders = inside & (columns["knows"] == 1)
    assert (inside | ~invited).sum() >= USERS[engine] - 2 * senders.sum()  # those of the last day stand at the door
    assert 0 < invited.sum() <= 2 * senders.sum()
    assert np.array_equal(inside & ~seeds, inside & ~seeds & invited)  # nobody else came in
    if engine == "fast":
        contacts = made.contacts
        for user in np.flatnonzero(invited):
            others = contacts.others[contacts.starts[user] : contacts.starts[user + 1]]
            assert senders[others].any()


def test_every_invitation_is_sent_where_all_know_and_have_contacts():
    # a complete graph of 200 with everybody aware: each of the admitted invites exactly 2
    given = scenario(
        BUSY,
        gate_of("invitation", seeds=0.05),
        {"run.users": 200, "world.contacts.kind": "complete", "switches.awareness": False, "run.ticks": 6},
    )
    engine = FastEngine(given, 1)
    engine.run(5)
    seeds = int(total(engine, "admitted")[4])
    assert seeds > 0
    invited = int((engine.columns["admitted"] & INVITED > 0).sum())
    assert seeds < invited <= 2 * seeds  # two of them may name the same
    engine.run(1)
    assert total(engine, "newly_admitted")[5] == (engine.columns["admitted_day"] == 5).sum() > 0


def test_more_invitations_bring_in_more():
    inside = [total(run("fast", gate_of("invitation", each=each)), "admitted")[-1] for each in (0, 1, 2, 5)]
    assert inside == sorted(inside)
    assert inside[0] < inside[1] < inside[2] < inside[3]


# Effort ---------------------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("kind", SCORE_BLIND)
def test_where_the_score_opens_nothing_nobody_works_for_it(engine, kind):
    gated, free = run(engine, gate_of(kind)), run(engine, OPEN)
    moved = different_totals(gated, free)
    assert "comments" in moved
    assert not moved & {"visits_score", "rest", "spend", "repay", "upload", "uploads", "repaid_early_fen"}


@both
@pytest.mark.parametrize("kind", [kind for kind in GATES if kind not in SCORE_BLIND])
def test_where_the_score_opens_something_some_work_for_it_and_in_the_placebo_nobody(engine, kind):
    gate = gate_of(kind)
    assert total(run(engine, gate), "rest").min() < USERS[engine]
    placebo, free = run(engine, gate, {"rule": "none"}), run(engine, OPEN, {"rule": "none"})
    assert not different_totals(placebo, free) & {"rest", "visits_score", "uploads", "repaid_early_fen", "payments"}


@pytest.mark.parametrize("kind", GATES)
def test_a_door_is_watched_only_where_there_is_one(kind):
    given = scenario(BUSY, gate_of(kind))
    flags = make_calendar(given).flags
    gate = given.policy.gate
    has_door = gate.fee() is not None or gate.invitations() > 0
    assert bool((flags & DOOR).any()) == has_door
    assert bool((flags & RANKING).any()) == (gate.places(300) is not None)
    if has_door:
        assert np.array_equal(flags & DOOR > 0, flags & GATE_ACTIVE > 0)


# Parameters -----------------------------------------------------------------------------------------------------------

OTHER = {
    ("soft", "lowest"): 560,
    ("soft", "surest"): 720,
    ("tiers", "view"): 590,
    ("tiers", "like"): 620,
    ("tiers", "tip"): 600,
    ("tiers", "comment"): 700,
    ("tiers", "post"): 700,
    ("tiers", "covers"): ("view", "comment"),
    ("threshold", "threshold"): 641,
    ("top_share", "share"): 0.21,
    ("stretch", "points"): 11,
    ("rising", "threshold"): 601,
    ("rising", "rise"): 20.0,
    ("rising", "highest"): 630,
    ("lottery", "share"): 0.21,
    ("price", "price"): 51.0,
    ("invitation", "seeds"): 0.06,
    ("invitation", "each"): 3,
}
DATES = {"announced": 3, "start": 6, "end": 50, "dropped": 45}


@pytest.mark.parametrize(("kind", "name"), OTHER)
def test_every_parameter_of_every_kind_changes_some_total(kind, name):
    besides = {"covers": ("view", "like", "tip", "comment", "post")} if name == "post" else {}
    world = {"world.circle.tip_rate": 2.0}
    one = run("fast", world, gate_of(kind, **besides))
    other = run("fast", world, gate_of(kind, **besides, **{name: OTHER[kind, name]}))
    assert different_totals(one, other)


def test_every_parameter_of_every_kind_is_on_the_list():
    base = set(gate_kinds()["open"].model_fields)
    fields = {(kind, name) for kind in GATES for name in gate_kinds()[kind].model_fields if name not in base}
    assert fields | {("tiers", "covers")} == set(OTHER)


@pytest.mark.parametrize(
    ("kind", "date"),
    # the foreseen end of a rule that is dropped before it is nothing to a lot or an invitation, which nobody plans for
    [(kind, date) for kind in GATES for date in DATES if date != "end" or kind not in ("lottery", "invitation")],
)
def test_every_date_of_every_kind_changes_some_total(kind, date):
    given = {**DATES}
    one = run("fast", gate_of(kind, **given))
    other = run("fast", gate_of(kind, **{**given, date: given[date] + 2}))
    assert different_totals(one, other)
