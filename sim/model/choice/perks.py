"""Perks that have score levels of their own: deposits waived from 600 or 650 points, visas from 700 and 750, gate or no gate there.

A user gains those whose level lies above the score held and at or below the one that a plan leads to. Without such levels
(the default) perks come with the levels of the gate, and nothing here has anything to do.
"""

from typing import NamedTuple

from sim.model.rule import rule

MOST_PERKS = 4
"""Levels that perks may have: as many as are known of 2016."""


class Perks(NamedTuple):
    """The levels of perks: `level_count` of them hold, lowest first (0: perks come with the gate), the rest is padding.

    scores: from which each is had (points); worths: what each is worth (CNY/day).
    """

    level_count: int
    scores: tuple[float, float, float, float]
    worths: tuple[float, float, float, float]


NO_PERKS = Perks(0, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))


@rule
def perks_of(p, offer):
    """The levels of perks; offer: factor on what they are worth, by the merchants that give them."""
    return Perks(
        p.perk_count,
        (p.perk_score_0, p.perk_score_1, p.perk_score_2, p.perk_score_3),
        (p.perk_worth_0 * offer, p.perk_worth_1 * offer, p.perk_worth_2 * offer, p.perk_worth_3 * offer),
    )


@rule
def perks_gained(perks, held, reached):
    """Worth (CNY/day) of the perks above a score held and at or below one reached (points)."""
    worth = 0.0
    for number in range(perks.level_count):
        if held < perks.scores[number] and perks.scores[number] <= reached:
            worth = worth + perks.worths[number]
    return worth


@rule
def highest_perk(perks, held, reached):
    """The highest level of perks above a score held and at or below one reached (points); 0 if none lies there."""
    level = 0.0
    for number in range(perks.level_count):
        if held < perks.scores[number] and perks.scores[number] <= reached:
            level = perks.scores[number]
    return level
