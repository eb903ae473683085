"""The split of one replicate: what each mechanism carries of the effect, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.experiments.decompose.shapley import Worth, alone, interaction, last, shapley_values

OTHER, TOTAL = "other", "total"
"""What none of the mechanisms carries; and the whole effect, with all mechanisms as the scenario has them."""


@dataclass(frozen=True)
class Split:
    """parts: by mechanism, then OTHER; they sum to `total`. alone, last: what a mechanism brings as the first or the last one
    switched on; interaction: what all bring together more than each alone.
    """

    parts: dict[str, Fraction]
    total: Fraction
    alone: dict[str, Fraction]
    last: dict[str, Fraction]
    interaction: Fraction


def split(mechanisms: Sequence[str], effect: Worth) -> Split:
    """Split an effect over mechanisms, given the effect with only some of them on.

    What is left with all of them off is no mechanism's, and stays apart as OTHER.
    """
    parts = shapley_values(mechanisms, effect) | {OTHER: effect(frozenset())}
    return Split(
        parts,
        effect(frozenset(mechanisms)),
        alone(mechanisms, effect),
        last(mechanisms, effect),
        interaction(mechanisms, effect),
    )
