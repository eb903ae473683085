"""Verdicts in words (the rules are told in the package's docstring)."""

SIGNIFICANT = 0.05

EQUIVALENT, BETTER, WORSE, HIGHER, LOWER, UNDECIDED = "equivalent", "better", "worse", "higher", "lower", "undecided"
KEPT, BROKEN = "kept", "broken"


def verdict(difference: float, p: float, p_equivalent: float, good: int) -> str:
    """The verdict on a difference: its p-values (adjusted; NaN where there is none) and the measure's good direction."""
    if p_equivalent < SIGNIFICANT:
        return EQUIVALENT
    if not p < SIGNIFICANT:
        return UNDECIDED
    if good == 0:
        return HIGHER if difference > 0 else LOWER
    return BETTER if difference * good > 0 else WORSE


def guard(low: float, high: float, limit: float, may_rise: bool) -> str:
    """The verdict on a guardrail: the difference's interval against the most that it may rise, or fall (`limit` >= 0 both ways)."""
    most, least = (high, low) if may_rise else (-low, -high)
    if most <= limit:
        return KEPT
    return BROKEN if least > limit else UNDECIDED
