"""What a run found, as a table and in a sentence."""

import math
from typing import TYPE_CHECKING

import pandas as pd

from sim.experiments.effect import paired, t_interval
from sim.model.measures import CHANNELS, EFFORT_CHANNELS

if TYPE_CHECKING:
    from sim.experiments.run import Result

SHOWN = (
    "visits",
    *(f"visits_{channel}" for channel in CHANNELS),
    "visits_rival",
    "daily_active",
    "knowing",
    "admitted",
    "may_comment",
    "plan_spend",
    "plan_repay",
    "plan_upload",
    "admitted_later",
    "days_to_admission",
    "share_750",
    "missed_bills",
)
"""Measures of the short table, in order."""


def table(result: "Result") -> pd.DataFrame:
    """The short table: a row per measure of SHOWN."""
    effect = result.effect().set_index("measure")
    return effect.loc[list(SHOWN)].reset_index()


def _signed(value: float, digits: int = 4) -> str:
    return f"{value:+.{digits}f}"


def sentence(result: "Result") -> str:
    """What it means: size and direction of the effect on visits, through which channels, and how many made an effort."""
    runs = result.runs
    name = result.manifest["name"]
    effect = result.effect().set_index("measure")
    striving = float(effect.loc[["plan_spend", "plan_repay", "plan_upload"], "policy"].sum())
    if "baseline" not in result.manifest["scenarios"]:
        return f"{name}: {effect.loc['visits', 'policy']:.4f} visits per user and day; no baseline to compare with."
    base = result.manifest["scenarios"]["baseline"]["name"]
    total = t_interval(paired(runs, "visits"))
    if total.n < 2:
        certainty = "one replicate, so no interval"
    else:
        certainty = f"95% interval {_signed(total.low)} to {_signed(total.high)}"
    relative = total.mean / float(effect.loc["visits", "baseline"])
    if total.mean == 0.0:
        return f"{name} changes nothing against {base}: visits are the same, user by user."
    verb = "raises" if total.mean > 0 else "lowers"
    if total.n >= 2 and not total.excludes_zero:
        verb = "has no clear effect on"
    size = f" by {abs(total.mean):.4f}" if verb != "has no clear effect on" else ""
    effort = sum(float(effect.loc[f"visits_{c}", "difference"]) for c in EFFORT_CHANNELS)
    feed = float(effect.loc["visits_circle", "difference"])
    habit = float(effect.loc["visits_habit", "difference"])
    text = (
        f"{name} {verb} visits{size} per user and day against {base} ({relative:+.2%}; {certainty}): "
        f"{_signed(feed)} in the circle, {_signed(effort)} from spending, repaying, proving assets and checking the score, "
        f"{_signed(habit)} from habit. {striving:.2%} of users were making an effort on an average day."
    )
    later = effect.loc["admitted_later", "policy"]
    if not math.isnan(later) and later > 0:
        text += f" {later:.2%} were first admitted after the gate's first day."
    return text
