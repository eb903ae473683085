"""A circle without a gate, as earlier social attempts."""

from sim.model.rule import rule


@rule
def admission_open(score, starting_score, day, a, b, c, d):
    """Everybody is admitted."""
    return 1.0
