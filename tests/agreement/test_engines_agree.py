"""The readable and the fast engine agree to the last bit: every total of every tick, every column, any number of threads."""

import mesa
import numpy as np
import pytest

from sim.engines.fast import DayZero, FastEngine
from sim.engines.people import make_contacts
from sim.engines.readable import ReadableEngine
from sim.model.columns import NAMES
from sim.model.money import LARGEST_DEBT_FEN
from sim.model.totals import CIRCLE_FLOWS, CREDIT_FLOWS, PACKET_FLOWS, PACKETS_TOLD, PLAIN_TOTALS, TOTALS, totals_of
from tests.helpers import (
    AT_THE_CEILING,
    BUREAU,
    BUSY,
    FINANCE,
    GATES,
    HARD_TIMES,
    LENDERS,
    LINE,
    LOTTERY,
    MARKET,
    MERCHANTS,
    NONE,
    OPEN,
    PACKETS,
    PERK_LEVELS,
    different_columns,
    gate_of,
    information,
    lenders,
    scenario,
)

SMALL = {"run.users": 80, "run.ticks": 40}

EVERY_RULE = {"mixture": {"goal_gradient": 0.2, "none": 0.2, "dynamic_programming": 0.2, "myopic": 0.2}}

SETTINGS = {
    "no circle": NONE,
    "open circle": OPEN,
    "gate": {},
    "gate at 750": {"policy.gate": {"kind": "threshold", "threshold": 750}},
    "nobody admitted": {"policy.gate": {"kind": "threshold", "threshold": 951}},
    "lottery": LOTTERY,
    "gate on all features": {
        "policy.gate": {"kind": "threshold", "threshold": 640, "covers": ("view", "like", "tip", "comment", "post")}
    },
    "gate on nothing": {"policy.gate": {"kind": "threshold", "threshold": 640, "covers": ()}},
    "announced, started, ended, closed": {
        "policy.gate": {"kind": "threshold", "threshold": 640, "announced": 2, "start": 8, "end": 32},
        "policy.circle.closes": 38,
    },
    "gate before the circle": {
        "policy.gate": {"kind": "threshold", "threshold": 640, "start": 1},
        "policy.circle.opens": 12,
    },
    **{kind: gate_of(kind) for kind in GATES},
    **{
        f"{kind}, announced, started, dropped": {
            **gate_of(kind, announced=2, start=8, end=36, dropped=32),
            "policy.circle.closes": 38,
        }
        for kind in GATES
    },
    **{
        f"{kind} on all features": gate_of(kind, covers=("view", "like", "tip", "comment", "post"))
        for kind in ("tiers", "price", "invitation", "top_share")
    },
    "invitations in a complete graph": {**gate_of("invitation"), "world.contacts.kind": "complete"},
    "placebo": {"rule": "none"},
    "goal gradient": {"rule": "goal_gradient"},
    "myopic": {"rule": "myopic", "world.choice.myopic_days": 31.0},
    "dynamic programming": {"rule": "dynamic_programming"},
    "mixture": EVERY_RULE,
    "learned": {"world.population.folk_share": 0.0, "world.population.learned_share": 1.0},
    "mixture, learned": {**EVERY_RULE, "world.population.learned_share": 0.4},
    "everybody knows everybody": {"world.contacts.kind": "complete"},
    "nobody knows anybody": {"world.contacts.kind": "none"},
    "no past": {"world.population.past_months": 0},
    "hard up": {"world.money.living_share": 1.2, "world.population.shopping_median": 30_000.0},
    "rich": {"world.population.income_median": 100_000.0, "world.money.buffer_median": 12.0},
    "many visits": {"world.population.visits_median": 20.0, "world.population.payments_mean": 8.0},
    "nobody alike": {
        "world.population.income_spread": 2.0,
        "world.population.outflow_spread": 3.0,
        "world.population.visits_spread": 2.0,
        "world.population.rival_spread": 2.0,
    },
    "generous": {"world.circle.tip_rate": 5.0, "world.circle.like_rate": 20.0, "world.circle.post_rate": 40.0},
    "folk": {"world.population.folk_share": 1.0, "world.choice.folk_points": 15.0},
    "known": {"world.population.folk_share": 0.0},
    "noisy scores": {"world.score.noise": 100.0},
    "one user": {"run.users": 1},
    "credit line": {**LINE, **HARD_TIMES},
    "credit line by the score": {**LINE, **HARD_TIMES, "policy.credit.from_score": True},
    "lenders": {**LENDERS, **HARD_TIMES},
    "one lender": {**lenders(1), **HARD_TIMES},
    "eight lenders who see the score": {**lenders(8, score_cutoff=550.0), **HARD_TIMES, **information("score")},
    "finance, shared": {**FINANCE, **HARD_TIMES, **information("shared")},
    "finance, learned": {**FINANCE, **HARD_TIMES, "world.population.learned_share": 0.5},
    "finance, bill and answer on one day": {**FINANCE, **HARD_TIMES, "policy.credit.grace_days": 1},
    "finance, scores on payday": {**FINANCE, **HARD_TIMES, **information("score"), "world.calendar.publication_day": 1},
    "finance, scores on the day after": {
        **FINANCE,
        **HARD_TIMES,
        **information("score"),
        "world.calendar.publication_day": 2,
    },
    **{
        f"lenders who price by risk, {kind}": {
            **FINANCE,
            **HARD_TIMES,
            **lenders(4, capital=1_000.0, price=0.01, risk_premium=0.2, term=1, score_cutoff=500.0),
            **information(kind),
            "run.ticks": 130,
        }
        for kind in ("silo", "shared", "score")
    },
    "market of 2012": {**MARKET, **HARD_TIMES, "world.calendar.start_date": "2012-03-01"},
    "market of 2018, logistic": {
        **FINANCE,
        **MARKET,
        **HARD_TIMES,
        "world.calendar.start_date": "2018-03-01",
        "world.market.curve": "logistic",
    },
    "red packets": PACKETS,
    "red packets, one campaign": {**PACKETS, "policy.incentive.end": None, "policy.incentive.every": None},
    "red packets for all, taken by all": {
        **PACKETS,
        "policy.incentive.sent": 0.9,
        "policy.incentive.sent_again": 0.1,
        "policy.incentive.budget": 500.0,
        "policy.incentive.passed_on": 1.0,
        "policy.incentive.split": 50,
        "world.packets.opening_new": 1.0,
        "world.packets.payments": 1.0,
    },
    "red packets that nobody opens": {**PACKETS, "world.packets.opening_new": 0.0},
    "red packets without a budget": {**PACKETS, "policy.incentive.budget": 0.0},
    "red packets among strangers": {**PACKETS, "world.contacts.kind": "none"},
    "red packets by the hour": {
        **PACKETS,
        "run.tick": "hour",
        "policy.incentive.start": 0,
        "policy.incentive.sent": 0.5,
        "world.calendar.hours": (1.0,) * 24,
    },
    "red packets, feed off": {**PACKETS, "switches.feed": False},
    "everything at once": {
        **EVERY_RULE,
        **FINANCE,
        **MARKET,
        **HARD_TIMES,
        **PACKETS,
        **MERCHANTS,
        **BUREAU,
        "world.bureau.months": 1,
        "world.bureau.social_tells": 0.7,
        "world.choice.improvement": 0.5,
        "world.population.learned_share": 0.4,
        "run.ticks": 70,
    },
    "bureau": {**BUREAU, **HARD_TIMES, "run.ticks": 70},
    "bureau on a line alone": {
        **LINE,
        **HARD_TIMES,
        "switches.bureau": True,
        "world.bureau.months": 1,
        "run.ticks": 70,
    },
    "bureau, scores on the day of answers": {
        **FINANCE,
        **BUREAU,
        **HARD_TIMES,
        "world.calendar.publication_day": 2,
        "run.ticks": 70,
    },
    "merchants": {**MERCHANTS, "run.ticks": 70},
    "merchants at a price": {**MERCHANTS, **gate_of("price"), "world.choice.perk_worth": 60.0, "run.ticks": 70},
    "perks with levels of their own": {"world.choice.perk_levels": PERK_LEVELS},
    "perks with levels, on all the way of a gate": {
        "world.choice.perk_levels": PERK_LEVELS,
        "policy.gate": {"kind": "threshold", "threshold": 640, "announced": 2, "start": 8, "end": 36, "dropped": 32},
        "policy.circle.closes": 38,
    },
    **{
        f"perks with levels, {kind}": {**gate_of(kind), "world.choice.perk_levels": PERK_LEVELS}
        for kind in ("soft", "tiers", "top_share", "lottery")
    },
    "perks with levels, every rule, merchants": {
        **EVERY_RULE,
        **MERCHANTS,
        "world.choice.perk_levels": PERK_LEVELS,
        "world.population.learned_share": 0.4,
        "world.merchants.joins_per_month": 500.0,
        "run.ticks": 70,
    },
    "effort improves": {**LENDERS, **HARD_TIMES, "world.choice.improvement": 1.0},
    "no campaign": {"policy.campaign.days": 0, "world.awareness.circle_rate": 0.0},
    **{
        f"{name} off": {f"switches.{name}": False}
        for name in ("score", "gate", "awareness", "choice", "circle", "feed", "habit", "attention", "coverage")
    },
}


def disagreement(readable, fast):
    """First total (tick, name, one, other) and all columns in which two runs differ; empty if none."""
    found = [
        (int(tick), TOTALS[k], int(readable.totals[tick, k]), int(fast.totals[tick, k]))
        for tick, k in np.argwhere(readable.totals != fast.totals)[:3]
    ]
    return found, different_columns(readable, fast)


@pytest.mark.parametrize("name", SETTINGS)
def test_engines_agree(name):
    given = scenario(BUSY, SMALL, SETTINGS[name])
    readable, fast = ReadableEngine(given, 7), FastEngine(given, 7)
    assert different_columns(readable, fast) == set()  # day 0
    for ticks in (13, 17, given.run.ticks - 30):  # the columns are compared along the way, the totals of every tick
        readable.run(ticks)
        fast.run(ticks)
        assert disagreement(readable, fast) == ([], set())
    assert readable.tick == fast.tick == given.run.ticks


def test_engines_agree_on_every_column_of_every_tick():
    given = scenario(BUSY, {"run.users": 100, "run.ticks": 40})
    readable, fast = ReadableEngine(given, 99), FastEngine(given, 99)
    for _ in range(given.run.ticks):
        readable.run(1)
        fast.run(1)
        assert disagreement(readable, fast) == ([], set())


@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_when_all_choose_differently_for_long(threads):
    # four publications, so that what is learned is acted on
    changes = {"world.population.learned_share": 0.4, "run.users": 1_040, "run.ticks": 100}
    given = scenario(BUSY, EVERY_RULE, changes)
    readable, fast = ReadableEngine(given, 5), FastEngine(given, 5, threads)
    readable.run(100)
    fast.run(100)
    assert disagreement(readable, fast) == ([], set())
    assert "learned_spend" in fast.columns.names


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rule", ["forward_looking", "goal_gradient", "myopic", "dynamic_programming"])
def test_engines_agree_when_perks_have_levels(rule, threads):
    world = {**BUSY, **MERCHANTS, "rule": rule, "world.choice.myopic_days": 31.0, "run.users": 1_040, "run.ticks": 45}
    given = scenario(world, {"world.choice.perk_levels": PERK_LEVELS})
    readable, fast = ReadableEngine(given, 5), FastEngine(given, 5, threads)
    readable.run(45)
    fast.run(45)
    assert disagreement(readable, fast) == ([], set())
    plain = FastEngine(scenario(world), 5)
    plain.run(45)
    assert "plan" in different_columns(plain, fast)


@pytest.fixture(scope="module")
def everything():
    """A world in which every mechanism fires, of more users than one block holds, by the readable engine."""
    given = scenario(BUSY, {"run.users": 1_040, "run.ticks": 40})
    readable = ReadableEngine(given, 12)
    readable.run(40)
    return readable


def test_every_mechanism_fires(everything):
    silent = [name for name, sum_ in zip(TOTALS, everything.totals.sum(0), strict=True) if sum_ == 0]
    first_circle = [f"circle_1_{flow}" for flow in CIRCLE_FLOWS]  # the one circle for all
    elsewhere = [name for name in TOTALS[len(PLAIN_TOTALS) :] if name not in first_circle]
    assert silent == ["fees_fen", *elsewhere]  # a threshold is not for sale; credit is no business here
    unmoved = [name for name in NAMES if np.unique(everything.columns[name]).size == 1]
    assert unmoved == []


@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_when_every_mechanism_fires(everything, threads):
    fast = FastEngine(everything.scenario, 12, threads)
    assert fast.threads == threads
    fast.run(40)
    assert disagreement(everything, fast) == ([], set())


@pytest.fixture(scope="module")
def credit():
    """A world in which credit is a business and people default, of more users than one block holds, by the readable engine."""
    given = scenario(BUSY, FINANCE, HARD_TIMES, {"run.users": 600, "run.ticks": 100})
    readable = ReadableEngine(given, 12)
    readable.run(100)
    return readable


def test_every_part_of_credit_fires(credit):
    sums = dict(zip(TOTALS, credit.totals.sum(0), strict=True))
    there = totals_of(credit.scenario)
    assert {name for name in there if sums[name] == 0} == {"fees_fen", *PACKETS_TOLD}
    # a circle for all is kept as the first of several, but told of as the circle alone
    first = {f"circle_1_{flow}" for flow in CIRCLE_FLOWS}
    assert {name for name in TOTALS if name not in there and sums[name] != 0} == first
    assert set(CREDIT_FLOWS) <= set(there)
    still = [name for name in credit.columns.names if np.unique(credit.columns[name]).size == 1]
    assert set(still) <= {"knows", "need", "unmet"}  # all know by now, and a need lasts from payday to the day after


@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_when_every_part_of_credit_fires(credit, threads):
    fast = FastEngine(credit.scenario, 12, threads)
    assert fast.threads == threads
    fast.run(100)
    assert disagreement(credit, fast) == ([], set())


def test_engines_agree_where_debts_reach_their_ceiling():
    given = scenario(BUSY, AT_THE_CEILING, {"run.users": 40, "run.ticks": 130})
    readable, fast = ReadableEngine(given, 7), FastEngine(given, 7)
    reached = set()
    for ticks in (100, 20, 10):
        readable.run(ticks)
        fast.run(ticks)
        assert disagreement(readable, fast) == ([], set())
        debts = {name: int(fast.columns[name].max()) for name in ("debt", "owed_1", "owed_2")}
        assert max(debts.values()) <= LARGEST_DEBT_FEN
        reached |= {name for name, most in debts.items() if most == LARGEST_DEBT_FEN}
    assert reached == {"debt", "owed_1", "owed_2"}


@pytest.fixture(scope="module")
def packets():
    """A world of red packets, of more users than one block holds, by the readable engine."""
    given = scenario(BUSY, PACKETS, {"run.users": 1_040, "run.ticks": 45})
    readable = ReadableEngine(given, 12)
    readable.run(45)
    return readable


def test_every_part_of_red_packets_fires(packets):
    sums = dict(zip(TOTALS, packets.totals.sum(0), strict=True))
    assert set(PACKET_FLOWS) <= set(totals_of(packets.scenario))
    assert {name for name in PACKET_FLOWS if sums[name] == 0} == set()


@pytest.mark.parametrize("threads", [1, 2])
def test_engines_agree_when_every_part_of_red_packets_fires(packets, threads):
    fast = FastEngine(packets.scenario, 12, threads)
    assert fast.threads == threads
    fast.run(45)
    assert disagreement(packets, fast) == ([], set())


@pytest.mark.parametrize("kind", ["top_share", "tiers", "price", "invitation"])
def test_engines_agree_on_gates_of_several_blocks_and_threads(kind):
    given = scenario(BUSY, gate_of(kind), {"run.users": 1_040, "run.ticks": 20})
    readable = ReadableEngine(given, 5)
    readable.run(20)
    for threads in (1, 2):
        fast = FastEngine(given, 5, threads)
        assert fast.threads == threads
        fast.run(20)
        assert disagreement(readable, fast) == ([], set())


@pytest.mark.parametrize("kind", ["groups", "complete", "none"])
def test_engines_agree_on_who_knows_whom(kind):
    given = scenario({"world.contacts.kind": kind, "run.users": 200})
    model, contacts = ReadableEngine(given, 4).model, make_contacts(given, 4)
    rows = [sorted(other.id for other in user.contacts) for user in model.people]
    assert rows == [contacts.others[contacts.starts[k] : contacts.starts[k + 1]].tolist() for k in range(200)]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**63 - 1])
def test_engines_agree_on_any_seed(seed):
    given = scenario(BUSY, {"run.users": 60, "run.ticks": 15})
    readable, fast = ReadableEngine(given, seed), FastEngine(given, seed)
    readable.run(15)
    fast.run(15)
    assert disagreement(readable, fast) == ([], set())


def test_the_readable_engine_is_a_mesa_model():
    model = ReadableEngine(scenario(BUSY, SMALL), 7).model
    assert isinstance(model, mesa.Model)
    assert len(model.agents) == 80
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) > 0


def test_a_disagreement_would_be_seen():
    # one fen in one user's cash is enough, wherever it goes
    given = scenario(BUSY, SMALL)
    start = DayZero(given, 7)
    one, other = FastEngine(given, 7, 1, start), FastEngine(given, 7, 1, start)
    other.columns["liquidity"][55] += 1
    one.run(40)
    other.run(40)
    totals, columns = disagreement(one, other)
    assert totals
    assert columns & {"liquidity", "debt"}
