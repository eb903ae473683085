"""Shapley values: the axioms that define them, published games, and rounding that keeps the sum."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiments.decompose.rounding import decimals_for, rounded
from sim.experiments.decompose.shapley import alone, coalitions, interaction, last, shapley_values

PLAYERS = ("feed", "effort", "habit", "credit")
fractions = st.builds(Fraction, st.integers(-10_000, 10_000), st.sampled_from([1, 3, 7, 1000]))


@st.composite
def games(draw, least=1):
    """Players and the worth of every coalition of them, that of nobody included."""
    players = PLAYERS[: draw(st.integers(least, len(PLAYERS)))]
    return players, {coalition: draw(fractions) for coalition in coalitions(players)}


def by_orders(players, worth):
    """The definition itself: what each brings on joining those before, averaged over all orders."""
    brought = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            brought[player] += worth(before | {player}) - worth(before)
    return {player: value / len(orders) for player, value in brought.items()}


@given(games())
@settings(max_examples=40, deadline=None)
def test_values_are_means_over_all_orders(game):
    players, worths = game
    assert shapley_values(players, worths.__getitem__) == by_orders(players, worths.__getitem__)


@given(games())
@settings(max_examples=40, deadline=None)
def test_efficiency_the_values_sum_to_the_whole_exactly(game):
    players, worths = game
    whole = worths[frozenset(players)] - worths[frozenset()]
    assert sum(shapley_values(players, worths.__getitem__).values()) == whole


@given(games(least=2))
@settings(max_examples=40, deadline=None)
def test_symmetry_players_who_bring_the_same_have_the_same_value(game):
    players, worths = game
    one, other = players[:2]
    swap = {one: other, other: one}
    same = {c: worths[c] + worths[frozenset(swap.get(p, p) for p in c)] for c in worths}
    values = shapley_values(players, same.__getitem__)
    assert values[one] == values[other]


@given(games())
@settings(max_examples=40, deadline=None)
def test_null_player_who_brings_nothing_has_no_value(game):
    players, worths = game
    nobody = players[-1]
    values = shapley_values(players, lambda c: worths[c - {nobody}])
    assert values[nobody] == 0
    assert alone(players, lambda c: worths[c - {nobody}])[nobody] == 0
    assert last(players, lambda c: worths[c - {nobody}])[nobody] == 0


@given(games(), fractions)
@settings(max_examples=40, deadline=None)
def test_additivity_two_games_at_once_are_worth_their_sum(game, factor):
    players, worths = game
    other = {c: factor * len(c) ** 2 - worths[c] / 3 for c in worths}
    both = shapley_values(players, lambda c: worths[c] + other[c])
    first, second = (shapley_values(players, each.__getitem__) for each in (worths, other))
    assert both == {player: first[player] + second[player] for player in players}


@given(st.lists(fractions, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_where_nobody_needs_another_each_has_what_it_brings_alone(amounts):
    players = PLAYERS[: len(amounts)]
    own = dict(zip(players, amounts, strict=True))

    def worth(coalition):
        return 7 + sum((own[player] for player in coalition), Fraction(0))

    assert shapley_values(players, worth) == alone(players, worth) == last(players, worth) == own
    assert interaction(players, worth) == 0


def test_the_glove_game():
    # One owner of a left glove, two of a right one; a pair is worth 1 (Shapley & Shubik 1969, JET 1: market games).
    values = shapley_values(("left", "right", "other right"), lambda c: Fraction("left" in c and len(c) > 1))
    assert values == {"left": Fraction(2, 3), "right": Fraction(1, 6), "other right": Fraction(1, 6)}


def test_the_airport_game():
    # A runway costs what the largest aircraft needs: each step of the cost is shared by those who need it
    # (Littlechild & Owen 1973, Management Science 20).
    cost = {"small": 8, "medium": 11, "large": 13, "jumbo": 18}
    values = shapley_values(tuple(cost), lambda c: Fraction(max((cost[kind] for kind in c), default=0)))
    assert values == {
        "small": Fraction(8, 4),
        "medium": Fraction(8, 4) + Fraction(3, 3),
        "large": Fraction(8, 4) + Fraction(3, 3) + Fraction(2, 2),
        "jumbo": Fraction(8, 4) + Fraction(3, 3) + Fraction(2, 2) + 5,
    }


def test_the_security_council():
    # 11 members, 7 votes and no veto of the Big Five, who hold 98.7% of the power (Shapley & Shubik 1954, APSR 48).
    five = frozenset(f"permanent {k}" for k in range(5))
    members = (*sorted(five), *(f"elected {k}" for k in range(6)))
    values = shapley_values(members, lambda c: Fraction(five <= c and len(c) >= 7))
    assert {values[member] for member in five} == {Fraction(76, 385)}
    assert {values[member] for member in members if member not in five} == {Fraction(1, 462)}
    assert round(float(sum(values[member] for member in five)), 3) == 0.987


def test_a_mechanism_that_only_amplifies_shares_what_it_adds():
    # the feed brings 10 alone; habit adds 4 to it and nothing to nothing
    worth = {
        frozenset(): Fraction(0),
        frozenset(["habit"]): Fraction(0),
        frozenset(["feed"]): Fraction(10),
        frozenset(["feed", "habit"]): Fraction(14),
    }.__getitem__
    assert shapley_values(("feed", "habit"), worth) == {"feed": 12, "habit": 2}
    assert alone(("feed", "habit"), worth) == {"feed": 10, "habit": 0}
    assert last(("feed", "habit"), worth) == {"feed": 14, "habit": 4}
    assert interaction(("feed", "habit"), worth) == 4


@given(st.dictionaries(st.sampled_from("abcdef"), fractions, min_size=1), st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_rounded_parts_sum_to_the_rounded_sum(parts, decimals):
    shown = rounded(parts, decimals)
    unit = Fraction(1, 10**decimals)
    assert sum(shown.values()) == round(sum(parts.values()) / unit) * unit
    for name, part in parts.items():
        assert abs(shown[name] - part) < unit
        assert (shown[name] / unit).denominator == 1
        assert part != 0 or shown[name] == 0


@pytest.mark.parametrize(
    ("largest", "decimals"),
    [("0.0064", 5), ("-0.0931", 4), ("1", 2), ("0.999", 3), ("-640", 0), ("12345", 0), ("0", 3)],
)
def test_the_largest_number_is_shown_with_three_digits(largest, decimals):
    assert decimals_for({"a": Fraction(largest), "b": Fraction(0)}) == decimals
