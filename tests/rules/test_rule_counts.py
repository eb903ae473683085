"""Counts: Poisson quantiles in single precision against scipy's exact ones; the shortcuts that engines take agree with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import special, stats

from sim.engines.compiled import use_rules
from sim.model.counts import (
    FEW,
    NORMAL_RATE,
    NORMALS,
    ONE,
    STEPS,
    TAIL_STEPS,
    exponential_of_minus,
    in_normal_tail,
    normal_between,
    normal_in_tail,
    poisson_count,
    poisson_if_few,
    unit_single,
)

use_rules()

SINGLE = 2.0**-23
"""Step of a uniform in single precision; a sum of probabilities near 1 is off by a few halves of it."""

BELOW_FOUR = float(np.nextafter(NORMAL_RATE, np.float32(0)))
RATES = np.array(
    [0.0, 1e-6, 0.001, 0.03, 0.08, 0.1, 0.38, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 3.9, BELOW_FOUR], np.float32
)
GRID = ((np.arange(2**17, dtype=np.uint64) * np.uint64(2**15)) + np.uint64(11_111)).astype(np.uint32)
"""Words evenly over the whole range, 131,072 of them, ascending."""
EXTREMES = np.unique(
    np.concatenate([np.arange(0, 2**16, 8), 2**32 - 1 - np.arange(0, 2**16, 8)]).astype(np.uint64)
).astype(np.uint32)
"""The words of the outermost 1.5 in 100,000 on either side, ascending."""


@njit(error_model="numpy")
def _count(rates, words, counts, few):
    for i in range(rates.size):
        for j in range(words.size):
            counts[i, j] = poisson_count(rates[i], np.int64(words[j]))
            few[i, j] = poisson_if_few(rates[i], words[j])


def counted(rates, words):
    """Counts, and counts if few, of every rate on every word (compiled)."""
    counts, few = np.empty((2, len(rates), len(words)), np.int64)
    _count(np.asarray(rates, np.float32), words, counts, few)
    return counts, few


def exact_counts(u, rate):
    """Exact Poisson quantiles: the smallest count whose cumulative probability reaches the uniform."""
    most = int(rate + 12 * np.sqrt(rate) + 40)
    return np.searchsorted(stats.poisson.cdf(np.arange(most), rate), u)


def uniforms(words):
    """What `unit_single` gives, exact in double precision."""
    return ((words >> 9).astype(np.float64) + 0.5) * SINGLE


def test_a_word_as_a_single_number_is_exact():
    assert [float(unit_single(int(w))) for w in EXTREMES] == uniforms(EXTREMES).tolist()
    assert float(unit_single(0)) > 0.0
    assert float(unit_single(2**32 - 1)) < 1.0


def test_plain_and_compiled_counts_are_the_same():
    words = np.concatenate([GRID[::4096], EXTREMES[::512], EXTREMES[-3:]])
    rates = np.array([0.001, 0.38, 1.5, BELOW_FOUR, 4.0, 17.6, 300.0], np.float32)
    counts, few = counted(rates, words)
    for i, rate in enumerate(rates):
        assert [int(poisson_count(rate, int(w))) for w in words] == counts[i].tolist()
        if rate < NORMAL_RATE:
            assert [int(poisson_if_few(rate, int(w))) for w in words] == few[i].tolist()


@pytest.mark.parametrize("words", [GRID, EXTREMES], ids=["grid", "extremes"])
def test_counts_below_rate_four_are_the_exact_quantile_up_to_rounding(words):
    # The count must lie between the exact quantiles at the uniform moved by the rounding of a float32 sum. At the top
    # the upper end is the quantile that a uniform of 32 bits could reach: a count beyond that has no business here.
    rounding = 8 * SINGLE
    counts, _ = counted(RATES, words)
    u = uniforms(words)
    highest = 1.0 - 2.0**-40
    for rate, got in zip(RATES, counts, strict=True):
        low = exact_counts(u - rounding, float(rate))
        high = exact_counts(np.minimum(u + rounding, highest), float(rate))
        wrong = (got < low) | (got > high)
        assert not wrong.any(), (
            f"rate {rate}: {int(wrong.sum())} words wrong, e.g. word {words[wrong][0]} gives {got[wrong][0]}, "
            f"allowed {low[wrong][0]} to {high[wrong][0]}"
        )


def test_hardly_a_count_below_rate_four_differs_from_the_exact_quantile():
    # A mismatch needs a uniform within about 4 * 2**-23 of one of 20 steps: at most 1e-5 of the words.
    counts, _ = counted(RATES, GRID)
    exact = np.array([exact_counts(uniforms(GRID), float(rate)) for rate in RATES])
    assert np.mean(counts != exact) < 1e-5


@pytest.mark.parametrize("words", [GRID, EXTREMES], ids=["grid", "extremes"])
def test_few_means_the_count_or_eight(words):
    counts, few = counted(RATES, words)
    usual = few == np.minimum(counts, FEW)
    assert (usual | (few == FEW)).all()  # 8 only says: ask for the count itself
    # where single precision cannot tell a sum from certainty, a few of the highest words ask without need
    assert (~usual).mean() < (0.01 if words.max() > 4294960000 else 1e-9)


def test_exponential_of_minus_never_tells_a_zero_too_few():
    # so that `unit_single(word) < 1 - rate` alone implies a count of 0, which the fast engine relies on
    rates = np.concatenate([np.linspace(0, 4, 4_001), np.logspace(-7, 0, 1_000)]).astype(np.float32)
    for rate in rates:
        zero = exponential_of_minus(rate)
        assert zero >= ONE - rate
        assert float(zero) == pytest.approx(np.exp(-float(rate)), abs=4 * SINGLE)


def test_a_uniform_below_one_minus_the_rate_is_a_zero():
    for words in (GRID, EXTREMES):
        counts, _ = counted(RATES, words)
        shortcut = uniforms(words).astype(np.float32)[None, :] < (ONE - RATES)[:, None]
        assert shortcut.any()
        assert (counts[shortcut] == 0).all()


@given(st.floats(0.0, BELOW_FOUR, width=32), st.integers(0, 2**32 - 1))
def test_zero_exactly_when_the_uniform_is_below_e_to_the_minus_rate(rate, word):
    rate = np.float32(rate)
    assert (int(poisson_count(rate, word)) == 0) == bool(unit_single(word) < exponential_of_minus(rate))


def test_counts_never_fall_as_the_word_rises():
    rates = np.concatenate([RATES[1:], np.array([4.0, 4.5, 6.0, 10.0, 17.6, 50.0, 400.0], np.float32)])
    counts, _ = counted(rates, GRID)
    assert (np.diff(counts, axis=1) >= 0).all()


def test_counts_never_fall_as_the_rate_rises():
    # Within the sum, apart from uniforms within rounding of a step (here: none of the grid's words in the body); and
    # within the normal expansion. Where one takes over from the other, see the next test.
    body = GRID[(uniforms(GRID) > 1e-4) & (uniforms(GRID) < 1 - 1e-4)][::8]
    for rates in (np.linspace(0.0, BELOW_FOUR, 400), np.linspace(4.0, 60.0, 400)):
        counts, _ = counted(rates, body)
        assert (np.diff(counts, axis=0) >= 0).all()


def test_where_the_expansion_takes_over_few_counts_fall_and_by_one_only():
    # Algorithm 955's Q_N3 misses 0.16% of quantiles at rate 4 by one, about a third of them downwards.
    counts, _ = counted([BELOW_FOUR, 4.0], GRID)
    fall = counts[0] - counts[1]
    assert fall.max() <= 1
    assert np.mean(fall == 1) < 0.001


def test_the_exact_counts_compared_with_are_scipys():
    u = uniforms(GRID[::512])
    for rate in (0.38, 3.9, 17.6):
        assert np.array_equal(exact_counts(u, rate), stats.poisson.ppf(u, rate))


@pytest.mark.parametrize("rate", [4.0, 5.0, 8.0, 17.6, 40.0, 150.0, 1000.0])
def test_the_expansion_is_close_to_the_exact_quantile(rate):
    # 131,072 evenly spaced words: as good as exact integration (error of the mean below spread / 2**17).
    counts, _ = counted([rate], GRID)
    rate = float(np.float32(rate))
    exact = exact_counts((GRID + 0.5) * 2.0**-32, rate)
    assert np.abs(counts[0] - exact).max() <= 1
    # the expansion's own error, and a cell's width in visits, half of it on either side of a step
    assert np.mean(counts[0] != exact) < 0.0019 + 0.0007 * np.sqrt(rate)
    assert counts[0].mean() == pytest.approx(rate, rel=2.5e-4)
    assert counts[0].var() == pytest.approx(rate, rel=2e-3)


@pytest.mark.parametrize("rate", [4.0, 5.0, 8.0, 17.6, 40.0, 150.0, 1000.0])
def test_the_expansion_holds_far_out(rate):
    # In single precision a quantile 5 spreads out is off by less than a unit or 1% of the way from the mean.
    counts, _ = counted([rate], EXTREMES)
    exact = exact_counts(uniforms(EXTREMES), float(np.float32(rate)))
    assert (np.abs(counts[0] - exact) <= np.maximum(1.0, 0.01 * np.abs(exact - rate))).all()


def test_the_normal_table_is_as_good_as_it_says():
    # Between the tails a quantile is its cell's mean: never outside the cell, which is at most 0.07 wide.
    words = np.concatenate([GRID[::64], EXTREMES[::32]])
    for word in (int(w) for w in words):
        exact = special.ndtri(uniforms(np.array([word], np.uint32))[0])
        if in_normal_tail(word):
            assert float(normal_in_tail(word)) == pytest.approx(exact, rel=1e-6)
        else:
            assert float(normal_between(word)) == pytest.approx(exact, abs=0.04)


def test_cells_keep_mean_and_variance():
    assert NORMALS.astype(float).mean() == pytest.approx(0.0, abs=1e-7)
    # the variance inside cells is lost: about 1e-6 between the tails, where quantiles are worked out one by one
    inner = NORMALS.astype(float)[TAIL_STEPS:-TAIL_STEPS]
    edge = special.ndtri(1 - TAIL_STEPS / STEPS)
    within = 1 - 2 * (1 - stats.norm.cdf(edge)) - 2 * edge * stats.norm.pdf(edge)
    assert (inner**2).sum() / STEPS == pytest.approx(within, rel=1e-4)
