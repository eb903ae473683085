"""Growth of internet consumer finance in China, fitted to the five published figures, and which curve they support.

`python -m sim.experiments.fit_market` prints the fits; `--figure FILE` also draws them (PNG or SVG).

Figures (Forward-looking Institute via lnmlw.com and the source article's iResearch, C): billions of CNY in a year, taken as the
pace in the middle of that year. 2015 is "over 100", a lower bound: it enters as the chance of being above (a censored
observation). 2019 is a forecast made in 2016. Errors are taken as Normal in the logarithm with standard deviation `LOG_ERROR`, an
assumption (a C-grade figure is right within a factor of 1.8 in 95 of 100); left free it would be estimated from five figures.
Intervals are by profile likelihood; the band of the index is a parametric bootstrap, 2015 again known only as "over 100"
where it is over 100.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import exp, inf, log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.market import CURVES, LAST, Curve, log_market, years_since_reference

LOG_ERROR = 0.3
"""Standard deviation of the logarithm of a figure; assumption."""
HALF_CHI_SQUARE = 1.9207294103470620
"""Half the 95% point of chi-square with one degree of freedom: how far the log likelihood may fall within an interval."""
BOUNDS = {
    "level": (-10.0, 20.0),
    "rate": (0.01, 5.0),
    "exponential": (0.0, 0.0),
    "gompertz": (-1.0, 1.0),
    "logistic": (0.0, 0.999),
}
"""Where each parameter is looked for: level, rate, and the bend of each curve."""


@cache
def _middle(year: int) -> float:
    """Years from the reference day to the middle of a year."""
    return years_since_reference(date(year, 7, 2))


class Figure(NamedTuple):
    """A published figure: billions of CNY in a year; at_least: a lower bound; forecast: made beforehand."""

    year: int
    billions: float
    at_least: bool = False
    forecast: bool = False

    @property
    def years(self) -> float:
        """Years from the reference day to the middle of the year."""
        return _middle(self.year)


FIGURES = (
    Figure(2011, 0.68),
    Figure(2013, 6.0),
    Figure(2014, 18.3),
    Figure(2015, 100.0, at_least=True),
    Figure(2019, 3398.0, forecast=True),
)


@dataclass(frozen=True)
class Fit:
    """A fitted curve. loss: minus the log likelihood; parameters, figures: how many of each."""

    curve: Curve
    loss: float
    parameters: int
    figures: int

    @property
    def aic(self) -> float:
        """Akaike's criterion; the right one where the size of errors is given and not estimated."""
        return 2.0 * self.loss + 2.0 * self.parameters

    @property
    def aicc(self) -> float:
        """The criterion for small samples (Hurvich & Tsai 1989); infinite where the figures are too few for it."""
        left = self.figures - self.parameters - 1
        return self.aic + 2.0 * self.parameters * (self.parameters + 1) / left if left > 0 else inf


def minus_log_likelihood(curve: Curve, figures: Sequence[Figure], log_error: float = LOG_ERROR) -> float:
    """Minus the log likelihood of figures: Normal in the logarithm, or the chance of more where only a bound is known."""
    from scipy.special import log_ndtr

    loss = 0.0
    for one in figures:
        distance = (log(one.billions) - log_market(curve, one.years)) / log_error
        if one.at_least:
            loss -= float(log_ndtr(-distance))
        else:
            loss += 0.5 * distance * distance + log(log_error) + 0.5 * log(2.0 * np.pi)
    return loss


def _free(kind: str) -> list[str]:
    """Names of the parameters that a curve lets vary."""
    return ["level", "rate"] if kind == "exponential" else ["level", "rate", "bend"]


def _search(
    start: Curve, free: Sequence[str], figures: Sequence[Figure], log_error: float, precision: float = 1e-5
) -> tuple[Curve, float]:
    """The curve of the highest likelihood with the named parameters free, to a precision, the others as in `start`; its loss."""
    from scipy.optimize import minimize

    if not free:
        return start, minus_log_likelihood(start, figures, log_error)

    def curve_at(point: NDArray[np.float64]) -> Curve:
        changes: dict[str, Any] = {name: float(value) for name, value in zip(free, point, strict=True)}
        return start._replace(**changes)

    bounds = [BOUNDS[start.kind] if name == "bend" else BOUNDS[name] for name in free]
    found = minimize(
        lambda point: minus_log_likelihood(curve_at(point), figures, log_error),
        [getattr(start, name) for name in free],
        method="Nelder-Mead",
        bounds=bounds,
        options={"xatol": precision, "fatol": 1e-3 * precision, "maxfev": 4000},
    )
    if not found.success:
        raise RuntimeError(f"the fit of the {start.kind} curve did not converge: {found.message}")
    return curve_at(found.x), float(found.fun)


def fit(kind: str, figures: Sequence[Figure] = FIGURES, log_error: float = LOG_ERROR) -> Fit:
    """The curve of a kind (`CURVES`) of the highest likelihood. Needs as many figures as it has parameters."""
    if kind not in CURVES:
        raise ValueError(f"curve {kind!r}: unknown; there are {', '.join(CURVES)}")
    free = _free(kind)
    if len(figures) < len(free):
        raise ValueError(f"{len(figures)} figures; a {kind} curve needs at least {len(free)}")
    # A straight line through the logarithms, then the bend from there.
    years, logs = [one.years for one in figures], [log(one.billions) for one in figures]
    rate, level = np.polyfit(years, logs, 1)
    start = Curve(kind, float(level), float(rate), {"exponential": 0.0, "gompertz": 0.02, "logistic": 0.1}[kind])
    curve, loss = _search(start, free, figures, log_error)
    return Fit(curve, loss, len(free), len(figures))


def intervals(
    best: Fit, figures: Sequence[Figure] = FIGURES, log_error: float = LOG_ERROR
) -> dict[str, tuple[float, float]]:
    """95% interval of each parameter by profile likelihood; an end where no value is refuted is the end of `BOUNDS`."""
    free = _free(best.curve.kind)
    return {name: _interval(best, name, free, figures, log_error) for name in free}


def _interval(
    best: Fit, name: str, free: Sequence[str], figures: Sequence[Figure], log_error: float
) -> tuple[float, float]:
    from scipy.optimize import brentq

    middle = float(getattr(best.curve, name))
    low, high = BOUNDS[best.curve.kind] if name == "bend" else BOUNDS[name]
    others = [other for other in free if other != name]

    def excess(value: float) -> float:
        """How much further than allowed the log likelihood falls with the parameter held at a value."""
        held: dict[str, Any] = {name: value}
        _, loss = _search(best.curve._replace(**held), others, figures, log_error, precision=1e-3)
        return loss - best.loss - HALF_CHI_SQUARE

    def end(limit: float) -> float:
        inside, step = middle, 0.1 if limit > middle else -0.1
        while True:
            outside = min(inside + step, limit) if step > 0.0 else max(inside + step, limit)
            if excess(outside) > 0.0:
                return float(brentq(excess, inside, outside, xtol=1e-3))
            if outside == limit:
                return limit
            inside, step = outside, 2.0 * step

    return end(low), end(high)


def simulated(
    curve: Curve, rng: np.random.Generator, figures: Sequence[Figure] = FIGURES, log_error: float = LOG_ERROR
) -> tuple[Figure, ...]:
    """Figures as the curve would have given them: the same years; a bound stays one where the value lies above it."""
    made = []
    for one in figures:
        billions = exp(log_market(curve, one.years) + log_error * float(rng.standard_normal()))
        made.append(
            one if one.at_least and billions > one.billions else one._replace(billions=billions, at_least=False)
        )
    return tuple(made)


def index_band(
    best: Fit, years: NDArray[np.float64], draws: int = 200, seed: int = 20161124
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95% band (low, high), shape of `years`, of the index (1 on the reference day) by parametric bootstrap."""
    rng = np.random.default_rng(seed)
    logs = np.empty((draws, years.size))
    for draw in range(draws):
        again, _ = _search(best.curve, _free(best.curve.kind), simulated(best.curve, rng), LOG_ERROR)
        logs[draw] = [log_market(again, float(year)) - again.level for year in years]
    low, high = np.quantile(logs, [0.025, 0.975], axis=0)
    return np.exp(low), np.exp(high)


def _text(best: Fit, ends: dict[str, tuple[float, float]]) -> str:
    values = ", ".join(
        f"{name} {getattr(best.curve, name):.6g} ({low:.3g} to {high:.3g})" for name, (low, high) in ends.items()
    )
    last = years_since_reference(LAST)
    grown = exp(log_market(best.curve, last) - best.curve.level)
    return (
        f"{best.curve.kind}: {values}; -2 log likelihood {2 * best.loss:.2f}, AIC {best.aic:.2f}, AICc {best.aicc:.2f}; "
        f"index of mid-2019 {grown:.1f}"
    )


def _figure_path(text: str) -> Path:
    path = Path(text)
    if path.suffix not in (".png", ".svg"):
        raise argparse.ArgumentTypeError(f"{text}: a name that ends in .png or .svg is needed")
    return path


def main() -> None:
    """Print the fits, and on request draw them."""
    parser = argparse.ArgumentParser(description="Fit growth curves to the consumer-finance market of 2011-2019.")
    parser.add_argument("--figure", type=_figure_path, help="PNG or SVG to draw the fits into")
    given = parser.parse_args()
    fits = {kind: fit(kind) for kind in CURVES}
    for best in fits.values():
        print(_text(best, intervals(best)))
    chosen = min(fits.values(), key=lambda one: one.aicc)
    print(f"Lowest AICc: {chosen.curve.kind}; lowest AIC: {min(fits.values(), key=lambda one: one.aic).curve.kind}.")
    reported = tuple(one for one in FIGURES if not one.forecast)
    for what, figures in (
        ("without the forecast of 2019", reported),
        ("with 2015 taken as 100", tuple(one._replace(at_least=False) for one in FIGURES)),
    ):
        other = fit(chosen.curve.kind, figures)
        print(f"The same {what}: {_text(other, intervals(other, figures))}")
    if given.figure is not None:
        from sim.report.market import draw

        years = np.linspace(FIGURES[0].years, FIGURES[-1].years, 81)
        draw(
            given.figure,
            FIGURES,
            [one.curve for one in fits.values()],
            chosen.curve.kind,
            years,
            index_band(chosen, years),
        )
        print(f"Drawn: {given.figure}")


if __name__ == "__main__":
    main()
