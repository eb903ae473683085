"""Settings that are allowed and yet cannot do what they seem to be for: told as doubts, since a comparison may want them so."""

from sim.scenario.schema import Scenario


def doubts(scenario: Scenario) -> list[str]:
    """A sentence for everything that is switched on and cannot move anything; empty if nothing is."""
    switches, world, policy = scenario.switches, scenario.world, scenario.policy
    found = []
    if switches.merchants and not (policy.gate.guards and switches.gate):
        found.append(
            "switches.merchants is on without a gate: merchants join, and move nobody, as nobody looks at perks before a gate makes them"
        )
    elif switches.merchants and not policy.gate.rewards_score:
        found.append("switches.merchants is on with a gate that no score opens: merchants join, and move nobody")
    if world.choice.perk_levels:
        if not (policy.gate.rewards_score and switches.gate):
            found.append(
                "world.choice.perk_levels without a gate that a score opens: nobody looks at perks, whatever their levels"
            )
        if world.choice.perk_worth == 0:
            found.append("world.choice.perk_levels of perks that are worth nothing (world.choice.perk_worth is 0)")
    if switches.lenders and not any(lender.capital for lender in world.lending.lenders):
        found.append("switches.lenders is on and no lender has capital: everybody is refused")
    if scenario.gives_packets and policy.incentive.budget == 0:
        found.append("policy.incentive.budget is 0: no red packet is given")
    if scenario.gives_packets and policy.incentive.start * 24 >= scenario.run.ticks * (
        24 if scenario.run.tick == "day" else 1
    ):
        found.append(
            f"policy.incentive.start {policy.incentive.start} lies after the run's end: no red packet is given"
        )
    return found
