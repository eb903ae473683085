"""The mechanisms that can carry a policy's effect, and what it means to switch one off."""

from collections.abc import Iterable
from typing import NamedTuple

from sim.experiments.decompose.shapley import Coalition
from sim.scenario.schema import Scenario


class Mechanism(NamedTuple):
    """One mechanism. switch: of the scenario, turned off in both arms; off: what that does; reading: the reading of the
    event that it speaks for (H1, H2), or none.
    """

    name: str
    switch: str
    off: str
    reading: str = ""


MECHANISMS = (
    Mechanism("feed", "feed", "visits to the circle count for nothing; as a prize it stays what it is", "H1"),
    Mechanism(
        "effort", "choice", "nobody plans to spend, repay, prove assets or buy, nor looks at the score for it", "H2"
    ),
    Mechanism(
        "credit",
        "credit_line",
        "credit is only what the score needs: no line that answers, no late fee, no default",
        "H2",
    ),
    Mechanism("habit", "habit", "today's visits do not move tomorrow's"),
)
"""In the order in which they are told. Another is one more line."""

INCENTIVE = Mechanism("incentive", "incentive", "no red packet is given; the budget stays unspent")
"""Only where red packets are given, as each mechanism doubles what has to be run."""

NAMES = tuple(mechanism.name for mechanism in MECHANISMS)


def mechanisms_of(arms: Iterable[Scenario]) -> tuple[Mechanism, ...]:
    """The mechanisms among which an effect is split, given the arms."""
    return (*MECHANISMS, INCENTIVE) if any(arm.gives_packets for arm in arms) else MECHANISMS


def with_only(kept: Coalition, scenario: Scenario, mechanisms: tuple[Mechanism, ...] = MECHANISMS) -> Scenario:
    """The scenario with every one of the mechanisms off but those kept; what it has off itself stays off."""
    off = {mechanism.switch: False for mechanism in mechanisms if mechanism.name not in kept}
    return scenario.model_copy(update={"switches": scenario.switches.model_copy(update=off)})
