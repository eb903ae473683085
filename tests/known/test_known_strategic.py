"""Strategic classification, a small case by hand: as those below a gate best-respond, the threshold that keeps it accurate moves up.

Hardt, Megiddo, Papadimitriou & Wootters (2016, ITCS): who can gain by moving the score moves it as long as that costs less than
admission is worth, so a threshold meant for t has to stand at t plus the reach. Milli, Miller, Dragan & Hardt (2019, FAT*):
the burden falls on those who deserve admission, who now have to make the effort too.

By hand. Ten users of true score 700, 710, ..., 790; the good ones stand at 750 or more. A month's effort brings 15 points (half
a point a day, as believed). Being admitted is worth 1 CNY a day for good, effort costs 1 CNY a day, impatience is 1% a day: worth it while
e**-0.01 T (1 + 1) > 1, that is up to T* = 100 log 2 = 69.3 days. Scores are published on days 30, 60, 90, so at most 60 days are
worth it: a reach of 30 points. A gate at g then admits from g - 30 on: at 750 the five good ones and three others, so it is right
about seven of ten; at 780 it is right about all. Without response 750 is right about all, and 780 about seven.
"""

import numpy as np
import pytest

from sim.model.choice.forward_looking import net_present_value, value_forward_looking
from sim.model.choice.review import Costs, GateView, Standing, choose_plan
from sim.model.gates.entry import Level
from sim.model.gates.ranking import NOBODY
from sim.model.gates.threshold import admission_threshold
from sim.model.states import FOLK, SPEND
from tests.helpers import OUTLOOK

TRUE = np.arange(700.0, 800.0, 10.0)
GOOD = TRUE >= 750.0
PACE, REACH = 0.5, 30.0
FOREVER, TOO_DEAR = 1e6, 1e9
GATES = np.arange(700, 801, 10)


def strives(score, gate, cost):
    """Whether a user at this score makes an effort for the gate, by the model's own rules."""
    view = GateView(
        (Level(1, float(gate), 0.0, 0.0, 0.0), *[Level(0, 0.0, 0.0, 0.0, 0.0)] * 4),
        *(1, NOBODY, 0.0, 10.0, 0.0, FOREVER, 30.0, 30.0, 12),
    )
    outlook = OUTLOOK._replace(belief=FOLK, published=float(score), folk_points_per_day=PACE, debt=0.0)
    costs = Costs(cost, TOO_DEAR, TOO_DEAR)
    plan = choose_plan(
        *(admission_threshold, value_forward_looking, [], outlook, view, Standing(600.0, -1.0), 0),
        *((1.0, 0.0, 0.0, 0.0, 0.0), costs, 0.01, 1e-6, 0.5),
    )
    return plan == SPEND


def admitted(gate, cost):
    """Who is admitted in the end: those there already, and those who strive, as their effort brings what they believe."""
    return np.array([score >= gate or strives(score, gate, cost) for score in TRUE])


def accuracy(gate, cost):
    return float((admitted(gate, cost) == GOOD).mean())


def test_the_reach_is_that_worked_out_by_hand():
    assert (
        net_present_value(69.0, FOREVER, 1.0, 1.0, 0.0, 0.01)
        > 0.0
        > net_present_value(70.0, FOREVER, 1.0, 1.0, 0.0, 0.01)
    )
    reached = admitted(750, 1.0)
    assert TRUE[reached].min() == 750 - REACH
    assert reached.sum() == 8


def test_the_threshold_that_keeps_accuracy_moves_up_by_the_reach():
    assert accuracy(750, 1.0) == pytest.approx(0.7)
    assert accuracy(780, 1.0) == 1.0
    assert accuracy(780, TOO_DEAR) == pytest.approx(0.7)
    assert GATES[np.argmax([accuracy(gate, 1.0) for gate in GATES])] == 750 + REACH


def test_where_effort_is_not_worth_it_the_threshold_stays():
    assert GATES[np.argmax([accuracy(gate, TOO_DEAR) for gate in GATES])] == 750
    assert accuracy(750, TOO_DEAR) == 1.0


def test_the_burden_falls_on_the_deserving():
    # At the accurate gate of 780 the good users at 750, 760 and 770 strive, and nobody else does: 60 days at 1 CNY for some.
    striving = np.array([strives(score, 780, 1.0) for score in TRUE])
    assert TRUE[striving & (TRUE < 780)].tolist() == [750.0, 760.0, 770.0]
    assert not any(strives(score, 750, 1.0) for score in TRUE[GOOD])
