"""A hard threshold on the published score: the rule of November 2016 at 750."""

from sim.model.rule import rule


@rule
def admission_threshold(score, starting_score, day, a, b, c, d):
    """Admitted from `a` points up."""
    return 1.0 if score >= a else 0.0
