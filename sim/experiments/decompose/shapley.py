"""The Shapley value: what each player brings, averaged over all orders in which the players could come (Shapley 1953).

All in exact fractions, so that the parts sum to the whole to the last digit. Every coalition is looked at, 2^n of them for
n players: meant for few players.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

Coalition = frozenset[str]
Worth = Callable[[Coalition], Fraction]
"""Worth of a coalition of players, the empty one included."""


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """All coalitions, the empty one first and that of all players last."""
    for size in range(len(players) + 1):
        yield from map(frozenset, combinations(players, size))


def shapley_values(players: Sequence[str], worth: Worth) -> dict[str, Fraction]:
    """What each player brings on average over all orders; together the worth of all less that of nobody.

    A player who comes after `s` of the `n - 1` others does so with these very others in s! (n - 1 - s)! of n! orders.
    """
    others = len(players) - 1
    values = {}
    for player in players:
        before = coalitions([other for other in players if other != player])
        values[player] = sum(
            (Fraction(worth(c | {player}) - worth(c), len(players) * comb(others, len(c))) for c in before), Fraction(0)
        )
    return values


def alone(players: Sequence[str], worth: Worth) -> dict[str, Fraction]:
    """What each player brings who comes first."""
    return {player: worth(frozenset([player])) - worth(frozenset()) for player in players}


def last(players: Sequence[str], worth: Worth) -> dict[str, Fraction]:
    """What each player brings who comes last."""
    everybody = frozenset(players)
    return {player: worth(everybody) - worth(everybody - {player}) for player in players}


def interaction(players: Sequence[str], worth: Worth) -> Fraction:
    """What all bring together more than the sum of what each brings alone; 0 where no player needs another."""
    whole = worth(frozenset(players)) - worth(frozenset())
    return whole - sum(alone(players, worth).values(), Fraction(0))
