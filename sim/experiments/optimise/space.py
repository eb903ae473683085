"""The space that is searched: families of policies, each with dimensions of its own. It knows no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario.optimise import Family
from sim.scenario.vary import Parameter

if TYPE_CHECKING:
    from optuna.trial import Trial

DIGITS = 4
"""Significant digits of a searched number: more would be no policy that anybody could tell from its neighbour."""


@dataclass(frozen=True)
class Dimension:
    """What is searched under one name: numbers from low to high (log: evenly in the logarithm; whole: whole numbers), or
    places 0 to high in a list, in which order means something or not."""

    name: str
    low: float
    high: float
    log: bool = False
    whole: bool = False
    ordered: bool = True

    def ask(self, trial: "Trial", prefix: str) -> float:
        """The value that optuna wants tried."""
        name = f"{prefix}: {self.name}"
        if not self.ordered:
            return float(trial.suggest_categorical(name, list(range(int(self.high) + 1))))
        if self.whole:
            return trial.suggest_int(name, int(self.low), int(self.high), log=self.log)
        found = float(f"{trial.suggest_float(name, self.low, self.high, log=self.log):.{DIGITS}g}")
        return min(max(found, self.low), self.high)


@dataclass(frozen=True)
class Candidate:
    """One policy: its family, and a value of each of the family's dimensions."""

    family: str
    values: tuple[float, ...] = ()


Space = dict[str, tuple[Dimension, ...]]
"""Dimensions by family."""


def dimension(parameter: Parameter) -> Dimension:
    """The dimension of what is searched under one path."""
    span = parameter.span
    if span is not None:
        return Dimension(parameter.path, span.low, span.high, span.log, span.whole)
    last = len(parameter.levels) - 1
    return Dimension(parameter.path, 0, last, whole=True, ordered=parameter.is_numeric)


def space_of(families: Sequence[Family]) -> Space:
    """The space of the families of a file."""
    return {family.name: tuple(map(dimension, family.parameters)) for family in families}


def ask(trial: "Trial", space: Space) -> Candidate:
    """The policy that optuna wants tried."""
    names = list(space)
    name = str(trial.suggest_categorical("family", names)) if len(names) > 1 else names[0]
    return Candidate(name, tuple(one.ask(trial, name) for one in space[name]))
