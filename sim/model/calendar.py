"""The calendar of a run: which tick is a publication, a statement, a day of the gate; what is on from when to when."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Scenario

PUBLICATION = 1  # scores are published
STATEMENT = 2  # income, living costs, bill
GATE_DAY = 4  # admission is decided anew: the gate starts or ends, or there are new scores or ranks under it
REVIEW_ALL = 8  # everybody who knows reviews the own plan
CAMPAIGN = 16  # the campaign runs
KNOWN_ABOUT = 32  # there is something to learn of: circle open or gate announced
CIRCLE_LIVE = 64  # the circle is open
GATE_ACTIVE = 128  # the gate holds
GATE_AHEAD = 256  # the gate is announced and has not ended: worth planning for
DOOR = 512  # the gate lets in those who were invited or offer enough
RANKING = 1024  # before the day begins, users are ranked by yesterday's scores

FAR = 1_000_000
"""Days to an end that never comes."""


class Calendar(NamedTuple):
    """Per tick (arrays of length ticks): flags (sum of the codes above) and days from there, to the end as users foresee it."""

    flags: NDArray[np.int32]
    days_to_publication: NDArray[np.int32]
    days_to_start: NDArray[np.int32]
    days_to_end: NDArray[np.int32]
    days_open: NDArray[np.int32]


def gate_dates(scenario: Scenario) -> tuple[int, int, int]:
    """Day on which the gate is announced, starts and ends or is dropped (FAR if never), where not given by the circle's dates."""
    gate, circle = scenario.policy.gate, scenario.policy.circle
    start = gate.start if gate.start is not None else circle.opens
    announced = gate.announced if gate.announced is not None else start
    end = min(x for x in (gate.end, gate.dropped, circle.closes, FAR) if x is not None)
    return announced, start, end


def foreseen_end(scenario: Scenario) -> int:
    """Day on which users believe, as long as the gate holds, that it will end (FAR if never): they do not foresee a drop."""
    gate, circle = scenario.policy.gate, scenario.policy.circle
    return min(x for x in (gate.end, circle.closes, FAR) if x is not None)


def make_calendar(scenario: Scenario) -> Calendar:
    """Calendar of the scenario's ticks (one day each)."""
    world, policy, switches = scenario.world.calendar, scenario.policy, scenario.switches
    ticks = scenario.run.ticks
    has_circle = policy.gate.has_circle
    has_gate = has_circle and switches.gate and policy.gate.guards
    ranks = policy.gate.places(scenario.run.users) is not None
    has_door = policy.gate.fee() is not None or policy.gate.invitations() > 0
    announced, start, end = gate_dates(scenario)
    opens = policy.circle.opens
    closes = policy.circle.closes if policy.circle.closes is not None else FAR
    first_known = min(opens, announced) if has_gate else opens

    days = [world.start_date + timedelta(days=t) for t in range(ticks + 62)]
    is_publication = np.array([d.day == world.publication_day for d in days])
    publication_ticks = np.flatnonzero(is_publication)

    flags = np.zeros(ticks, np.int32)
    t = np.arange(ticks)
    if switches.score:
        flags[is_publication[:ticks]] |= PUBLICATION
    flags[np.array([d.day == world.statement_day for d in days[:ticks]])] |= STATEMENT
    if has_circle:
        flags[(t >= first_known) & (t < closes)] |= KNOWN_ABOUT
        flags[(t >= first_known) & (t < first_known + policy.campaign.days) & (t < closes)] |= CAMPAIGN
        if switches.circle:
            flags[(t >= opens) & (t < closes)] |= CIRCLE_LIVE
    if has_gate:
        active = (t >= start) & (t < end)
        flags[active] |= GATE_ACTIVE
        flags[(t >= announced) & (t < end)] |= GATE_AHEAD
        news = flags & PUBLICATION != 0
        if ranks:  # ranks are worked out overnight, from the scores of all
            news = np.concatenate([[False], news[:-1]])
            ahead = flags & GATE_AHEAD != 0
            flags[ahead & ((t == announced) | (t == start) | news)] |= RANKING
        if policy.gate.rewards_score or not has_door:
            flags[active & news] |= GATE_DAY
        flags[(t == start) | (t == end)] |= GATE_DAY
        flags[active & has_door] |= DOOR
        flags[(t == announced) | (t == start) | (t == end) | news] |= REVIEW_ALL
    if not switches.score:
        publication_ticks = np.array([FAR])  # none is published, and nobody waits for one
    following = publication_ticks[np.searchsorted(publication_ticks, t, side="right")]
    return Calendar(
        flags,
        (following - t).astype(np.int32),
        np.maximum(start - t, 0).astype(np.int32),
        np.maximum(foreseen_end(scenario) - t, 0).astype(np.int32),
        np.maximum(t - opens, 0).astype(np.int32),
    )


def date_of(scenario: Scenario, day: int) -> date:
    """Calendar date of a day of the run."""
    return scenario.world.calendar.start_date + timedelta(days=day)
