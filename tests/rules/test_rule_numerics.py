"""Elementary functions against the C library and scipy, with the accuracy that they state; compiled and plain give one answer."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import special

from sim.engines.compiled import use_rules
from sim.model.numerics import chance, exponential, happens, logarithm, logistic, lognormal, standard_normal

use_rules()


@given(st.floats(-30.0, 30.0))
def test_exponential_is_right_to_thirteen_digits(x):
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-13, abs=0.0)


@given(st.floats(-40.0, 40.0))
def test_exponential_is_right_to_a_truncated_series_at_the_ends_of_its_range(x):
    # first term left out: y**14 / 14! at y = 40 / 64, 1.6e-14, times 64 through the six squarings
    assert exponential(x) == pytest.approx(math.exp(x), rel=2e-12, abs=0.0)


@given(st.floats(40.0, 1e300))
def test_exponential_stops_at_its_stated_range(x):
    assert exponential(x) == exponential(40.0)
    assert exponential(-x) == exponential(-40.0)


@given(st.floats(1e-300, 1e300))
def test_logarithm_is_right_to_fourteen_digits(x):
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-300)


def test_logarithm_is_right_close_to_one():
    near = 1.0 + np.concatenate([-np.logspace(-15, -1, 500), np.logspace(-15, -1, 500)])
    assert np.allclose([logarithm(float(x)) for x in near], np.log(near), rtol=1e-14, atol=0.0)


def test_normal_quantile_is_right_to_fourteen_digits():
    body = np.linspace(0.001, 0.999, 9_999)
    tail = np.concatenate([np.logspace(-300, -1, 3_000), 2.0 ** -np.arange(2.0, 34.0)])
    for uniforms in (body, tail):
        ours = np.array([standard_normal(float(u)) for u in uniforms])
        assert np.allclose(ours, special.ndtri(uniforms), rtol=1e-14, atol=1e-15)


@given(st.integers(0, 2**32 - 1))
def test_normal_quantile_is_odd(word):
    uniform = (word + 0.5) * 2.0**-32
    assert standard_normal(1.0 - uniform) == -standard_normal(uniform)


@given(st.floats(0.0, 50.0), st.floats(1e-10, 1.0, exclude_max=True))
def test_the_shortcut_of_happens_changes_no_answer_but_by_rounding(hazard, uniform):
    rounding = 2e-14  # of 1 - e**-hazard
    if happens(hazard, uniform):
        assert uniform < chance(hazard)
    else:
        assert uniform >= chance(hazard) - rounding


@given(st.floats(0.0, 40.0))
def test_chance_of_a_hazard(hazard):
    assert chance(hazard) == pytest.approx(-math.expm1(-hazard), abs=2e-13)


@given(st.floats(-39.0, 39.0))
def test_logistic(x):
    assert logistic(x) == pytest.approx(special.expit(x), rel=1e-12)


def test_lognormal_by_hand():
    assert lognormal(100.0, 0.5, 2.0) == pytest.approx(100.0 * math.e, rel=1e-13)
    assert lognormal(100.0, 0.5, 0.0) == 100.0


@njit(error_model="numpy")
def _all_compiled(xs, us, out):
    for k in range(xs.size):
        out[0, k] = exponential(xs[k])
        out[1, k] = logarithm(abs(xs[k]) + 1e-9)
        out[2, k] = standard_normal(us[k])
        out[3, k] = chance(abs(xs[k]))
        out[4, k] = logistic(xs[k])


def test_compiled_functions_give_the_same_bits():
    luck = np.random.default_rng(5)
    xs, us = luck.uniform(-45, 45, 4_000), luck.uniform(0, 1, 4_000)
    us[:40] = 10.0 ** -np.linspace(1, 300, 40)
    out = np.empty((5, xs.size))
    _all_compiled(xs, us, out)
    plain = np.array(
        [
            [exponential(x), logarithm(abs(x) + 1e-9), standard_normal(u), chance(abs(x)), logistic(x)]
            for x, u in zip(xs.tolist(), us.tolist(), strict=True)
        ]
    ).T
    assert out.tobytes() == np.ascontiguousarray(plain).tobytes()
