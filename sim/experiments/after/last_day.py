"""The after-effects that the users' last state tells, in every run: who stands just above the gate, who has gone quiet."""

from sim.engines.columns import Columns
from sim.experiments.after.bunching import share_above
from sim.experiments.after.churn import quiet_share
from sim.model.calendar import ticks_per_day
from sim.scenario.schema import Scenario


def last_day_measures(columns: Columns, scenario: Scenario, reference: int) -> dict[str, float]:
    """Measures `just_above` and `quiet_short` (see `USER_MEASURES`). reference: the score that the gate asks for."""
    ticks, per_day = scenario.run.ticks, ticks_per_day(scenario)
    quiet = quiet_share(columns["last_visit_day"], columns["starting_score"], reference, ticks, per_day)
    return {"just_above": share_above(columns["score"], reference), "quiet_short": quiet}
