"""The score by hand-worked numbers: what each action moves, by how much, and what it leaves alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.outlook import believed_score
from sim.model.score import (
    asset_count,
    behaviour,
    history,
    published_score,
    raised,
    raw_score,
    record_after_statement,
    relationships,
    utilisation,
)
from sim.model.states import CAR, FOLK, FUND, HOUSE, REPAY, REST, SPEND, UPLOAD
from sim.scenario.world import ScoreWorld
from tests.helpers import OUTLOOK

WEIGHTS = (0.35, 0.25, 0.20, 0.15, 0.05)


def test_raw_score_by_hand():
    # 0.35 x 0.5 + 0.25 x 0.4 + 0.20 x 0.3 + 0.15 x 0.2 + 0.05 x 0.1 = 0.37; 350 + 600 x 0.37 = 572
    assert raw_score(0.5, 0.4, 0.3, 0.2, 0.1, *WEIGHTS) == pytest.approx(572.0)


def test_raw_score_spans_the_range():
    assert raw_score(0, 0, 0, 0, 0, *WEIGHTS) == 350.0
    assert raw_score(1, 1, 1, 1, 1, *WEIGHTS) == pytest.approx(950.0)


def test_behaviour_saturates():
    assert behaviour(0.0, 60.0) == 0.0
    assert behaviour(60.0, 60.0) == 0.5
    assert behaviour(180.0, 60.0) == 0.75
    # each further 60 CNY a day brings less: 0.5, 0.167, 0.083
    steps = np.diff([behaviour(60.0 * k, 60.0) for k in range(4)])
    assert steps.tolist() == pytest.approx([1 / 2, 1 / 6, 1 / 12])
    assert behaviour(1e9, 60.0) < 1.0


def test_a_missed_payment_costs_far_more_than_one_on_time_earns():
    # from 0.5 without forgetting: on time 0.5 + 0.02 x 0.5 = 0.51; missed 0.5 x 0.85 = 0.425
    assert record_after_statement(0.5, True, 0.02, 0.15, 0.53, 0.0) == pytest.approx(0.51)
    assert record_after_statement(0.5, False, 0.02, 0.15, 0.53, 0.0) == pytest.approx(0.425)
    # and with 10% of the way back to the prior of 0.6: 0.51 + 0.1 x 0.09
    assert record_after_statement(0.5, True, 0.02, 0.15, 0.6, 0.1) == pytest.approx(0.519)


@pytest.mark.parametrize("record", [0.5, 0.53, 0.7, 0.9, 0.98])
def test_by_default_one_missed_payment_outweighs_five_on_time(record):
    world = ScoreWorld()

    def after(start, paid):
        return record_after_statement(start, paid, world.streak_gain, world.missed_loss, start, 0.0)

    assert record - after(record, False) > 5 * (after(record, True) - record)


@given(st.floats(0, 1), st.booleans(), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_record_stays_a_share(record, paid, gain, loss, prior, forgetting):
    assert -1e-12 <= record_after_statement(record, paid, gain, loss, prior, forgetting) <= 1.0 + 1e-12


def test_utilisation_marks_history_down():
    assert utilisation(50, 200) == 0.25
    assert utilisation(0, 1) == 0.0
    assert utilisation(500, 200) == 1.0
    assert history(0.8, 0.5, 0.35) == pytest.approx(0.66)  # 0.8 x (1 - 0.175)
    assert history(0.8, 0.0, 0.35) == 0.8


def test_assets_are_counted_and_raise_up_to_one():
    assert [asset_count(flags) for flags in range(8)] == [0, 1, 1, 2, 1, 2, 2, 3]
    assert raised(0.4, CAR | FUND, 0.1) == pytest.approx(0.6)
    assert raised(0.4, 0, 0.1) == 0.4
    assert raised(0.95, CAR | HOUSE | FUND, 0.1) == 1.0


def test_relationships_are_the_mean_of_the_contacts_scores_on_the_scale_of_the_range():
    assert relationships(1300, 2, 0.45) == pytest.approx(0.5)
    assert relationships(0, 0, 0.45) == 0.45
    assert relationships(950 * 7, 7, 0.45) == 1.0


def test_published_score_rounds_to_the_nearest_point():
    assert published_score(620.4, 6.0, 0.5) == 620
    assert published_score(620.6, 6.0, 0.5) == 621
    # the uniform of one standard deviation up: 620 + 6
    assert published_score(620.0, 6.0, 0.8413447460685429) == 626


@given(st.floats(0.0, 1500.0), st.floats(0, 100), st.integers(0, 2**32 - 1))
def test_published_score_is_a_whole_number_in_the_range(raw, noise, word):
    score = published_score(raw, noise, (word + 0.5) * 2.0**-32)
    assert isinstance(score, int)
    assert 350 <= score <= 950


def test_uploading_moves_ability_and_identity_only():
    # one asset: 600 x (0.25 x 0.10 + 0.15 x 0.08) = 22.2 points
    rest = believed_score(OUTLOOK, REST, 30.0, 0)
    assert believed_score(OUTLOOK, UPLOAD, 30.0, CAR) - rest == pytest.approx(22.2)
    assert believed_score(OUTLOOK, UPLOAD, 30.0, CAR | HOUSE) - rest == pytest.approx(44.4)
    deaf = OUTLOOK._replace(ability_step=0.0, identity_step=0.0)
    assert believed_score(deaf, UPLOAD, 30.0, CAR | HOUSE | FUND) == believed_score(deaf, REST, 30.0, 0)


def test_spending_moves_behaviour_only():
    # after 90 days of twice the usual: 60 - 30 e**-1 = 48.96 CNY/day; behaviour from 1/3 to 0.4494; 600 x 0.2 x the rise
    level = 60.0 - 30.0 * np.exp(-1.0)
    rise = level / (level + 60.0) - 1 / 3
    gain = believed_score(OUTLOOK, SPEND, 90.0, 0) - believed_score(OUTLOOK, REST, 90.0, 0)
    assert gain == pytest.approx(120.0 * rise)
    weightless = OUTLOOK._replace(behaviour_weight=0.0)
    assert believed_score(weightless, SPEND, 90.0, 0) == believed_score(weightless, REST, 90.0, 0)


def test_repaying_moves_history_only():
    # after 20 days: 10 x 20 = 200 of 1000 repaid; utilisation 0.25 to 0.20; 600 x 0.35 x 0.6 x 0.35 x 0.05 = 2.205
    gain = believed_score(OUTLOOK, REPAY, 20.0, 0) - believed_score(OUTLOOK, REST, 20.0, 0)
    assert gain == pytest.approx(2.205)
    # after 200 days, pace allows 2000 and cash 800 + 5 x 200 = 1800: all 1000 are gone, utilisation 0
    gain = believed_score(OUTLOOK, REPAY, 200.0, 0) - believed_score(OUTLOOK, REST, 200.0, 0)
    assert gain == pytest.approx(600 * 0.35 * 0.6 * 0.35 * 0.25)
    weightless = OUTLOOK._replace(history_weight=0.0)
    assert believed_score(weightless, REPAY, 200.0, 0) == believed_score(weightless, REST, 200.0, 0)


def test_repaying_is_held_back_by_cash():
    # pace allows 900 in 90 days, cash 100 + 2 x 90 = 280
    poor = OUTLOOK._replace(spare_cash=100.0, spare_income_per_day=2.0)
    gain = believed_score(poor, REPAY, 90.0, 0) - believed_score(poor, REST, 90.0, 0)
    assert gain == pytest.approx(600 * 0.35 * 0.6 * 0.35 * 280.0 / 4000.0)


def test_folk_belief_counts_days_of_use_and_nothing_else():
    folk = OUTLOOK._replace(belief=FOLK)
    assert believed_score(folk, SPEND, 30.0, 0) == pytest.approx(606.0)
    assert believed_score(folk, REPAY, 30.0, 0) == pytest.approx(606.0)
    assert believed_score(folk, REST, 30.0, 0) == 600.0
    assert believed_score(folk, UPLOAD, 30.0, CAR) == 600.0
