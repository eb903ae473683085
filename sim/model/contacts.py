"""Who knows whom: an undirected graph in compressed sparse rows. Close groups give clustering, far contacts the heavy tail."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.draws import CONTACTS, luck
from sim.model.numerics import exponential, logarithm
from sim.model.rule import rule


class Contacts(NamedTuple):
    """Graph of n users: contacts of user i are `others[starts[i]:starts[i + 1]]`, sorted, each once, never i."""

    starts: NDArray[np.int64]
    others: NDArray[np.int32]


@rule
def far_contacts_named(p, who):
    """How many far contacts a user names: a Pareto tail of the given exponent, scaled to the mean, cut off at the most."""
    uniform, round_up, _, _ = luck(p.seed_low, p.seed_high, CONTACTS, 0, who, 0)
    named = p.far_smallest * power(uniform, -1.0 / (p.contacts_far_exponent - 1.0))
    return int(min(named + round_up, p.contacts_far_most))  # rounded by lot, so that small means are kept


@rule
def power(base, exponent):
    """base**exponent for base > 0, by the model's own logarithm and exponential."""
    return exponential(exponent * logarithm(base))


@rule
def far_contact(p, who, number, users):
    """The `number`-th far contact (1, 2, ...) that user `who` names: anybody, himself included (dropped later)."""
    pick, _, _, _ = luck(p.seed_low, p.seed_high, CONTACTS, 0, who, number)
    return int(pick * users)


def assemble(users: int, group_size: int, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> Contacts:
    """Graph from far contacts (source names target, both directions count) and close groups of consecutive numbers."""
    n = np.arange(users, dtype=np.int32)
    rows, columns = [sources, targets], [targets, sources]
    for step in range(1, group_size):
        pair = n[:-step] if step < users else n[:0]
        pair = pair[pair % group_size + step < group_size]
        rows += [pair, pair + np.int32(step)]
        columns += [pair + np.int32(step), pair]
    row, column = np.concatenate(rows), np.concatenate(columns)
    pairs = (row.astype(np.int64) << 32) | column
    pairs = pairs[row != column]
    pairs.sort()
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if pairs.size else pairs
    degree = np.bincount(pairs >> 32, minlength=users)
    return Contacts(np.append(0, np.cumsum(degree)).astype(np.int64), (pairs & 0xFFFFFFFF).astype(np.int32))


def complete(users: int) -> Contacts:
    """Everybody knows everybody."""
    n = np.arange(users, dtype=np.int32)
    others = np.broadcast_to(n, (users, users))[~np.eye(users, dtype=bool)]
    return Contacts(np.arange(users + 1, dtype=np.int64) * (users - 1), np.ascontiguousarray(others))


def nobody(users: int) -> Contacts:
    """Nobody knows anybody."""
    return Contacts(np.zeros(users + 1, np.int64), np.zeros(0, np.int32))


def permuted(contacts: Contacts, order: NDArray[np.int64]) -> Contacts:
    """The same graph with users in another order: row k of the result is user order[k] of the given."""
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    degree = np.diff(contacts.starts)[order]
    starts = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    others = np.empty_like(contacts.others)
    for k, user in enumerate(order):
        row = place[contacts.others[contacts.starts[user] : contacts.starts[user + 1]]]
        others[starts[k] : starts[k + 1]] = np.sort(row)
    return Contacts(starts, others)
