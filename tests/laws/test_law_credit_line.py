"""The credit line and the score: what is charged counts as spend, a bill missed costs record, score and limit."""

import numpy as np
import pytest

from sim.model.calendar import BILL_DUE, make_calendar
from sim.model.credit import CLOSED
from tests.helpers import ENGINES, HARD_TIMES, LINE, NONE, finished, scenario, total

SIZES = {"fast": 2_000, "readable": 150}
both = pytest.mark.parametrize("engine", ENGINES)
OUT_OF_CASH = {
    **NONE,
    **LINE,
    "world.money.buffer_median": 1e-9,
    "world.money.buffer_spread": 0.0,
    "world.money.living_share": 1.0,
    "world.population.shopping_median": 20_000.0,
    "world.score.behaviour_weight": 1.0,
    **{f"world.score.{name}_weight": 0.0 for name in ("history", "ability", "identity", "relationships")},
    "run.ticks": 30,
}
"""Nobody has cash to shop with, and scores are the behaviour sub-score alone."""
NO_LIMIT = {"policy.credit.limit_floor": 0.0, "policy.credit.limit_flow": 0.0}


@both
def test_what_is_charged_raises_the_behaviour_sub_score(engine):
    size = {"run.users": SIZES[engine]}
    without, with_line = (finished(scenario(OUT_OF_CASH, size, limit), engine=engine) for limit in (NO_LIMIT, {}))
    assert total(without, "charged_fen").sum() == 0 < total(with_line, "charged_fen").sum()
    assert with_line.columns["recent_spend"].mean() > without.columns["recent_spend"].mean()
    assert total(with_line, "score_points")[-1] > total(without, "score_points")[-1]


@both
def test_a_bill_missed_costs_record_and_limit_and_one_paid_does_not(engine):
    given = scenario(NONE, LINE, HARD_TIMES, {"run.users": SIZES[engine], "run.ticks": 80})
    run = ENGINES[engine](given, 4)
    seen = 0
    for tick in np.flatnonzero(make_calendar(given).flags & BILL_DUE):
        run.run(int(tick) - run.tick)
        before = run.snapshot()
        run.run(1)
        after = run.columns
        due = np.minimum(before["billed"], before["debt"]) > 0
        missed = due & (after["missed"] > before["missed"])
        paid = due & (after["missed"] == 0)
        open_still = missed & (after["missed"] != CLOSED)
        seen += int(open_still.sum())
        assert (missed | paid)[due].all()
        assert (after["record"][missed] < before["record"][missed]).all()
        assert (after["record"][paid] >= before["record"][paid]).all()
        assert np.array_equal(after["limit"][paid], before["limit"][paid])
        halved = before["limit"][open_still] * (1.0 - given.policy.credit.limit_cut)
        assert np.abs(after["limit"][open_still] - halved).max(initial=0) <= 1
    assert seen > 3


@both
def test_scores_after_a_missed_bill_are_lower(engine):
    # the same people and luck; a minimum that nobody can pay against none at all
    world = {**LINE, "world.score.noise": 0.0, "run.users": SIZES[engine], "run.ticks": 45}
    hard, easy = (
        finished(
            scenario(NONE, world, {"world.money.minimum_payment": share, "world.money.living_share": 1.0}),
            engine=engine,
        )
        for share in (1.0, 0.0)
    )
    assert total(hard, "bills_missed").sum() > total(easy, "bills_missed").sum() == 0
    assert total(hard, "score_points")[-1] < total(easy, "score_points")[-1]
