"""Mechanism 3, awareness: learning of the gate from the campaign (p), from contacts who know (q) and from the circle.

The form is that of Bass (1969): hazard p + q times the share of others who know; here the others are a user's own
contacts. Bass's published values are per year for durables and are not used (they run in years, the event ran in hours).
"""

from sim.model.rule import rule


@rule
def learning_hazard(
    campaign_rate, contact_rate, circle_rate, campaign_on, known_contacts, contacts, visits_per_day, appeal
):
    """Hazard per day that a user who does not know learns today.

    campaign_rate: p, while the campaign is on; contact_rate: q, times the share of contacts who knew yesterday;
    circle_rate: chance per visit of running into the circle, in proportion to the appeal of its feed.
    """
    hazard = circle_rate * visits_per_day * appeal
    if campaign_on:
        hazard = hazard + campaign_rate
    if contacts > 0:
        hazard = hazard + contact_rate * known_contacts / contacts
    return hazard
