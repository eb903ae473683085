"""Days of a scenario that no tick stands for, or that do not follow one another, are told in one line."""

import pytest

from sim.scenario import ScenarioError, load

HOUR = "run.tick=hour"


def fault(*settings, file="gate_750.yaml"):
    with pytest.raises(ScenarioError) as caught:
        load(file, settings)
    (line,) = map(str, caught.value.faults)
    return line


def test_part_of_a_day_needs_ticks_of_an_hour():
    said = fault("policy.gate.announced=10.83", "policy.circle.opens=12.5")
    assert "policy.gate.announced 10.83, policy.circle.opens 12.5: part of a day, but a tick is a day" in said
    assert "set run.tick to hour" in said
    given = load("gate_750.yaml", ["policy.gate.announced=10.83", "policy.circle.opens=12.5", HOUR])
    assert (given.policy.gate.announced, given.policy.circle.opens) == (10.83, 12.5)


def test_whole_days_stay_whole_however_written():
    given = load("gate_750.yaml", ["policy.circle.opens=12.0"])
    assert repr(given.policy.circle.opens) == "12"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            ["policy.circle.opens=10", "policy.circle.closes=10.01", HOUR],
            "policy.circle.closes: day 10.01 falls on the same hour",
        ),
        (["policy.circle.dissolved=14"], "not after it opens on day 14"),
        (["policy.circle.closes=20", "policy.circle.dissolved=20"], "not before it closes on day 20"),
        (["policy.circle.dissolved=20", "policy.gate.start=21"], "when the circle is gone (day 20)"),
        (["policy.circle.openings.office=20"], "office is no posting group"),
        (["world.population.poster_groups.a=0.7"], "the shares sum to 0.7; they must sum to 1"),
        (
            ["world.population.poster_groups.a=1.0", "policy.circle.openings.a=3"],
            "the circle of a opens on day 3; give a day while the circle is there",
        ),
        (["run.ticks=8000"], "8000 ticks of a day are too many; give at most 7300"),
        (["run.ticks=33000", HOUR], "less than or equal to 32760"),
        (["run.tick=minute"], "'day' or 'hour'"),
        (["world.calendar.hours=[1,2,3]"], "3 given; give at least 24"),
        (["world.calendar.weekdays=[0,0,0,0,0,0,0]"], "weekdays are all 0; give at least one above 0"),
        (["policy.circle.opens=soon"], "must be a number"),
    ],
)
def test_every_fault_is_one_clear_line(settings, says):
    assert says in fault(*settings)
