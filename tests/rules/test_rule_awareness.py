"""Awareness: the hazard of learning by hand-worked numbers."""

import pytest

from sim.model.awareness import learning_hazard


def hazard(campaign_on=True, known=3, contacts=6, visits=2.0, appeal=0.5):
    return learning_hazard(0.01, 0.13, 0.002, campaign_on, known, contacts, visits, appeal)


def test_campaign_contacts_and_circle_add_up():
    # 0.01 + 0.13 x 3/6 + 0.002 x 2 x 0.5 = 0.077
    assert hazard() == pytest.approx(0.077)


def test_each_source_alone():
    assert hazard(known=0, appeal=0.0) == 0.01
    assert hazard(campaign_on=False, appeal=0.0) == pytest.approx(0.065)
    assert hazard(campaign_on=False, known=0) == pytest.approx(0.002)
    assert hazard(campaign_on=False, known=0, appeal=0.0) == 0.0


def test_it_is_the_share_of_contacts_that_counts():
    assert hazard(known=2, contacts=4) == hazard(known=50, contacts=100)
    assert hazard(known=6) == pytest.approx(0.01 + 0.13 + 0.002)


def test_a_user_without_contacts_learns_from_the_rest():
    assert hazard(known=0, contacts=0) == pytest.approx(0.012)
