"""A lottery: the same share admitted, the score ignored. The control that separates exclusivity from the score."""

from sim.model.rule import rule


@rule
def admission_lottery(score, starting_score, day, a, b, c, d):
    """Admitted with chance `a`, whatever the score; the luck is drawn once per user and stands."""
    return a
