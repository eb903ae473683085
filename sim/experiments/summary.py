"""What a run found, as a table and in a sentence."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.experiments.effect import Effect, Interval
from sim.model.calendar import GATE_ACTIVE, GATE_AHEAD, PUBLICATION, make_calendar, ticks_per_day
from sim.model.measures import (
    CHANNELS,
    CREDIT_MEASURES,
    EFFORT_CHANNELS,
    FLYWHEEL_MEASURES,
    PACKET_CHANNEL,
    PACKET_MEASURES,
)
from sim.results.title import title
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiments.run import Result

SHOWN = (
    "visits",
    *(f"visits_{channel}" for channel in CHANNELS),
    "visits_rival",
    "daily_active",
    "knowing",
    "viewers",
    "admitted",
    "may_comment",
    "plan_spend",
    "plan_repay",
    "plan_upload",
    "admitted_later",
    "days_to_admission",
    "share_750",
    "just_above",
    "quiet_short",
    "missed_bills",
)
"""Measures of the short table, in order."""


def channels_shown(effects: Mapping[str, Effect]) -> tuple[str, ...]:
    """The channels of visits to tell of: that of red packets only where any were opened."""
    packets = effects.get(f"visits_{PACKET_CHANNEL}")
    opened = packets is not None and (packets.policy > 0.0 or packets.baseline > 0.0)
    return (*CHANNELS, PACKET_CHANNEL) if opened else CHANNELS


def table(result: "Result") -> list[Effect]:
    """The short table: a row per measure of SHOWN, those of credit and the flywheel where there are any, of packets where any
    were opened.
    """
    further = [measure.name for measure in (*CREDIT_MEASURES, *FLYWHEEL_MEASURES) if measure.name in result.effects]
    if PACKET_CHANNEL in channels_shown(result.effects):
        further += [measure.name for measure in PACKET_MEASURES]
    return [result.effects[name] for name in (*SHOWN, *further)]


def _signed(value: float, digits: int = 4) -> str:
    return f"{value:+.{digits}f}"


def no_publication_sentence(scenario: Scenario) -> str:
    """A sentence where scores were never published from a gate's announcement to its end, so that no effort could open it."""
    if not scenario.policy.gate.rewards_score:
        return ""
    flags = make_calendar(scenario).flags
    held = flags & GATE_ACTIVE != 0
    if not held.any() or (flags & (GATE_ACTIVE | GATE_AHEAD) != 0)[flags & PUBLICATION != 0].any():
        return ""
    days = held.sum() / ticks_per_day(scenario)
    return (
        f" No scores were published in the {days:.3g} days that the gate held: nobody can have been admitted by effort."
    )


def _by_packets(result: "Result") -> str:
    """Part of the sentence where red packets were opened: the visits that they took and what they cost."""
    if PACKET_CHANNEL not in channels_shown(result.effects):
        return ""
    visits, spent = result.effects[f"visits_{PACKET_CHANNEL}"], result.effects["incentives_spent"]
    return f", {_signed(visits.interval.mean)} to open red packets, of which users kept {spent.policy:.4f} CNY a user and day"


OF_BORROWERS = (("overdue", "are in arrears"), ("borrowers_several", "owe two lenders or more"))


def credit_sentence(effects: Mapping[str, Effect]) -> str:
    """A sentence where there are lenders: shares of borrowers in arrears and with several loans, and what lenders earn, each with its
    difference where the baseline has lenders too.
    """
    if "overdue" not in effects or math.isnan(effects["overdue"].policy):
        return ""
    told = [
        f"{effects[name].policy:.1%} {what}{_against(effects[name].interval, 100.0, ' points', 1)}"
        for name, what in OF_BORROWERS
    ]
    profit = effects["lender_profit"]
    return (
        f" Of borrowers {' and '.join(told)}; lenders earn {profit.policy:.2f} CNY per user and "
        f"day{_against(profit.interval, 1.0, '', 2)}."
    )


def score_sentence(effects: Mapping[str, Effect]) -> str:
    """A sentence where a quarter of the bureau's was judged: how well the published score told, and the one learned from it."""
    if "score_auc" not in effects or math.isnan(effects["score_auc"].policy):
        return ""
    published, learned = (effects[name].policy for name in ("score_auc", "learned_auc"))
    also = "" if math.isnan(learned) else f", the one learned from it {learned:.2f}"
    return f" In the last quarter the published score told who falls overdue with an AUC of {published:.2f} (0.5: not at all){also}."


def _against(difference: Interval, scale: float, unit: str, digits: int) -> str:
    """A difference in brackets, with its interval where there is one; nothing where there is no difference to tell."""
    if math.isnan(difference.mean):
        return ""
    mean, low, high = (_signed(scale * value, digits) for value in (difference.mean, difference.low, difference.high))
    return f" ({mean}{unit}{f'; {low} to {high}' if difference.n >= 2 else ''})"


def sentence(result: "Result") -> str:
    """What it means: size and direction of the effect on visits, through which channels, how many made an effort; of lenders; of the score."""
    return _of_visits(result) + credit_sentence(result.effects) + score_sentence(result.effects)


def _of_visits(result: "Result") -> str:
    name = title(result.manifest)
    effect = result.effects
    no_publication = no_publication_sentence(Scenario.model_validate(result.manifest["scenarios"]["policy"]))
    striving = sum(effect[f"plan_{plan}"].policy for plan in ("spend", "repay", "upload"))
    if not result.paired:
        text = f"{name}: {effect['visits'].policy:.4f} visits per user and day; no baseline to compare with."
        return text + no_publication
    base = result.manifest["scenarios"]["baseline"]["name"]
    total = effect["visits"].interval
    if total.n < 2:
        certainty = "one replicate, so no interval"
    else:
        certainty = f"95% interval {_signed(total.low)} to {_signed(total.high)}"
    relative = effect["visits"].relative
    channels = channels_shown(effect)
    if all(effect[f"visits_{channel}"].interval.mean == 0.0 for channel in channels):
        return f"{name} changes nothing against {base}: visits are the same in every channel." + no_publication
    verb = "raises" if total.mean > 0 else "lowers"
    if total.mean == 0.0 or (total.n >= 2 and not total.excludes_zero):
        verb = "has no clear effect on"
    size = f" by {abs(total.mean):.4f}" if verb != "has no clear effect on" else ""
    effort = sum(effect[f"visits_{c}"].interval.mean for c in EFFORT_CHANNELS)
    feed = effect["visits_circle"].interval.mean
    habit = effect["visits_habit"].interval.mean
    text = (
        f"{name} {verb} visits{size} per user and day against {base} ({relative:+.2%}; {certainty}): "
        f"{_signed(feed)} in the circle, {_signed(effort)} from spending, repaying, proving assets and checking the score, "
        f"{_signed(habit)} from habit{_by_packets(result)}. {striving:.2%} of users were making an effort on an average day."
    )
    text += no_publication
    later = effect["admitted_later"].policy
    if not math.isnan(later) and later > 0:
        text += f" {later:.2%} were first admitted after the gate's first day."
    return text
