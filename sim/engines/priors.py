"""What users who learn from their own scores begin with."""

from sim.engines.columns import Columns
from sim.model.score import asset_count
from sim.model.states import LEARNED
from sim.scenario.schema import Scenario


def first_lessons(columns: Columns, scenario: Scenario) -> None:
    """Priors, and the score and assets that the first experience counts from."""
    learns = columns["belief"] == LEARNED
    choice = scenario.world.choice
    for name, prior in (
        ("learned_spend", choice.prior_points),
        ("learned_repay", choice.prior_points),
        ("learned_upload", choice.prior_upload_points),
    ):
        columns[name][learns] = prior
    columns["score_before"][learns] = columns["score"][learns]
    columns["proved_before"][learns] = asset_count(columns["declared"][learns])
