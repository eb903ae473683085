"""The market's curves: the committed numbers are what the fit gives, known curves are found again, and the index by hand."""

from datetime import date, timedelta
from math import exp, log

import numpy as np
import pytest
from scipy.stats import binom, norm

from sim.experiments.fit_market import (
    BOUNDS,
    FIGURES,
    LOG_ERROR,
    Figure,
    fit,
    index_band,
    intervals,
    minus_log_likelihood,
    simulated,
)
from sim.model.market import CURVES, FIRST, LAST, REFERENCE, Curve, log_market, market_index
from sim.scenario.finance import MarketWorld


@pytest.mark.parametrize("kind", CURVES)
def test_committed_numbers_are_what_the_fit_gives(kind):
    found = fit(kind).curve
    assert found.kind == kind
    assert found[1:] == pytest.approx(CURVES[kind][1:], rel=1e-4)


@pytest.mark.parametrize("kind", CURVES)
def test_a_curve_without_error_is_found_again(kind):
    truth = CURVES[kind]
    exact = [Figure(year, exp(log_market(truth, Figure(year, 1.0).years))) for year in (2011, 2013, 2014, 2015, 2019)]
    assert fit(kind, exact).curve[1:] == pytest.approx(truth[1:], abs=1e-4)


def held(truth, draws, seed):
    """How many of the drawn worlds have each parameter within its interval."""
    rng = np.random.default_rng(seed)
    counts: dict[str, int] = {}
    for _ in range(draws):
        figures = simulated(truth, rng)
        for name, (low, high) in intervals(fit(truth.kind, figures), figures).items():
            counts[name] = counts.get(name, 0) + (low <= getattr(truth, name) <= high)
    return counts


def test_a_known_curve_lies_within_the_intervals():
    # 95% intervals hold the truth in 18 or more of 20 worlds with chance 92%; those of half the width (67%) with chance 1.5%
    assert min(held(CURVES["exponential"], 20, seed=1).values()) >= 18


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gompertz", "logistic"])
def test_a_bent_curve_lies_within_the_intervals(kind):
    assert min(held(CURVES[kind], 20, seed=1).values()) >= 18


@pytest.mark.slow
def test_intervals_hold_what_they_say():
    # 200 worlds: a true 95% gives 179 to 198 with chance 99.9%
    for count in held(CURVES["exponential"], 200, seed=3).values():
        assert binom.ppf(0.0005, 200, 0.95) <= count <= binom.ppf(0.9995, 200, 0.95)


def test_likelihood_of_a_figure_and_of_a_bound():
    flat = Curve("exponential", log(50.0), 0.0, 0.0)
    seen, bound = Figure(2013, 100.0), Figure(2015, 100.0, at_least=True)
    assert minus_log_likelihood(flat, [seen]) == pytest.approx(-norm.logpdf(log(100), log(50), LOG_ERROR))
    assert minus_log_likelihood(flat, [bound]) == pytest.approx(-norm.logsf(log(2) / LOG_ERROR))


def test_a_bound_far_below_the_curve_tells_nothing():
    low = [one._replace(billions=1.0) if one.at_least else one for one in FIGURES]
    without = [one for one in FIGURES if not one.at_least]
    assert fit("exponential", low).curve[1:] == pytest.approx(fit("exponential", without).curve[1:], abs=1e-4)


def test_a_bound_stays_a_bound_only_above_it():
    rng = np.random.default_rng(2)
    drawn = [simulated(CURVES["exponential"], rng)[3] for _ in range(50)]
    assert {one.at_least for one in drawn} == {True, False}
    assert all(one.billions == 100.0 if one.at_least else one.billions <= 100.0 for one in drawn)


def test_figures_are_too_few_for_a_third_parameter():
    # why the exponential is the default although a bend fits better, and that the gap is the criterion's charge
    fits = {kind: fit(kind) for kind in CURVES}
    assert min(fits, key=lambda kind: fits[kind].aicc) == "exponential"
    assert fits["logistic"].aicc - fits["logistic"].aic == pytest.approx(24.0)  # 2 * 3 * 4 / (5 - 3 - 1)
    assert fits["logistic"].loss < fits["gompertz"].loss < fits["exponential"].loss
    assert fit("gompertz", FIGURES[1:]).aicc == float("inf")
    low, _ = intervals(fits["logistic"])["bend"]
    assert low == BOUNDS["logistic"][0]  # the figures do not refute that there is no ceiling


@pytest.mark.parametrize(("kind", "bend"), [("gompertz", 1e-9), ("logistic", 0.0)])
def test_without_a_bend_the_curves_are_one(kind, bend):
    for years in (-5.0, 0.0, 2.6):
        assert log_market(Curve(kind, 1.0, 0.8, bend), years) == pytest.approx(1.0 + 0.8 * years)


def test_curves_by_hand():
    assert log_market(Curve("gompertz", 2.0, 1.0, 0.5), 2.0) == pytest.approx(2.0 + (1 - exp(-1.0)) / 0.5)
    # logistic: half the ceiling on the reference day is twice the value in the long run
    assert log_market(Curve("logistic", 2.0, 1.0, 0.5), 30.0) == pytest.approx(2.0 + log(2.0), abs=1e-9)
    near, far = (log_market(Curve("gompertz", 0.0, 1.0, bend), 3.0) for bend in (0.99e-4, 1.01e-4))
    assert near == pytest.approx(far, abs=2e-5)


@pytest.mark.parametrize("kind", CURVES)
def test_index_is_one_on_the_reference_day_grows_and_stops_with_the_figures(kind):
    assert market_index(REFERENCE, kind) == 1.0
    days = [FIRST + timedelta(days=30 * step) for step in range((LAST - FIRST).days // 30)]
    assert (np.diff([market_index(day, kind) for day in days]) > 0).all()
    assert market_index(date(2026, 9, 1), kind) == market_index(LAST, kind)
    assert market_index(date(2000, 1, 1), kind) == market_index(FIRST, kind)


def test_index_by_hand():
    # two years and 220 days at 1.07614 a year
    assert market_index(date(2019, 7, 2)) == pytest.approx(exp(1.07614 * 950 / 365.25), rel=1e-9)
    assert market_index(date(2019, 7, 2), growth=1.1) == pytest.approx(exp(1.1 * 1.07614 * 950 / 365.25), rel=1e-9)


@pytest.mark.parametrize("kind", CURVES)
def test_another_growth_turns_the_curve_about_the_reference_day(kind):
    assert market_index(REFERENCE, kind, 1.3) == 1.0
    for day, sign in ((FIRST, -1), (LAST, 1)):
        slow, usual, fast = (market_index(day, kind, growth) for growth in (0.8, 1.0, 1.2))
        assert sign * slow < sign * usual < sign * fast
    assert market_index(LAST, kind, 1.0) == market_index(LAST, kind)


def test_the_interval_that_the_field_tells_is_that_of_the_fit():
    # so that the sweep over it is a sweep over what the figures leave open
    told = " ".join(MarketWorld.model_fields["growth"].description.split())
    for kind in CURVES:
        found = fit(kind)
        low, high = intervals(found)["rate"]
        assert f"{kind} {low / found.curve.rate:.2f} to {high / found.curve.rate:.2f}" in told


def test_the_band_holds_the_curve_and_narrows_to_nothing_on_the_reference_day():
    low, high = index_band(fit("exponential"), np.array([-5.0, 0.0, 2.6]), draws=60)
    index = [exp(CURVES["exponential"].rate * years) for years in (-5.0, 0.0, 2.6)]
    assert (low <= np.array(index) + 1e-9).all()
    assert (high >= np.array(index) - 1e-9).all()
    assert low[1] == high[1] == 1.0
    assert 1.3 < high[2] / low[2] < 2.2  # a rate known to +-0.1 over 2.6 years


def test_unknown_curves_and_too_few_figures_are_told():
    for call in (lambda: market_index(REFERENCE, "linear"), lambda: fit("linear")):
        with pytest.raises(ValueError, match="'linear': unknown; there are exponential, gompertz, logistic"):
            call()
    with pytest.raises(ValueError, match="unknown"):
        log_market(Curve("linear", 1.0, 1.0, 0.0), 1.0)
    with pytest.raises(ValueError, match="2 figures; a logistic curve needs at least 3"):
        fit("logistic", FIGURES[:2])
