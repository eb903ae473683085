"""Contacts: a heavy-tailed number of far contacts of the mean asked for, close groups, and a graph that is a graph."""

import numpy as np
import pytest
from scipy import sparse

from sim.engines.people import make_contacts
from sim.model.contacts import Contacts, far_contact, far_contacts_named, permuted
from sim.model.numbers import as_namespace, numbers
from tests.helpers import scenario

USERS = 3_000


def graph(changes=(), users=USERS, seed=3):
    return make_contacts(scenario({"run.users": users}, dict(changes)), seed)


def matrix(contacts: Contacts):
    n = contacts.starts.size - 1
    return sparse.csr_array((np.ones(contacts.others.size), contacts.others, contacts.starts), shape=(n, n))


@pytest.mark.parametrize(("mean", "exponent"), [(3.0, 2.5), (3.0, 3.5), (8.0, 2.2), (2.0, 2.5), (0.5, 2.5)])
def test_far_contacts_have_the_mean_asked_for_and_a_heavy_tail(mean, exponent):
    n = 20_000
    given = scenario({"world.contacts.far_mean": mean, "world.contacts.far_exponent": exponent, "run.users": n})
    p = as_namespace(numbers(given, 5))
    named = np.array([far_contacts_named(p, who) for who in range(n)])
    assert abs(named.mean() - mean) < 4 * named.std() / np.sqrt(n)
    # the tail from 20 on is the Pareto one, rounded by lot: share within four standard errors
    u = (np.arange(1000) + 0.5) / 1000
    share = ((p.far_smallest / (20 - u)) ** (exponent - 1.0)).mean()
    assert abs((named >= 20).mean() - share) < 4 * np.sqrt(share * (1 - share) / n)


def test_nobody_is_named_when_the_mean_is_zero():
    p = as_namespace(numbers(scenario({"world.contacts.far_mean": 0.0}), 5))
    assert max(far_contacts_named(p, who) for who in range(3_000)) == 0


def test_far_contacts_are_anybody():
    p = as_namespace(numbers(scenario(), 5))
    named = np.array([far_contact(p, who, 1, 100) for who in range(10_000)])
    assert named.min() == 0
    assert named.max() == 99
    # 10,000 names over 100 people: chi-square of 99 degrees, mean 99, sd 14; a bound of 5 sd
    chi = ((np.bincount(named, minlength=100) - 100.0) ** 2 / 100.0).sum()
    assert chi < 99 + 5 * np.sqrt(2 * 99)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"world.contacts.group_size": 1},
        {"world.contacts.far_mean": 0.0},
        {"world.contacts.group_size": 100, "run.users": 50},
        {"world.contacts.kind": "complete", "run.users": 60},
        {"world.contacts.kind": "none"},
        {"run.users": 1},
    ],
)
def test_the_graph_is_symmetric_sorted_and_without_loops(changes):
    contacts = graph(changes, changes.get("run.users", USERS))
    links = matrix(contacts)
    assert (links != links.T).nnz == 0
    assert links.diagonal().sum() == 0
    for user in range(links.shape[0]):
        row = contacts.others[contacts.starts[user] : contacts.starts[user + 1]]
        assert (np.diff(row) > 0).all()  # sorted, each once


def test_complete_and_none_are_what_they_say():
    everybody = graph({"world.contacts.kind": "complete"}, users=60)
    assert np.diff(everybody.starts).tolist() == [59] * 60
    nobody = graph({"world.contacts.kind": "none"})
    assert nobody.others.size == 0


def test_a_close_group_knows_each_other():
    contacts = graph({"world.contacts.far_mean": 0.0}, users=20)
    for user in range(20):
        row = contacts.others[contacts.starts[user] : contacts.starts[user + 1]].tolist()
        group = [k for k in range(20) if k // 6 == user // 6 and k != user]
        assert row == group


def test_friends_of_friends_are_friends_far_more_often_than_by_chance():
    links = matrix(graph())
    n = links.shape[0]
    paths = links @ links
    triangles = paths.multiply(links).sum()
    connected = paths.sum() - paths.diagonal().sum()
    clustering = triangles / connected
    by_chance = links.sum() / (n * (n - 1))
    assert clustering > 20 * by_chance
    assert clustering > 0.05
    # without close groups it is what a random graph of these degrees has
    loose = matrix(graph({"world.contacts.group_size": 1}))
    paths = loose @ loose
    assert paths.multiply(loose).sum() / (paths.sum() - paths.diagonal().sum()) < clustering / 4


def test_degrees_are_heavy_tailed():
    degree = np.diff(graph(users=20_000).starts)
    assert degree.mean() == pytest.approx(5 + 2 * 3.0, rel=0.1)  # group of six, three named, three naming
    assert degree.max() > degree.mean() + 12 * np.sqrt(degree.mean())
    assert np.median(degree) < degree.mean()


def test_a_rearranged_graph_is_the_same_graph():
    contacts = graph(users=200)
    order = np.random.default_rng(1).permutation(200)
    moved = permuted(contacts, order)
    assert (matrix(moved) != matrix(contacts)[order][:, order]).nnz == 0
    back = permuted(moved, np.argsort(order))
    assert np.array_equal(back.starts, contacts.starts)
    assert np.array_equal(back.others, contacts.others)
