"""The calendar of a run: which tick is a publication, a statement, a day of the gate; what is on from when to when."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.clock import TICKS_PER_DAY, tick_of
from sim.model.market import market_index
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
RANKING = 1024  # before the tick begins, users are ranked by yesterday's scores
PUBLICATION_DAY = 2048  # scores have been published today, at midnight
PAYDAY = 4096  # income, living costs, instalments, bill: where credit is a business, in place of the statement
APPLY = 8192  # users in need apply to lenders
ANSWER = 16384  # lenders answer
BILL_DUE = 32768  # the bill of the credit line is due
ACCOUNTS = 65536  # borrowers and the like are counted, as they may have changed
PACKETS = 131072  # red packets are opened, passed on and given

FAR = 1_000_000
"""Ticks to an end that never comes."""


class Calendar(NamedTuple):
    """Per tick (arrays of length ticks): flags (sum of the codes above), and ticks from there, to the end as foreseen."""

    flags: NDArray[np.int32]
    ticks_to_publication: NDArray[np.int32]
    ticks_to_start: NDArray[np.int32]
    ticks_to_end: NDArray[np.int32]
    ticks_open: NDArray[np.int32]


def ticks_per_day(scenario: Scenario) -> int:
    """Ticks in a day of the scenario's run."""
    return TICKS_PER_DAY[scenario.run.tick]


def _first(scenario: Scenario, *days: float | None) -> int:
    """Tick of the first of some days (FAR if none is given)."""
    return min((tick_of(day, ticks_per_day(scenario)) for day in days if day is not None), default=FAR)


def circle_dates(scenario: Scenario) -> tuple[int, int]:
    """Tick on which the circle opens, and from which it is gone (FAR if never)."""
    circle = scenario.policy.circle
    return _first(scenario, circle.opens), _first(scenario, circle.closes, circle.dissolved)


def gate_dates(scenario: Scenario) -> tuple[int, int, int]:
    """Tick on which the gate is announced, starts and ends or is dropped (FAR if never); by default the circle's."""
    gate = scenario.policy.gate
    opens, gone = circle_dates(scenario)
    start = _first(scenario, gate.start) if gate.start is not None else opens
    announced = _first(scenario, gate.announced) if gate.announced is not None else start
    return announced, start, min(_first(scenario, gate.end, gate.dropped), gone)


def foreseen_end(scenario: Scenario) -> int:
    """Tick on which users believe, while the gate holds, that it will end (FAR if never); they foresee no surprise."""
    return _first(scenario, scenario.policy.gate.end, scenario.policy.circle.closes)


def make_calendar(scenario: Scenario) -> Calendar:
    """Calendar of the scenario's ticks."""
    world, policy, switches = scenario.world.calendar, scenario.policy, scenario.switches
    ticks, per_day = scenario.run.ticks, ticks_per_day(scenario)
    has_circle = policy.gate.has_circle
    has_gate = has_circle and switches.gate and policy.gate.guards
    ranks = policy.gate.places(scenario.run.users) is not None
    has_door = policy.gate.fee() is not None or policy.gate.invitations() > 0
    announced, start, end = gate_dates(scenario)
    opens, closes = circle_dates(scenario)
    first_known = min(opens, announced) if has_gate else opens

    days = [date_of(scenario, day) for day in range(ticks // per_day + 63)]
    is_publication = np.array([d.day == world.publication_day for d in days])
    is_statement = np.array([d.day == world.statement_day for d in days])
    publication_ticks = np.flatnonzero(is_publication) * per_day

    flags = np.zeros(ticks, np.int32)
    t = np.arange(ticks)
    day, midnight = t // per_day, t % per_day == 0
    if switches.score:
        flags[is_publication[day]] |= PUBLICATION_DAY
        flags[is_publication[day] & midnight] |= PUBLICATION
    statements = is_statement[day] & midnight
    if switches.finance:
        flags |= _finance_flags(scenario, np.flatnonzero(statements), per_day)
    else:
        flags[statements] |= STATEMENT
    if scenario.gives_packets:
        flags[midnight & (day >= policy.incentive.start)] |= PACKETS
    if has_circle:
        flags[(t >= first_known) & (t < closes)] |= KNOWN_ABOUT
        last = first_known + tick_of(policy.campaign.days, per_day)
        flags[(t >= first_known) & (t < last) & (t < closes)] |= CAMPAIGN
        if switches.circle:
            flags[(t >= opens) & (t < closes)] |= CIRCLE_LIVE
    if has_gate:
        active = (t >= start) & (t < end)
        flags[active] |= GATE_ACTIVE
        flags[(t >= announced) & (t < end)] |= GATE_AHEAD
        news = flags & PUBLICATION != 0
        if ranks:  # ranks are worked out overnight, from the scores of all
            news = np.concatenate([np.zeros(per_day, bool), news])[:ticks]
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


def _finance_flags(scenario: Scenario, paydays: NDArray[np.intp], per_day: int) -> NDArray[np.int32]:
    """Flags of every tick where credit is a business; paydays: their ticks."""
    flags, ticks = np.zeros(scenario.run.ticks, np.int32), scenario.run.ticks
    flags[paydays] |= PAYDAY

    def later(days: int) -> NDArray[np.intp]:
        moved = paydays + days * per_day
        return moved[moved < ticks]

    if scenario.switches.lenders:
        flags[paydays] |= APPLY
        flags[later(1)] |= ANSWER
    if scenario.switches.credit_line:
        flags[later(scenario.policy.credit.grace_days)] |= BILL_DUE
    flags[(flags & (PAYDAY | ANSWER | BILL_DUE) != 0) | (np.arange(ticks) == 0)] |= ACCOUNTS
    return flags


def market_by_tick(scenario: Scenario) -> NDArray[np.float64]:
    """Factor on the demand for loans, shape (ticks,): the market's index on the last payday so far; 1 where it plays no part."""
    ticks, per_day = scenario.run.ticks, ticks_per_day(scenario)
    factors, market = np.ones(ticks), scenario.world.market
    if scenario.switches.market:
        for day in range((ticks + per_day - 1) // per_day):
            today = date_of(scenario, day)
            if day == 0 or today.day == scenario.world.calendar.statement_day:
                factors[day * per_day :] = market_index(today, market.curve, market.growth)
    return factors


def date_of(scenario: Scenario, day: int) -> date:
    """Calendar date of a day of the run."""
    return scenario.world.calendar.start_date + timedelta(days=day)


def time_of(scenario: Scenario, tick: int) -> datetime:
    """Date and time at which a tick begins."""
    midnight = datetime.combine(scenario.world.calendar.start_date, time())
    return midnight + timedelta(days=tick / ticks_per_day(scenario))
