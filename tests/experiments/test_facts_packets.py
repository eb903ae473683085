"""Target 5a: growth worked out by hand, and the four festivals with the mechanism and without it."""

import numpy as np
import pytest

from sim.experiments.facts import packets
from sim.experiments.facts.row import Effort
from sim.scenario.load import load_shipped

SMALL = ["run.users=6000"]


def test_growth_by_hand():
    found = packets.growth(np.array([0.5, 30.0, 240.0, 480.0]))
    assert found == {"5a growth 2015": 60.0, "5a growth 2016": 8.0, "5a growth 2017": 2.0, "5a falling": 0.25}


def test_there_are_four_festivals_a_year_apart():
    scenario = load_shipped(packets.SCENARIO)
    assert packets.volumes(load_shipped(packets.SCENARIO, SMALL), 1, 1).shape == (4,)
    assert scenario.policy.incentive.every == 365
    assert scenario.run.ticks > 3 * 365 + (scenario.policy.incentive.end or 0)


def test_growth_falls_from_year_to_year():
    found = packets.growth(packets.volumes(load_shipped(packets.SCENARIO, SMALL), 2, 1))
    assert found["5a growth 2015"] > found["5a growth 2016"] > found["5a growth 2017"]


@pytest.mark.parametrize(
    "without",
    [
        # who has opened one is no more likely to open the next, nor given more
        ["world.packets.opening_used=0.3", "policy.incentive.sent_again=0"],
        # and nothing is passed on, nobody is given one for having opened
        ["policy.incentive.passed_on=0", "policy.incentive.sent_again=0"],
    ],
    ids=["no adoption", "no passing on"],
)
def test_without_the_mechanism_there_is_no_such_growth(without):
    # a steady volume: 2014 has so few packets at this size that a factor of two is luck
    seen = np.sum(
        [packets.volumes(load_shipped(packets.SCENARIO, [*SMALL, *without]), seed, 1) for seed in range(4)], axis=0
    )
    assert (seen[1:] < 6.0 * seen[:-1]).all()


def test_a_year_without_packets_is_told_not_divided_by():
    found = packets.check(Effort(0.0))  # 200 users, none of whom is given one in the first year
    assert set(found) == set(packets.NAMES)
    assert all(one.note for one in found.values())
