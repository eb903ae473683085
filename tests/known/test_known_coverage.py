"""Coverage: intervals of differences that are known hold them as often as they say, and no difference is rarely taken for one.

Of `n` simulated comparisons a share within four standard errors of its expectation is asked for, 4 * sqrt(p * (1 - p) / n): with 4,000
and 95% that is 1.4 points, so that an interval that covers 92% (as the usual interval does if one looks again after
each replicate) fails nearly always. The skewed differences have skewness 1 (gamma of shape 4), where Student's t itself covers
about 94% with twenty replicates: there 93 to 97% is asked for.
"""

import math

import numpy as np
import pytest

from sim.experiments.cells.evaluate import evaluate
from sim.experiments.cells.job import Job
from sim.experiments.compare import bootstrap
from sim.experiments.compare.contrast import contrast
from sim.experiments.compare.correction import adjusted
from sim.experiments.compare.two_stage import most_needed, replicates_needed
from sim.experiments.compare.verdict import BETTER, BROKEN, EQUIVALENT, KEPT, WORSE, guard, verdict
from sim.scenario.comparison import FIRST_STAGE
from tests.helpers import scenario

COMPARISONS = 4000
KNOWN_DIFFERENCE = 0.3


def tolerance(p, n):
    return 4.0 * math.sqrt(p * (1.0 - p) / n)


def normal(luck, shape):
    return KNOWN_DIFFERENCE + luck.standard_normal(shape)


def skewed(luck, shape):
    """Mean 0.3, standard deviation 1, skewness 1."""
    return KNOWN_DIFFERENCE + (luck.gamma(4.0, 1.0, shape) - 4.0) / 2.0


def covered(bounds, truth=KNOWN_DIFFERENCE):
    low, high = np.asarray(bounds).T
    return float(np.mean((low <= truth) & (truth <= high)))


@pytest.mark.parametrize("n", [2, 5, 10, 30])
def test_student_t_covers_normal_differences(n):
    luck = np.random.default_rng(n)
    share = covered([contrast(normal(luck, n)).interval() for _ in range(COMPARISONS)])
    assert share == pytest.approx(0.95, abs=tolerance(0.95, COMPARISONS))


def test_student_t_covers_skewed_differences():
    luck = np.random.default_rng(11)
    assert 0.93 <= covered([contrast(skewed(luck, 20)).interval() for _ in range(COMPARISONS)]) <= 0.97


@pytest.mark.parametrize("differences", [normal, skewed])
def test_bca_covers(differences, monkeypatch):
    monkeypatch.setattr(bootstrap, "RESAMPLES", 999)  # quick; the slow test has them all
    drawn = differences(np.random.default_rng(12), (1000, 20))
    assert 0.93 <= covered(bootstrap.bca_intervals(drawn, 1)) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("differences", [normal, skewed])
@pytest.mark.parametrize("n", [12, 20])
def test_bca_covers_with_all_its_resamples(differences, n):
    drawn = differences(np.random.default_rng(13), (COMPARISONS, n))
    assert 0.93 <= covered(bootstrap.bca_intervals(drawn, 1)) <= 0.97


def two_stage(differences, luck, width):
    """Bounds and number of replicates of one comparison until a width."""
    first = differences(luck, FIRST_STAGE)
    needed = replicates_needed(contrast(first).spread, FIRST_STAGE, width)
    whole = np.concatenate([first, differences(luck, needed - FIRST_STAGE)])
    return (*contrast(whole, FIRST_STAGE).interval(), needed)


@pytest.mark.parametrize("width", [1.0, 0.5])
@pytest.mark.parametrize("differences", [normal, skewed])
def test_until_a_width_covers_and_is_that_narrow(differences, width):
    luck = np.random.default_rng(14)
    low, high, n = np.array([two_stage(differences, luck, width) for _ in range(COMPARISONS)]).T
    assert (high - low <= width * (1 + 1e-12)).all()
    assert n.max() > n.min() >= FIRST_STAGE  # the rule did decide
    share = covered(np.column_stack([low, high]))
    if differences is normal:
        assert share == pytest.approx(0.95, abs=tolerance(0.95, COMPARISONS))
    assert 0.93 <= share <= 0.97


def test_looking_after_every_replicate_would_not_cover():
    # what the two-stage rule is for: the usual interval, stopped as soon as it is narrow enough, covers too rarely
    luck = np.random.default_rng(15)
    bounds = []
    for _ in range(1000):
        drawn = normal(luck, 60)
        n = next(n for n in range(3, 61) if n == 60 or 2 * contrast(drawn[:n]).half() <= 1.2)
        bounds.append(contrast(drawn[:n]).interval())
    assert covered(bounds) < 0.95 - tolerance(0.95, 1000)


def test_the_widest_of_several_contrasts_may_decide_for_all():
    comparisons = 1500
    # three policies against one baseline, so that their differences go together
    luck = np.random.default_rng(16)
    spreads = np.array([0.5, 1.0, 1.1])[:, None]
    held = np.zeros(3)
    for _ in range(comparisons):
        first = spreads * (luck.standard_normal((3, FIRST_STAGE)) + luck.standard_normal(FIRST_STAGE)) / math.sqrt(2)
        needed = most_needed([(contrast(row).spread, FIRST_STAGE, 0.8) for row in first], FIRST_STAGE)
        more = (3, needed - FIRST_STAGE)
        later = spreads * (luck.standard_normal(more) + luck.standard_normal(more[1])) / math.sqrt(2)
        for place, row in enumerate(np.concatenate([first, later], axis=1)):
            low, high = contrast(row, FIRST_STAGE).interval()
            assert high - low <= 0.8 * (1 + 1e-12)
            held[place] += low <= 0.0 <= high
    assert held / comparisons == pytest.approx(0.95, abs=tolerance(0.95, comparisons))


def verdicts(differences, correction, margin=0.0):
    """Verdicts on contrasts, shape (policies, replicates), that are one family."""
    found = [contrast(row) for row in differences]
    p = adjusted(np.array([one.p_value() for one in found]), correction)
    p_equivalent = adjusted(np.array([one.p_equivalent(margin) for one in found]), correction)
    return [verdict(one.mean, a, b, 1) for one, a, b in zip(found, p, p_equivalent, strict=True)]


def test_a_policy_without_effect_is_rarely_better_or_worse():
    luck = np.random.default_rng(17)
    shares = {}
    for policies, correction in ((1, "none"), (10, "none"), (10, "holm"), (10, "benjamini_hochberg")):
        false = [
            any(word in (BETTER, WORSE) for word in verdicts(luck.standard_normal((policies, 8)), correction))
            for _ in range(400)
        ]
        shares[policies, correction] = np.mean(false)
    above = 0.05 + tolerance(0.05, 400)
    assert shares[1, "none"] <= above
    assert shares[10, "holm"] <= above
    assert shares[10, "benjamini_hochberg"] <= above
    assert shares[10, "none"] > 0.3  # what correction is for


def test_a_difference_as_large_as_the_margin_is_rarely_equivalent():
    luck = np.random.default_rng(18)
    at_margin = [verdicts(normal(luck, (1, 30)), "none", margin=KNOWN_DIFFERENCE)[0] for _ in range(2000)]
    assert np.mean([word == EQUIVALENT for word in at_margin]) <= 0.05 + tolerance(0.05, 2000)
    within = [verdicts(0.1 * luck.standard_normal((1, 30)), "none", margin=KNOWN_DIFFERENCE)[0] for _ in range(200)]
    assert np.mean([word == EQUIVALENT for word in within]) > 0.99  # power


def test_a_guardrail_at_its_limit_is_rarely_kept_or_broken():
    luck = np.random.default_rng(19)
    words = [guard(*contrast(normal(luck, 10)).interval(), KNOWN_DIFFERENCE, True) for _ in range(2000)]
    for word in (KEPT, BROKEN):
        share = np.mean([found == word for found in words])
        assert share == pytest.approx(0.025, abs=tolerance(0.025, 2000)), word


@pytest.mark.parametrize("differences", [normal, skewed])
def test_bca_covers_until_a_width(differences, monkeypatch):
    monkeypatch.setattr(bootstrap, "RESAMPLES", 999)
    luck = np.random.default_rng(22)
    by_size = {}
    for _ in range(1500):
        first = differences(luck, FIRST_STAGE)
        needed = replicates_needed(contrast(first).spread, FIRST_STAGE, 1.0)
        whole = np.concatenate([first, differences(luck, needed - FIRST_STAGE)])
        by_size.setdefault(needed, []).append(whole)
    bounds = np.concatenate([bootstrap.bca_intervals(np.array(rows), 1) for rows in by_size.values()])
    assert 0.93 <= covered(bounds) <= 0.97


@pytest.mark.slow
def test_coverage_and_false_verdicts_in_the_model_itself():
    """400 comparisons of a lottery with an open circle, eight replicates each, on seeds of their own.

    The true difference is taken from all 3,200 replicates together, whose own error is a twentieth of one comparison's. Runs
    of the same policy on different seeds differ by luck alone: two policies without a difference. These 400 alone tell
    coverage to four points; 4,000 more, of the same replicates in other company or drawn until a width, to one.
    """
    comparisons, replicates = 400, 8
    small = {"run.users": 1000, "run.ticks": 20, "policy.circle.opens": 2, "world.awareness.campaign_rate": 0.2}
    arms = (
        scenario(small, {"policy.gate": {"kind": kind, **more}})
        for kind, more in (("lottery", {"share": 0.1}), ("open", {}))
    )
    lottery, open_circle = (
        evaluate([Job(arm, seed) for seed in range(comparisons * replicates)])
        .measure("visits")
        .reshape(comparisons, replicates)
        for arm in arms
    )
    paired = lottery - open_circle
    share = covered([contrast(row).interval() for row in paired], float(paired.mean()))
    assert share == pytest.approx(0.95, abs=tolerance(0.95, comparisons))
    luck, drawn = np.random.default_rng(21), paired.ravel()
    regrouped = np.concatenate([luck.permutation(drawn).reshape(-1, replicates) for _ in range(10)])
    assert 0.93 <= covered([contrast(row).interval() for row in regrouped], float(drawn.mean())) <= 0.97
    low, high, n = np.array(
        [two_stage(lambda luck, n: luck.choice(drawn, n), luck, float(drawn.std())) for _ in range(COMPARISONS)]
    ).T
    assert n.max() > n.min() == FIRST_STAGE
    assert 0.93 <= covered(np.column_stack([low, high]), float(drawn.mean())) <= 0.97
    luck_alone = open_circle - np.roll(open_circle, 1, axis=0)
    words = [verdicts(row[None], "none")[0] for row in luck_alone]
    assert np.mean([word in (BETTER, WORSE) for word in words]) <= 0.05 + tolerance(0.05, comparisons)
