"""Robustness: is the finding on the gate at 750 the same whatever rule, belief, habit, graph or size of the population is assumed?

The finding is a sign and a channel: what the standing gate at 750 does to visits against the same circle open to all, and
whether that comes by the circle or by effort for the score (visits to pay, to look at the score, errands of credit). Each
variant changes one assumption of base.yaml, or the size of the population, in both arms, on the same luck.

python -m sim.experiments.robustness.reference [FOLDER]
"""
