"""Bunching at a notch: mass goes missing below the gate and turns up at it, in proportion to those who respond at all.

Kleven & Waseem (2013, QJE 128): at a notch everybody in the dominated range who optimises moves to the notch, so that what is
left there, relative to the density without a notch, is the share that does not respond. Saez (2010, AEJ: Policy) and Chetty,
Friedman, Olsen & Pistaferri (2011, QJE 126) read the excess off against a smooth density. Here the density without a notch is
known: the same people and luck where nobody responds. Users act alone (no contacts, no circle: the gate guards its perks), so the
world in which half respond is, user by user, one of the two worlds in which all or none do.
"""

from functools import cache

import numpy as np
import pytest

from sim.experiments.after.bunching import excess_share, share_above
from tests.helpers import finished, scenario

GATE, USERS = 690, 20_000


@cache
def columns(share, gate_on=True):
    """The users at the end, where this share responds."""
    given = scenario(
        {
            "policy.gate": {"kind": "threshold", "threshold": GATE},
            "policy.circle.opens": 4,
            "switches.circle": False,
            "switches.awareness": False,
            "switches.gate": gate_on,
            "world.contacts.kind": "none",
            "world.population.responsive_share": share,
            "world.choice.perk_worth": 300.0,
            "world.choice.privacy_median": 5.0,
            "world.choice.noise": 1e-6,
            "run.users": USERS,
            "run.ticks": 130,
        }
    )
    engine = finished(given, 3)
    return {name: engine.columns[name].copy() for name in ("score", "responsive")}


def test_where_half_respond_each_user_is_as_where_all_do_or_nobody_does():
    none, half, everybody = columns(0.0), columns(0.5), columns(1.0)
    expected = np.where(half["responsive"] == 1, everybody["score"], none["score"])
    assert np.array_equal(half["score"], expected)
    assert (everybody["score"] != none["score"]).mean() > 0.02


def test_what_stays_in_the_dominated_range_is_the_share_that_does_not_respond():
    none, half, everybody = (columns(share)["score"] for share in (0.0, 0.5, 1.0))
    moved = (none < GATE) & (none >= GATE - 20) & (everybody >= GATE)  # whom the notch moves, if they respond
    count = int(moved.sum())
    assert count > 300
    stayed = (half[moved] < GATE).mean()
    assert stayed == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / count))


def test_missing_mass_below_is_excess_mass_above():
    none, everybody = columns(0.0)["score"], columns(1.0)["score"]
    rises, falls = (none < GATE) & (everybody >= GATE), (none >= GATE) & (everybody < GATE)
    assert rises.sum() > 500
    assert (
        falls.sum() < 0.02 * rises.sum()
    )  # the notch pulls hardly anybody down: a few repay early and miss the next bill
    missing = (none < GATE).sum() - (everybody < GATE).sum()
    assert missing == rises.sum() - falls.sum()
    below = (none[rises] >= GATE - 60).mean()
    assert below > 0.9  # it is missing near below the gate ...
    assert np.median(everybody[rises]) < GATE + 25  # ... and turns up at it, not far above


def test_excess_grows_with_the_share_that_responds_and_is_nothing_without():
    shares = [share_above(columns(share)["score"], GATE) for share in (0.0, 0.5, 1.0)]
    assert shares[0] < shares[1] < shares[2]
    assert np.array_equal(columns(0.0)["score"], columns(0.0, gate_on=False)["score"])


@pytest.mark.parametrize("moved", [0.0, 0.2, 0.5])
def test_the_measure_finds_a_known_excess_against_a_smooth_density(moved):
    # A density linear in the score, 300 users a point at the gate: of those up to 10 points below a share moves as far above.
    # By hand: share above (1 + moved) / 2, less 1/2 and the slope's part, which the polynomial knows. Its error is that of
    # 6,000 users in the window, 0.0065, and of the fit, less than half of it: 0.03 are four of both.
    points = np.arange(GATE - 80, GATE + 80)
    rng = np.random.default_rng(5)
    counts = rng.poisson(300 - (points - GATE))
    scores = np.repeat(points, counts)
    below = (scores >= GATE - 10) & (scores < GATE)
    goes = below & (rng.random(scores.size) < moved)
    scores = np.where(goes, 2 * GATE - 1 - scores, scores)
    assert excess_share(scores, GATE) == pytest.approx(moved / 2, abs=0.03)
