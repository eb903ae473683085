"""Bunching at the gate: users just above over users just below, against a smooth histogram or another world's.

A counterfactual read off the histogram itself, with the bins around the threshold left out: Chetty, Friedman, Olsen &
Pistaferri (2011), Kleven & Waseem (2013), QJE, A. Window, reach and degree are assumptions.
"""

import numpy as np
from numpy.typing import NDArray

WINDOW = 10
"""Points on either side that count as just above and just below."""
REACH = 60
"""Points on either side that the smooth histogram is fitted to."""
DEGREE = 3


def shares_above(scores: NDArray[np.integer], gates: NDArray[np.integer], window: int = WINDOW) -> NDArray[np.float64]:
    """Of the users within `window` points of the gate, the share at or above it (NaN if there is nobody).

    scores: shape (populations, users); gates: of each population, as is what is returned.
    """
    over = scores - gates[:, np.newaxis].astype(np.int64)
    above = ((over >= 0) & (over < window)).sum(axis=-1)
    below = ((over < 0) & (over >= -window)).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(above / (above + below))


def share_above(scores: NDArray[np.integer], gate: int, window: int = WINDOW) -> float:
    """As `shares_above`, of one population."""
    return float(shares_above(scores[np.newaxis], np.array([gate]), window)[0])


def smooth_share_above(
    scores: NDArray[np.integer], gate: int, window: int = WINDOW, reach: int = REACH, degree: int = DEGREE
) -> float:
    """The same share in a smooth histogram: a polynomial through the counts per point within `reach`, the window left out.

    NaN where the fit is no histogram (fewer than ten times as many users as it has numbers, or not above 0 in the window).
    """
    points = np.arange(-reach, reach)
    counts = np.bincount(np.clip(scores.astype(np.int64) - gate + reach, -1, 2 * reach) + 1, minlength=2 * reach + 2)[
        1:-1
    ]
    outside = (points < -window) | (points >= window)
    if counts[outside].sum() < 10 * (degree + 1):
        return float("nan")
    middle = (points + 0.5) / reach
    fit = np.polynomial.Polynomial.fit(middle[outside], counts[outside], degree, domain=[-1.0, 1.0])
    inside = fit(middle[~outside])
    if (inside <= 0.0).any():
        return float("nan")
    return float(inside[window:].sum() / inside.sum())


def excess_share(scores: NDArray[np.integer], gate: int) -> float:
    """Share above the gate within the window, less that of the smooth histogram; 0 expected where nobody bunches."""
    return share_above(scores, gate) - smooth_share_above(scores, gate)
