"""Each switch turns its mechanism off, whole and alone; on, the mechanism is there to be seen."""

import numpy as np
import pytest

from sim.model.totals import of_lenders
from tests.helpers import (
    BUSY,
    ENGINES,
    FINANCE,
    HARD_TIMES,
    LENDERS,
    LINE,
    NONE,
    PACKETS,
    different_columns,
    different_totals,
    finished,
    scenario,
    total,
)

USERS = {"fast": 3_000, "readable": 80}


def run(engine, *changes):
    return finished(scenario(BUSY, {"run.users": USERS[engine]}, *changes), engine=engine)


def start(engine, *changes):
    return ENGINES[engine](scenario(BUSY, {"run.users": USERS[engine]}, *changes), 1).snapshot()


both = pytest.mark.parametrize("engine", ENGINES)


@both
def test_score_off_scores_stay_as_first_published(engine):
    off = {"switches.score": False}
    before = start(engine, off)["score"]
    after = run(engine, off)
    assert np.array_equal(before, after.columns["score"])
    assert (total(after, "score_points") == before.astype(np.int64).sum()).all()
    assert (total(after, "rest") == USERS[engine]).all()  # nobody strives for a publication that never comes
    assert not np.array_equal(start(engine)["score"], run(engine).columns["score"])


@both
def test_gate_off_nobody_is_asked_for_a_score(engine):
    assert total(run(engine, {"switches.gate": False}), "admitted").sum() == 0
    assert total(run(engine), "admitted").sum() > 0


@both
def test_awareness_off_everybody_knows_on_the_day_of_the_announcement(engine):
    off = run(engine, {"switches.awareness": False})
    opens = off.scenario.policy.circle.opens
    assert total(off, "knowing")[opens - 1 : opens + 1].tolist() == [0, USERS[engine]]
    assert total(run(engine), "knowing")[opens] < USERS[engine]
    early = {"policy.gate": {"kind": "threshold", "threshold": 640, "announced": 2, "start": 8}}
    assert total(run(engine, {"switches.awareness": False}, early), "knowing")[1:3].tolist() == [0, USERS[engine]]


@both
def test_choice_off_everybody_rests(engine):
    off, on = run(engine, {"switches.choice": False}), run(engine)
    assert (total(off, "rest") == USERS[engine]).all()
    for effort in ("spend", "repay", "upload", "uploads", "repaid_early_fen"):
        assert total(off, effort).sum() == 0
        assert total(on, effort).sum() > 0


@both
def test_circle_off_nobody_visits_posts_or_reacts(engine):
    off, on = run(engine, {"switches.circle": False}), run(engine)
    for sign in ("visits_circle", "posts", "likes", "comments", "tips", "tips_fen", "commenters"):
        assert total(off, sign).sum() == 0
        assert total(on, sign).sum() > 0
    # the gate still guards its perks
    assert total(off, "rest").min() < USERS[engine]


@both
def test_circle_off_the_gates_worth_is_its_perks_alone(engine):
    # what the circle would be worth to a user moves nobody
    priceless = {"world.choice.worth_median": 300.0}
    modest = {"world.choice.perk_worth": 5.0}
    off = {"switches.circle": False, **modest}
    assert different_totals(run(engine, off), run(engine, off, priceless)) == set()
    assert "rest" in different_totals(run(engine, modest), run(engine, modest, priceless))


@both
def test_feed_off_visits_to_the_circle_count_for_nothing(engine):
    off, on, without = run(engine, {"switches.feed": False}), run(engine), run(engine, NONE)
    assert total(off, "visits_circle").sum() == 0 < total(on, "visits_circle").sum()
    assert np.array_equal(total(off, "visits_rival"), total(without, "visits_rival"))
    # the circle goes on as it was, and so does whatever anybody does for its sake
    assert different_totals(off, on) <= {
        *("visits_circle", "circle_1_visits", "visits_habit", "visits_rival", "active", "active_30", "rival_active"),
    }
    assert total(off, "posts").sum() > 0
    assert total(off, "rest").min() < USERS[engine]
    assert different_columns(off, on) <= {"habit", "visits", "last_visit_day"}


@both
def test_feed_and_habit_off_only_the_visits_to_the_circle_are_missing(engine):
    still = {"switches.habit": False}
    assert different_totals(run(engine, still, {"switches.feed": False}), run(engine, still)) <= {
        *("visits_circle", "circle_1_visits", "visits_rival", "active", "active_30", "rival_active"),
    }


@both
def test_credit_off_its_numbers_move_nothing(engine):
    # the mechanism is off unless asked for: none of its numbers matters then
    other = {
        "world.liquidity.loss_chance": 0.5,
        "world.lending.shopping": 0.0,
        "policy.credit.limit_floor": 0.0,
        "policy.lending.information": "shared",
        "world.score.default_loss": 0.0,
    }
    assert different_totals(run(engine), run(engine, other)) == set()


@both
def test_lenders_off_nobody_borrows_from_them(engine):
    off, on = run(engine, LINE, HARD_TIMES), run(engine, FINANCE, HARD_TIMES)
    for sign in ("applications", "loans", "borrowers", *of_lenders("lent"), *of_lenders("cash")):
        assert total(off, sign).sum() == 0
    assert total(on, "loans").sum() > 0
    assert total(off, "in_need").sum() > 0


@both
def test_credit_line_off_limits_and_defaults_are_not_there(engine):
    off, on = run(engine, LENDERS, HARD_TIMES), run(engine, FINANCE, HARD_TIMES)
    for sign in ("limit_fen", "late_fees_fen", "written_off_fen", "line_late", "line_closed"):
        assert total(off, sign).sum() == 0
    assert total(on, "limit_fen").sum() > 0
    assert total(on, "late_fees_fen").sum() > 0


@both
def test_incentive_off_the_platform_is_as_without_packets_to_the_bit(engine):
    off, none, on = run(engine, PACKETS, {"switches.incentive": False}), run(engine), run(engine, PACKETS)
    assert different_totals(off, none) == set()
    assert different_columns(off, none) == set()
    assert total(on, "packets_opened").sum() > 0


@both
def test_habit_off_the_stock_stays(engine):
    off = {"switches.habit": False}
    assert np.array_equal(start(engine, off)["habit"], run(engine, off).columns["habit"])
    assert not np.array_equal(start(engine)["habit"], run(engine).columns["habit"])


@both
def test_habit_off_no_circle_leaves_a_trace_in_habitual_visits(engine):
    off = {"switches.habit": False}
    assert "visits_habit" not in different_totals(run(engine, off), run(engine, off, NONE))
    assert "visits_habit" in different_totals(run(engine), run(engine, NONE))


@both
def test_attention_off_the_circle_takes_nothing_from_the_rival(engine):
    off, on, without = run(engine, {"switches.attention": False}), run(engine), run(engine, NONE)
    assert np.array_equal(total(off, "visits_rival"), total(without, "visits_rival"))
    assert np.array_equal(total(off, "rival_active"), total(without, "rival_active"))
    assert total(on, "visits_rival").sum() < total(without, "visits_rival").sum()
    # and nothing else depends on it
    assert different_totals(off, on) <= {"visits_rival", "rival_active"}


@both
def test_coverage_off_everybody_has_a_file(engine):
    off, on = start(engine, {"switches.coverage": False}), start(engine)
    assert (off["has_file"] == 1).all()
    assert 0 < on["has_file"].mean() < 1
    # and so nobody starts with the uninformed record of the thin
    uninformed = np.float32(run(engine).scenario.world.score.uninformed_record)
    assert (on["record"][on["has_file"] == 0] == uninformed).all()
    assert np.mean(off["record"] == uninformed) < np.mean(on["record"] == uninformed)


@both
def test_without_word_of_mouth_awareness_is_slow_and_does_not_accelerate(engine):
    # q = 0 (target 5c): learning is fastest when most have yet to learn; with q it speeds up first
    slow_start = {
        "world.awareness.campaign_rate": 0.01,
        "world.awareness.circle_rate": 0.0,
        "policy.campaign.days": 60,
        "run.users": 20 * USERS[engine] if engine == "fast" else USERS[engine],
    }
    with_q = run(engine, slow_start, {"world.awareness.contact_rate": 0.4})
    without = run(engine, slow_start, {"world.awareness.contact_rate": 0.0})
    assert total(without, "knowing")[-1] < total(with_q, "knowing")[-1]
    if engine == "fast":
        opens = with_q.scenario.policy.circle.opens
        weeks = [total(r, "learned")[opens : opens + 28].reshape(4, 7).sum(1) for r in (with_q, without)]
        assert weeks[0][1] > 1.3 * weeks[0][0]
        assert (
            np.diff(weeks[1]) < 0
        ).all()  # 60,000 users, 1% a day: 4,075 a week falling by 275, sd of a difference 90
