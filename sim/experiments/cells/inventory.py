"""A look through the jobs to be run: in what order, how much work there is, and what has to be compiled for them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sim.engines.fast import prepare
from sim.experiments.cells.executors import Load
from sim.experiments.cells.job import NOT_OF_A_CELL, Job
from sim.recent import Recent
from sim.scenario.load import resolved
from sim.scenario.schema import Scenario

MOST_KINDS = 50
"""Kinds of scenarios compiled for at the start; what a rarer one needs besides is compiled where it is run first."""


class Inventory(NamedTuple):
    """places: of the jobs, those of the same people next to one another; load: how much there is to do; kinds: places of jobs
    that together need all machine code that any needs.
    """

    places: list[int]
    load: Load
    kinds: list[int]


def inventory(jobs: Sequence[Job], places: Sequence[int]) -> Inventory:
    """Look through the jobs at these places, one at a time."""
    first: dict[str, int] = {}
    people: dict[int, int] = {}
    kinds: dict[Any, int] = {}
    largest, in_all, foreign = 0, 0, False
    for place in places:
        job = jobs[place]
        people[place] = first.setdefault(job.people, place)
        if len(kinds) < MOST_KINDS:
            kinds.setdefault(outline_of(job.scenario), place)
        largest, in_all, foreign = max(largest, job.work), in_all + job.work, foreign or job.foreign
    in_order = sorted(places, key=lambda place: (people[place], place))
    return Inventory(in_order, Load(len(in_order), largest, in_all, foreign), list(kinds.values()))


def _outline_of(scenario: Scenario) -> Any:
    data = resolved(scenario)
    for part in NOT_OF_A_CELL:
        data.pop(part)
    return _outline(data)


outline_of = Recent[Scenario, Any](_outline_of, 64)
"""A scenario without its numbers, but for which of them are zero: scenarios of one outline need the same machine code."""


def _outline(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((name, _outline(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return ()
    return value != 0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def compile_for(scenarios: Iterable[Scenario]) -> None:
    """Compile once, here, what workers would otherwise each compile."""
    prepare(list(scenarios))
