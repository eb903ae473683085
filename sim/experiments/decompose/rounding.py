"""Rounding by largest remainders, so that printed parts sum to the printed total."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor, log10

SIGNIFICANT = 3
"""Digits shown of the largest number."""


def decimals_for(values: Mapping[str, Fraction]) -> int:
    """Decimals that show the largest of the values with SIGNIFICANT digits (none for large numbers)."""
    largest = float(max(map(abs, values.values()), default=Fraction(0)))
    return max(SIGNIFICANT - 1 - floor(log10(largest)), 0) if largest > 0 else SIGNIFICANT


def rounded(parts: Mapping[str, Fraction], decimals: int) -> dict[str, Fraction]:
    """Parts rounded to so many decimals each, such that they sum to their rounded sum.

    All are rounded down first; what is missing goes, a last digit each, to those that lost most (Hamilton's method). So a
    part is off by less than one last digit, and an exact zero stays zero.
    """
    scale = 10**decimals
    down = {name: floor(value * scale) for name, value in parts.items()}
    missing = round(sum(parts.values(), Fraction(0)) * scale) - sum(down.values())
    by_loss = sorted(parts, key=lambda name: down[name] - parts[name] * scale)
    up = set(by_loss[:missing])
    return {name: Fraction(units + (name in up), scale) for name, units in down.items()}
