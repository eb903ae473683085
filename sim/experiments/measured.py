"""What a scenario measures: some measures are there only with a switch, and a study that asks for one without it has no answer."""

from sim.experiments.compare.groups import BY_SWITCH
from sim.model.measures import MEASURES
from sim.model.totals import BUREAU_STOCKS, CREDIT_FLOWS, totals_of
from sim.scenario.schema import Scenario


def lacking(measure: str, scenario: Scenario, of_group: bool) -> str:
    """Why a scenario has no such measure (of its users, or of a group), in words; empty if it has."""
    switches = scenario.switches
    if of_group:
        if measure in BY_SWITCH:
            switch, why = BY_SWITCH[measure]
            there = scenario.gives_packets if switch == "incentive" else getattr(switches, switch)
            return "" if there else why
        return ""
    needs = {one.name: one.needs for one in MEASURES}.get(measure)
    if needs is None or needs in totals_of(scenario):
        return ""
    if needs == "merchants":
        return "switches.merchants is off"
    if needs in BUREAU_STOCKS:
        return "switches.bureau is off"
    if needs in CREDIT_FLOWS:
        return "switches.credit_line and switches.lenders are off"
    return "switches.lenders is off"
