"""People and contacts on day 0, made by the compiled phases of `sim.engines.day_zero`."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.blueprint import Blueprint, blueprint_of
from sim.engines.columns import Columns
from sim.engines.crew import Crew
from sim.engines.layout import ANSWERS, TODAY, Desks
from sim.engines.priors import first_lessons
from sim.model.columns import GROUPS, groups_of_people
from sim.model.contacts import Contacts, assemble, complete, nobody
from sim.model.totals import COUNT
from sim.scenario.schema import Scenario

Array = NDArray[Any]


def make_contacts(scenario: Scenario, seed: int, threads: int = 1) -> Contacts:
    """The contact graph of a scenario's users, by number of the user."""
    users, world = scenario.run.users, scenario.world.contacts
    if world.kind == "none":
        return nobody(users)
    if world.kind == "complete":
        return complete(users)
    blueprint = blueprint_of(scenario)
    counts = np.zeros(users, np.int32)
    _sweep_apart(blueprint, seed, threads, "count_far_phase", far_counts=counts)
    starts = np.cumsum(counts, dtype=np.int64) - counts
    sources, targets = np.empty((2, int(counts.sum())), np.int32)
    far = {"far_counts": counts, "far_starts": starts, "sources": sources, "targets": targets}
    _sweep_apart(blueprint, seed, threads, "name_far_phase", **far)
    return assemble(users, world.group_size, sources, targets)


def _sweep_apart(blueprint: Blueprint, seed: int, threads: int, name: str, **arrays: Array) -> None:
    """One phase for all users that concerns no column."""
    users = blueprint.scenario.run.users
    columns = (np.zeros((0, users), np.float32),) * 4
    desks = _desks(threads, columns, nobody(0), besides=arrays)
    Crew(blueprint, desks, blueprint.numbers(seed), np.zeros(1, TODAY)).sweep(name)


def further(names: Iterable[str], columns: Columns) -> dict[str, Array]:
    """The columns that only some worlds have, by the names of their groups."""
    return dict(zip(names, columns.arrays[len(GROUPS) :], strict=True))


def _desks(threads: int, columns: tuple[Array, ...], contacts: Contacts, **more: Any) -> Desks:
    """Desks for work on day 0, which has no totals and no circle."""
    no_totals, no_answers = np.zeros((1, COUNT), np.int64), np.zeros(ANSWERS, np.float32)
    return Desks(threads, columns, contacts.starts, contacts.others, no_totals, no_answers, **more)


class DayZero:
    """People and contacts on day 0: the same for every policy on the same world and seed."""

    def __init__(self, scenario: Scenario, seed: int, threads: int = 1) -> None:
        users, blueprint = scenario.run.users, blueprint_of(scenario)
        self.contacts = make_contacts(scenario, seed, threads)
        further_people = groups_of_people(scenario)
        self.columns = Columns(users, (*GROUPS, *further_people.values()))
        self.columns["id"][:] = np.arange(users, dtype=np.int32)
        today = np.zeros(1, TODAY)
        desks = _desks(threads, self.columns.arrays, self.contacts, besides=further(further_people, self.columns))
        crew = Crew(blueprint, desks, blueprint.numbers(seed), today)
        crew.sweep("people_phase")
        crew.sweep("past_phase")
        # The first scores: a round without contacts, then relationships from those, then the scores of day 0.
        today["round"] = 1
        crew.sweep("publication_phase")
        crew.sweep("relationships_phase")
        today["round"] = 2
        crew.sweep("publication_phase")
        self.columns["starting_score"][:] = self.columns["score"]
        if scenario.world.population.learned_share > 0.0:
            first_lessons(self.columns, scenario)


def same_people(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios have the same people and contacts on day 0, on the same seed."""
    return (
        one.world == other.world
        and one.run.users == other.run.users
        and one.switches.coverage == other.switches.coverage
        and one.switches.credit_line == other.switches.credit_line
        and one.switches.lenders == other.switches.lenders
        and (not one.switches.credit_line or one.policy.credit == other.policy.credit)
    )
