"""Beliefs learned from one's own score changes.

At each publication a user compares the change of the own score with what the efforts made since the last one were expected
to bring, and shares the surprise among them: the rule of Rescorla & Wagner (1972) with several cues, which is least mean
squares, with a constant gain (Evans & Honkapohja 2001) so that old experience fades. Divided by the size of the effort, if
above one, so that no rate up to 1 overshoots. A plan that was not followed teaches nothing, so a bad first experience can
last (the hot stove effect, Denrell & March 2001).
"""

from sim.model.rule import rule
from sim.model.score import asset_count

MONTH = 30.0


@rule
def learns_from(spend_days, repay_days, before, declared):
    """What was done since the last publication: months on the plans spend and repay, assets proved (of `before`)."""
    return spend_days / MONTH, repay_days / MONTH, asset_count(declared) - before


@rule
def after_publication(spend_points, repay_points, upload_points, spend_months, repay_months, uploads, change, rate):
    """Estimates after a publication: points a month on the plans spend and repay, points per asset proved.

    change: of the own published score since the last one (points); rate: of learning (0 never, 1 the last word counts).
    """
    expected = spend_points * spend_months + repay_points * repay_months + upload_points * uploads
    size = spend_months * spend_months + repay_months * repay_months + uploads * uploads
    step = rate * (change - expected) / max(size, 1.0)
    return (
        spend_points + step * spend_months,
        repay_points + step * repay_months,
        upload_points + step * uploads,
    )
