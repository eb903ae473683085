"""The manipulation test (McCrary 2008; Cattaneo, Jansson & Ma 2020, JASA 115) on whole-number scores: its size where nothing jumps,
its power where a known share moves over the cutoff, and dummy cutoffs.

A share of rejections among 200 samples at 5% has standard error 0.015. The test may be conservative, since the bandwidth is as wide as
mass points ask for, so the size is held to at most 0.05 + 3 * 0.015; what matters is that it does not find what is not there.
"""

import numpy as np
import pytest

pytest.importorskip("rddensity")
from sim.experiments.after.manipulation import manipulation_test

USERS, CUTOFF, SAMPLES = 5_000, 680, 200


def scores(seed, moved=0.0):
    """Whole-number scores, Normal (620, 45), of whom this share of those up to 10 points below the cutoff stand as far above."""
    rng = np.random.default_rng(seed)
    found = np.round(rng.normal(620.0, 45.0, USERS)).astype(np.int64)
    goes = (found < CUTOFF) & (found >= CUTOFF - 10) & (rng.random(USERS) < moved)
    return np.where(goes, 2 * CUTOFF - 1 - found, found)


def rejections(moved, cutoff=CUTOFF, samples=SAMPLES):
    return float(np.mean([manipulation_test(scores(seed, moved), cutoff).p < 0.05 for seed in range(samples)]))


def test_a_large_jump_is_found_and_none_is_not():
    there, not_there = manipulation_test(scores(1, 0.8), CUTOFF), manipulation_test(scores(1), CUTOFF)
    assert there.p < 1e-4
    assert there.t > 0  # more above than below
    assert not_there.p > 0.05
    assert not_there.bandwidth_below >= 20
    assert not_there.below > not_there.above


def test_too_few_users_are_no_test():
    assert np.isnan(manipulation_test(np.arange(640, 690), CUTOFF).p)
    assert np.isnan(manipulation_test(np.full(500, 600), CUTOFF).p)


@pytest.mark.slow
def test_the_test_keeps_its_size():
    assert rejections(0.0) <= 0.095


@pytest.mark.slow
def test_its_power_rises_with_the_share_that_moves():
    shares = [rejections(moved, samples=60) for moved in (0.1, 0.3, 0.6)]
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.9  # 60 samples: standard error below 0.04


@pytest.mark.slow
def test_dummy_cutoffs_away_from_the_gate_keep_it():
    # As far off as the bandwidth reaches: nearer, the missing mass itself is what is found.
    assert rejections(0.3, CUTOFF - 60) <= 0.095
