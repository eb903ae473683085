"""What the users' last state tells in every run: who was let in later, who stands just above the gate, who has gone quiet."""

from collections.abc import Sequence

import numpy as np

from sim.engines.columns import Columns, SideBySide
from sim.experiments.after.bunching import shares_above
from sim.experiments.after.churn import quiet_shares
from sim.model.calendar import gate_dates, ticks_per_day
from sim.scenario.schema import Scenario


def last_day_measures(
    populations: Sequence[Columns], scenarios: Sequence[Scenario], references: Sequence[int]
) -> list[dict[str, float]]:
    """`USER_MEASURES` of populations of the same columns and as many users, after runs as long as each other.

    references: the score that each gate asks for.
    """
    columns, gates = SideBySide(populations), np.array(references, np.int64)
    ticks, per_day = scenarios[0].run.ticks, ticks_per_day(scenarios[0])
    starts = np.array([gate_dates(scenario)[1] for scenario in scenarios])[:, np.newaxis]
    wait = columns["admitted_day"].astype(np.int64) - starts
    later = wait > 0
    with np.errstate(invalid="ignore"):
        days = (wait * later).sum(axis=-1) / later.sum(axis=-1) / per_day
    figures = {
        "admitted_later": later.mean(axis=-1),
        "days_to_admission": days,
        "just_above": shares_above(columns["score"], gates),
        "quiet_short": quiet_shares(columns["last_visit_day"], columns["starting_score"], gates, ticks, per_day),
    }
    rows = np.array(list(figures.values())).T.tolist()
    return [dict(zip(figures, row, strict=True)) for row in rows]
