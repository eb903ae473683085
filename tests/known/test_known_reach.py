"""How far from the gate effort starts: the run against the distance at which a plan's value, in closed form, turns negative.

A folk user expects `pace` points a day. A publication in T days is worth striving for while the prize from T on outweighs
the cost until T: prize (e**-rT - e**-rE) > cost (1 - e**-rT). So T* = -ln((cost + prize e**-rE) / (cost + prize)) / r, and
the reach is the pace times the last publication by T* within the horizon.
"""

import numpy as np
import pytest

from sim.engines.fast import FastEngine
from sim.model.choice import decision_rule
from sim.model.choice.review import Costs, GateView, Standing, choose_plan
from sim.model.gates import ADMISSIONS
from sim.model.states import FOLK, REST, SPEND
from tests.helpers import ENGINES, OUTLOOK, scenario


def latest_arrival(prize, cost, rate, end):
    return -np.log((cost + prize * np.exp(-rate * end)) / (cost + prize)) / rate


def reach(pace, prize, cost, rate, end, first, interval, horizon):
    arrivals = first + interval * np.arange(horizon)
    worth = arrivals[(arrivals < end) & (arrivals <= latest_arrival(prize, cost, rate, end))]
    return pace * worth.max(initial=0.0)


CASES = [
    # prize, cost, rate, end, first publication, horizon
    (1.0, 0.5, 0.003, 1e6, 17.0, 12),
    (1.0, 1.0, 0.003, 1e6, 17.0, 24),
    (5.0, 0.2, 0.003, 1e6, 30.0, 24),
    (5.0, 0.2, 0.003, 400.0, 30.0, 24),
    (5.0, 0.2, 0.003, 100.0, 12.0, 24),
    (1.0, 2.0, 0.05, 1e6, 5.0, 24),
    (1.0, 40.0, 0.05, 1e6, 30.0, 24),  # never worth it
    (9.0, 0.1, 0.001, 1e6, 30.0, 3),  # the horizon binds
]


@pytest.mark.parametrize(("prize", "cost", "rate", "end", "first", "horizon"), CASES)
@pytest.mark.parametrize("pace", [0.2, 0.5])
def test_the_furthest_who_strive_are_where_the_value_turns(prize, cost, rate, end, first, horizon, pace):
    gate = GateView(750.0, 0.0, 0.0, 0.0, 10.0, 0.0, end, first, 30.0, horizon)

    def plan(distance):
        outlook = OUTLOOK._replace(belief=FOLK, published=750.0 - distance, folk_points_per_day=pace, debt=0.0)
        costs = Costs(cost, 1e9, 1e9)
        value, admission, standing = (
            decision_rule("forward_looking").value,
            ADMISSIONS["threshold"],
            Standing(600.0, -1.0),
        )
        return choose_plan(admission, value, (), outlook, gate, standing, 0, prize, costs, rate, 1e-6, 0.5)

    distances = np.arange(0.05, 400.0, 0.1)
    striving = np.array([plan(float(d)) == SPEND for d in distances])
    expected = reach(pace, prize, cost, rate, end, first, 30.0, horizon)
    assert (striving == (distances <= expected)).all()
    assert (expected > 0) == (cost < 40.0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("perk", "horizon"), [(60.0, 24), (24.0, 24), (120.0, 4)])
def test_in_a_run_effort_starts_at_that_distance(engine, perk, horizon):
    # Equal folk users without debts (nothing to repay), a gate guarding perks alone, on the day of its announcement.
    users = 20_000 if engine == "fast" else 400
    threshold, pace, rate = 690, 0.4, 0.003
    same = {f"world.population.{name}_spread": 0.0 for name in ("income", "outflow", "shopping", "payments")}
    given = scenario(
        same,
        {
            "policy.gate": {"kind": "threshold", "threshold": threshold},
            "policy.circle.opens": 15,
            "switches.circle": False,
            "switches.awareness": False,
            "world.population.responsive_share": 1.0,
            "world.population.folk_share": 1.0,
            "world.population.shopping_median": 0.01,
            "world.choice.folk_points": pace * 30,
            "world.choice.perk_worth": perk,
            "world.choice.discount": rate,
            "world.choice.noise": 1e-6,
            "world.choice.horizon": horizon,
            "world.choice.spend_hassle": 0.1,
            "run.users": users,
            "run.ticks": 16,
        },
    )
    run = ENGINES[engine](given, 2)
    run.run(16)
    columns = run.columns
    assert columns["debt"].max() == 0
    usual = columns["payment_rate"].astype(float) * columns["ticket"] * 0.01
    cost = float(usual[0]) * 0.05 + 0.1
    assert usual.std() < 1e-6
    # day 15 is 16 September; the next publication is on 6 October, in 20 days
    expected = reach(pace, perk / 30.0, cost, rate, 1e6, 20.0, 30.0, horizon)
    distance = threshold - columns["score"]
    striving = columns["plan"] == SPEND
    assert (striving == ((distance > 0) & (distance <= expected))).all()
    assert (columns["plan"][~striving] == REST).all()
    assert striving.any()
    if engine == "fast":
        assert distance[striving].max() == np.floor(expected)  # 20,000 users: every distance in reach is taken by some


def test_a_dearer_plan_reaches_less_far_in_the_run():
    # the same by comparison: the share that strives falls with every step of the hassle
    shares = []
    for hassle in (0.1, 0.5, 1.0, 2.0, 8.0):
        given = scenario(
            {
                "policy.gate": {"kind": "threshold", "threshold": 690},
                "switches.awareness": False,
                "world.population.responsive_share": 1.0,
                "world.population.folk_share": 1.0,
                "world.choice.noise": 1e-6,
                "world.choice.spend_hassle": hassle,
                "world.choice.repay_hassle": hassle,
                "run.users": 5_000,
                "run.ticks": 16,
            }
        )
        run = FastEngine(given, 2)
        run.run(16)
        shares.append(float((run.columns["plan"] != REST).mean()))
    assert (np.diff(shares) < 0).all()
