"""Posting groups: who belongs to which, when their circle is open, and what they are until then."""

import pytest

from sim.model.circle import acting_role, open_groups
from sim.model.numbers import as_namespace, numbers
from sim.model.population import posting_group
from sim.model.states import GROUP_PLACE, ONLOOKER, POSTER, SEEKER, VIEWED
from tests.helpers import scenario

THREE = {
    "world.population.poster_groups": {"a": 0.2, "b": 0.5, "c": 0.3},
    "policy.circle.opens": 4,
    "policy.circle.openings": {"b": 6, "c": 5},
}


def test_posters_are_shared_out_in_the_order_of_the_groups():
    p = as_namespace(numbers(scenario(THREE), 1))
    assert [posting_group(p, point) for point in (0.0, 0.19, 0.21, 0.69, 0.71, 0.999)] == [0, 0, 1, 1, 2, 2]
    alone = as_namespace(numbers(scenario(), 1))
    assert [posting_group(alone, point) for point in (0.0, 0.999)] == [0, 0]


def test_groups_open_on_their_days():
    p = as_namespace(numbers(scenario(THREE), 1))
    assert [open_groups(p, tick) & 7 for tick in (3, 4, 5, 6)] == [0, 1, 5, 7]
    hourly = as_namespace(numbers(scenario(THREE, {"run.tick": "hour", "policy.circle.openings": {"b": 4.5}}), 1))
    assert [open_groups(hourly, tick) & 7 for tick in (95, 96, 107, 108)] == [0, 5, 5, 7]


@pytest.mark.parametrize("seen", [0, VIEWED, VIEWED << 1, 15 * VIEWED])
def test_a_poster_looks_on_until_the_own_circle_is_open(seen):
    second = POSTER | 1 << GROUP_PLACE | seen
    assert acting_role(second, 0b01) == ONLOOKER
    assert acting_role(second, 0b11) == POSTER
    assert acting_role(POSTER | seen, 0b01) == POSTER
    for role in (ONLOOKER, SEEKER):
        assert acting_role(role | seen, 0) == acting_role(role | seen, 15) == role
