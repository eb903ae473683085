"""P-values of a family, adjusted for there being many."""

import numpy as np
from numpy.typing import NDArray


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted p-values, shape (tests,), that hold the chance of any false rejection (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def adjusted(p: NDArray[np.float64], correction: str) -> NDArray[np.float64]:
    """P-values of a family, shape (tests,), adjusted by holm, benjamini_hochberg or none; NaN is no member and stays."""
    made = np.array(p, dtype=float)
    seen = ~np.isnan(made)
    if correction == "none" or not seen.any():
        return made
    if correction == "holm":
        made[seen] = holm(made[seen])
    else:
        from scipy.stats import false_discovery_control

        made[seen] = false_discovery_control(made[seen], method="bh")
    return made
