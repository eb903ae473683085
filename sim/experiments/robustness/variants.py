"""The variants under which the finding is looked at again: one assumption changed in each, and in one family several at once."""

from typing import NamedTuple

from sim.model.choice import rule_names

USERS, REPLICATES = 20_000, 8


class Variant(NamedTuple):
    """settings: as `--set` takes them, for both arms; users, replicates: size."""

    family: str
    name: str
    settings: tuple[str, ...] = ()
    users: int = USERS
    replicates: int = REPLICATES


BELIEFS = {
    "as in base.yaml: half know, half folk": (),
    "all know the formula": ("world.population.folk_share=0.0",),
    "all believe in using it more": ("world.population.folk_share=1.0",),
    "all learn from their own score": ("world.population.folk_share=0.0", "world.population.learned_share=1.0"),
}
GRAPHS = {
    "close groups and far contacts": (),
    "close groups only": ("world.contacts.far_mean=0.0",),
    "far contacts only": ("world.contacts.group_size=1",),
    "heavier tail": ("world.contacts.far_exponent=2.1",),
    "twice the far contacts": ("world.contacts.far_mean=6.0",),
    "nobody knows anybody": ("world.contacts.kind=none",),
}
OTHERS = {
    "everybody responds": ("world.population.responsive_share=1.0",),
    "the circle is worth ten times as much": ("world.choice.worth_median=30.0",),
    "everybody knows from the first day": ("switches.awareness=false",),
    "everybody has a credit file": ("switches.coverage=false",),
    "the circle takes nothing from the rival": ("switches.attention=false",),
}
MANY = "world.population.responsive_share=0.3"
EASY = "world.score.half_spend=20"
PERKS = "world.choice.perk_worth=100"
LOOKS = "world.usage.check_rate=0.09"
DULL = "world.circle.comment_pull=0.33"
TOGETHER = {
    "many respond, scores easily moved": (MANY, EASY),
    "these, and perks worth seven times as much": (MANY, EASY, PERKS),
    "these three, and scores looked at three times as often": (MANY, EASY, PERKS, LOOKS),
    "these three, and answers pulling a third as much": (MANY, EASY, PERKS, DULL),
}
"""Several assumptions moved at once, each to the end of its range in `sensitivity/world`, towards more effort or a smaller loss."""
SIZES = {1_000: 100, 10_000: 20, 100_000: 5, 1_000_000: 3, 10_000_000: 1}
"""Replicates by number of users: fewer where luck averages out among the users."""


def variants(most_users: int = max(SIZES)) -> list[Variant]:
    """All variants, those with more than `most_users` left out."""
    found = [Variant("rule of choice", rule.replace("_", " "), (f"rule={rule}",)) for rule in rule_names()]
    found += [Variant("beliefs", name, settings) for name, settings in BELIEFS.items()]
    found += [
        Variant("habit", "on"),
        Variant("habit", "off", ("switches.habit=false",)),
    ]
    found += [Variant("graph", name, settings) for name, settings in GRAPHS.items()]
    found.append(Variant("graph", "everybody knows everybody", ("world.contacts.kind=complete",), 2_000, 40))
    found += [Variant("other assumptions", name, settings) for name, settings in OTHERS.items()]
    found += [Variant("several at once", name, settings) for name, settings in TOGETHER.items()]
    found += [Variant("population", f"{users:,} users", (), users, count) for users, count in SIZES.items()]
    return [one for one in found if one.users <= most_users]
