"""Laws of red packets, on both engines: the budget holds to the fen, no fen or packet is lost, and without takers or money
nothing comes of them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model.totals import KEPT_BY_GROUP
from tests.helpers import BUSY, ENGINES, PACKETS, different_totals, finished, scenario, total

USERS = {"fast": 1_500, "readable": 80}
both = pytest.mark.parametrize("engine", ENGINES)


def run(engine, *changes):
    return finished(scenario(BUSY, {"run.users": USERS[engine]}, *changes), engine=engine)


def waiting(engine, name):
    return int(engine.columns[name].astype(np.int64).sum())


def hold_the_packets(made):
    """Every law of packets, on every tick where it can be told from totals, at the end where it needs columns."""
    given_world = made.scenario
    budget = round(given_world.policy.incentive.budget * 100.0 * given_world.run.users)
    out = np.cumsum(total(made, "packet_given_fen") - total(made, "packet_returned_fen"))
    kept = np.cumsum(total(made, "packet_kept_fen"))
    assert out.max(initial=0) <= budget, "more is out than the budget"
    assert (kept <= out).all(), "more is kept than is out"
    assert out[-1] - kept[-1] == waiting(made, "packet_fen"), "money given, not kept and not come back waits"
    came = total(made, "packets_given").sum() + total(made, "packets_passed").sum()
    gone = total(made, "packets_opened").sum() + total(made, "packets_expired").sum()
    assert came - gone == waiting(made, "packets"), "packets given or passed on, not opened and not gone back wait"
    opened_once = int((made.columns["opened_day"] >= 0).sum())
    assert total(made, "first_openers").sum() == opened_once
    assert (total(made, "visits_packet") <= total(made, "packets_opened")).all()
    assert made.columns["packet_fen"].min() >= 0
    by_group = [total(made, name) for name in KEPT_BY_GROUP]
    assert (sum(by_group[:3]) == total(made, "packet_kept_fen")).all(), "every fen kept is one income third's"
    assert (sum(by_group[3:]) == total(made, "packet_kept_fen")).all(), "and is a thin user's or one's with a file"


@both
def test_money_given_is_kept_come_back_or_waiting(engine):
    made = run(engine, PACKETS)
    hold_the_packets(made)
    assert total(made, "packets_passed").sum() > 0
    assert total(made, "packet_returned_fen").sum() > 0


@both
def test_the_budget_runs_out_to_the_fen_where_more_is_wanted(engine):
    # everybody opens, so that nothing comes back; 7.77 CNY a packet does not divide the budget
    taken = {"world.packets.opening_new": 1.0, "world.packets.tiredness": 0.0, "world.packets.opening_used": 1.0}
    made = run(engine, PACKETS, taken, {"policy.incentive.amount": 7.77, "policy.incentive.sent_again": 0.0})
    hold_the_packets(made)
    assert total(made, "packet_given_fen").sum() == 100 * USERS[engine]
    assert 100 * USERS[engine] % 777 != 0


@both
def test_what_comes_back_is_given_again(engine):
    made = run(engine, PACKETS)
    assert total(made, "packet_given_fen").sum() > 100 * USERS[engine]


@both
def test_nobody_opens_then_nothing_is_as_it_would_not_be_anyway(engine):
    refused, none = run(engine, PACKETS, {"world.packets.opening_new": 0.0}), run(engine)
    assert different_totals(refused, none) == {
        *("packets_given", "packets_expired", "packet_given_fen", "packet_returned_fen"),
    }
    shared = set(none.columns.names)
    assert {name for name in shared if refused.columns[name].tobytes() != none.columns[name].tobytes()} == set()


@both
@pytest.mark.parametrize(
    "nothing", [{"policy.incentive.budget": 0.0}, {"policy.incentive.sent": 0.0}], ids=["budget", "sent"]
)
def test_nothing_given_nothing_differs(engine, nothing):
    assert different_totals(run(engine, PACKETS, nothing), run(engine)) == set()


@both
def test_nothing_passed_on_only_those_given_one_open(engine):
    made = run(engine, PACKETS, {"policy.incentive.passed_on": 0.0})
    assert total(made, "packets_passed").sum() == 0
    assert total(made, "packets_opened").sum() <= total(made, "packets_given").sum()
    assert total(made, "packet_kept_fen").sum() > 0
    hold_the_packets(made)


def test_the_people_are_the_same_with_packets_and_without():
    with_packets, without = (ENGINES["fast"](scenario(BUSY, change), 1).columns for change in (PACKETS, {}))
    assert set(with_packets.names) - set(without.names) == {"packet_fen", "packets", "opened_day", "piece_fen"}
    for name in without.names:
        assert with_packets[name].tobytes() == without[name].tobytes(), name


def test_the_order_of_users_does_not_matter():
    from sim.engines.fast import DayZero
    from tests.helpers import rearranged

    given_world = scenario(BUSY, PACKETS, {"run.users": 1_100, "run.ticks": 40})
    start = DayZero(given_world, 3)
    order = np.random.default_rng(1).permutation(1_100)
    one = ENGINES["fast"](given_world, 3, 1, start)
    other = ENGINES["fast"](given_world, 3, 2, rearranged(start, order))
    one.run(40)
    other.run(40)
    assert different_totals(one, other) == set()


INCENTIVES = st.fixed_dictionaries(
    {
        "policy.incentive.budget": st.sampled_from((0.0, 0.001, 0.3, 20.0)),
        "policy.incentive.amount": st.floats(0.01, 50.0),
        "policy.incentive.sent": st.floats(0.0, 0.6),
        "policy.incentive.sent_again": st.floats(0.0, 0.4),
        "policy.incentive.passed_on": st.floats(0.0, 1.0),
        "policy.incentive.split": st.integers(1, 100),
        "policy.incentive.start": st.integers(0, 20),
        "world.packets.opening_new": st.floats(0.0, 1.0),
        "world.packets.opening_used": st.floats(0.0, 1.0),
        "world.packets.tiredness": st.floats(0.0, 1.0),
        "world.packets.smallest": st.floats(0.01, 1.0),
    }
)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changes=INCENTIVES, seed=st.integers(0, 2**32))
def test_the_budget_holds_in_any_world(changes, seed):
    for engine, users in {"fast": 200, "readable": 12}.items():
        given_world = scenario(BUSY, PACKETS, changes, {"run.users": users, "run.ticks": 40})
        made = ENGINES[engine](given_world, seed)
        made.run(40)
        hold_the_packets(made)


def test_a_fen_too_much_would_be_seen():
    given_world = scenario(BUSY, PACKETS, {"run.users": 300, "run.ticks": 15})
    made = ENGINES["fast"](given_world, 1)
    made.run(10)
    made.columns["packet_fen"][made.columns["packet_fen"].argmax()] += 1
    made.run(5)
    with pytest.raises(AssertionError, match="waits"):
        hold_the_packets(made)
