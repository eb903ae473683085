"""What an engine needs of a scenario whatever the seed: worked out once, used for every seed and every start."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.draws import seed_halves
from sim.engines.layout import ANSWERS
from sim.engines.machine_code import Wanted, addresses, rule_address
from sim.engines.order import (
    ALWAYS,
    APART,
    BLOCK_PHASES,
    IMPROVEMENT,
    LEARNED_PUBLICATION,
    LESSON,
    LESSON_LEARNED,
    NO_GATE_AHEAD,
)
from sim.model.calendar import GATE_AHEAD, PUBLICATION, make_calendar, market_by_tick
from sim.model.choice.decision_rule import prepared
from sim.model.choice.mixture import MOST_RULES, rules_of
from sim.model.circle import reply_chance
from sim.model.numbers import as_record, numbers
from sim.model.score import HIGHEST, LOWEST
from sim.recent import Recent
from sim.scenario.schema import Scenario

Array = NDArray[Any]

ON_DAY_ZERO = (
    "people_phase",
    "past_phase",
    "publication_phase",
    "relationships_phase",
    "count_far_phase",
    "name_far_phase",
)


def _calendar(scenario: Scenario) -> NDArray[np.int64]:
    """What happens on every tick, shape (5, ticks): the calendar's flags and the engine's own, and ticks from there."""
    calendar = np.array(make_calendar(scenario), np.int64)
    flags = calendar[0]
    flags |= ALWAYS | np.where(flags & GATE_AHEAD, 0, NO_GATE_AHEAD)
    if scenario.world.population.learned_share > 0.0:
        flags |= LESSON | np.where(flags & PUBLICATION, LESSON_LEARNED, 0)
    if scenario.world.choice.improvement > 0.0:
        flags |= IMPROVEMENT
    if scenario.switches.bureau:
        flags |= np.where(flags & PUBLICATION, LEARNED_PUBLICATION, 0)
    return calendar


class Blueprint:
    """A scenario made ready for the fast engine; its machine code is compiled first if it is not at hand.

    calendar: int64 (5, ticks); market: float64 (ticks), factor on the demand for credit; when, addresses: flags of the days of each phase, and where its machine code is; admission,
    plan_values, places: addresses of the scenario's rules and of their tables; cuts: up to which draw each rule of choice
    goes; answers: chance that a comment is answered, by the score of who made it.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._numbers = as_record(numbers(scenario, 0))
        self._of_seed: tuple[int, NDArray[np.void] | None] = (0, None)
        self.calendar = _calendar(scenario)
        self.market = market_by_tick(scenario)
        occurring = int(np.bitwise_or.reduce(self.calendar[0]))
        # The other phases never come, and need not be compiled; but a place apart must be taken, so that the others keep theirs.
        phases = [
            *((when, name if when & occurring else APART[0][1]) for when, name in APART),
            *((when, name) for when, name in BLOCK_PHASES if when & occurring),
        ]
        self._deciding = rules_of(scenario)
        self._names = [*ON_DAY_ZERO, *(name for _, name in phases), *(["assign_rules_phase"] if self.mixes else [])]
        self.when = np.array([when for when, _ in phases], np.int64)
        self._phases = len(phases)

    @property
    def mixes(self) -> bool:
        """Whether users follow several rules of choice."""
        return len(self._deciding) > 1

    def wanted(self) -> list[Wanted]:
        """All that has to be compiled for it, rules from outside the package excepted."""
        numbers_type = self._numbers.dtype
        wanted = [Wanted("phase", name, numbers_type) for name in dict.fromkeys(self._names)]
        wanted += [Wanted("team", name, numbers_type) for name in ("run_ticks", "sweep")]
        wanted += [Wanted.rule("plan_value", rule.value) for rule, _ in self._deciding]
        wanted.append(Wanted.rule("admission", self.scenario.policy.gate.admission))
        return [w for w in wanted if w.ours]

    def ready(self) -> "Blueprint":
        """This blueprint with the addresses of its machine code."""
        wanted = self.wanted()
        found = dict(zip(((w.kind, w.name) for w in wanted), addresses(wanted), strict=True))
        self.team = {name: found["team", name] for name in ("run_ticks", "sweep")}
        self.phase = {name: found["phase", name] for name in self._names}
        self.addresses = np.array(
            [self.phase[name] for name in self._names[len(ON_DAY_ZERO) :][: self._phases]], np.int64
        )
        rules = [rule for rule, _ in self._deciding]
        self.admission = rule_address("admission", self.scenario.policy.gate.admission)
        self.plan_values = np.array([rule_address("plan_value", rule.value) for rule in rules], np.int64)
        self._tables = [prepared(rule, self.scenario) for rule in rules]
        self.places = np.array([table.ctypes.data for table in self._tables], np.int64)
        self.cuts = np.ones(MOST_RULES)
        self.cuts[: len(rules)] = [below for _, below in self._deciding]
        self.answers = reply_chances(self._numbers)
        return self

    def numbers(self, seed: int) -> NDArray[np.void]:
        """The scenario's numbers with the halves of a seed (to be read only; one seed's are asked for several times)."""
        before, record = self._of_seed
        if before != seed or record is None:
            record = np.frombuffer(
                bytearray(self._numbers.tobytes()), self._numbers.dtype
            )  # a copy by field takes far longer
            record["seed_low"], record["seed_high"] = seed_halves(seed)
            self._of_seed = (seed, record)
        return record


def reply_chances(params: NDArray[np.void]) -> NDArray[np.float32]:
    """Chance that a comment is answered, by the score of who made it: worked out once, looked up by all."""
    p = params[0]
    return _reply_chances(*(float(p[f"circle_reply_{name}"]) for name in ("low", "high", "middle", "width")))


@lru_cache(64)
def _reply_chances(low: float, high: float, middle: float, width: float) -> NDArray[np.float32]:
    scores = range(LOWEST, HIGHEST + 1)
    chances = np.array([reply_chance(float(score), low, high, middle, width) for score in scores], np.float32)
    assert chances.size == ANSWERS
    chances.flags.writeable = False  # shared by all who ask
    return chances


MOST_KEPT = 64

blueprint_of = Recent[Scenario, Blueprint](lambda scenario: Blueprint(scenario).ready(), MOST_KEPT)
"""The blueprint of a scenario, kept for a while, since one is often run on seed after seed."""


def prepare(scenarios: Iterable[Scenario]) -> None:
    """Compile all that runs of these scenarios need, in one go, unless it is there already."""
    addresses([w for scenario in scenarios for w in Blueprint(scenario).wanted()])
