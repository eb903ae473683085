"""No circle at all: the platform before."""

from sim.model.rule import rule


@rule
def admission_none(score, starting_score, day, a, b, c, d):
    """Nobody is admitted: there is nothing to be admitted to."""
    return 0.0
