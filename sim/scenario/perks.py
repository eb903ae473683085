"""The perks of a high score by the score from which each is had, in place of perks that come with whatever the gate opens."""

from typing import Annotated

from pydantic import AfterValidator

from sim.model.choice.perks import MOST_PERKS
from sim.scenario.quantity import quantity
from sim.scenario.strict import Strict


class PerkLevel(Strict):
    """Perks that are had from one score."""

    score: int = quantity(
        750,
        "Score from which these perks are had",
        "points",
        source="600 bicycles and 650 ofo without a deposit, 700 Singapore and 750 Luxembourg visa: english.suzhou.gov.cn, China Daily 2017, jingdaily.com",
        grade="B",
        low=350,
        high=950,
    )
    share: float = quantity(1.0, "Share of world.choice.perk_worth that lies in them", "share", low=0, high=1)


def _as_levels(given: tuple[PerkLevel, ...]) -> tuple[PerkLevel, ...]:
    """The levels, if each has a score of its own and they make up all that perks are worth."""
    if len(given) > MOST_PERKS:
        raise ValueError(f"{len(given)} levels of perks are too many; give at most {MOST_PERKS}")
    scores = [level.score for level in given]
    twice = sorted({score for score in scores if scores.count(score) > 1})
    if twice:
        raise ValueError(f"{twice[0]} points are given twice; give one level with both shares")
    total = sum(level.share for level in given)
    if given and abs(total - 1.0) > 1e-9:
        raise ValueError(f"the shares sum to {total:g}; they must sum to 1, or leave out all levels")
    return given


PerkLevels = Annotated[tuple[PerkLevel, ...], AfterValidator(_as_levels)]
